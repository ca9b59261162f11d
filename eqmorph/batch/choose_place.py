"""Find out where outputs end up by what a user calls it: a path, or an address."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eqmorph.batch.place import HERE, Place
from eqmorph.batch.remote import is_url, local_path

__all__ = ["journal_of", "place_of"]


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
    return place, place.written


@contextmanager
def journal_of(output: str) -> Iterator[tuple[Path, bool]]:
    """Have the journal of an output folder here; yield that folder, and whether it is an object store's."""
    place, folder = place_of(output, into_folder=True)
    yield folder, place.is_elsewhere
