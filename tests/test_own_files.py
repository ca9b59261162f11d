"""A user's own small files: read within limits, written whole, named so that they lead nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from eqmorph.errors import ExistsError, InputError, UsageError
from eqmorph.own_files import checked_name, own_folder, read_text, remove_file, write_text


def test_folders_are_beside_each_other(own_presets: Path) -> None:
    assert own_folder("presets") == own_presets
    assert own_folder("references") == own_presets.parent / "references"


def test_what_is_written_is_read_until_it_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.txt"
    assert write_text(path, "über\n", overwrite=False) == path
    assert read_text(path, what="text", hint="") == "über\n"
    with pytest.raises(ExistsError):
        write_text(path, "x", overwrite=False)
    write_text(path, "x", overwrite=True)
    assert read_text(path, what="text", hint="") == "x"
    assert remove_file(path)
    assert not remove_file(path)


@pytest.mark.parametrize("data", [bytes(2_000_000), b"\xff\xfe\xff"])
def test_what_no_person_wrote_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(InputError, match="is not a thing") as caught:
        read_text(path, what="a thing", hint="Give one.")
    assert caught.value.hint == "Give one."


@pytest.mark.parametrize("name", ["", "../a", "a/b", "-a", "a.txt", "a" * 61])
def test_names(name: str) -> None:
    assert checked_name("Élan 2.0_x-y", "thing", ".txt") == "Élan 2.0_x-y"
    with pytest.raises(UsageError):
        checked_name(name, "thing", ".txt")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-8-sig"])
def test_what_windows_writes_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(("\ufeff" * (encoding == "utf-16-be") + "über 1\n").encode(encoding))
    assert read_text(path, what="text", hint="") == "über 1\n"
