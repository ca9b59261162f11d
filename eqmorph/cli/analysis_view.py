"""Show analyses on the terminal: bars and courses over time for one file, a row for each of several."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np

from eqmorph._typing import Float64
from eqmorph.analysis import MAIN_WORDS, Ear, percent, suggest
from eqmorph.analysis.courses import binned_courses, section_starts
from eqmorph.analysis.trajectory import json_parts
from eqmorph.audio.windows import Spectra
from eqmorph.batch.analyze import Analysis, AnalysisTask
from eqmorph.cli.output import can_print, duration, listing, paint, print_error, say, say_in_parts, table
from eqmorph.cli.wording import OPTIONS
from eqmorph.errors import show_path
from eqmorph.plot.over_time import clock

__all__ = ["AsJson", "ManyFiles", "OneFile", "Rows", "profile_lines"]


#: For rows without room for all words: the most telling words, in that order.
_TELLING = (
    "warm", "bright", "muddy", "clear", "boomy", "airy", "harsh", "thin", "full", "boxy", "dark", "mellow", "tinny",
)  # fmt: skip
# A filled cell of a bar, an empty one, and the steps of a course.
_DRAWN, _TYPED = ("█", "░", "▁▂▃▄▅▆▇█"), ("#", ".", "_.-:=+*#")
_THIN_LINE = {False: "╌", True: "-"}  # below the courses, by whether it must be ASCII
_BAR, _SHORT_BAR = 20, 10
_NARROW = 64  # columns under which bars are short
_LEAST_COURSE = 8  # columns
_LEAST_WINDOWS = 3  # two points don't make a course
_CHANNELS = {1: "mono", 2: "stereo"}


def profile_lines(data: Mapping[str, Any], *, columns: int, ascii_only: bool = False) -> list[str]:
    """Return a trajectory as lines of text."""
    summary = data["summary"]
    lines = [_facts(data), *_method(data), ""]
    if summary["silent"]:
        return [*lines, summary["suggestion"]["text"]]
    if summary["words"]:
        lines += [*_bars(data, columns, ascii_only), ""]
    ends = [
        (name, ", ".join(f"{entry['word']} {percent(entry['percentile'])} %" for entry in summary[name]))
        for name in ("strongest", "weakest")
        if summary[name]
    ]
    starts = section_starts(data)
    sections = [("sections", "  ".join(clock(start_s) for start_s in starts))] if len(starts) > 1 else []
    suggestion = ("suggestion", summary["suggestion"]["text"])
    return lines + listing([*ends, suggestion, *sections])


def _facts(data: Mapping[str, Any]) -> str:
    file = data["file"]
    channels = _CHANNELS.get(file["channels"], f"{file['channels']} channels")
    rate = f"{file['sample_rate'] / 1000:g} kHz"
    stored = " ".join(dict.fromkeys((file["container"], file["subtype"].replace("_", " "))))
    return "  ".join([paint(show_path(file["name"]), bold=True), duration(file["duration_s"]), channels, rate, stored])


def _method(data: Mapping[str, Any]) -> list[str]:
    count, reference = len(data["windows"]), data["reference"]
    windows = f"{count} windows of {data['window_s']:g} s" if count > 1 else "1 window"
    among = f"percentiles among {reference['sounds']} sounds: {', '.join(reference['corpora'])}"
    return listing([(f"{windows}, {data['kind'] or 'kind unclear'}, {among}",)])


def _bars(data: Mapping[str, Any], columns: int, ascii_only: bool) -> list[str]:
    """Return a line for each word: percentile as a bar and a number, score, and how it goes over time."""
    entries = data["summary"]["words"]
    width = _BAR if columns >= _NARROW else _SHORT_BAR
    heads = table(
        [
            ["", f"0{'50':^{width - 4}}100", "", "score"],
            *(
                [
                    entry["word"],
                    _bar(entry["percentile"], width, ascii_only),
                    f"{percent(entry['percentile'])} %",
                    f"{entry['score']:+.2f}",
                ]
                for entry in entries
            ),
        ],
        right=(2, 3),
    )
    room = columns - len(heads[0]) - 3
    courses = binned_courses(data, room)[0] if room >= _LEAST_COURSE else np.zeros((0, 0))
    if courses.shape[0] < _LEAST_WINDOWS:
        return heads
    times = _axis(data["file"]["duration_s"], courses.shape[0])
    *_, steps = _TYPED if ascii_only else _DRAWN
    lines = [
        f"{heads[0]}  {times}".rstrip(),
        *(f"{head}  {_course(courses[:, at], steps)}".rstrip() for at, head in enumerate(heads[1:])),
    ]
    starts = section_starts(data)
    if len(starts) > 1:
        marks = _marks(starts, data["file"]["duration_s"], courses.shape[0], _THIN_LINE[ascii_only])
        lines.append(f"{'':{len(heads[0])}}  {marks}")
    return lines


def _marks(starts_s: Sequence[float], duration_s: float, columns: int, line: str) -> str:
    """Return a line as wide as a course, with a mark where each section begins."""
    cells = [line] * columns
    for start_s in starts_s:
        cells[min(int(start_s / duration_s * columns), columns - 1)] = "|"
    return "".join(cells)


def _bar(share: float, width: int, ascii_only: bool) -> str:
    filled, empty, _ = _TYPED if ascii_only else _DRAWN
    count = round(share * width)
    return filled * count + empty * (width - count)


def _course(values: Float64, steps: str) -> str:
    return "".join(" " if np.isnan(v) else steps[min(int(v * len(steps)), len(steps) - 1)] for v in values)


def _axis(seconds: float, width: int) -> str:
    """Return the start and, if there is room, the end of a course ``width`` columns wide."""
    start, end = "0:00", duration(seconds)
    return f"{start}{end:>{width - len(start)}}" if len(start) + len(end) < width else ""


class Rows:
    """One row a file, all of the same columns.

    Args:
        names: the files to come.
        words: whose percentiles are shown, as far as there is room.
        columns: width of the terminal; None for a pipe, where nothing is left out.
    """

    def __init__(self, names: Sequence[str], words: Sequence[str], columns: int | None) -> None:
        longest = max((len(name) for name in [*names, "together"]), default=0)
        self._name = longest if columns is None else min(longest, max(columns // 3, _BAR))
        room = (columns or 1_000_000) - self._name - 1
        chosen = set()
        for word in sorted(words, key=lambda word: _TELLING.index(word) if word in _TELLING else -1):
            if room >= self._wide(word):
                chosen.add(word)
                room -= self._wide(word)
        self.words = [word for word in words if word in chosen]

    @property
    def head(self) -> str:
        return self._row("", self.words)

    def row(self, name: str, summary: Mapping[str, Any]) -> str:
        """Return a file's percentiles."""
        if summary["silent"]:
            return self._row(name, ["silence"])
        places = {entry["word"]: entry["percentile"] for entry in summary["words"]}
        return self._row(name, [f"{percent(places[word])}" for word in self.words])

    def failed(self, name: str) -> str:
        return self._row(name, ["failed"])

    def _row(self, name: str, cells: Sequence[str]) -> str:
        shown = name if len(name) <= self._name else f"...{name[3 - self._name :]}"
        parts = [f"{cell:>{self._wide(word)}}" for word, cell in zip(self.words, cells, strict=False)]
        if len(cells) < len(self.words):
            parts = [f"  {cell}" for cell in cells]
        return (f"{shown:<{self._name}}" + "".join(parts)).rstrip()

    @staticmethod
    def _wide(word: str) -> int:
        return max(len(word), 3) + 2


