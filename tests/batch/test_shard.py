"""Parts of a set: disjoint, complete, and the same wherever and whenever they are taken."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqmorph.adapt.fixed import BandsEq
from eqmorph.bands import Bands
from eqmorph.batch import prepare_batch
from eqmorph.batch.find import Source
from eqmorph.batch.shard import Shard
from eqmorph.errors import UsageError
from eqmorph.process import Settings
from tests.support import make_audio

SETTINGS = Settings(BandsEq(Bands.parse("LS 120 +6")))
NAMES = [f"{folder}/{number:03}.wav" for folder in ("a", "b") for number in range(200)]


def sources(*names: str, root: str = "/in") -> list[Source]:
    return [Source(Path(root) / name, Path(name)) for name in names]


@given(st.integers(1, 40), st.lists(st.text("abc/é .", min_size=1).filter(lambda name: name.strip("/. ")), unique=True))
def test_each_file_is_in_one_part(count: int, names: list[str]) -> None:
    found = sources(*names)
    parts = [Shard(number, count).of(found) for number in range(1, count + 1)]
    assert sorted(str(one.path) for part in parts for one in part) == sorted(str(one.path) for one in found)


def test_a_part_depends_on_nothing_but_the_paths_below_the_input() -> None:
    here = [one.relative for one in Shard(2, 5).of(sources(*NAMES))]
    there = [one.relative for one in Shard(2, 5).of(sources(*reversed(NAMES[::2]), root="/elsewhere"))]
    assert set(there) == {name for name in here if str(name) in NAMES[::2]}
    assert [str(name) for name in here][:3] == ["a/000.wav", "a/004.wav", "a/010.wav"]  # in every release


def test_parts_are_of_like_size() -> None:
    sizes = [len(list(Shard(number, 4).of(sources(*NAMES)))) for number in range(1, 5)]
    assert sum(sizes) == 400
    assert min(sizes) > 70


def test_files_that_would_get_one_name_are_in_one_part() -> None:
    """They are refused before anything is touched, by whichever run has them."""
    for count in range(2, 20):
        parts = [number for number in range(1, count + 1) if Shard(number, count).of(sources("x/Ä.wav"))]
        assert parts == [n for n in range(1, count + 1) if Shard(n, count).of(sources("x/A\u0308.aiff"))]
        assert parts == [n for n in range(1, count + 1) if Shard(n, count).of(sources("x/ä.flac"))]


@pytest.mark.parametrize("text", ["", "3", "3/", "/16", "0/4", "5/4", "1/0", "a/b", "-1/4", "1/4/2"])
def test_what_is_no_part_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        Shard.parse(text)
    assert Shard.parse(" 3/16 ") == Shard(3, 16)


def test_all_parts_together_make_what_one_run_does(tmp_path: Path) -> None:
    for number in range(7):
        make_audio(tmp_path / "in" / f"{number}.wav", frames=2000, seed=number)
    prepare_batch([tmp_path / "in"], tmp_path / "whole", SETTINGS).run()
    counts = []
    for number in (3, 1, 2):
        batch = prepare_batch([tmp_path / "in"], tmp_path / "parts", SETTINGS, shard=Shard(number, 3))
        counts.append(batch.run().count("done"))
    assert sum(counts) == 7
    for path in (tmp_path / "whole").glob("*.wav"):
        assert (tmp_path / "parts" / path.name).read_bytes() == path.read_bytes()


def test_a_part_may_be_empty(tmp_path: Path) -> None:
    make_audio(tmp_path / "in" / "a.wav", frames=2000)
    done = [
        prepare_batch([tmp_path / "in"], tmp_path / "out", SETTINGS, shard=Shard(number, 9)).run().count("done")
        for number in range(1, 10)
    ]
    assert sorted(done) == [0] * 8 + [1]


def test_what_is_shared_by_all_files_can_not_be_found_out_by_a_part(tmp_path: Path) -> None:
    make_audio(tmp_path / "in" / "a.wav", frames=2000)
    settings = Settings(BandsEq(Bands.parse("LS 120 +6")), sharing="gain")
    with pytest.raises(UsageError, match="can't be done in parts"):
        prepare_batch([tmp_path / "in"], tmp_path / "out", settings, shard=Shard(1, 2))
