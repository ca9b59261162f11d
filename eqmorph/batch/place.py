"""Where outputs end up: here on disk, or in an object store, in which case each is written here first."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from eqmorph.batch.journal import Journal
from eqmorph.batch.remote import Remote, is_url, local_path
from eqmorph.process import Settings, Watch, unwatched

__all__ = ["HERE", "Place", "have_at_hand", "journal_of", "place_of"]


class Place:
    """Here on disk, where outputs are what they are."""

    is_elsewhere = False

    def url(self, path: Path) -> str | None:  # noqa: ARG002
        """Return where an output goes, if not here."""
        return None

    def has(self, path: Path) -> bool:
        """Tell whether an output is there."""
        return os.path.lexists(path)

    def journal(self, folder: Path, settings: Settings) -> Journal:
        return Journal(folder, settings)

    def deliver(self, written: Mapping[Path, bool], journal: Journal | None, watch: Watch = unwatched) -> None:
        """Take files that were written to where they belong, and whether each may replace another."""


HERE = Place()


def place_of(output: str | Path, *, into_folder: bool) -> tuple[Place, Path]:
    """Return the place that an output names, and the path here under which it is written.

    Raises:
        UsageError: nothing can be written there, or what reaches it is not installed.
    """
    output = local_path(output)
    if not is_url(output):
        return HERE, Path(output)
    from eqmorph.batch.in_store import InStore  # which needs an extra

    place = InStore(str(output), into_folder=into_folder)
    return place, place.path


@contextmanager
def journal_of(output: str) -> Iterator[tuple[Path, bool]]:
    """Have the journal of an output folder here; yield the folder that it is in, and whether runs claim that one."""
    place, folder = place_of(output, into_folder=True)
    yield folder, not place.is_elsewhere


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
