"""What tells kinds is learned from made-up sounds of three kinds, and tells others of the same."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from eqmorph.analysis import listen
from eqmorph.kind import Kind
from eqmorph.train.kinds import KnownTraits, fit_teller, joined_traits, varied_traits
from tests.support import make_audio

RATE = 16_000


def made_up(kind: Kind, seed: int, seconds: float = 4.0) -> np.ndarray:
    """Steady noise for a mix, noise that comes and goes four times a second for speech, a decay for a hit."""
    rng = np.random.default_rng(seed)
    when = np.arange(round(seconds * RATE)) / RATE
    shape = {
        Kind.MIX: np.ones_like(when),
        Kind.SPEECH: np.sin(np.pi * rng.uniform(3, 5) * when) ** 4 + 1e-3,
        Kind.INSTRUMENT: np.exp(-when * rng.uniform(5, 20)),
    }
    return 0.2 * shape[kind] * rng.standard_normal(len(when))


@pytest.fixture(scope="module", autouse=True)
def _few_joins() -> Iterator[None]:
    """Join files to fewer sequences than is usual, which is what takes longest."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("eqmorph.train.kinds._JOINS", 20)
        yield


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[Kind, list[Path]]:
    place = tmp_path_factory.mktemp("kinds")
    return {
        kind: [make_audio(place / kind.value / f"{at}.wav", audio=made_up(kind, at), rate=RATE) for at in range(5)]
        for kind in Kind
    }


@pytest.fixture(scope="module")
def parts(folders: dict[Kind, list[Path]]) -> dict[Kind, KnownTraits]:
    """Return what is known of all files, which takes seconds to find out."""
    return {kind: known(paths, kind) for kind, paths in folders.items()}


def known(paths: list[Path], kind: Kind) -> KnownTraits:
    rows = [traits for at, path in enumerate(paths) for traits in varied_traits(path, kind, at)]
    return KnownTraits(kind, np.array(rows + list(joined_traits(paths, kind, 0))))


def test_others_of_the_same_kinds_are_told(parts: dict[Kind, KnownTraits]) -> None:
    teller = fit_teller(list(parts.values()))
    assert teller is not None
    for kind in Kind:
        traits = listen([made_up(kind, 100)[None].astype(np.float32)], RATE).traits
        assert traits is not None
        assert teller.tell(traits) is kind


def test_the_same_files_give_the_same_traits(folders: dict[Kind, list[Path]], parts: dict[Kind, KnownTraits]) -> None:
    paths, traits = folders[Kind.SPEECH], parts[Kind.SPEECH].traits
    again = np.array(list(varied_traits(paths[0], Kind.SPEECH, 0)))
    np.testing.assert_array_equal(again, traits[: len(again)])
    joined, again = (np.array(list(islice(joined_traits(paths, Kind.SPEECH, 0), 6))) for _ in range(2))
    np.testing.assert_array_equal(joined, again)
    assert len(traits) > 5 * len(paths)  # and what else might become of them


def test_with_a_kind_missing_nothing_is_told(parts: dict[Kind, KnownTraits]) -> None:
    assert fit_teller([parts[Kind.MIX], parts[Kind.SPEECH]]) is None


def test_corpora_of_a_kind_weigh_the_same(parts: dict[Kind, KnownTraits]) -> None:
    """A corpus twice as large, of the same sounds, changes nothing."""
    speech = parts[Kind.SPEECH]
    twice = KnownTraits(Kind.SPEECH, np.concatenate([speech.traits, speech.traits]))
    some, others = fit_teller([*parts.values(), speech]), fit_teller([*parts.values(), twice])
    assert some is not None
    assert others is not None
    # What traits are scaled by counts rows, and moves a little; what is told does not.
    likely = [teller.probabilities(speech.traits) for teller in (some, others)]
    np.testing.assert_allclose(*likely, atol=0.02)
