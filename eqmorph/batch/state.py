"""How a run stands, told every few seconds to whoever wants to know: the journal, a file of metrics, a log."""

from __future__ import annotations

import os
import platform
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from eqmorph.batch.claim import is_claimed
from eqmorph.batch.journal import Journal, journal_facts
from eqmorph.batch.run import FileResult
from eqmorph.errors import EqmorphError

__all__ = ["Failure", "Observer", "RunState", "Telling", "observed", "read_latest", "read_states"]

_EVERY_S = 5.0
_SILENT_S = 30.0  # a run of another machine that is silent for so long has ended
_CAN_ASK_FOR_PROCESSES = os.name != "nt"  # where the signal that does nothing elsewhere is Ctrl-C
_LONGEST_ERROR = 500
_LARGEST = 1 << 53  # of what a run says in numbers: anything larger is none of ours
_LARGEST_PROCESS = (1 << 31) - 1
_NUMBERS = {"int", "float"}


@dataclass(frozen=True, slots=True)
class RunState:
    """How far a run is, or was when it was last heard of (``at``, ``begun``: seconds since 1970)."""

    run: str
    host: str
    process: int
    begun: float
    at: float
    files: int
    done: int = 0
    skipped: int = 0
    failed: int = 0
    audio_s: float = 0.0
    has_ended: bool = False

    @property
    def left(self) -> int:
        return self.files - self.done - self.skipped - self.failed

    @property
    def files_per_s(self) -> float:
        """How many files are done in a second; those that were skipped took no time."""
        return (self.done + self.failed) / max(self.at - self.begun, 1e-3)

    @property
    def left_s(self) -> float | None:
        """How long the rest will take, if that can be told."""
        return self.left / self.files_per_s if self.done + self.failed else None

    def is_at_work(self, folder: Path | None) -> bool:
        """Tell whether it still runs: the folder is claimed, and its process is there or was heard of lately.

        In an object store, there is no folder that can be claimed.
        """
        if self.has_ended or (folder is not None and is_claimed(folder) is False):
            return False
        if self.host != platform.node() or not _CAN_ASK_FOR_PROCESSES:
            return time.time() - self.at < _SILENT_S
        try:
            os.kill(self.process, 0)
        except ProcessLookupError:
            return False
        except OSError:
            pass  # it is somebody else's, so it is there
        return True


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that failed in a run, and why."""

    run: str
    source: str
    error: str


@dataclass(frozen=True, slots=True)
class Observer:
    """Who is told every so many seconds, and at the end. It is called by a thread of its own, and may not raise."""

    tell: Callable[[RunState], None]
    every_s: float = _EVERY_S


@contextmanager
def observed(journal: Journal | None, files: int, observers: Sequence[Observer] = ()) -> Iterator[Telling]:
    """Observe a run of so many files; yield what is to be told of it."""
    telling = Telling(journal, files, observers)
    try:
        yield telling
    finally:
        telling.end()


class Telling:
    """Tells observers, and the journal, how a run stands, once it has begun. Safe to use from several threads."""

    def __init__(self, journal: Journal | None, files: int, observers: Sequence[Observer]) -> None:
        self._journal = journal
        self._files = files
        watching = [*observers, *([Observer(self._note)] if journal is not None else [])]
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._tell_on, args=(one,), daemon=True) for one in watching]
        self._has_begun = False
        self._beginning = threading.Lock()
        self._begun = time.time()
        self._started = time.monotonic()
        self._count = dict.fromkeys(("done", "skipped", "failed"), 0)
        self._audio_s = 0.0

    def _state(self, *, has_ended: bool) -> RunState:
        return RunState(
            run=self._journal.run if self._journal is not None else "",
            host=platform.node(),
            process=os.getpid(),
            begun=self._begun,
            at=self._begun + time.monotonic() - self._started,  # whatever happens to the clock
            files=self._files,
            audio_s=self._audio_s,
            has_ended=has_ended,
            **self._count,
        )

    def begin(self) -> None:
        """Begin, if it hasn't: with the first file at work, so that a run that is refused leaves nothing behind."""
        if self._has_begun:
            return
        with self._beginning:
            if not self._has_begun:
                for thread in self._threads:
                    thread.start()
            self._has_begun = True

    def add(self, ended: FileResult) -> None:
        """Count a result."""
        self._count[ended.status] += 1
        if ended.result is not None:
            self._audio_s += ended.result.duration_s
        if ended.error is not None and self._journal is not None:
            job = ended.job
            # As the journal names what is done.
            name = job.remote.name if job.remote is not None else os.path.abspath(job.source)  # noqa: PTH100
            self._write({"failed": name, "error": ended.error.message[:_LONGEST_ERROR]})
        self.begin()

    def end(self) -> None:
        """Tell how it ended, if it had begun."""
        with self._beginning:
            self._over.set()
            for thread in self._threads if self._has_begun else []:
                thread.join()
            self._has_begun = True

    def _note(self, state: RunState) -> None:
        self._write({"state": asdict(state)})

    def _tell_on(self, observer: Observer) -> None:
        has_ended = False
        while not has_ended:
            observer.tell(self._state(has_ended=False))
            has_ended = self._over.wait(observer.every_s)
        observer.tell(self._state(has_ended=True))

    def _write(self, facts: dict[str, Any]) -> None:
        if self._journal is not None:
            try:
                self._journal.note(facts)
            except EqmorphError:
                return  # whatever keeps the journal from being written is told where it matters: with each file


