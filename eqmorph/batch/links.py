"""Links in the folders that are named: those that stay inside are followed, and no others unasked.

Whoever may write to a folder could otherwise have any file read that its reader may read, and hand out what is made of
it. What is named is taken as it is, be it a link itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from eqmorph.batch.find import Source, walk_sources
from eqmorph.batch.remote import is_url, local_path
from eqmorph.errors import UsageError, show_path
from eqmorph.wording import Means, Phrase

__all__ = ["LinksInside", "find_inside", "left_out_note", "walk_inside"]

_SHOWN = 3


class LinksInside:
    """Tells whether a walk may follow what it comes upon: no link that leads out of all of the folders.

    Attributes:
        left_out: the links that it may not.
    """

    def __init__(self, folders: Iterable[str | Path]) -> None:
        here = (folder for folder in map(local_path, folders) if not is_url(folder))  # elsewhere, there are no links
        self._roots = [os.path.realpath(folder) for folder in here]
        self.left_out: dict[Path, None] = {}

    def __call__(self, path: str) -> bool:
        if not os.path.islink(path):  # noqa: PTH114  (a path would double the time that a look at thousands takes)
            return True
        real = os.path.realpath(path)
        if any(real == root or real.startswith(os.path.join(root, "")) for root in self._roots):  # noqa: PTH118
            return True
        self.left_out[Path(path)] = None
        return False


def find_inside(
    inputs: Iterable[str | Path], *, follow_links: bool = False, elsewhere: bool = False
) -> tuple[list[Source], tuple[Path, ...]]:
    """Return the files meant, as `find_sources` does, and the links that are left out since they lead elsewhere.

    Raises:
        UsageError: there are no files.
    """
    inputs = list(inputs)
    links = LinksInside(inputs)
    found = {
        source.path: source for source in walk_inside(inputs, None if follow_links else links, elsewhere=elsewhere)
    }
    return list(found.values()), tuple(links.left_out)


def walk_inside(
    inputs: Sequence[str | Path],
    links: LinksInside | None,
    *,
    leave_out: str | Path | None = None,
    elsewhere: bool = False,
) -> Iterator[Source]:
    """Yield the files meant, as `walk_sources` does, by no link that ``links`` leaves out; None follows all.

    Raises:
        UsageError: there are no files.
    """
    try:
        yield from walk_sources(inputs, leave_out=leave_out, may_follow=links, elsewhere=elsewhere)
    except UsageError as error:
        if links is None or not links.left_out:
            raise
        hint = Phrase("{} follows them.", Means.FOLLOW_LINKS)
        raise UsageError(f"{error.message} but {_led_out(tuple(links.left_out)).rstrip(',')}", hint=hint) from error


def left_out_note(links: Sequence[Path]) -> Phrase:
    """Say which links were not followed, and how they would be."""
    if len(links) == 1:
        return f"{_led_out(links)} is not followed: " + Phrase("{} follows it", Means.FOLLOW_LINKS)
    return f"{_led_out(links)} are not followed: " + Phrase("{} follows them", Means.FOLLOW_LINKS)


def _led_out(links: Sequence[Path]) -> str:
    """Say what links there are."""
    names = ", ".join(show_path(link) for link in links[:_SHOWN])
    names += f" and {len(links) - _SHOWN} more" if len(links) > _SHOWN else ""
    if len(links) == 1:
        return f"{names}, a link that leads out of the input,"
    return f"{len(links)} links that lead out of the input ({names})"
