"""The reference file: what is written is read, and nothing damaged passes for a reference."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load, save

from eqmorph.errors import InputError
from eqmorph.model.reference import (
    FORMAT,
    REFERENCE,
    Reference,
    ReferenceCorpus,
    _load,
    load_reference,
    write_reference,
)

CORPORA = (
    ReferenceCorpus("songs", "rock", "somewhere", "CC0-1.0", 2, 12.5, "0" * 64),
    ReferenceCorpus("talk", "speech", "elsewhere", "CC-BY-4.0", 1, 3.0, "1" * 64),
)


@pytest.fixture
def reference(rng: np.random.Generator) -> Reference:
    weights = np.array([0.25, 0.25, 0.5])
    return Reference(rng.normal(0, 5, 64), rng.uniform(-18, 18, (3, 64)), weights, CORPORA)


def test_what_is_written_is_read(reference: Reference, tmp_path: Path) -> None:
    write_reference(tmp_path / REFERENCE, reference)
    read = load_reference(tmp_path)
    for name in ("neutral_db", "curves_db", "weights"):
        np.testing.assert_allclose(getattr(read, name), getattr(reference, name), atol=1e-5)
    assert read.corpora == CORPORA


def test_the_same_reference_gives_the_same_bytes(reference: Reference, tmp_path: Path) -> None:
    write_reference(tmp_path / "a", reference)
    write_reference(tmp_path / "b", reference)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_the_digest_survives_the_file_and_tells_references_apart(reference: Reference, tmp_path: Path) -> None:
    write_reference(tmp_path / REFERENCE, reference)
    assert load_reference(tmp_path).digest == reference.digest
    assert replace(reference, neutral_db=reference.neutral_db + 0.01).digest != reference.digest


def test_a_folder_without_one_gets_the_shipped(tmp_path: Path) -> None:
    assert load_reference(tmp_path) is load_reference()


def test_the_shipped_one_weighs_four_corpora_alike() -> None:
    shipped = load_reference()
    assert len(shipped.corpora) >= 4
    sizes = [corpus.files for corpus in shipped.corpora]
    assert sum(sizes) == len(shipped.weights)
    for start, size in zip(np.cumsum([0, *sizes[:-1]]), sizes, strict=True):
        assert shipped.weights[start : start + size].sum() == pytest.approx(1 / len(sizes), rel=1e-4)


Arrays = dict[str, np.ndarray]


def _lacking(name: str) -> Callable[[Arrays], Arrays]:
    return lambda arrays: {key: value for key, value in arrays.items() if key != name}


def _with(name: str, change: Callable[[np.ndarray], np.ndarray]) -> Callable[[Arrays], Arrays]:
    return lambda arrays: arrays | {name: np.ascontiguousarray(change(arrays[name]), np.float32)}


def _set(value: float) -> Callable[[np.ndarray], np.ndarray]:
    def change(array: np.ndarray) -> np.ndarray:
        array = array.copy()
        array.flat[0] = value
        return array

    return change


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (_lacking("weights"), "weights"),
        (_lacking("neutral_db"), "neutral_db"),
        (_with("neutral_db", lambda a: a[:-1]), "are not valid"),
        (_with("neutral_db", _set(np.nan)), "are not valid"),
        (_with("curves_db", lambda a: a[:2]), "are not valid"),
        (_with("curves_db", _set(np.inf)), "are not valid"),
        (_with("curves_db", _set(40.0)), "are not valid"),
        (_with("weights", _set(-0.25)), "are not valid"),
        (_with("weights", lambda a: a / 2), "are not valid"),
    ],
    ids=["no weights", "no neutral", "short", "nan", "fewer curves", "inf", "beyond reach", "negative", "not 1"],
)
def test_damaged_arrays_are_refused(
    damage: Callable[[Arrays], Arrays], reason: str, reference: Reference, tmp_path: Path
) -> None:
    path = tmp_path / REFERENCE
    write_reference(path, reference)
    path.write_bytes(save(damage(load(path.read_bytes())), metadata=_facts()))
    with pytest.raises(InputError, match=reason) as caught:
        load_reference(tmp_path)
    assert caught.value.path == path
    assert "eqmorph train reference" in caught.value.hint


def _facts(**changed: str) -> dict[str, str]:
    known = [{name: getattr(corpus, name) for name in ReferenceCorpus.__slots__} for corpus in CORPORA]
    return {"format": FORMAT, "corpora": json.dumps(known)} | changed


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (_facts(format="eqmorph-reference/0"), "another version"),
        ({}, "another version"),
        (_facts(corpora="[{"), "damaged"),
        (_facts(corpora='[{"name": "songs"}]'), "damaged"),
        (_facts(corpora="5"), "damaged"),
    ],
    ids=["version", "no facts", "no JSON", "a corpus without facts", "no list"],
)
def test_damaged_facts_are_refused(facts: dict[str, str], reason: str, reference: Reference, tmp_path: Path) -> None:
    path = tmp_path / REFERENCE
    write_reference(path, reference)
    path.write_bytes(save(load(path.read_bytes()), metadata=facts or None))
    with pytest.raises(InputError, match=reason):
        load_reference(tmp_path)


def test_a_flipped_bit_anywhere_is_noticed(reference: Reference, tmp_path: Path, rng: np.random.Generator) -> None:
    path = tmp_path / REFERENCE
    write_reference(path, reference)
    whole = path.read_bytes()
    for at in rng.choice(8 * len(whole), 60, replace=False):
        damaged = bytearray(whole)
        damaged[at // 8] ^= 1 << (at % 8)
        path.write_bytes(damaged)
        _load.cache_clear()
        with pytest.raises(InputError):
            load_reference(tmp_path)


@pytest.mark.parametrize("kept", [0, 5, 100, 500])
def test_a_file_cut_off_is_refused(kept: int, reference: Reference, tmp_path: Path) -> None:
    path = tmp_path / REFERENCE
    write_reference(path, reference)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(InputError, match="not a reference"):
        load_reference(tmp_path)
