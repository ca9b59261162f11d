"""``eqmorph demo``: sounds to try things on, equalized in words and by a preset, and the page about it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eqmorph.cli.options import jobs_option
from eqmorph.errors import UsageError, show_path
from eqmorph.shell import command_line

if TYPE_CHECKING:
    from eqmorph.batch import FileResult, Outcome
    from eqmorph.demo import WrittenSound
    from eqmorph.presets import Preset
    from eqmorph.report import MadeReport

_WORDS = "warm:0.7"  # of the sounds, some lack it, some have it, and one has nothing to make it with
_PRESET = "radio-am"  # one that nobody can miss
_SOUNDS, _WARM, _REPORT, _PAGE = "sounds", "warm", "report.jsonl", "report.html"


@dataclass(frozen=True)
class _Version:
    """One version of all sounds."""

    folder: Path
    description: str
    outcome: Outcome


@click.command(short_help="Write some sounds, make them warmer, and show what was done.")
@click.argument(
    "folder", type=click.Path(file_okay=False, path_type=Path), default=Path("eqmorph-demo"), metavar="[FOLDER]"
)
@click.option("-f", "--force", is_flag=True, help="Do everything again, and overwrite existing files.")
@jobs_option
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
def command(folder: Path, force: bool, jobs: int | None, as_json: bool, quiet: bool) -> int:
    """Write eight short sounds into FOLDER (./eqmorph-demo), make each as warm as it lacks, and write a page about it.

    The sounds are synthesized on the spot and are always the same. Existing files are kept.

    \b
    FOLDER/sounds        the sounds
    FOLDER/warm          the same by the words warm:0.7: each is listened to,
                         and gets as much as it lacks
    FOLDER/radio-am      the same by a preset: one EQ for all
    FOLDER/report.html   shows and plays what the words did

    \b
    eqmorph demo
    eqmorph demo ~/eqmorph-demo --force
    """
    from eqmorph.cli.output import print_error
    from eqmorph.demo import write_sounds
    from eqmorph.presets import find_preset

    started = time.perf_counter()
    _refuse_other_page(folder / _PAGE, force=force)
    preset = find_preset(_PRESET)
    sounds = write_sounds(folder / _SOUNDS, overwrite=force)
    show = not (as_json or quiet)
    if show:
        _print_sounds(folder, sounds)
    asked: dict[str, str | Preset] = {_WARM: _WORDS, _PRESET: preset}
    descriptions = {_WARM: f"as much of {_WORDS} as each lacks", _PRESET: preset.description}
    versions = {}
    for name, eq in asked.items():
        outcome = _equalize(folder / _SOUNDS, folder / name, eq, force=force, jobs=jobs)
        versions[name] = _Version(folder / name, descriptions[name], outcome)
        for ended in outcome.results:
            if ended.error is not None:
                print_error(ended.error)
        if outcome.interrupted or outcome.left:
            click.echo("Interrupted. The next run resumes from here.", err=True)
            return 130
        if show:
            _print_version(versions[name])
    page = _write_page(folder, versions[_WARM].outcome.results, force=force)
    seconds = time.perf_counter() - started
    if as_json:
        _print_json(folder, sounds, versions, page, seconds)
    elif show:
        made = sum(sound.is_new for sound in sounds) + sum(one.outcome.count("done") for one in versions.values())
        _print_end(folder, made, page, seconds)
    return 1 if any(one.outcome.count("failed") for one in versions.values()) else 0


def _equalize(sounds: Path, output: Path, eq: str | Preset, *, force: bool, jobs: int | None) -> Outcome:
    """Make one version of all sounds, by the chain that ``apply`` runs; what an earlier run made is kept."""
    from eqmorph.api import apply_folder

    try:
        return apply_folder(
            sounds,
            output,
            eq,
            existing="overwrite" if force else "resume",
            trajectories=isinstance(eq, str),
            jobs=jobs,
        )
    except UsageError as error:  # its hint names options of apply
        raise UsageError(
            error.problem, hint="Choose another folder, or overwrite with --force.", path=error.path
        ) from error


def _refuse_other_page(page: Path, *, force: bool) -> None:
    """Refuse to replace what is no page of an earlier run."""
    from eqmorph.report import is_report_page

    if page.exists() and not force and not is_report_page(page):
        raise UsageError(
            "already exists with other content", hint="Choose another folder, or overwrite with --force.", path=page
        )


def _write_page(folder: Path, results: list[FileResult], *, force: bool) -> MadeReport | None:
    """Write the page of what the words did, by the command's own way; None if it is there and nothing is new.

    A report beside the results remembers what earlier runs did.
    """
    import json

    from eqmorph.audio.atomic import AtomicFile
    from eqmorph.cli.wording import OPTIONS
    from eqmorph.report import find_report, make_report

    page, report = folder / _PAGE, folder / _WARM / _REPORT
    new = [
        json.dumps(ended.to_record(OPTIONS, with_spectrum=True)) + "\n"
        for ended in results
        if ended.status != "skipped"
    ]
    if not new and page.exists() and report.exists() and not force:
        return None
    before = report.read_text(encoding="utf-8") if report.exists() and not force else ""
    with AtomicFile(report, overwrite=True) as out:
        out.temp.write_text(before + "".join(new), encoding="utf-8")
        out.commit()
    title = f"{_WORDS}, as much as each sound lacks"
    return make_report(find_report(report), page, title=title, overwrite=True)


def _print_sounds(folder: Path, sounds: list[WrittenSound]) -> None:
    from eqmorph.cli.output import listing, paint

    click.echo(paint(f"{len(sounds)} sounds in {show_path(folder / _SOUNDS)}", bold=True))
    for line in listing([(sound.path.name, sound.description) for sound in sounds], indent=2):
        click.echo(line)


def _print_version(version: _Version) -> None:
    """Say what a version is, and what was decided for each sound where that differs."""
    from eqmorph.cli.output import listing, paint

    click.echo()
    for line in listing([(f"{show_path(version.folder)}: {version.description}",)]):
        click.echo(paint(line, bold=True))
    decided = [
        (ended.job.output.name, ended.result.account.sentence)
        for ended in version.outcome.results
        if ended.result is not None and ended.result.account is not None
    ]
    for line in listing(sorted(decided), indent=2):
        click.echo(line)


def _print_end(folder: Path, made: int, page: MadeReport | None, seconds: float) -> None:
    from eqmorph.cli.output import duration
    from eqmorph.cli.report import opening

    sounds = _word(folder / _SOUNDS)
    lines = (
        "",
        f"{made} file{'s' * (made != 1)} written in {duration(seconds)}." if made else "Everything was already there.",
        f"{show_path(folder / _PAGE)} shows and plays what the words did{'' if page else ', as before'}. Open it:",
        f"  {opening(folder / _PAGE)}",
        "Then try:",
        f"  eqmorph apply {sounds} {_word(folder / 'mine')} --target bright:0.5",
        f"  eqmorph analyze {_word(folder / _SOUNDS / 'little-mix.flac')}",
        f"  eqmorph eq --preset {_PRESET}",
    )
    for line in lines:
        click.echo(line)


def _word(path: Path) -> str:
    """Return a path as one would type it in the shell."""
    return command_line([show_path(path)])


def _print_json(
    folder: Path,
    sounds: list[WrittenSound],
    versions: dict[str, _Version],
    page: MadeReport | None,
    seconds: float,
) -> None:
    from eqmorph.cli.output import print_json
    from eqmorph.cli.report import opening
    from eqmorph.cli.wording import OPTIONS

    print_json(
        {
            "folder": str(folder),
            "sounds": [
                {
                    "name": sound.name,
                    "description": sound.description,
                    "file": str(sound.path),
                    "status": "done" if sound.is_new else "skipped",
                }
                for sound in sounds
            ],
            "versions": [
                {
                    "name": name,
                    "description": version.description,
                    "folder": str(version.folder),
                    "files": [ended.to_record(OPTIONS) for ended in version.outcome.results],
                }
                for name, version in versions.items()
            ],
            "page": {
                "file": str(folder / _PAGE),
                "address": opening(folder / _PAGE),
                "status": "done" if page is not None else "skipped",
            },
            "seconds": seconds,
        }
    )
