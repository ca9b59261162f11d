"""Where outputs end up: here on disk, or in an object store, in which case each is written here first."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from eqmorph.batch.journal import Journal
from eqmorph.batch.remote import Remote
from eqmorph.process import Settings, Watch, unwatched

__all__ = ["HERE", "Place", "have_at_hand"]


class Place:
    """Here on disk, where outputs are what they are."""

    is_elsewhere = False

    def url(self, path: Path) -> str | None:  # noqa: ARG002
        """Return where an output goes, if not here."""
        return None

    def path(self, name: str) -> Path:
        """Return the path here of an output by the name that people know."""
        return Path(name)

    def has(self, path: Path) -> bool:
        """Tell whether an output is there."""
        return os.path.lexists(path)

    def journal(self, folder: Path, settings: Settings) -> Journal:
        return Journal(folder, settings)

    def deliver(self, written: Mapping[Path, bool], journal: Journal | None, watch: Watch = unwatched) -> None:
        """Take files that were written to where they belong, and whether each may replace another."""


HERE = Place()


@contextmanager
def have_at_hand(path: Path, remote: Remote | None, watch: Watch = unwatched) -> Iterator[Remote | None]:
    """Have a source here under ``path`` for a while, if it lies elsewhere; yield what was fetched.

    Raises:
        EqmorphError: it can't be fetched.
    """
    if remote is None:
        yield None
        return
    from eqmorph.batch.store import at_hand  # which needs an extra

    with at_hand(path, remote, watch) as fetched:
        yield fetched
