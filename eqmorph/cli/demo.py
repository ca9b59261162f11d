"""``eqmorph demo``: sounds to try things on, equalized two ways."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eqmorph.cli.options import jobs_option
from eqmorph.errors import UsageError, show_path
from eqmorph.shell import command_line

if TYPE_CHECKING:
    from eqmorph.batch import Outcome
    from eqmorph.demo import WrittenSound
    from eqmorph.presets import Preset

_PRESETS = ("warm-tape", "radio-am")  # one that is felt more than heard, one that nobody can miss
_SOUNDS = "sounds"


@click.command(short_help="Write some sounds to try things on, and equalize them.")
@click.argument(
    "folder", type=click.Path(file_okay=False, path_type=Path), default=Path("eqmorph-demo"), metavar="[FOLDER]"
)
@click.option("-f", "--force", is_flag=True, help="Do everything again, and overwrite existing files.")
@jobs_option
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
def command(folder: Path, force: bool, jobs: int | None, as_json: bool, quiet: bool) -> int:
    """Write eight short sounds into FOLDER (./eqmorph-demo), and equalize each of them two ways.

    The sounds are synthesized on the spot and are always the same. Existing files are kept.

    \b
    FOLDER/sounds      the sounds
    FOLDER/warm-tape   the same with fuller lows and a rounder top
    FOLDER/radio-am    the same through an old radio
    """
    from eqmorph.cli.output import print_error
    from eqmorph.demo import write_sounds
    from eqmorph.presets import find_preset

    started = time.perf_counter()
    presets = {name: find_preset(name) for name in _PRESETS}
    sounds = write_sounds(folder / _SOUNDS, overwrite=force)
    show = not (as_json or quiet)
    if show:
        _print_sounds(folder, sounds)
    outcomes: dict[str, Outcome] = {}
    for name, preset in presets.items():
        outcomes[name] = outcome = _equalize(folder / _SOUNDS, folder / name, preset, force=force, jobs=jobs)
        for ended in outcome.results:
            if ended.error is not None:
                print_error(ended.error)
        if outcome.left:
            click.echo("Interrupted. The next run resumes from here.", err=True)
            return 130
    seconds = time.perf_counter() - started
    if as_json:
        _print_json(folder, sounds, presets, outcomes, seconds)
    elif show:
        _print_presets(folder, presets)
        made = sum(sound.is_new for sound in sounds) + sum(outcome.count("done") for outcome in outcomes.values())
        _print_end(folder, made, seconds)
    return 1 if any(outcome.count("failed") for outcome in outcomes.values()) else 0


def _equalize(sounds: Path, output: Path, preset: Preset, *, force: bool, jobs: int | None) -> Outcome:
    """Make one version of all sounds, by the chain that ``apply`` runs; what an earlier run made is kept."""
    from eqmorph.api import apply_folder

    try:
        return apply_folder(sounds, output, preset, existing="overwrite" if force else "resume", jobs=jobs)
    except UsageError as error:  # its hint names options of apply
        raise UsageError(
            error.problem, hint="Choose another folder, or overwrite with --force.", path=error.path
        ) from error


def _print_sounds(folder: Path, sounds: list[WrittenSound]) -> None:
    from eqmorph.cli.output import listing, paint

    click.echo(paint(f"{len(sounds)} sounds in {show_path(folder / _SOUNDS)}", bold=True))
    for line in listing([(sound.path.name, sound.description) for sound in sounds], indent=2):
        click.echo(line)


def _print_presets(folder: Path, presets: dict[str, Preset]) -> None:
    from eqmorph.cli.output import listing, paint

    click.echo("\n" + paint("The same, equalized: as loud as before, as far as the peaks allow", bold=True))
    rows = [(show_path(folder / name), preset.description) for name, preset in presets.items()]
    for line in listing(rows, indent=2):
        click.echo(line)


def _print_end(folder: Path, made: int, seconds: float) -> None:
    from eqmorph.cli.output import duration

    sounds = _word(folder / _SOUNDS)
    lines = (
        "",
        f"{made} file{'s' * (made != 1)} written in {duration(seconds)}." if made else "Everything was already there.",
        "Play a sound, then the same one from the other folders. Then try:",
        f"  eqmorph eq --preset {_PRESETS[-1]}",
        f"  eqmorph apply {sounds} {_word(folder / 'lo-fi')} --preset lo-fi",
        f'  eqmorph apply {sounds} {_word(folder / "mine")} --bands "LS 120 +4"',
    )
    for line in lines:
        click.echo(line)


def _word(path: Path) -> str:
    """Return a path as one would type it in the shell."""
    return command_line([show_path(path)])


def _print_json(
    folder: Path,
    sounds: list[WrittenSound],
    presets: dict[str, Preset],
    outcomes: dict[str, Outcome],
    seconds: float,
) -> None:
    from eqmorph.cli.output import print_json
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
            "presets": [
                {
                    "name": name,
                    "description": preset.description,
                    "folder": str(folder / name),
                    "files": [ended.to_record(OPTIONS) for ended in outcomes[name].results],
                }
                for name, preset in presets.items()
            ],
            "seconds": seconds,
        }
    )
