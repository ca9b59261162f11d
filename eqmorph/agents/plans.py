"""`Plan`: what is to be done to some files, decided on but not done."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eqmorph.adapt.eq import Eq
from eqmorph.adapt.share import ShareEq
from eqmorph.analysis import Ear
from eqmorph.batch import Source
from eqmorph.errors import UsageError
from eqmorph.heard.cache import file_facts
from eqmorph.request import EqRequest

__all__ = ["Plan", "Plans", "facts_of", "resolved"]

_MOST_KEPT = 50


@dataclass(frozen=True, slots=True)
class Plan:
    """A request for some files as they are now.

    Attributes:
        id: what it is called by.
        request: the EQ that is asked for.
        share: how much of what is decided on, 0..1.
        sources: the files.
        is_folder: whether a folder was named.
        facts: what changes when a file does, of each.
        seconds: how long all of them are, as far as that is known.
    """

    id: str
    request: EqRequest
    sources: tuple[Source, ...]
    is_folder: bool
    facts: tuple[bytes | None, ...]
    seconds: float = 0.0
    share: float = 1.0

    def resolve(self, ear: Ear) -> Eq:
        """Work out the EQ."""
        return resolved(self.request, self.share, ear)

    def changed(self) -> list[Path]:
        """Return the files that are not what they were."""
        now = facts_of(self.sources)
        return [source.path for source, old, new in zip(self.sources, self.facts, now, strict=True) if old != new]


def resolved(request: EqRequest, share: float, ear: Ear) -> Eq:
    """Return the EQ that is asked for, or a share of it."""
    eq = request.resolve(ear)
    return eq if share == 1 else ShareEq(eq, share)


def facts_of(sources: Sequence[Source]) -> tuple[bytes | None, ...]:
    """Return what changes when a file does, of each source; None of one that can't be seen."""
    return tuple(file_facts(source.path) for source in sources)


class Plans:
    """The latest plans. Any thread may use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._plans: dict[str, Plan] = {}

    def new_id(self) -> str:
        """Return what no plan is called by, of this or of another server."""
        return f"p{secrets.token_hex(3)}"

    def keep(self, plan: Plan) -> None:
        with self._lock:
            self._plans[plan.id] = plan
            for old in list(self._plans)[:-_MOST_KEPT]:
                del self._plans[old]

    def get(self, id: str | None) -> Plan:
        """Return a plan, or the last one.

        Raises:
            UsageError: there is none.
        """
        with self._lock:
            if not self._plans:
                raise UsageError("there is no plan yet", hint="Make one with the tool plan.")
            if id is None:
                return next(reversed(self._plans.values()))
            if id in self._plans:
                return self._plans[id]
            last = next(reversed(self._plans))
        raise UsageError(
            f"there is no plan {id!r}",
            hint=f"The last one is {last}. Plans end with the server: make a new one with the tool plan.",
        )
