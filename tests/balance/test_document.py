"""The JSON of a reference: what is written is read again, whatever else comes is refused by name, cause and cure."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqmorph.balance import SCHEMA, Balance, format_balance, read_balance
from eqmorph.errors import InputError
from eqmorph.model import GRID_HZ
from tests.support import posix_only

EIGHT_HZ = [20, 100, 200, 500, 1000, 2000, 5000, 10_000]
PLAIN: dict[str, Any] = {"schema": SCHEMA, "name": "mine", "freqs_hz": EIGHT_HZ, "levels_db": [0.0] * 8}

levels = st.lists(st.floats(-100, 100) | st.none(), min_size=64, max_size=64).filter(
    lambda rows: sum(row is not None for row in rows[10:40]) > 8 and rows[0] is not None and rows[-1] is not None
)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=10) | st.dictionaries(st.text(max_size=9), inner, max_size=5)
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mine.json"


def written(path: Path, **changes: Any) -> Path:
    path.write_text(json.dumps({**PLAIN, **changes}))
    return path


@given(
    rows=st.lists(st.floats(-100, 100), min_size=64, max_size=64),
    files=st.integers(1, 10**9),
    kind=st.sampled_from([None, "mix", "speech", "instrument"]),
    description=st.text(max_size=80),
)
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, rows: list[float], files: int, kind: str | None, description: str
) -> None:
    path = tmp_path_factory.mktemp("references") / "a.json"
    balance = Balance.of("mine", np.array(rows), kind, files, description)
    path.write_text(format_balance(balance), encoding="utf-8")
    again = read_balance(path)
    assert (again.name, again.kind, again.files, again.description) == ("mine", kind, files, description)
    assert again.array == pytest.approx(balance.array, abs=2e-3)


@given(data=anything)
def test_no_json_is_read_as_something_else(tmp_path_factory: pytest.TempPathFactory, data: Any) -> None:
    path = tmp_path_factory.mktemp("references") / "a.json"
    path.write_text(json.dumps(data))
    with pytest.raises(InputError) as caught:
        read_balance(path)
    assert caught.value.path == path
    assert caught.value.hint


@given(key=st.sampled_from([*PLAIN, "kind", "files", "per", "description"]), value=anything)
def test_a_field_is_valid_or_refused(tmp_path_factory: pytest.TempPathFactory, key: str, value: Any) -> None:
    path = tmp_path_factory.mktemp("references") / "a.json"
    path.write_text(json.dumps({**PLAIN, key: value}))
    with suppress(InputError):
        balance = read_balance(path)
        assert np.isfinite(balance.array[balance.known]).all()
        assert len(balance.levels_db) == 64


@given(data=st.binary(max_size=300))
def test_bytes_are_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("references") / "a.json"
    path.write_bytes(data)
    with pytest.raises(InputError):
        read_balance(path)


def test_a_level_of_third_octaves_is_that_of_a_band(path: Path) -> None:
    flat = read_balance(written(path, per="third-octave")).array
    pink = read_balance(written(path, levels_db=(-10 * np.log10(EIGHT_HZ)).tolist())).array
    known = ~np.isnan(flat)
    assert flat[known] == pytest.approx(pink[known], abs=1e-6)


def test_nothing_is_made_up_beyond_the_last_level(path: Path) -> None:
    known = read_balance(written(path)).known
    assert known[GRID_HZ < 10_000].all()
    assert not known[GRID_HZ > 11_500].any()


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"schema": "eqmorph-reference/2"}, "schema"),
        ({"audio": "x"}, "holds 'audio'"),
        ({"name": "../x"}, "not a name"),
        ({"name": 3}, "name must be text"),
        ({"description": "x" * 2000}, "description must be text"),
        ({"kind": "choir"}, "kind"),
        ({"files": 0}, "files"),
        ({"files": True}, "files"),
        ({"per": "octave"}, "per must be"),
        ({"freqs_hz": EIGHT_HZ[::-1]}, "ascend"),
        ({"freqs_hz": [0, *EIGHT_HZ[1:]]}, "ascend"),
        ({"freqs_hz": EIGHT_HZ[:3], "levels_db": [0] * 3}, "8 to 1024"),
        ({"freqs_hz": list(range(1, 2000)), "levels_db": [0] * 1999}, "8 to 1024"),
        ({"levels_db": [0.0] * 7}, "as many levels"),
        ({"levels_db": [[0.0]] * 8}, "numbers only"),
        ({"levels_db": ["0"] * 8}, "numbers only"),
        ({"levels_db": [True] * 8}, "numbers only"),
        ({"levels_db": [1000] * 8}, "out of range"),
        ({"levels_db": [10**400] * 8}, "out of range"),
        ({"levels_db": [None] * 8}, "8 levels at least"),
        ({"freqs_hz": list(range(1000, 1008))}, "8 levels at least"),
    ],
)
def test_what_is_wrong_is_said(path: Path, changes: dict[str, Any], cause: str) -> None:
    with pytest.raises(InputError) as caught:
        read_balance(written(path, **changes))
    assert cause in str(caught.value)
    assert "reference save" in caught.value.hint
    assert caught.value.path == path


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_what_is_no_number_is_refused(path: Path, number: str) -> None:
    path.write_text(json.dumps(PLAIN).replace("0.0", number, 1))
    with pytest.raises(InputError):
        read_balance(path)


@pytest.mark.parametrize("text", ["[" * 100_000, " " * 2_000_000, '{"schema": ' + "9" * 10_000 + "}"])
def test_what_is_too_deep_or_too_large_is_refused(path: Path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(InputError):
        read_balance(path)


@posix_only
def test_links_folders_and_pipes_are_refused(tmp_path: Path, path: Path) -> None:
    link, pipe, folder = tmp_path / "link.json", tmp_path / "pipe.json", tmp_path / "folder.json"
    link.symlink_to(written(path))
    os.mkfifo(pipe)
    folder.mkdir()
    for other, cause in ((link, "is a link"), (pipe, "is not a file"), (folder, "is not a file")):
        with pytest.raises(InputError, match=cause):
            read_balance(other)


def test_what_is_not_there_is_said(path: Path) -> None:
    with pytest.raises(InputError, match="doesn't exist"):
        read_balance(path)
