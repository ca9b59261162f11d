"""``eqmorph evaluate``: measure recipes and models. Recipes require the extra ``train``, figures ``plot``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import click

from eqmorph.cli.groups import Group
from eqmorph.cli.options import (
    RECIPE_NAMES,
    STORY_NAMES,
    data_options,
    json_option,
    named_folders,
    seed_option,
    thesaurus_option,
)
from eqmorph.cli.plots import PlotFile, plot_options
from eqmorph.cli.train import load, needing
from eqmorph.kind import Kind

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from eqmorph.cli.options import DataOptions
    from eqmorph.evaluate.tables import Table
    from eqmorph.figures.style import Style


class Report(Protocol):
    """What all reports can do."""

    def to_json(self) -> dict[str, Any]: ...


def report_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say where a report goes: out, insert, plot and json."""
    options = (
        click.option(
            "--out",
            type=click.Path(file_okay=False, path_type=Path),
            help="Folder for JSON, Markdown and figures.",
        ),
        click.option(
            "--insert",
            type=click.Path(dir_okay=False, path_type=Path),
            metavar="FILE",
            help="Put the tables into a Markdown page.",
        ),
        plot_options("the figure that says most of it (--out writes all)", with_force=True),
        json_option,
    )
    for option in reversed(options):
        function = option(function)
    return function


@click.group(cls=Group, short_help="Measure recipes and models.")
def command() -> None:
    """Measure recipes and models.

    `eq`, `people` and `story` require `pip install "eqmorph[train]"`; --out and --plot require
    `pip install "eqmorph[plot]"`.
    """


@command.command("eq", short_help="Compare semantic models on held-out settings.")
@data_options
@click.option(
    "--recipe",
    "recipes",
    type=click.Choice(RECIPE_NAMES),
    metavar="NAME",
    multiple=True,
    help=f"Only these: {', '.join(RECIPE_NAMES)}. [default: all]",
)
@click.option("--folds", type=click.IntRange(2, 20), default=5, show_default=True, help="How many splits.")
@click.option("--epochs", type=click.IntRange(1), help="Instead of each recipe's own number.")
@report_options
@seed_option
def eq(
    source: DataOptions,
    recipes: tuple[str, ...],
    folds: int,
    epochs: int | None,
    out: Path | None,
    insert: Path | None,
    plot: PlotFile | None,
    seed: int,
    as_json: bool,
) -> None:
    """Compare semantic models: every recipe on the same folds, measured on held-out rows.

    \b
    eqmorph evaluate eq --safe SAFEEqualiserUserData.csv \\
        --audealize eqdescriptors.json --out evaluation
    eqmorph evaluate eq --safe SAFEEqualiserUserData.csv \\
        --recipe response --recipe v2 --json
    """
    with needing("train", "evaluation"):
        from eqmorph.evaluate.eq.run import evaluate_eq
        from eqmorph.evaluate.eq.tables import eq_markdown, eq_tables
        from eqmorph.train.dataset import training_set

    check_places(out, insert, mark="evaluation")
    corpus = load(source, seed)
    data = training_set(corpus)
    report, models = evaluate_eq(
        data,
        recipes=recipes or RECIPE_NAMES,
        seed=seed,
        count=folds,
        epochs=epochs,
        say=lambda line: click.echo(line, err=True),
    )

    def draw(style: Style) -> dict[str, Figure]:
        from eqmorph.evaluate.eq.figures import eq_figures
        from eqmorph.train.charts import read_charts
        from eqmorph.train.evidence import WordBuilder

        words = WordBuilder.of(corpus, charts=read_charts()).from_corpus(corpus).words
        return eq_figures(report, models, data, words, style)

    hand_over(
        "evaluation", report, eq_markdown(report), eq_tables(report), out, insert, plot, as_json=as_json, draw=draw
    )


