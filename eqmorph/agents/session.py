"""`Session`: what the tools share: the folders, what was heard, the plans, and what was made."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from eqmorph.agents.made import Made, state_folder
from eqmorph.agents.plans import Plans
from eqmorph.agents.roots import Roots
from eqmorph.agents.wording import TOOLS
from eqmorph.agents.work import Work
from eqmorph.analysis import Ear, load_ear
from eqmorph.batch import Source, find_sources, usable_cores
from eqmorph.errors import EqmorphError, UsageError
from eqmorph.heard import Heard, HeardCache, heard_in, open_cache
from eqmorph.kind import Kind

__all__ = ["Session"]


class Session:
    """Everything that outlives a call.

    Attributes:
        roots: the folders that may be used.
        cache: what was heard; None where nothing is to be kept.
        plans: what was planned.
        made: what was written.
        workers: how many files at once.
        report: what the last apply did, for the resource of that name.
    """

    def __init__(self, roots: Roots, *, has_cache: bool = True, workers: int | None = None) -> None:
        self.roots = roots
        self.cache: HeardCache | None = open_cache() if has_cache else None
        self.plans = Plans()
        self.made = Made(state_folder())
        self.workers = workers or usable_cores()
        self.report: dict[str, Any] = {"note": "nothing was applied yet"}
        self._loading = threading.Lock()

    def close(self) -> None:
        if self.cache is not None:
            self.cache.close()

    def rest(self) -> None:
        """Keep what was heard so far, between two calls."""
        if self.cache is not None:
            self.cache.write()

    @property
    def ear(self) -> Ear:
        """What listens: loaded when it is first asked for, by whoever is first."""
        with self._loading:
            return self._ear

    @cached_property
    def _ear(self) -> Ear:
        return load_ear()

    def warm_up(self) -> None:
        """Load what the first call would have to wait for."""
        ear = self.ear
        flat = ear.reference.curves_db[0] * 0
        for kind in (None, *Kind):
            ear.of(kind).profile(flat)

    def hear(self, path: Path, work: Work) -> Heard:
        """Return what is heard in a file, or was."""
        heard = heard_in(path, self.cache, watch=work.watch)
        self.roots.check_input(path)
        return heard

    def sources(self, given: str) -> tuple[list[Source], bool, list[str]]:
        """Return the audio files that a path names, whether it is a folder, and notes.

        Of a folder, what was made for the agent is left out, unless all of it was.

        Raises:
            EqmorphError: it lies outside, doesn't exist, or there is no audio in it.
        """
        path = self.roots.existing(given)
        if not path.is_dir():
            return [Source(path, Path(path.name))], False, []
        try:
            found = find_sources([path], may_follow=self.roots.may_follow)
        except UsageError as error:
            raise UsageError(f"{self.roots.shown(path)} contains no audio files", hint=error.remedy) from error
        others = [source for source in found if not self.made.knows(source.path)]
        if not others or len(others) == len(found):
            return found, True, []
        left_out = len(found) - len(others)
        return others, True, [f"{left_out} files that were made here are left out; name their folder to use them"]

    def said(self, error: EqmorphError) -> str:
        """Say what is wrong and what to do about it, in the words of the tools and by the names that answers have."""
        problem = error.worded(TOOLS)
        end = "" if problem.endswith((".", "!", "?")) else "."
        return self.roots.cleaned(f"{problem}{end} {error.hint_worded(TOOLS)}".strip())

    def shown(self, paths: Iterable[Path]) -> list[str]:
        return [self.roots.shown(path) for path in paths]

    @property
    def writable(self) -> Sequence[Path]:
        return [root.path for root in self.roots.roots if root.may_write]
