"""Equal loudness: each version's own gain, and one trim for all."""

from __future__ import annotations

import pytest

from eqmorph.compare.levels import equal_trims
from eqmorph.level import Loudness, Measured


def measured(
    lufs: float | None, peak_db: float, *, came_lufs: float | None = -20.0, came_peak_db: float = -6.0
) -> Measured:
    came = Loudness(came_lufs, -20.0, came_peak_db, came_peak_db)
    return Measured("a.wav", came, Loudness(lufs, lufs if lufs is not None else -23.0, peak_db, peak_db))


def test_every_version_becomes_as_loud_as_the_original() -> None:
    trims = equal_trims([measured(-20, -6), measured(-18.5, -5), measured(-21, -7)], -1.0)
    assert [trim.total_db for trim in trims] == pytest.approx([0, -1.5, 1])


def test_one_that_would_pass_the_ceiling_trims_all_alike() -> None:
    trims = equal_trims([measured(-20, -6), measured(-24, -2), measured(-20, -4)], -1.0)
    assert [trim.ceiling_db for trim in trims] == pytest.approx([-3, -3, -3])  # -2 dBTP, 4 dB up
    assert [trim.level_db for trim in trims] == pytest.approx([0, 4, 0])


def test_the_originals_own_peaks_do_not_raise_the_ceiling() -> None:
    (trim,) = equal_trims([measured(-8, 0.5, came_lufs=-8, came_peak_db=0.5)], -1.0)
    assert trim.total_db == pytest.approx(-1.5)


def test_what_is_too_short_for_a_loudness_is_matched_by_power() -> None:
    (trim,) = equal_trims([measured(None, -6, came_lufs=None)], -1.0)
    assert trim.level_db == pytest.approx(3)