@command.command("story", short_help="Show how V1 failed and V2 didn't.")
@data_options
@click.option(
    "--recipe", "recipes", type=click.Choice(STORY_NAMES), multiple=True, help="Only these. [default: all of them]"
)
@click.option(
    "--steps", type=click.IntRange(2, 50), default=5, show_default=True, help="On the way from warm to bright."
)
@click.option("--epochs", type=click.IntRange(1), help="Instead of each recipe's own number.")
@report_options
@seed_option
def story(
    source: DataOptions,
    recipes: tuple[str, ...],
    steps: int,
    epochs: int | None,
    out: Path | None,
    insert: Path | None,
    plot: PlotFile | None,
    seed: int,
    as_json: bool,
) -> None:
    """Show how V1 failed and V2 didn't: warm and bright band by band, the way between them, and ranges.

    Trains V1 as it was published, with linear heads and as it was meant, and V2: two minutes on a CPU. What they say is
    shown as they say it; a model that is used brings it into range.

    \b
    eqmorph evaluate story --safe SAFEEqualiserUserData.csv
    eqmorph evaluate story --safe SAFEEqualiserUserData.csv \\
        --recipe v1-raw --recipe v2 --epochs 20 --json
    """
    with needing("train", "evaluation"):
        from eqmorph.evaluate.story.run import tell_story
        from eqmorph.evaluate.story.tables import story_markdown, story_tables
        from eqmorph.train.dataset import training_set

    check_places(out, insert, mark="story")
    report = tell_story(
        training_set(load(source, seed)),
        recipes=recipes or STORY_NAMES,
        steps=steps,
        seed=seed,
        epochs=epochs,
        say=lambda line: click.echo(line, err=True),
    )

    def draw(style: Style) -> dict[str, Figure]:
        from eqmorph.evaluate.story.figures import story_figures

        return story_figures(report, style)

    tables = story_tables(report)
    hand_over("story", report, story_markdown(report), tables, out, insert, plot, as_json=as_json, draw=draw)


@command.command("audio", short_help="Measure scores and decisions on music.")
@named_folders("--music", help="A folder of music that neither reference nor training has seen, and its name.")
@named_folders(
    "--speech",
    argument="speech",
    required=False,
    help="The same of speech, to judge moves on; short utterances of one folder are joined.",
)
@named_folders(
    "--hits", argument="hits", required=False, help="The same of hits and effects up to 4 s, to judge moves on."
)
@click.option(
    "--encoder",
    "encoders",
    multiple=True,
    default=("analytic",),
    metavar="FOLDER",
    help="What listens: analytic, or a folder that `eqmorph train audio` wrote; may be repeated. [default: analytic]",
)
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in Kind]),
    default=Kind.MIX.value,
    show_default=True,
    help="What kind of sound they are: one, so that all are measured alike.",
)
@click.option("--files", type=click.IntRange(1), default=40, show_default=True, help="At most this many of a folder.")
@click.option(
    "--sounds",
    type=click.IntRange(1),
    metavar="N",
    help="Judge moves on at most this many of a folder. [default: 6 of music, 4 of speech, 26 hits]",
)
@click.option(
    "--before",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The audio.json of an earlier report, to show its moves beside today's.",
)
@report_options
@seed_option
def audio(
    corpora: list[tuple[str, Path]],
    speech: list[tuple[str, Path]],
    hits: list[tuple[str, Path]],
    encoders: tuple[str, ...],
    kind: str,
    files: int,
    sounds: int | None,
    before: Path | None,
    out: Path | None,
    insert: Path | None,
    plot: PlotFile | None,
    seed: int,
    as_json: bool,
) -> None:
    """Measure the audio side: scores against physics, and what rules do to music that was tilted first.

    What an engineer would object to in moves is read off meters, in music, speech and hits. Prints each bar with what
    was reached. A trained encoder requires `pip install "eqmorph[onnx]"`.

    \b
    eqmorph evaluate audio --music songs=music --speech podcasts=voices \\
        --hits samples --out evaluation
    eqmorph evaluate audio --music podcasts=voices --kind speech
    eqmorph evaluate audio --music songs=music \\
        --encoder analytic --encoder my-encoder
    """
    from eqmorph.analysis import load_ear
    from eqmorph.evaluate.audio.move_tables import moves_markdown, moves_tables
    from eqmorph.evaluate.audio.report import read_earlier
    from eqmorph.evaluate.audio.run import evaluate_audio
    from eqmorph.evaluate.audio.tables import audio_markdown, audio_tables

    check_places(out, insert, mark="audio", more=["moves"])
    earlier = read_earlier(before) if before is not None else None
    ears = [load_ear(encoder=encoder, kind=kind) for encoder in encoders]
    report = evaluate_audio(
        corpora,
        ears,
        speech=speech,
        hits=hits,
        most_files=files,
        most_sounds=sounds,
        earlier=earlier,
        seed=seed,
        say=lambda line: click.echo(line, err=True),
    )

    def draw(style: Style) -> dict[str, Figure]:
        from eqmorph.evaluate.audio.figures import audio_figures

        return audio_figures(report, style)

    tables = [*audio_tables(report), *moves_tables(report)]
    moves = {"moves": moves_markdown(report)}
    hand_over(
        "audio", report, audio_markdown(report), tables, out, insert, plot, as_json=as_json, draw=draw, more=moves
    )


