"""Make the page of a report: read what is known of each file, compare them, and write one HTML file."""

from __future__ import annotations

import base64
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from eqmorph.analysis.spectrum import Spectrum
from eqmorph.analysis.trajectory import trajectory_path
from eqmorph.audio.atomic import AtomicFile, explain_os_error, refuse_taken
from eqmorph.batch.threads import on_threads, usable_cores
from eqmorph.errors import EqmorphError, UsageError
from eqmorph.heard import heard_as_one_window, open_cache
from eqmorph.process import Watch, unwatched
from eqmorph.report.course import course, read_loosely
from eqmorph.report.embed import MIME_OF_SUFFIX, Codec, Sound, embedded
from eqmorph.report.find import FoundReport
from eqmorph.report.page import MARK, page
from eqmorph.report.places import find_file, href
from eqmorph.report.records import Record
from eqmorph.report.rows import File, detail, main_word, row, short_names, words_asked
from eqmorph.report.stand_out import outliers

__all__ = ["MadeReport", "is_report_page", "make_report"]

_HEAD_BYTES = 4096  # of a page, in which it says what it is


@dataclass(frozen=True, eq=False, slots=True)
class MadeReport:
    """A page that was written.

    Attributes:
        page: the file, and ``page_bytes`` its size.
        files: how many it tells of; ``done``, ``skipped`` and ``failed`` of them.
        missing: sounds that were not where the report says, and so can't be played.
        embedded: sounds that the page holds.
        seconds: that it took.
        notes: what a person should know.
    """

    page: Path
    page_bytes: int
    files: int
    done: int
    skipped: int
    failed: int
    missing: int
    embedded: int
    seconds: float
    notes: tuple[str, ...] = ()


def make_report(
    found: FoundReport,
    out: Path,
    *,
    title: str = "",
    embed: Codec | None = None,
    embed_only: Sequence[str] = (),
    listen: bool = False,
    overwrite: bool = False,
    watch: Watch = unwatched,
) -> MadeReport:
    """Write the page of what was found.

    Args:
        found: as `find_report` gives it.
        out: the page. It plays the sounds where they are, and names them relative to itself.
        title: its heading; by default the name of the set.
        embed: put the sounds into the page, as this, so that it can be passed on alone.
        embed_only: patterns of names, as the table has them, of the files whose sounds are put there; all without any.
        listen: listen to files of whose spectrum the report doesn't tell.
        overwrite: whether a file of that name may be replaced.
        watch: told the seconds of audio that are read; stops the work by raising.

    Raises:
        UsageError: there is more to embed than a page can hold, or no file has a name that was asked for.
        EqmorphError: a sound to embed can't be read, or the page can't be written.
    """
    started = time.perf_counter()
    if not overwrite:
        refuse_taken([out])
    places = [_places(record, found) for record in found.records]
    records = found.records if not listen else _with_spectra(found.records, places, watch)
    files = [File.of(record) for record in records]
    names = short_names(files)
    sounds: dict[Path, Sound] = {}
    if embed is not None:
        chosen = _chosen(names, embed_only)
        there = [
            path
            for file, pair, is_chosen in zip(files, places, chosen, strict=True)
            if file.is_done and is_chosen
            for path in pair
            if path is not None
        ]
        sounds = embedded(there, embed, files=sum(chosen), watch=watch)
    words = words_asked(files)
    measures = [main_word(file, words) for file in files]
    rows = [
        row(file, name, words, one, outlier)
        for file, name, one, outlier in zip(files, names, measures, outliers(measures), strict=True)
    ]
    details = [
        detail(file, _course(file, places[at]), _players(places[at], file, out, sounds))
        for at, file in enumerate(files)
    ]
    missing = sum(path is None for file, pair in zip(files, places, strict=True) for path in pair if file.is_done)
    notes = [*found.notes, *_missing_note(missing)]
    data = page(title or found.name, words, rows, details, target=_target(files), notes=notes)
    with AtomicFile(out, overwrite=overwrite) as file:
        try:
            file.temp.write_bytes(data)
        except OSError as error:
            raise explain_os_error(error, out) from error
        file.commit()
    counts = {status: sum(file.record["status"] == status for file in files) for status in ("skipped", "failed")}
    return MadeReport(
        page=out,
        page_bytes=len(data),
        files=len(files),
        done=sum(file.is_done for file in files),
        skipped=counts["skipped"],
        failed=counts["failed"],
        missing=missing,
        embedded=len(sounds),
        seconds=time.perf_counter() - started,
        notes=tuple(notes),
    )