class OneFile:
    """Shows all there is to say about one file."""

    def add(self, analysis: Analysis) -> None:
        if analysis.error is not None:
            print_error(analysis.error)
            return
        lines = profile_lines(
            analysis.data or {},
            # One column less: some terminals wrap a line that fills them.
            columns=shutil.get_terminal_size().columns - 1,
            ascii_only=not can_print("".join(_DRAWN)),
        )
        for line in [*lines, *_extra_lines(analysis)]:
            say(line)

    def finish(self, *, left: int) -> None:
        if left:
            _say_interrupted(left)


class ManyFiles:
    """Shows a row for each file as it comes, and then all of them together."""

    def __init__(self, tasks: Sequence[AnalysisTask], words: Sequence[str], ear: Ear) -> None:
        columns = shutil.get_terminal_size().columns - 1 if sys.stdout.isatty() else None
        self._rows = Rows([show_path(task.name) for task in tasks], words, columns)
        self._ear = ear
        self._sounds: list[Spectra] = []
        self._failed = 0
        self._audio_s = 0.0
        self._started = time.perf_counter()
        say(self._rows.head)

    def add(self, analysis: Analysis) -> None:
        name = show_path(analysis.task.name)
        if analysis.error is not None:
            self._failed += 1
            print_error(analysis.error)
            return
        if analysis.data is not None and analysis.whole is not None:
            self._sounds.append(analysis.whole)
            self._audio_s += analysis.whole.frames / analysis.whole.sample_rate
            say(self._rows.row(name, analysis.data["summary"]))
        for line in _extra_lines(analysis, f"{name}  "):
            say(line)

    def finish(self, *, left: int) -> None:
        if any(not sound.is_silent for sound in self._sounds):
            for line in self._together():
                say(line)
        took = time.perf_counter() - self._started
        counts = [f"{len(self._sounds)} analyzed"] + [f"{self._failed} failed"] * bool(self._failed)
        audio = f"{duration(self._audio_s)} of audio in {duration(took)}, {self._audio_s / took:.0f}x realtime"
        say(f"{', '.join(counts)}. {audio}.")
        if left:
            _say_interrupted(left)

    def _together(self) -> list[str]:
        """Return the files as one sound, each with the same weight."""
        ear = self._ear.for_set(self._sounds)
        profile = ear.profile(ear.common_curve(self._sounds))
        words = [{"word": word, "percentile": profile.percentile(word)} for word in self._rows.words]
        known = [word for word in MAIN_WORDS if word in ear.space.terms]
        row = self._rows.row("together", {"silent": False, "words": words})
        return [row, "", *listing([(f"together: {suggest(ear, profile, known).text}",)])]