@command.command("follow", short_help="Measure an EQ that follows a piece.")
@named_folders("--music", help="A folder of whole pieces of 1 to 10 minutes that nothing was tuned on, and its name.")
@click.option("--files", type=click.IntRange(1), default=8, show_default=True, help="At most this many of a folder.")
@report_options
@seed_option
def follow(
    corpora: list[tuple[str, Path]],
    files: int,
    out: Path | None,
    insert: Path | None,
    plot: PlotFile | None,
    seed: int,
    as_json: bool,
) -> None:
    """Measure what --follow makes of whole pieces, against one EQ for all of each.

    Every piece is rendered static, by sections and by windows of 4 s, for bright and warm at weights 0.5 and 1: how
    even it becomes, and whether its loudness goes on as it went. So is a stretch of it twice in a row, first made
    dark, then bright. Prints each bar with what was reached.

    \b
    eqmorph evaluate follow --music songs=music --out evaluation
    eqmorph evaluate follow --music songs=music \\
        --music podcasts=voices --files 4 --json
    """
    from eqmorph.analysis import load_ear
    from eqmorph.evaluate.follow.run import evaluate_follow
    from eqmorph.evaluate.follow.tables import follow_markdown, follow_tables

    check_places(out, insert, mark="follow")
    report = evaluate_follow(
        corpora, load_ear(), most_pieces=files, seed=seed, say=lambda line: click.echo(line, err=True)
    )

    def draw(style: Style) -> dict[str, Figure]:
        from eqmorph.evaluate.follow.figures import follow_figures

        return follow_figures(report, style)

    tables = follow_tables(report)
    hand_over("follow", report, follow_markdown(report), tables, out, insert, plot, as_json=as_json, draw=draw)


