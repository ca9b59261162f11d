"""Meters on sounds for which theory says what they must show."""

import numpy as np
import pytest

from eqmorph.bands import Bands
from eqmorph.evaluate.audio.meters import CELLS_HZ, THIRDS_HZ, Meter, a_weighting

RATE = 48_000


def only(low_hz: float, high_hz: float, below_db: float = np.inf) -> np.ndarray:
    """Return as much power in each part of an octave between two frequencies, and so much less elsewhere."""
    return np.where((low_hz < CELLS_HZ) & (high_hz > CELLS_HZ), 1.0, 10 ** (-below_db / 10))


def sound(power: np.ndarray, quiet: np.ndarray | None = None, rate: int = RATE) -> Meter:
    return Meter(rate, power, power if quiet is None else quiet)


def noise(seconds: float) -> np.ndarray:
    return 0.1 * np.random.default_rng(3).standard_normal((2, round(seconds * RATE))).astype(np.float32)


def test_a_tone_is_in_its_own_third_octave() -> None:
    for hz in (25.0, 63.0, 1000.0, 8000.0):
        tone = np.sin(2 * np.pi * hz * np.arange(8 * RATE) / RATE)
        tone *= np.minimum(1, np.minimum(np.arange(8 * RATE), np.arange(8 * RATE)[::-1]) / (0.1 * RATE))
        meter = Meter.of(tone[None].astype(np.float32), RATE)
        assert 10 * np.log10(meter.power.sum()) == pytest.approx(-3.01, abs=0.15)  # its mean square, less its fades
        third = np.argmin(np.abs(np.log(THIRDS_HZ / hz)))
        assert meter.below_db[third] == 0
        far = np.abs(np.log2(THIRDS_HZ / hz)) > 1
        assert meter.below_db[far].min() > (40 if hz > 50 else 25)


def test_white_noise_rises_by_3_db_an_octave() -> None:
    below = Meter.of(noise(20), RATE).below_db
    np.testing.assert_allclose(np.diff(below)[6:-1], -1.0, atol=0.4)  # the last is cut off by half the rate


def test_channels_do_not_cancel() -> None:
    one = noise(1)[:1]
    assert Meter.of(np.concatenate([one, -one]), RATE).power.sum() == pytest.approx(Meter.of(one, RATE).power.sum())


def test_quiet_moments_are_those_of_the_pauses_and_silence_is_none() -> None:
    samples = noise(4)
    samples[:, RATE : 2 * RATE] *= 1e-3
    samples[:, 2 * RATE : 3 * RATE] = 0
    meter = Meter.of(samples, RATE)
    loud = Meter.of(noise(4), RATE)
    assert 10 * np.log10(meter.quiet.sum() / loud.power.sum()) == pytest.approx(-60, abs=2)


@pytest.mark.parametrize("seconds", [0.01, 0.2, 1.1])
def test_every_sample_counts_alike(seconds: float) -> None:
    """Also at the very beginning, where a hit is loudest."""
    samples = noise(seconds)
    samples *= np.linspace(1, 0, samples.shape[1], dtype=np.float32)
    power = Meter.of(samples, RATE).power.sum()
    assert power == pytest.approx(np.mean(samples**2), rel=0.08)  # above 22.6 kHz is none
    assert power == pytest.approx(Meter.of(samples[:, ::-1], RATE).power.sum(), rel=0.002)


@pytest.mark.parametrize(("hz", "weight_db"), [(31.62, -39.4), (100, -19.1), (1000, 0), (4000, 1.0), (10_000, -2.5)])
def test_a_weighting_is_that_of_the_standard(hz: float, weight_db: float) -> None:
    assert 10 * np.log10(a_weighting(np.array([hz]))[0]) == pytest.approx(weight_db, abs=0.1)


def test_no_bands_do_nothing() -> None:
    reading = sound(only(20, 20_000)).read(Bands())
    shown = (reading.largest_db, reading.make_up_db, reading.body_cut_db, reading.floor_rise_db)
    assert shown == pytest.approx((0, 0, 0, 0))
    assert (reading.fights, reading.bands) == (False, 0)


