"""``eqmorph evaluate``: measure recipes and models. Needs the extra ``train``, and ``plot`` for figures."""

from __future__ import annotations

from pathlib import Path

import click

from eqmorph.cli.options import RECIPE_NAMES, data_options, json_option, named_folders, seed_option
from eqmorph.cli.train import load


@click.group(short_help="Measure recipes and models.")
def command() -> None:
    """Measure recipes and models. Needs `pip install "eqmorph[train,plot]"`."""


@command.command("eq", short_help="Compare semantic models on held-out settings.")
@data_options
@click.option("--recipe", "recipes", type=click.Choice(RECIPE_NAMES), multiple=True, help="Only these. [default: all]")
@click.option("--folds", type=click.IntRange(2, 20), default=5, show_default=True, help="How many splits.")
@click.option("--epochs", type=click.IntRange(1), help="Else each recipe's own number.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder for JSON, Markdown and figures.")
@click.option(
    "--insert", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Put the tables into a page."
)
@seed_option
@json_option
def eq(
    safe: Path | None,
    audealize: Path | None,
    socialfx: Path | None,
    synthetic: int,
    recipes: tuple[str, ...],
    folds: int,
    epochs: int | None,
    out: Path | None,
    insert: Path | None,
    seed: int,
    as_json: bool,
) -> None:
    """Compare semantic models: every recipe on the same folds, measured on what was held out.

    \b
    eqmorph evaluate eq --safe SAFEEqualiserUserData.csv --audealize eqdescriptors.json --out evaluation
    eqmorph evaluate eq --safe SAFEEqualiserUserData.csv --recipe response --recipe v2 --json
    """
    from eqmorph.cli.output import print_json, table
    from eqmorph.errors import UsageError

    try:
        from eqmorph.evaluate.eq.run import evaluate
        from eqmorph.evaluate.eq.tables import markdown, tables
        from eqmorph.evaluate.pages import check_folder, check_page, insert_between_marks
        from eqmorph.train.dataset import training_set
    except ImportError as error:
        raise UsageError(
            f"evaluation needs {error.name}", hint='Install it with: pip install "eqmorph[train]"'
        ) from None

    if insert is not None:
        check_page(insert)
    if out is not None:
        check_folder(out)
    data = training_set(load(safe, audealize, socialfx, synthetic, seed))
    report, models = evaluate(
        data,
        recipes=recipes or RECIPE_NAMES,
        seed=seed,
        count=folds,
        epochs=epochs,
        say=lambda line: click.echo(line, err=True),
    )
    if out is not None:
        from eqmorph.evaluate.eq.report import write_report

        for path in write_report(report, models, data, out):
            click.echo(f"wrote {path}", err=True)
    if insert is not None:
        insert_between_marks(insert, markdown(report))
    if as_json:
        print_json(report.to_json())
        return
    for title, rows in tables(report):
        click.echo(f"\n{title}")
        for line in table(rows, right=range(1, len(rows[0]))):
            click.echo(f"  {line}")


@command.command("audio", short_help="Measure scores and decisions on music.")
@named_folders("--music", help="A folder of music that neither reference nor training has seen, and its name.")
@click.option(
    "--encoder",
    "encoders",
    multiple=True,
    default=("analytic",),
    metavar="FOLDER",
    help="What listens: analytic, or what `eqmorph train audio` wrote; once for each. [default: analytic]",
)
@click.option("--files", type=click.IntRange(1), default=40, show_default=True, help="At most so many of a folder.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder for JSON, Markdown and figures.")
@click.option(
    "--insert", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Put the tables into a page."
)
@seed_option
@json_option
def audio(
    corpora: list[tuple[str, Path]],
    encoders: tuple[str, ...],
    files: int,
    out: Path | None,
    insert: Path | None,
    seed: int,
    as_json: bool,
) -> None:
    """Measure the audio side: scores against physics, and what rules make of music that was tilted before.

    Prints each bar with what was reached. Needs no training extra, and `plot` for figures.

    \b
    eqmorph evaluate audio --music songs=music --music podcasts=voices --out evaluation
    eqmorph evaluate audio --music songs=music --encoder analytic --encoder my-encoder
    """
    from eqmorph.analysis import load_ear
    from eqmorph.cli.output import print_json, table
    from eqmorph.evaluate.audio.run import evaluate_audio
    from eqmorph.evaluate.audio.tables import audio_markdown, audio_tables
    from eqmorph.evaluate.pages import check_folder, check_page, insert_between_marks

    if insert is not None:
        check_page(insert, name="audio")
    if out is not None:
        check_folder(out)
    ears = [load_ear(encoder=encoder) for encoder in encoders]
    report = evaluate_audio(corpora, ears, most_files=files, seed=seed, say=lambda line: click.echo(line, err=True))
    if out is not None:
        from eqmorph.evaluate.audio.report import write_audio_report

        for path in write_audio_report(report, out):
            click.echo(f"wrote {path}", err=True)
    if insert is not None:
        insert_between_marks(insert, audio_markdown(report), name="audio")
    if as_json:
        print_json(report.to_json())
        return
    for title, rows in audio_tables(report):
        click.echo(f"\n{title}")
        for line in table(rows, right=range(1, len(rows[0]))):
            click.echo(f"  {line}")
