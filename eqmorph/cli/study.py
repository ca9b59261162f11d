"""``eqmorph study``: make a listening test, and score its answers."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from eqmorph.cli import completing
from eqmorph.cli.eq_options import versions_options
from eqmorph.cli.grouped import GroupedCommand
from eqmorph.cli.groups import Group
from eqmorph.cli.options import json_option, seconds, seed_option
from eqmorph.errors import show_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from eqmorph.study.make import MadeStudy

_HEADINGS = {
    "What is compared": ("words", "amounts", "max_gain_db", "refine", "kind", "encoder", "model_folder"),
    "What is asked": ("question", "title", "abx", "seconds", "start_s"),
    "What is written": ("folder", "force"),
}


@click.group(cls=Group, short_help="Make a listening test, and score its answers.")
def command() -> None:
    """Make a listening test out of versions of sounds, and score its answers.

    \b
    eqmorph study make songs/ --target warm --out study/
    eqmorph study score answers-*.csv --study study/
    """


@command.command(short_help="Make a listening test: one web page.", cls=GroupedCommand, headings=_HEADINGS)
@click.argument("inputs", metavar="FILE|FOLDER...", nargs=-1, required=True, shell_complete=completing.files)
@click.option(
    "--target",
    "words",
    metavar="WORDS",
    required=True,
    shell_complete=completing.words,
    help='In words: "warm:0.7 + punchy:-0.3".',
)
@versions_options(
    "How much of it to adapt by; may be repeated, and each adds a version.", default=(1.0,), show_default="1"
)
@click.option(
    "--question", metavar="TEXT", default="Which one do you like better?", show_default=True, help="Asked of A and B."
)
@click.option("--title", metavar="TEXT", default="Listening test", show_default=True, help="The page's heading.")
@click.option(
    "--abx",
    type=click.IntRange(0, 20),
    default=1,
    show_default=True,
    metavar="N",
    help="How often to ask of any two versions which one X is; 0 for never.",
)
@click.option(
    "--seconds",
    callback=seconds,
    metavar="TIME",
    default="20s",
    show_default=True,
    help="How long to play of each file: 20s, 0:10.",
)
@click.option(
    "--start", "start_s", callback=seconds, metavar="TIME", help="Where that begins. [default: at its loudest part]"
)
@click.option(
    "--out",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    metavar="DIR",
    help="Where to write study.html and study.json.",
)
@click.option("-f", "--force", is_flag=True, help="Overwrite an existing study. Answers to it can't be scored then.")
@json_option
def make(inputs: tuple[str, ...], folder: Path, force: bool, as_json: bool, **asked: Any) -> int:
    """Make a listening test of FILEs: each as it is, by the words' own EQ, and by as much of them as it lacks.

    study.html is one page that works without a network and from a disk, in any current browser. It holds the sounds, as
    lossless FLAC, all equally loud; A, B and X are switched at the same place, by keyboard too. Orders are those of
    chance, new for each participant, and nothing in the page names a version. Answers are saved as a CSV file; nothing
    is sent. study.json says which code is which version: keep it to yourself, and score the answers with it.

    \b
    eqmorph study make songs/ --target warm --out study/
    eqmorph study make a.wav b.wav --target "clear:0.7" \\
        --amount 0.5 --amount 1 --abx 0 --out study/
    eqmorph study make voice.wav --target warm \\
        --question "Which voice is warmer?" --start 0:30 --out study/
    """
    from eqmorph.batch import find_sources
    from eqmorph.cli.output import print_json
    from eqmorph.cli.progress import ProgressBar, has_bar
    from eqmorph.compare.versions import Ask
    from eqmorph.process import Watch, unwatched
    from eqmorph.study.make import StudyAsk, make_study

    about = {name: asked.pop(name) for name in ("question", "title", "abx", "seconds", "start_s")}
    ask = StudyAsk(Ask(**asked), **about)
    paths = [source.path for source in find_sources(inputs)]
    with ExitStack() as stack:
        watch: Watch = unwatched
        on_file: Callable[[], None] = _nothing
        if has_bar(len(paths), quiet=as_json):
            bar = ProgressBar(paths, files=len(paths))
            stack.callback(bar.close)
            watch, on_file = bar.advance, bar.end
        made = make_study(paths, ask, folder, overwrite=force, watch=watch, on_file=on_file)
    if as_json:
        print_json(_made_data(made))
    else:
        _show_made(made)
    return 0


def _nothing() -> None:
    pass


def _show_made(made: MadeStudy) -> None:
    from eqmorph.cli.output import listing, one_line
    from eqmorph.cli.study_view import counted

    study = made.study
    kinds = [trial.kind for trial in study.trials]
    asked = [counted(kinds.count("preference"), "preference"), f"{kinds.count('abx')} ABX"]
    facts = (
        f"{made.page_bytes / 2**20:.1f} MiB, {counted(len(study.items), 'sound')} at {study.loudness_lufs:.1f} LUFS, "
        f"{' and '.join(asked)}, about {counted(study.minutes, 'minute')}"
    )
    files = [
        (show_path(made.page), facts),
        (show_path(made.key), "which code is which version: not for participants"),
    ]
    more = [f"versions: {', '.join(study.versions)}", *(f"note: {one_line(note)}" for note in made.notes)]
    for line in [*listing(files), *listing([(text,) for text in more])]:
        click.echo(line)


def _made_data(made: MadeStudy) -> dict[str, Any]:
    study = made.study
    return {
        "page": str(made.page),
        "key": str(made.key),
        "study": study.code,
        "target": study.target,
        "versions": list(study.versions),
        "loudness_lufs": study.loudness_lufs,
        "page_bytes": made.page_bytes,
        "minutes": study.minutes,
        "sounds": [{"file": item.file, "start_s": item.start_s, "seconds": item.seconds} for item in study.items],
        "preferences": sum(trial.kind == "preference" for trial in study.trials),
        "abx": sum(trial.kind == "abx" for trial in study.trials),
        "notes": list(made.notes),
    }


@command.command(short_help="Score answers: win rates, a ranking, and whether versions can be told apart.")
@click.argument("paths", metavar="ANSWERS.csv...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--study",
    "folder",
    type=click.Path(path_type=Path),
    required=True,
    metavar="DIR",
    help="The folder that study make wrote, or its study.json.",
)
@seed_option
@json_option
def score(paths: tuple[Path, ...], folder: Path, seed: int, as_json: bool) -> int:
    """Score the answers to a study.

    For each version: how often it was preferred, with Wilson's 95 % interval, and its strength by Bradley and Terry
    (log-odds against the mean of all), with a 95 % interval by bootstrap over participants, unless some version won or
    lost everything. For each two versions: how often X was told right, and the chance of that by guessing. A file that
    can't be used is named and counts for nothing.

    \b
    eqmorph study score answers-*.csv --study study/
    eqmorph study score answers-*.csv --study study/ --json > score.json

    Exit code: 0 success, 1 some files could not be used, 2 usage error.
    """
    from dataclasses import asdict

    from eqmorph.cli.output import print_error, print_json
    from eqmorph.cli.study_view import show_score
    from eqmorph.study.answers import read_all
    from eqmorph.study.plan import read_study
    from eqmorph.study.score import score_answers

    study = read_study(folder)
    answers, errors = read_all(paths, study)
    for error in errors:
        print_error(error)
    if answers:
        result = score_answers(answers, study.versions, seed=seed)
        if as_json:
            facts = {"study": study.code, "target": study.target, "question": study.question}
            print_json({**facts, **asdict(result), "abx_of_all": asdict(result.abx_of_all)})
        else:
            show_score(study, result)
    return 1 if errors else 0