def test_loudness_is_made_up_for() -> None:
    reading = sound(only(500, 8000)).read(Bands.parse("HS 50 -6"))
    assert reading.make_up_db == pytest.approx(6, abs=0.05)
    assert reading.largest_db == pytest.approx(6, abs=0.01)


def test_what_is_faint_is_raised_by_the_eq_or_by_the_level() -> None:
    meter = sound(only(20, 2000, below_db=50))
    raised = meter.read(Bands.parse("HS 5000 +6"))
    assert raised.faint_rise_db == pytest.approx(6, abs=0.1)
    assert raised.faint_rise_levelled_db == pytest.approx(6, abs=0.1)
    levelled = meter.read(Bands.parse("LS 4000 -6"))
    assert levelled.faint_rise_db == pytest.approx(0, abs=0.1)
    assert levelled.faint_rise_levelled_db == pytest.approx(6, abs=0.6)
    assert sound(only(20, 2000, below_db=39)).read(Bands.parse("HS 5000 +6")).faint_rise_db == -np.inf


def test_what_the_rate_has_no_room_for_is_not_faint() -> None:
    reading = sound(only(20, 8000), rate=16_000).read(Bands.parse("HS 5000 +6"))
    assert reading.faint_rise_db == -np.inf


def test_cuts_of_the_body_are_told_from_others() -> None:
    meter = sound(only(400, 1600, below_db=12))
    assert meter.read(Bands.parse("PK 800 -8 Q0.5")).body_cut_db == pytest.approx(8, abs=0.1)
    assert meter.read(Bands.parse("PK 8000 -8 Q2")).body_cut_db == pytest.approx(0, abs=0.1)
    wider = sound(only(400, 1600, below_db=9))
    assert wider.read(Bands.parse("PK 8000 -8 Q1")).body_cut_db == pytest.approx(8, abs=0.3)


def test_the_noise_floor_rises_with_the_eq_and_with_the_level() -> None:
    hiss = 1e-4 * only(7700, 8300)
    hum = 1e-4 * only(45, 55)
    bands = Bands.parse("PK 8000 +6 Q0.7")
    raised = sound(only(100, 1000), hiss).read(bands)
    assert raised.floor_rise_db == pytest.approx(6, abs=0.1)
    assert sound(only(100, 1000), hum + hiss).read(bands).floor_rise_db == pytest.approx(6, abs=0.1)  # hum is unheard
    lowered = sound(only(100, 1000), hiss).read(Bands.parse("LS 3000 -6"))
    assert lowered.floor_rise_db == pytest.approx(lowered.make_up_db, abs=0.3)
    assert lowered.make_up_db > 5.5


@pytest.mark.parametrize(
    ("bands", "fights"),
    [
        ("PK 400 +4; PK 700 -4", True),
        ("PK 400 +4; PK 900 -4", False),  # more than an octave
        ("PK 400 +4; PK 700 -3", False),
        ("PK 400 +4; PK 700 +4", False),
        ("HS 700 -4; LS 400 +4", True),
        ("PK 400 +4; PK 500 +0.1; PK 700 -4", False),  # not neighbors
    ],
)
def test_neighbors_fight(bands: str, fights: bool) -> None:
    assert sound(only(20, 20_000)).read(Bands.parse(bands)).fights is fights


def test_the_largest_move_outside_a_part_of_the_spectrum() -> None:
    reading = sound(only(20, 20_000)).read(Bands.parse("PK 300 -6 Q1; PK 5000 +2 Q1"))
    assert reading.largest_outside_db(CELLS_HZ < 2000, CELLS_HZ) == pytest.approx(2, abs=0.1)
    assert reading.largest_outside_db(CELLS_HZ > 2000, CELLS_HZ) == pytest.approx(6, abs=0.2)
    assert reading.largest_outside_db(CELLS_HZ > 0, CELLS_HZ) == 0
