"""References by name: a user's own, one small JSON file each, in the config folder."""

from __future__ import annotations

import difflib
from pathlib import Path

from eqmorph.balance.balance import Balance
from eqmorph.balance.document import SUFFIX, format_balance, read_balance
from eqmorph.errors import UsageError
from eqmorph.own_files import checked_name, own_files, own_folder, remove_file, write_text
from eqmorph.wording import Means, Phrase

__all__ = [
    "find_saved",
    "list_references",
    "remove_reference",
    "save_reference",
    "user_reference_folder",
    "user_reference_path",
]


def user_reference_folder() -> Path:
    """Return the folder of a user's own references, which may not exist."""
    return own_folder("references")


def list_references() -> dict[str, Path]:
    """Return the files of all saved references, sorted by name."""
    return own_files("references", SUFFIX)


def user_reference_path(name: str) -> Path:
    """Return where `find_saved` finds a reference of this name.

    Raises:
        UsageError: it is not a name for a reference.
    """
    return user_reference_folder() / f"{checked_name(name, 'reference', SUFFIX)}{SUFFIX}"


def find_saved(name: str) -> Balance:
    """Find a saved reference by its name.

    Raises:
        UsageError: none has that name; the hint names the nearest.
        InputError: its file is damaged.
    """
    saved = list_references()
    if name in saved:
        return read_balance(saved[name])
    near = difflib.get_close_matches(name.lower(), saved, n=3, cutoff=0.5)
    raise UsageError(
        f"there is no file, folder or saved reference {name!r}",
        hint=f"Did you mean {', '.join(near)}?" if near else Phrase("{} lists those saved.", Means.LIST_REFERENCES),
    )


def save_reference(balance: Balance, *, overwrite: bool = False) -> Path:
    """Write a reference where `find_saved` finds it by its name; return where that is.

    Raises:
        UsageError: it has no name for a reference.
        OutputError: one of this name exists and may not be overwritten, or the disk refuses.
    """
    return write_text(user_reference_path(balance.name), format_balance(balance), overwrite=overwrite)


def remove_reference(name: str) -> Path:
    """Delete a saved reference; return where it was.

    Raises:
        UsageError: there is none of this name.
        OutputError: the disk refuses.
    """
    path = user_reference_path(name)
    if not remove_file(path):
        raise UsageError(f"no saved reference is called {name!r}", hint=Phrase("{} lists them.", Means.LIST_REFERENCES))
    return path