def read_states(folder: Path) -> tuple[list[RunState], list[Failure]]:
    """Return the runs that a folder's journal tells of, in the order of their beginning, and what failed in them last.

    That is the order of the journal: clocks may go backwards, and those of two machines differ.

    Raises:
        UsageError: there is no journal.
    """
    heard, failures = _read(folder)
    return [one.state for one in heard], failures


def read_latest(folder: Path, *, is_of_store: bool = False) -> tuple[list[RunState], list[Failure]]:
    """Return of all runs those at work, the last one, and those that ran beside it, such as its other parts.

    ``is_of_store`` tells whether the journal was read from an object store. There each run has a part of its own, so
    their order doesn't tell who ran beside whom, and their clocks must.

    Raises:
        UsageError: there is no journal.
    """
    heard, failures = _read(folder)
    if is_of_store:
        begun = max((one.state.begun for one in heard), default=0.0)
        return [one.state for one in heard if one.state.at >= begun or one.state.is_at_work(None)], failures
    since = max((one.first for one in heard), default=0)
    return [one.state for one in heard if one.last >= since or one.state.is_at_work(folder)], failures


@dataclass(slots=True)
class _Heard:
    """What a run said last of itself, and in which lines it did so first and last."""

    state: RunState
    first: int
    last: int


def _read(folder: Path) -> tuple[list[_Heard], list[Failure]]:
    heard: dict[str, _Heard] = {}
    failures: dict[str, Failure] = {}
    for line, facts in enumerate(journal_facts(folder)):
        run, source, error = (facts.get(name) for name in ("run", "failed", "error"))
        if isinstance(facts.get("state"), dict) and (state := _checked(facts["state"])) is not None:
            first = heard[state.run].first if state.run in heard else line
            heard[state.run] = _Heard(state, first, line)
        elif isinstance(run, str) and isinstance(source, str) and isinstance(error, str):
            failures[source] = Failure(run, source, error)
        elif isinstance(source := facts.get("input"), str):  # it was done after all
            failures.pop(source, None)
    return list(heard.values()), list(failures.values())


def _checked(facts: dict[str, Any]) -> RunState | None:
    """Return a state of which every field is what it should be; None for anything else."""
    if set(facts) != {field.name for field in fields(RunState)}:
        return None
    kinds: dict[Any, type | tuple[type, ...]] = {"str": str, "int": int, "float": (int, float), "bool": bool}
    for field in fields(RunState):
        value = facts[field.name]
        if not isinstance(value, kinds[field.type]):
            return None
        if field.type in _NUMBERS and (isinstance(value, bool) or not 0 <= facts[field.name] <= _LARGEST):
            return None
    state = RunState(**facts)
    return state if state.left >= 0 and 0 < state.process <= _LARGEST_PROCESS else None
