"""What a run has finished, kept in the output folder so that a later run can resume it.

One JSON line for each file written, audio or trajectory, is appended to ``.eqmorph-journal.jsonl``. A line cut off by a
crash is ignored; of several lines for one file, the last counts.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from eqmorph.audio.atomic import explain_os_error
from eqmorph.process import Settings

__all__ = ["Journal", "JournalEntry", "fingerprint"]

_NAME = ".eqmorph-journal.jsonl"
# Raised whenever the same settings no longer give the same files: with anything that changes which bands a sound gets
# (the rule, the fit) or how bands are rendered, levelled and written. What follows from the model is known by itself.
_RENDERING = 3


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One file written: the input as it was, the settings, and the output as it was written.

    The input is recognized by its name or by its place relative to the output folder: either folder may move, or both.
    """

    output: str
    input: str
    place: str
    input_size: int
    input_mtime_ns: int
    settings: str
    output_size: int
    output_digest: str
    run: str = ""  # the run that wrote it: several may write into one folder


class Journal:
    """The finished files of one output folder. Safe to use from several threads."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self._folder = folder
        self._path = folder / _NAME
        self._settings = fingerprint(settings)
        self._run = secrets.token_hex(4)
        self._lock = threading.Lock()
        self._entries = _load(self._path)

    def knows(self, output: Path) -> bool:
        """Tell whether an earlier run wrote this file."""
        return self._key(output) in self._entries

    def has_settings_of(self, output: Path) -> bool:
        """Tell whether an earlier run wrote this file with these settings."""
        entry = self._entries.get(self._key(output))
        return entry is not None and entry.settings == self._settings

    def is_current(self, source: Path, output: Path) -> bool:
        """Tell whether ``output`` is complete and what ``source``, as it is now, would give with these settings."""
        entry = self._entries.get(self._key(output))
        if entry is None or entry.settings != self._settings:
            return False
        if entry.input != _absolute(source) and entry.place != self._place(source):
            return False
        try:
            now = source.stat()
            if (now.st_size, now.st_mtime_ns) != (entry.input_size, entry.input_mtime_ns):
                return False
            return output.stat().st_size == entry.output_size and _digest(output) == entry.output_digest
        except OSError:
            return False

    def record(self, source: Path, before: os.stat_result, output: Path, written: Path) -> None:
        """Record that ``output`` is made from ``source``, whose status was ``before`` when it was read.

        ``written`` is the finished file, still under its temporary name. Since it is recorded before it is renamed, the
        next run knows every file that a killed one left under its final name.
        """
        try:
            entry = JournalEntry(
                output=self._key(output),
                input=_absolute(source),
                place=self._place(source),
                input_size=before.st_size,
                input_mtime_ns=before.st_mtime_ns,
                settings=self._settings,
                output_size=written.stat().st_size,
                output_digest=_digest(written),
                run=self._run,
            )
        except OSError as error:
            raise explain_os_error(error, output) from error
        self._append(asdict(entry))
        self._entries[entry.output] = entry

    def forget(self, output: Path) -> None:
        """Withdraw the record of ``output``: it could not get its name after all, perhaps since another run took it."""
        if self._entries.pop(self._key(output), None) is not None:
            self._append({"forget": self._key(output), "run": self._run})

    def _append(self, facts: dict[str, Any]) -> None:
        line = json.dumps(facts) + "\n"  # escaped to ASCII, so that names that are not UTF-8 survive
        try:
            with self._lock, self._path.open("a+b") as file:
                file.write(_end_of_torn_line(file) + line.encode("ascii"))
        except OSError as error:
            raise explain_os_error(error, self._path) from error

    def _place(self, source: Path) -> str:
        """Return a source's path relative to the output folder, so that both may move together."""
        place = os.path.join(os.path.realpath(source.parent), source.name)  # noqa: PTH118  (its own link isn't followed)
        try:
            return os.path.relpath(place, os.path.realpath(self._folder))
        except ValueError:  # on Windows, from another drive
            return place

    def _key(self, output: Path) -> str:
        return os.path.relpath(output, self._folder)


def fingerprint(settings: Settings) -> str:
    """Return a short name for settings, equal for two that give the same samples."""
    facts = {
        "rendering": _RENDERING,
        "eq": settings.eq.facts(),
        "level": str(settings.level),
        "ceiling_db": settings.effective_ceiling_db,
        "format": settings.format,
        "bit_depth": settings.bit_depth,
        "repair": settings.repair,
    }
    if settings.needs_set_trim:
        trim = settings.set_trim
        facts["set"] = [settings.sharing, *((trim.level_db, trim.ceiling_db) if trim is not None else ())]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def _load(path: Path) -> dict[str, JournalEntry]:
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        return {}
    found: dict[str, dict[str, JournalEntry]] = {}  # by output and run, the latest last
    for line in lines:
        try:
            facts = json.loads(line)
            if "forget" in facts:
                found.get(facts["forget"], {}).pop(facts["run"], None)
                continue
            entry = JournalEntry(**facts)
            runs = found.setdefault(entry.output, {})
            runs.pop(entry.run, None)
            runs[entry.run] = entry
        except (ValueError, TypeError, KeyError, AttributeError):
            continue
    return {output: list(runs.values())[-1] for output, runs in found.items() if runs}


def _end_of_torn_line(file: BinaryIO) -> bytes:
    """Return the line end that a crash left out, if it did."""
    if file.seek(0, os.SEEK_END) == 0:
        return b""
    file.seek(-1, os.SEEK_END)
    return b"" if file.read(1) == b"\n" else b"\n"


def _absolute(path: Path) -> str:
    return os.path.abspath(path)  # noqa: PTH100  (links are not followed: the name is what counts)


def _digest(path: Path) -> str:
    digest = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
