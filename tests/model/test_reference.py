"""The reference file: what is written is read, and nothing damaged passes for a reference."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load, save

from eqmorph.audio.course import TRAITS
from eqmorph.errors import InputError
from eqmorph.kind import Kind
from eqmorph.model.reference import (
    FORMAT,
    REFERENCE,
    Reference,
    ReferenceCorpus,
    _load,
    load_reference,
    write_reference,
)
from eqmorph.model.teller import KindTeller

CORPORA = (
    ReferenceCorpus("songs", "rock", "somewhere", "CC0-1.0", 2, 12.5, "0" * 64, "mix"),
    ReferenceCorpus("talk", "readings", "elsewhere", "CC-BY-4.0", 1, 3.0, "1" * 64, "speech"),
)


@pytest.fixture
def reference(rng: np.random.Generator) -> Reference:
    weights = np.array([0.25, 0.25, 0.5])
    kinds = {
        Kind.MIX: Reference(rng.normal(0, 5, 64), rng.uniform(-18, 18, (2, 64)), np.full(2, 0.5), CORPORA[:1]),
        Kind.SPEECH: Reference(rng.normal(0, 5, 64), rng.uniform(-18, 18, (1, 64)), np.ones(1), CORPORA[1:]),
    }
    teller = KindTeller(rng.normal(0, 1, TRAITS), np.ones(TRAITS), rng.normal(0, 1, (3, TRAITS)), np.zeros(3))
    return Reference(rng.normal(0, 5, 64), rng.uniform(-18, 18, (3, 64)), weights, CORPORA, kinds, teller)


def test_what_is_written_is_read(reference: Reference, tmp_path: Path) -> None:
    write_reference(tmp_path / REFERENCE, reference)
    read = load_reference(tmp_path)
    for name in ("neutral_db", "curves_db", "weights"):
        np.testing.assert_allclose(getattr(read, name), getattr(reference, name), atol=1e-5)
    assert read.corpora == CORPORA
    assert read.kinds.keys() == reference.kinds.keys()
    for kind, part in reference.kinds.items():
        np.testing.assert_allclose(read.of(kind).curves_db, part.curves_db, atol=1e-5)
        assert read.of(kind).corpora == part.corpora
    assert read.teller is not None
    assert reference.teller is not None
    np.testing.assert_allclose(read.teller.weights, reference.teller.weights, atol=1e-5)


def test_a_kind_that_is_not_known_or_not_told_is_heard_against_all(reference: Reference) -> None:
    assert reference.of(None) is reference
    assert reference.of(Kind.INSTRUMENT) is reference
    assert reference.of(Kind.SPEECH) is reference.kinds[Kind.SPEECH]


def test_one_without_kinds_stays_one_without(reference: Reference, tmp_path: Path) -> None:
    write_reference(tmp_path / REFERENCE, replace(reference, kinds={}, teller=None))
    read = load_reference(tmp_path)
    assert not read.kinds
    assert read.teller is None


def test_the_same_reference_gives_the_same_bytes(reference: Reference, tmp_path: Path) -> None:
    write_reference(tmp_path / "a", reference)
    write_reference(tmp_path / "b", reference)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_the_digest_survives_the_file_and_tells_references_apart(reference: Reference, tmp_path: Path) -> None:
    write_reference(tmp_path / REFERENCE, reference)
    assert load_reference(tmp_path).digest == reference.digest
    speech, teller = reference.kinds[Kind.SPEECH], reference.teller
    assert teller is not None
    others = [
        replace(reference, neutral_db=reference.neutral_db + 0.01),
        replace(reference, kinds={**reference.kinds, Kind.SPEECH: replace(speech, curves_db=-speech.curves_db)}),
        replace(reference, teller=replace(teller, offset=teller.offset + 0.01)),
    ]
    assert len({reference.digest, *(other.digest for other in others)}) == 4


def test_a_folder_without_one_gets_the_shipped(tmp_path: Path) -> None:
    assert load_reference(tmp_path) is load_reference()


def test_the_shipped_one_is_half_mixes_and_weighs_corpora_of_a_kind_alike() -> None:
    shipped = load_reference()
    assert set(shipped.kinds) == set(Kind)
    assert shipped.teller is not None
    assert sum(corpus.files for corpus in shipped.corpora) == len(shipped.weights)
    for kind, part in shipped.kinds.items():
        assert part.corpora == tuple(corpus for corpus in shipped.corpora if corpus.sound == kind.value)
        start = 0
        for corpus in part.corpora:
            share = part.weights[start : start + corpus.files].sum()
            assert share == pytest.approx(1 / len(part.corpora), rel=1e-4)
            start += corpus.files
    sizes = [corpus.files for corpus in shipped.corpora]
    shares = np.add.reduceat(shipped.weights, np.cumsum([0, *sizes[:-1]]))
    for kind in Kind:
        own = [s for s, corpus in zip(shares, shipped.corpora, strict=True) if corpus.sound == kind.value]
        assert sum(own) == pytest.approx(1 / 2 if kind is Kind.MIX else 1 / 4, rel=1e-4)


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
        (_lacking("speech.weights"), "speech.weights"),
        (_with("mix.neutral_db", _set(np.nan)), "are not valid"),
        (_with("mix.weights", lambda a: a / 2), "are not valid"),
        (_lacking("teller.offset"), "teller.offset"),
        (_with("teller.weights", lambda a: a[:2]), "are not valid"),
        (_with("teller.spread", _set(0.0)), "are not valid"),
    ],
    ids=[
        *("no weights", "no neutral", "short", "nan", "fewer curves", "inf", "beyond reach", "negative", "not 1"),
        *("no weights of a kind", "nan of a kind", "not 1 of a kind", "half a teller", "two kinds told", "no spread"),
    ],
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
        (_facts(format="eqmorph-reference/1"), "another version"),
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
