"""A key shows nothing at a glance, opens to what was sealed, and shows that it was changed."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from eqmorph.compare.seal import BlindKey, SealedVersion, open_key, sealed_text
from eqmorph.errors import InputError

KEY = BlindKey(
    "song.wav",
    "warm",
    (SealedVersion("A", "song-A.wav", "adaptive", "00"), SealedVersion("B", "song-B.wav", "original", "11")),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "song.blind.json"
    path.write_text(sealed_text(KEY)[0])
    return path


def changed(path: Path, **fields: Any) -> Path:
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))
    return path


def test_it_opens_to_what_was_sealed(path: Path) -> None:
    opened = open_key(path)
    assert (opened.source, opened.target, opened.versions) == (KEY.source, KEY.target, KEY.versions)
    assert opened.commitment == json.loads(path.read_text())["commitment"]


def test_it_names_no_version_in_clear(path: Path) -> None:
    text = path.read_text()
    assert "adaptive" not in text
    assert "original" not in text
    assert "not encrypted" in text  # it doesn't claim to be more than it is


def test_the_same_order_has_another_commitment_each_time() -> None:
    assert sealed_text(KEY)[1] != sealed_text(KEY)[1]


def test_a_changed_order_does_not_fit_the_commitment(path: Path) -> None:
    document = json.loads(path.read_text())
    inside = json.loads(base64.b64decode(document["sealed"]))
    inside["versions"][0]["version"], inside["versions"][1]["version"] = "original", "adaptive"
    sealed = base64.b64encode(json.dumps(inside, sort_keys=True).encode()).decode()
    with pytest.raises(InputError, match="was changed since it was sealed"):
        open_key(changed(path, sealed=sealed))


@pytest.mark.parametrize(
    "fields",
    [{"sealed": "%%%"}, {"sealed": ""}, {"sealed": 3}, {"kind": "else"}, {"version": 2}, {"commitment": None}],
    ids=str,
)
def test_what_is_no_key_is_named(path: Path, fields: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        open_key(changed(path, **fields))
    assert caught.value.path == path
    assert caught.value.hint


@pytest.mark.parametrize("text", ["", "[]", "{}", "[" * 100_000, "\x00\xff", '{"kind": "eqmorph blind key"}'])
def test_a_hostile_key_is_refused(path: Path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(InputError):
        open_key(path)


def test_what_is_sealed_must_be_versions(path: Path) -> None:
    import hashlib

    for inside in ([1], {"versions": 3}, {"source": "a", "target": "b", "versions": [{"letter": 1}]}):
        payload = json.dumps(inside).encode()
        with pytest.raises(InputError, match="can't be read"):
            open_key(
                changed(
                    path,
                    sealed=base64.b64encode(payload).decode(),
                    commitment=hashlib.sha256(payload).hexdigest(),
                )
            )
