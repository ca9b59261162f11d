"""A batch that clearly has no room is refused before it begins, and none that may have room is."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from eqmorph.adapt.fixed import BandsEq
from eqmorph.bands import Bands
from eqmorph.batch import prepare_batch, space
from eqmorph.errors import UsageError
from eqmorph.level import Level
from eqmorph.process import Settings
from tests.support import make_audio

EQ = BandsEq(Bands.parse("LS 120 +6"))
FRAMES = 10_000
BYTES = FRAMES * 2 * 2

Free = Callable[[int], None]


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> Free:
    """Return what says how much room there is."""

    def set_free(count: int) -> None:
        monkeypatch.setattr(space.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1 << 40, 0, count))

    return set_free


def check(folder: Path, existing: Any = "refuse", **settings: Any) -> None:
    prepare_batch([folder / "in"], folder / "out", Settings(EQ, **settings), existing=existing).check_space()


def test_results_must_fit(tmp_path: Path, free: Free) -> None:
    for name in "abc":
        make_audio(tmp_path / "in" / f"{name}.wav", frames=FRAMES)
    free(3 * BYTES + 10_000)
    check(tmp_path)
    free(3 * BYTES - 1)
    with pytest.raises(UsageError, match=r"out has room for 120 kB, and at least 120 kB are needed"):
        check(tmp_path)
    assert not (tmp_path / "out").exists()


def test_what_is_skipped_needs_nothing_and_what_is_replaced_makes_room(tmp_path: Path, free: Free) -> None:
    for name in "ab":
        make_audio(tmp_path / "in" / f"{name}.wav", frames=FRAMES)
        make_audio(tmp_path / "out" / f"{name}.wav", frames=FRAMES)
    free(0)
    check(tmp_path, "skip")
    check(tmp_path, "overwrite")


@pytest.mark.parametrize(("level", "is_refused"), [("match", True), ("keep", False)])
def test_what_waits_for_its_gain_is_counted(
    tmp_path: Path, free: Free, monkeypatch: pytest.MonkeyPatch, level: Any, is_refused: bool
) -> None:
    """A result of 16 bits that waits for its gain takes twice its size besides: a 4.7 GB RF64 took 13.8 GB."""
    monkeypatch.setattr(space, "_SMALL", 1000)
    make_audio(tmp_path / "in" / "a.wav", frames=FRAMES)
    free(2 * BYTES)
    if is_refused:
        with pytest.raises(UsageError, match="are needed"):
            check(tmp_path, level=Level(level))
    else:
        check(tmp_path, level=Level(level))


@pytest.mark.parametrize("options", [{"format": "flac"}, {"format": "mp3"}, {"bit_depth": "8"}])
def test_nothing_is_claimed_of_what_may_be_smaller(tmp_path: Path, free: Free, options: dict[str, str]) -> None:
    make_audio(tmp_path / "in" / "a.wav", frames=FRAMES)
    free(10)
    check(tmp_path, **options)


def test_a_lossless_source_is_no_smaller_as_a_wav(tmp_path: Path, free: Free) -> None:
    source = make_audio(tmp_path / "in" / "a.flac", "FLAC", frames=FRAMES)
    free(source.stat().st_size - 1)
    with pytest.raises(UsageError, match="are needed"):
        check(tmp_path, format="wav")


def test_a_disk_that_has_no_size_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As some on networks, and what is none."""
    make_audio(tmp_path / "in" / "a.wav")
    monkeypatch.setattr(space.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(0, 0, 0))
    check(tmp_path)


def test_a_source_that_is_gone_is_left_to_the_reader(tmp_path: Path, free: Free) -> None:
    free(0)
    prepare_batch([tmp_path / "none.wav"], tmp_path / "out", Settings(EQ)).check_space()
