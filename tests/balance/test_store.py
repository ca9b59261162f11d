"""References by name: saved, found, listed and removed in the user's own folder, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from eqmorph.balance import (
    Balance,
    find_saved,
    list_references,
    remove_reference,
    save_reference,
    user_reference_folder,
)
from eqmorph.errors import ExistsError, InputError, UsageError

pytestmark = pytest.mark.usefixtures("own_presets")

MINE = Balance.of("mine", np.arange(64.0), "mix", 3, "What it is for.")


def test_what_is_saved_is_found_until_it_is_removed() -> None:
    path = save_reference(MINE)
    assert path == user_reference_folder() / "mine.json"
    assert list_references() == {"mine": path}
    found = find_saved("mine")
    assert (found.name, found.files, found.description) == ("mine", 3, "What it is for.")
    assert remove_reference("mine") == path
    assert list_references() == {}


def test_nothing_is_overwritten_unasked() -> None:
    save_reference(MINE)
    with pytest.raises(ExistsError):
        save_reference(MINE)
    save_reference(Balance.of("mine", np.zeros(64)), overwrite=True)
    assert find_saved("mine").array == pytest.approx(np.zeros(64))


@pytest.mark.parametrize("name", ["../mine", "a/b", "", ".hidden", "x" * 80, "mine.json"])
def test_names_lead_nowhere_else(name: str) -> None:
    with pytest.raises(UsageError):
        save_reference(Balance.of(name, np.zeros(64)))
    with pytest.raises(UsageError):
        remove_reference(name)
    assert not list_references()


def test_who_misspells_is_told_the_nearest() -> None:
    save_reference(MINE)
    with pytest.raises(UsageError) as caught:
        find_saved("mien")
    assert "Did you mean mine?" in caught.value.hint
    with pytest.raises(UsageError, match="no saved reference"):
        remove_reference("mien")


def test_a_link_in_the_folder_is_refused(tmp_path: Path) -> None:
    save_reference(MINE)
    elsewhere = user_reference_folder() / "mine.json"
    moved = elsewhere.rename(tmp_path / "moved.json")
    elsewhere.symlink_to(moved)
    with pytest.raises(InputError, match="is a link"):
        find_saved("mine")