class AsJson:
    """Prints one JSON document, a line for each file as it comes."""

    def __init__(self) -> None:
        self._count = {"done": 0, "failed": 0}
        self._started = time.perf_counter()
        say('{"files": [')

    def add(self, analysis: Analysis) -> None:
        error, task = analysis.error, analysis.task
        if error is not None:
            print_error(error)
        record = {
            "input": task.shown_source,
            "output": str(task.output) if task.output is not None and error is None else None,
            "error": error.worded(OPTIONS) if error is not None else None,
            "hint": (error.hint_worded(OPTIONS) or None) if error is not None else None,
            "notes": list(analysis.notes),
        }
        comma = "," if sum(self._count.values()) else ""
        self._count["failed" if error is not None else "done"] += 1
        start = json.dumps(record, allow_nan=False, separators=(",", ":")).removesuffix("}")
        trajectory = ["null"] if analysis.data is None else json_parts(analysis.data)
        say_in_parts(chain([f'{comma}{start},"trajectory":'], trajectory, ["}"]))

    def finish(self, *, left: int) -> None:
        totals = json.dumps({**self._count, "left": left, "seconds": time.perf_counter() - self._started})
        say(f"], {totals[1:]}")


def _extra_lines(analysis: Analysis, start: str = "") -> list[str]:
    """Return an analysis' notes, and where its trajectory is."""
    notes = [f"{start}note: {note}" for note in analysis.notes]
    if analysis.task.output is None or start:
        return notes
    return [*notes, f"trajectory  {show_path(analysis.task.output)}"]


def _say_interrupted(left: int) -> None:
    say(f"Interrupted: {left} left.", err=True)