@command.command("people", short_help="Judge words by people who were not asked before.")
@click.option(
    "--contributions",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help="SocialFX's eq_contributions.csv: people's answers one by one.",
)
@click.option(
    "--safe", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="SAFE-DB's settings, to learn from."
)
@click.option(
    "--audealize",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Audealize's eqdescriptors.json: means of the same people, shown beside the rest and never learned from.",
)
@click.option(
    "--peers",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Settings that other systems gave for words: JSON.",
)
@thesaurus_option
@click.option("--splits", type=click.IntRange(1, 1000), default=20, show_default=True, help="How often to halve.")
@report_options
@seed_option
def people(
    contributions: Path,
    safe: Path | None,
    audealize: Path | None,
    peers: Path | None,
    thesauri: tuple[Path, ...],
    splits: int,
    out: Path | None,
    insert: Path | None,
    plot: PlotFile | None,
    seed: int,
    as_json: bool,
) -> None:
    """Judge words by people who were not asked before.

    The answers to every word are halved; words are made of one half and compared with the other. Prints each bar with
    what was reached.

    \b
    eqmorph evaluate people --contributions eq_contributions.csv \\
        --safe SAFEEqualiserUserData.csv --thesaurus th_en_US_v2.dat
    eqmorph evaluate people --contributions eq_contributions.csv \\
        --peers peers.json --splits 5 --json
    """
    with needing("train", "evaluation"):
        from eqmorph.train.evidence import WordBuilder
        from eqmorph.train.thesaurus import read_thesauri
    from eqmorph.evaluate.people.peers import read_peers
    from eqmorph.evaluate.people.run import evaluate_people
    from eqmorph.evaluate.people.tables import people_markdown, people_tables
    from eqmorph.model import load_space
    from eqmorph.train.charts import read_charts
    from eqmorph.train.data import load_corpus, read_audealize

    check_places(out, insert, mark="people")
    corpus = load_corpus(contributions=contributions, safe=safe)
    thesaurus = read_thesauri(thesauri) if thesauri else None
    builder = WordBuilder.of(corpus, charts=read_charts(), thesaurus=thesaurus)
    report = evaluate_people(
        corpus.answers,
        corpus.settings,
        lambda answers, settings, **of: builder(answers, settings, **of).words,
        load_space(),
        peers=read_peers(peers) if peers is not None else (),
        published=read_audealize(audealize).curves if audealize is not None else (),
        derived=builder.from_corpus(corpus).alone() if thesaurus is not None else None,
        splits=splits,
        seed=seed,
        say=lambda line: click.echo(line, err=True),
    )

    def draw(style: Style) -> dict[str, Figure]:
        from eqmorph.evaluate.people.figures import people_figures

        return people_figures(report, style, corpus.answers)

    hand_over(
        "people", report, people_markdown(report), people_tables(report), out, insert, plot, as_json=as_json, draw=draw
    )


def check_places(out: Path | None, insert: Path | None, *, mark: str, more: Sequence[str] = ()) -> None:
    """Check that a report can go where it is wanted, before the work begins; a page has one of the marks at least."""
    from eqmorph.evaluate.output import check_folder, places_in

    if insert is not None:
        places_in(insert, [mark, *more])
    if out is not None:
        check_folder(out)


def hand_over(
    name: str,
    report: Report,
    markdown: str,
    tables: Iterable[Table],
    out: Path | None,
    insert: Path | None,
    plot: PlotFile | None,
    *,
    as_json: bool,
    draw: Callable[[Style], dict[str, Figure]],
    more: Mapping[str, str] | None = None,
) -> None:
    """Write a report into a folder and a page, where they are given, draw its first figure into a file, and print it.

    ``draw`` returns all figures by name, the one that says most first. ``more`` is Markdown that has a place of its own
    in a page, by the name of its marks.
    """
    from eqmorph.cli.output import print_json
    from eqmorph.evaluate.output import insert_between_marks, places_in, write_report

    parts = {name: markdown, **(more or {})}
    if out is not None:
        from eqmorph.figures.style import STYLES

        figures = draw(STYLES["light"])
        say_written(write_report(out, name, report.to_json(), "\n".join(parts.values()), figures))
    if plot is not None:
        plot.draw(lambda style: next(iter(draw(style).values())))
    if insert is not None:
        for place in places_in(insert, list(parts)):
            insert_between_marks(insert, parts[place], name=place)
    if as_json:
        print_json(report.to_json())
    else:
        print_tables(tables)


def say_written(paths: Iterable[Path]) -> None:
    """Name the files written, on stderr."""
    for path in paths:
        click.echo(f"wrote {path}", err=True)


def print_tables(tables: Iterable[Table]) -> None:
    """Print tables, each under its title."""
    from eqmorph.cli.output import table

    for title, rows in tables:
        click.echo(f"\n{title}")
        for line in table(rows, right=range(1, len(rows[0]))):
            click.echo(f"  {line}")
