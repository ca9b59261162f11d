"""An object store as the place of outputs, and the journal that lies there with them.

Objects can't be appended to, so the journal is many: each run writes pieces of its own below ``.eqmorph-journal/``, and
who begins reads those of all. A piece is put before any output that it tells of, so that the next run, on whatever
machine, knows what a killed one left. Who is at work with other settings shows in the names of pieces and their age.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import shutil
import tempfile
import threading
import weakref
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from eqmorph.batch.entries import Entries, JournalEntry
from eqmorph.batch.journal import JOURNAL_NAME, Journal
from eqmorph.batch.place import Place
from eqmorph.batch.remote import Remote
from eqmorph.batch.store import Found, Store, scratch
from eqmorph.errors import EqmorphError, ExistsError, UsageError, printable
from eqmorph.process import Settings, Watch, unwatched

__all__ = ["InStore", "read_pieces"]

_PIECES = ".eqmorph-journal"
_PIECE_BYTES = 1 << 17
_BEAT_S = 5.0
_SILENT_S = 30.0  # a run whose pieces are older has ended
_AT_ONCE = 16


class InStore(Place):
    """A folder of an object store, or one object.

    Attributes:
        written: where outputs are written first: a folder that goes with this, or a file in it.
    """

    is_elsewhere = True

    def __init__(self, url: str, *, into_folder: bool) -> None:
        base, _, name = (url.rstrip("/"), "", "") if into_folder else url.rpartition("/")
        self.store = Store(base)
        if not self.store.takes_files_whole:
            raise UsageError(
                "results can't be written there whole",
                hint="They can to s3://, gs:// and az://, and to folders of this machine.",
                path=url,
            )
        folder = Path(tempfile.mkdtemp(dir=scratch()))
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self.written = folder / name if name else folder
        self._folder = folder
        if into_folder:
            found = self.store.files()
            self._there = {one.remote.url: one.remote for one in found}
            read_pieces(self.store, [one for one in found if _is_piece(one)], folder)
        else:
            there = self.store.look(name)
            self._there = {there.url: there} if there is not None else {}

    def url(self, path: Path) -> str | None:
        return self.store.url_of(path.relative_to(self._folder).as_posix())

    def path(self, name: str) -> Path:
        return self._folder / name.removeprefix(f"{self.store.url}/")

    def has(self, path: Path) -> bool:
        return self.there(path) is not None

    def there(self, path: Path) -> Remote | None:
        """Return what was there when the run was prepared."""
        return self._there.get(self.url(path) or "")

    def journal(self, folder: Path, settings: Settings) -> Journal:
        return _JournalInStore(self, folder, settings)

    def deliver(self, written: Mapping[Path, bool], journal: Journal | None, watch: Watch = unwatched) -> None:
        """Put files where they belong, the last one first: where audio is, what lies beside it is too."""
        noted = journal if isinstance(journal, _JournalInStore) else None
        try:
            if noted is not None:
                noted.flush()
            for path, may_replace in reversed(list(written.items())):
                with noted.putting(path) if noted is not None else nullcontext():
                    put = self.store.put(
                        path, path.relative_to(self._folder).as_posix(), overwrite=may_replace, watch=watch
                    )
                if noted is not None:
                    noted.confirm(path, put)
        finally:
            for path in written:
                path.unlink(missing_ok=True)


class _JournalInStore(Journal):
    """A journal of which this run's lines are put where the outputs go. What all runs wrote before was read here."""

    def __init__(self, place: InStore, folder: Path, settings: Settings) -> None:
        self._place_there = place
        self._piece = bytearray()
        self._number = 0
        self._written = self._sent = 0  # lines
        self._growing, self._sending = threading.Lock(), threading.Lock()
        self._may_be_there: set[Path] = set()
        super().__init__(folder, settings)

    @property
    def _prefix(self) -> str:
        return f"{_PIECES}/{self._settings}-{self.run}"

    def was_just_done(self, source: Path, output: Path, remote: Remote | None = None) -> bool:
        relative = self._key(output)
        try:
            there = self._place_there.store.look(relative)
            entry = self._lately(self._settings).get(relative)
            if there is None or entry is None or not self._is_from(entry, source, remote):
                return False
        except (OSError, EqmorphError):
            return False
        # What it is known by there may not be told yet; that it would get this name was told before it did.
        return (there.size, there.stamp) == (entry.output_size, entry.output_stamp or there.stamp)

    def _lately(self, settings: str) -> Entries:
        """Return what other runs with these settings have written lately."""
        entries = Entries()
        for one in self._pieces_of_others():
            if _piece_name(one)[0] == settings:
                entries.read(self._place_there.store.read(str(one.relative)).splitlines())
        return entries

    def _is_whole(self, entry: JournalEntry, output: Path) -> bool:
        there = self._place_there.there(output)
        return there is not None and there.is_still(entry.output_size, entry.output_stamp)

    def confirm(self, output: Path, put: Remote) -> None:
        """Record that an output is where it belongs, and what it is known by there."""
        entry = self._entries.get(self._key(output))
        if entry is not None:
            self._keep(replace(entry, output_size=put.size, output_stamp=put.stamp))

    @contextmanager
    def putting(self, output: Path) -> Iterator[None]:
        """Remember an output that may have come to where it belongs although nobody said so: it is of this run."""
        self._may_be_there.add(output)
        try:
            yield
        except ExistsError:
            self._may_be_there.discard(output)
            raise

    def forget(self, output: Path) -> None:
        if output not in self._may_be_there:
            super().forget(output)

    def compact(self) -> None:
        """Leave the pieces alone: others may be at work on theirs, and what is read of them here is not kept."""

    def sync_soon(self, folders: Iterable[Path]) -> None:
        """Leave folders alone: what is in them goes once it was put where it belongs."""

    def _append(self, line: bytes) -> None:
        with self._growing:
            self._piece += line + b"\n"
            self._written += 1

    def flush(self) -> None:
        """Put all lines written so far. Of many who want that at once, one does it for all.

        Raises:
            OutputError: they can't be put.
        """
        with self._growing:
            mine = self._written
        with self._sending:
            if self._sent >= mine:
                return
            with self._growing:
                data, sent = bytes(self._piece), self._written
            self._place_there.store.write(f"{self._prefix}-{self._number:06}.jsonl", data)
            self._sent = sent
            if len(data) > _PIECE_BYTES:
                with self._growing:
                    del self._piece[: len(data)]
                self._number += 1

    @contextmanager
    def claimed(self) -> Iterator[bool]:
        """Claim the folder for runs with these settings, by telling of it; nothing there is locked.

        Raises:
            UsageError: it can't be written into, or a run with other settings is writing into it.
        """
        self.note({"claims": platform.node(), "process": os.getpid()})
        try:
            self.flush()
        except EqmorphError as error:
            raise UsageError(error.problem, hint=error.remedy, path=self._place_there.store.url) from error
        over = threading.Event()
        beats = threading.Thread(target=self._beat, args=(over,), name="eqmorph-journal", daemon=True)
        try:
            self.refuse_claimed()
            beats.start()
            yield True
        finally:
            over.set()
            if beats.ident is not None:
                beats.join()
            self.note({"leaves": True})
            with contextlib.suppress(EqmorphError):
                self.flush()

    def _beat(self, over: threading.Event) -> None:
        while not over.wait(_BEAT_S):
            with contextlib.suppress(EqmorphError):  # the next file will say so
                self.flush()

    def refuse_claimed(self) -> None:
        latest: dict[str, Found] = {}
        for one in self._pieces_of_others():
            settings, run, _ = _piece_name(one)
            if settings != self._settings:
                latest[run] = max(one, latest.get(run, one), key=lambda piece: piece.remote.url)
        for one in latest.values():
            self._refuse_if_at_work(one)

    def _pieces_of_others(self) -> list[Found]:
        """Return what other runs have put lately, by the age of what this one has: the store's clock is not ours."""
        pieces = [one for one in self._place_there.store.files(_PIECES) if _is_piece(one)]
        own = [one.modified for one in pieces if _piece_name(one)[1] == self.run]
        if not own:
            return []
        others = (one for one in pieces if _piece_name(one)[1] != self.run and one.modified > max(own) - _SILENT_S)
        return sorted(others, key=lambda one: (one.modified, one.remote.url))

    def _refuse_if_at_work(self, piece: Found) -> None:
        host, process = "another machine", "?"
        for facts in _facts(self._place_there.store.read(str(piece.relative))):
            if facts.get("leaves"):
                return
            state = facts.get("state")
            if "claims" in facts:
                host, process = str(facts["claims"]), str(facts.get("process"))
            elif isinstance(state, dict):
                host, process = str(state.get("host")), str(state.get("process"))
        raise UsageError(
            f"a run with other settings is writing into it: process {printable(process)} on {printable(host)}",
            hint="Wait until it ends, or choose another output folder.",
            path=self._place_there.store.url,
        )


def read_pieces(store: Store, pieces: list[Found], folder: Path) -> None:
    """Read the journals of all runs, in the order in which they were last written to, into one in a folder here."""
    if not pieces:
        return
    pieces = sorted(pieces, key=lambda one: (one.modified, one.remote.url))
    with ThreadPoolExecutor(_AT_ONCE) as pool, (folder / JOURNAL_NAME).open("wb") as file:
        for data in pool.map(lambda one: store.read(str(one.relative)), pieces):
            file.write(data)


def _is_piece(one: Found) -> bool:
    return one.relative.parent.name == _PIECES and len(one.relative.parts) == 2 and one.relative.suffix == ".jsonl"


def _piece_name(one: Found) -> tuple[str, str, str]:
    """Return the settings, the run and the number that a piece is called by."""
    settings, run, number = (*one.relative.stem.split("-"), "", "", "")[:3]
    return settings, run, number


def _facts(data: bytes) -> Iterator[dict[str, Any]]:
    for line in data.splitlines():
        with contextlib.suppress(ValueError, RecursionError):
            facts = json.loads(line)
            if isinstance(facts, dict):
                yield facts
