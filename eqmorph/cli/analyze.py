"""``eqmorph analyze``: say in words how files sound."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from eqmorph.cli import completing
from eqmorph.cli.destination import refuse_addresses
from eqmorph.cli.options import (
    encoder_option,
    follow_links_option,
    jobs_option,
    kind_option,
    model_option,
    repair_option,
    seconds,
)
from eqmorph.cli.plots import PlotFile, plot_options
from eqmorph.cli.settings import is_typed
from eqmorph.errors import UsageError, show_path

if TYPE_CHECKING:
    from eqmorph.analysis import Ear

_STDIO, _STDIN = "-", "stdin"
_INTERRUPTED = 130
#: What can't be changed any more of what was heard, and how it is called.
_LISTENING = {
    **{"window_s": "--window", "hop_s": "--hop", "top": "--top", "words": "--word", "out": "--out"},
    **{"repair": "--repair", "jobs": "--jobs", "kind": "--kind", "model_folder": "--model", "encoder": "--encoder"},
}


@click.command(short_help="Say in words how files sound.")
@click.argument("inputs", metavar="FILE|FOLDER...", nargs=-1, required=True, shell_complete=completing.files)
@click.option(
    "--window",
    "window_s",
    callback=seconds,
    metavar="TIME",
    default="2s",
    show_default=True,
    help="Length of a window: 500ms, 2s, 1.5, 0:10, 1m30s.",
)
@click.option(
    "--hop",
    "hop_s",
    callback=seconds,
    metavar="TIME",
    help="Time from one window to the next. [default: half a window]",
)
@click.option(
    "--top",
    type=click.IntRange(1),
    default=8,
    show_default=True,
    help="How many of the strongest and of the weakest words to show.",
)
@click.option(
    "--word",
    "words",
    metavar="WORD",
    shell_complete=completing.words,
    multiple=True,
    help="A word to follow instead of the usual ones; may be repeated.",
)
@click.option(
    "--out",
    "out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write each file's trajectory as NAME.trajectory.json, relative paths kept.",
)
@click.option(
    "--svg",
    "svg_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Draw one file, or one trajectory, over time as a picture.",
)
@plot_options("one file, or one trajectory, over time and its way through the space of sounds")
@click.option("-f", "--force", is_flag=True, help="Overwrite existing trajectories and pictures.")
@repair_option
@follow_links_option
@jobs_option
@kind_option
@model_option
@encoder_option
@click.option("--json", "as_json", is_flag=True, help="Print the trajectories as one JSON document.")
@click.pass_context
def command(
    context: click.Context,
    inputs: tuple[str, ...],
    window_s: float,
    hop_s: float | None,
    top: int,
    words: tuple[str, ...],
    out: Path | None,
    svg_path: Path | None,
    plot: PlotFile | None,
    force: bool,
    repair: bool,
    follow_links: bool,
    jobs: int | None,
    kind: str,
    model_folder: Path | None,
    encoder: str,
    as_json: bool,
) -> int:
    """Say in words how files sound, as a whole and over time.

    Each word has a score, 1 being as much as the word's own EQ adds, and a percentile among the sounds of the
    reference: 50 is usual. One file gets a table of words, the strongest and weakest, and a suggestion; several files
    get a row each. - is a WAV on stdin. A trajectory that was written is shown again as it is; of one that apply wrote,
    --svg draws the EQ over time too, and the words before and after.

    \b
    eqmorph analyze song.wav
    eqmorph analyze song.wav --window 500ms --word warm --word calm
    eqmorph analyze album/ --out trajectories/
    eqmorph analyze in/ --json > in.json
    eqmorph analyze out/song.wav.trajectory.json --svg song.svg
    eqmorph analyze song.wav --plot song.png

    Exit code: 0 success, 1 some files failed, 2 usage error, 130 interrupted.
    """
    from eqmorph.analysis import MAIN_WORDS, load_ear
    from eqmorph.analysis.stored import is_trajectory
    from eqmorph.audio.windows import checked_hop
    from eqmorph.batch import find_inside, usable_cores
    from eqmorph.batch.analyze import AnalysisSettings, analyze_files, plan_analyses
    from eqmorph.batch.place import have_at_hand
    from eqmorph.cli import pipes
    from eqmorph.cli.analysis_view import AsJson, ManyFiles, OneFile
    from eqmorph.cli.output import tell_left_out
    from eqmorph.cli.pictures import check_picture_name

    if force and out is None and svg_path is None and plot is None:
        raise UsageError("--force requires --out, --svg or --plot: there is nothing else to overwrite")
    refuse_addresses({"--out": out, "--svg": svg_path})
    if svg_path is not None:
        check_picture_name(svg_path, overwrite=force)
    if any(is_trajectory(Path(name)) for name in inputs):
        return _show_stored(context, inputs, svg_path, plot, force=force, as_json=as_json)
    hop_s = checked_hop(window_s, hop_s)
    ear = load_ear(model_folder, encoder, kind)
    followed = tuple(dict.fromkeys(ear.space.term(word).word for word in words)) or tuple(
        word for word in MAIN_WORDS if word in ear.space.terms
    )
    with ExitStack() as stack:
        named: list[str | Path] = [pipes.stdin_as_file(stack) if name == _STDIO else name for name in inputs]
        piped = {path for name, path in zip(inputs, named, strict=True) if name == _STDIO}
        sources, left_out = find_inside(named, follow_links=follow_links, elsewhere=True)
        tell_left_out(left_out)
        tasks = [
            replace(task, name=_STDIN, source_name=_STDIN) if task.path in piped else task
            for task in plan_analyses(sources, out, overwrite=force)
        ]
        for name, is_given in (("--svg", svg_path is not None), ("--plot", plot is not None)):
            if is_given and len(tasks) != 1:
                raise UsageError(
                    f"{name} draws one file, and these are {len(tasks)}",
                    hint=f"Name one, or leave out {name}: --out tells all. `eqmorph rank --plot` draws many.",
                )
        view = AsJson() if as_json else OneFile() if len(tasks) == 1 else ManyFiles(tasks, followed, ear)
        settings = AnalysisSettings(
            window_s, hop_s, followed, top=top, repair=repair, keep_windows=as_json or len(tasks) == 1
        )
        ended: list[bool] = []
        try:
            for analysis in analyze_files(ear, tasks, settings, workers=min(jobs or usable_cores(), len(tasks))):
                ended.append(analysis.error is None)
                view.add(analysis)
                if svg_path is not None and analysis.data is not None:
                    _draw(analysis.data, svg_path, force=force, as_json=as_json)
                if plot is not None and analysis.data is not None:
                    with have_at_hand(analysis.task.path, analysis.task.remote):
                        _plot(analysis.data, plot, ear, analysis.task.path, repair=repair)
        except KeyboardInterrupt:
            view.finish(left=len(tasks) - len(ended))
            return _INTERRUPTED
        view.finish(left=0)
    return 0 if all(ended) else 1


def _show_stored(
    context: click.Context,
    inputs: tuple[str, ...],
    svg_path: Path | None,
    plot: PlotFile | None,
    *,
    force: bool,
    as_json: bool,
) -> int:
    """Show a trajectory that was written, as it is; return the exit code."""
    from eqmorph.analysis import load_ear
    from eqmorph.analysis.stored import read_trajectory
    from eqmorph.batch.analyze import Analysis, AnalysisTask
    from eqmorph.cli.analysis_view import AsJson, OneFile

    if len(inputs) > 1:
        raise UsageError("a trajectory is shown alone", hint="Name one, or the sounds themselves.")
    for name, option in _LISTENING.items():
        if is_typed(context, name):
            raise UsageError(f"{option} is about listening, and a trajectory was heard before", hint="Leave it out.")
    path = Path(inputs[0])
    view = AsJson() if as_json else OneFile()
    data = read_trajectory(path)
    view.add(Analysis(AnalysisTask(path, path.name), data))
    view.finish(left=0)
    if svg_path is not None:
        _draw(data, svg_path, force=force, as_json=as_json)
    if plot is not None:
        _plot(data, plot, load_ear())
    return 0


def _draw(data: Mapping[str, Any], path: Path, *, force: bool, as_json: bool) -> None:
    """Write the picture of a trajectory, and say so."""
    from eqmorph.analysis.courses import over_time
    from eqmorph.cli.pictures import write_picture
    from eqmorph.plot.time_svg import time_svg

    applied = data["applied"]
    done = f"{applied['target']}: percentiles before and after, and the EQ" if applied else "Percentiles over time"
    write_picture(path, time_svg(over_time(data), title=data["file"]["name"], description=done), overwrite=force)
    click.echo(f"The picture is in {show_path(path)}", err=as_json)


def _plot(
    data: Mapping[str, Any], plot: PlotFile, ear: Ear, sound: Path | None = None, *, repair: bool = False
) -> None:
    """Draw a trajectory: with the sound, if that is at hand, as a spectrogram."""
    from eqmorph.analysis import listen_to_file
    from eqmorph.analysis.journey import fine_window_s, journey_of
    from eqmorph.figures.trajectory import trajectory_figure

    if not data["windows"]:
        plot.say_nothing_to_draw("there is nothing in the file")
        return
    fine = None
    if sound is not None:
        fine = listen_to_file(sound, repair=repair, window_s=fine_window_s(data["file"]["duration_s"]))
    picture = journey_of(data, ear, fine)
    strongest = [f"{entry['word']} {100 * entry['percentile']:.0f} %" for entry in data["summary"]["strongest"][:3]]
    said = f"Strongest: {', '.join(strongest)}." if strongest else "Silence."
    if data["applied"]:
        said = f"Before and after {data['applied']['target']}."
    plot.draw(lambda style: trajectory_figure(picture, style, title=data["file"]["name"], note=said))