def is_report_page(path: Path) -> bool:
    """Tell whether a file is such a page, which a later run may make anew."""
    try:
        with path.open("rb") as file:
            return MARK.encode() in file.read(_HEAD_BYTES)
    except OSError:
        return False


def _places(record: Record, found: FoundReport) -> tuple[Path | None, Path | None]:
    """Return where a file's source and result are."""
    return find_file(record["input"], found.near), find_file(record["output"], found.near)


def _chosen(names: Sequence[str], patterns: Sequence[str]) -> list[bool]:
    """Tell of each name whether it is one of those that patterns mean: as the table has it, or its last part."""
    for pattern in patterns:
        if not any(_is_meant(name, pattern) for name in names):
            raise UsageError(
                f"no file of the report is called {pattern!r}", hint="Names are as in the page's table; * is anything."
            )
    return [not patterns or any(_is_meant(name, pattern) for pattern in patterns) for name in names]


def _is_meant(name: str, pattern: str) -> bool:
    return name == pattern or fnmatchcase(name, pattern) or fnmatchcase(name.rpartition("/")[2], pattern)


def _course(file: File, places: tuple[Path | None, Path | None]) -> dict[str, Any] | None:
    """Return its course in words, if there is a trajectory beside its result."""
    if places[1] is None or file.account is None:
        return None
    return course(read_loosely(trajectory_path(places[1])), [change.word for change in file.account.words])


def _players(
    places: tuple[Path | None, Path | None], file: File, out: Path, sounds: dict[Path, Sound]
) -> dict[str, Any]:
    """Return what plays before and after: an address each, or why there is none."""
    found: dict[str, Any] = {}
    for name, path, wanted in zip(("a", "b"), places, (True, file.is_done), strict=True):
        if path is None or not wanted:
            found[name] = {"why": "is not where the report says" if wanted else "was not written"}
        elif path.stat().st_size == 0:  # a browser would complain
            found[name] = {"why": "is empty"}
        elif (sound := sounds.get(path)) is not None:
            found[name] = {"src": f"data:{sound.mime};base64,{base64.b64encode(sound.data).decode()}"}
        elif path.suffix.lower() in MIME_OF_SUFFIX:
            found[name] = {"src": href(path, out)}
        else:
            kind = path.suffix.lstrip(".").upper() or "a file without an extension"
            found[name] = {"why": f"is {kind}, which browsers don't play: a page with embedded sounds does"}
    return found


def _target(files: list[File]) -> str:
    """Return what most files were asked for: words, to come near to a reference, or both."""
    asked = Counter(
        ", ".join(filter(None, [file.account.target, f"near {file.reference}" if file.reference else ""]))
        for file in files
        if file.account is not None and (file.account.target or file.reference)
    )
    return asked.most_common(1)[0][0] if asked else ""


def _missing_note(missing: int) -> list[str]:
    if not missing:
        return []
    what = "1 sound is" if missing == 1 else f"{missing} sounds are"
    return [f"{what} not where the report says, and can't be played"]


def _with_spectra(records: list[Record], places: list[tuple[Path | None, Path | None]], watch: Watch) -> list[Record]:
    """Return records with the spectra that they lacked, where the source is there to be listened to."""
    todo = [at for at, record in enumerate(records) if not isinstance(record.get("spectrum"), dict) and places[at][0]]
    told = list(records)
    stop = threading.Event()
    with open_cache() as cache:

        def work(at: int) -> Spectrum | None:
            path = places[at][0]
            return Spectrum.of(heard_as_one_window(path, cache, repair=True, watch=watch).spectra) if path else None

        with closing(on_threads(work, todo, workers=usable_cores(), stop=stop)) as ended:
            for at, future in ended:
                error = future.exception()
                if error is not None and not isinstance(error, EqmorphError):
                    raise error
                spectrum = None if error is not None else future.result()
                if spectrum is not None:  # a file that can't be read has none; the run told of it
                    told[at] = {**records[at], "spectrum": spectrum.to_dict()}
    return told
