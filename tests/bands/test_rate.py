"""What a sample rate doesn't allow is done by other bands as far as it can be, or left out, and always reported."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from eqmorph.bands import GAIN_RANGE_DB, HIGHEST_BAND, Q_RANGE, SHAPED, Band, BandKind, Bands
from eqmorph.bands.response import BandArrays, is_stable, prototype_db, rounded_biquad
from eqmorph.errors import UsageError
from eqmorph.render import Renderer

ANALOG_RATE = 1e7  # so high that nothing is warped
LOW_RATES = [8000, 16_000, 22_050, 32_000, 44_100]


def missed_db(band: Band, rate: int) -> float:
    """How far what is rendered lies from the analog band, at most, from 20 Hz to 0.45 of the rate."""
    freqs_hz = np.geomspace(20, HIGHEST_BAND * rate, 300)
    wanted_db = prototype_db(BandArrays.of([band]), freqs_hz, ANALOG_RATE)
    return float(np.max(np.abs(Bands([band]).response_db(freqs_hz, rate) - wanted_db)))


def band_above(rng: np.random.Generator, kind: BandKind, rate: int, highest_q: float) -> Band:
    freq_hz = float(np.exp(rng.uniform(np.log(HIGHEST_BAND * rate), np.log(20_000))))
    return Band(
        kind, freq_hz, float(rng.uniform(*GAIN_RANGE_DB)), float(np.exp(rng.uniform(np.log(0.1), np.log(highest_q))))
    )


@pytest.mark.parametrize("rate", LOW_RATES)
@pytest.mark.parametrize(("kind", "highest_q"), [("low_shelf", 1.0), ("bell", 10.0), ("high_shelf", 1.0)])
def test_in_band_the_substitute_does_what_the_band_would(
    rate: int, kind: BandKind, highest_q: float, rng: np.random.Generator
) -> None:
    for band in (band_above(rng, kind, rate, highest_q) for _ in range(5)):
        assert missed_db(band, rate) < 0.6, band


@pytest.mark.parametrize("kind", ["low_shelf", "high_shelf"])
def test_of_resonant_shelves_most_is_kept(kind: BandKind, rng: np.random.Generator) -> None:
    missed = [missed_db(band_above(rng, kind, 16_000, 4.0), 16_000) for _ in range(15)]
    assert np.median(missed) < 0.3
    assert max(missed) < 3


@pytest.mark.parametrize("kind", SHAPED)
@pytest.mark.parametrize("rate", LOW_RATES)
def test_substitutes_stand_where_bands_may_and_need_none_themselves(
    rate: int, kind: BandKind, rng: np.random.Generator
) -> None:
    for band in (band_above(rng, kind, rate, 10.0) for _ in range(3)):
        rendered = Bands([band]).at_rate(rate).bands
        assert all(b.freq_hz <= HIGHEST_BAND * rate for b in rendered)
        assert rendered.at_rate(rate).bands is rendered
        assert not rendered.at_rate(rate).notes


def test_a_substitute_is_reported_with_what_it_is() -> None:
    at_rate = Bands.parse("LS 120 +3; HS 8k +6").at_rate(16_000)
    (note,) = at_rate.notes
    assert note.startswith("HS 8000 +6 lies above 7200 Hz: rendered as HS ")
    assert Bands.parse(note.partition("rendered as ")[2])[0].freq_hz == round(at_rate.bands[-1].freq_hz)
    assert at_rate.bands[0] == Band("low_shelf", 120, 3)


def test_what_nobody_would_hear_is_left_out_and_reported() -> None:
    at_rate = Bands.parse("PK 15k +6 Q8; PK 1k +1").at_rate(8000)
    assert at_rate.bands == Bands.parse("PK 1k +1")
    assert at_rate.notes == ("PK 15000 +6 Q8 left out: it does nothing below 3600 Hz",)


def test_a_band_that_does_nothing_anywhere_is_no_news() -> None:
    assert Bands.parse("HS 15k 0").at_rate(8000).notes == ()


def test_bands_in_reach_stay_as_they_are() -> None:
    bands = Bands.parse("LS 20 +3; PK 3600 -2 Q10; HS 3600 +1")
    assert bands.at_rate(8000).bands is bands
    assert bands.at_rate(8000).notes == ()
    assert bands.at_rate(7999).notes


def test_a_rate_too_low_for_any_band_is_refused() -> None:
    with pytest.raises(UsageError, match="too low"):
        Bands.parse("PK 1k +3").at_rate(44)
    assert Bands.parse("PK 1k +3 Q0.1").at_rate(50).bands
    assert Bands().at_rate(30).bands == Bands()


@pytest.mark.parametrize("rate", [0, -48_000, float("nan"), float("inf")])
def test_what_is_no_rate_is_refused(rate: float) -> None:
    for use in (
        Bands.parse("PK 1k +3").at_rate,
        lambda rate: Bands.parse("PK 1k +3").response_db([100], rate),
        lambda rate: Bands.parse("PK 1k +3").scaled(0.5, rate),
        Bands().at_rate,
    ):
        with pytest.raises(UsageError, match="sample rate"):
            use(rate)


def restless(rng: np.random.Generator, rate: int) -> list[Band]:
    """Bands whose filters never come to rest at a rate, for they are so low that rounding moves their poles outward."""
    found = []
    for kind in SHAPED:
        columns = [rng.uniform(*bounds, 5000) for bounds in ((20, 40), GAIN_RANGE_DB, Q_RANGE)]
        unstable = ~is_stable(rounded_biquad(kind, *columns, rate))
        found += [Band(kind, *row) for row in np.stack(columns, axis=1)[unstable]]
    return found


@pytest.mark.parametrize("rate", [384_000, 768_000])
def test_filters_that_would_never_rest_are_moved_up_and_reported(rate: int, rng: np.random.Generator) -> None:
    found = restless(rng, rate)
    assert len(found) > 50
    for band in found[:50]:
        at_rate = Bands([band]).at_rate(rate)
        (moved,) = at_rate.bands
        assert band.freq_hz < moved.freq_hz < 2 * band.freq_hz
        assert is_stable(rounded_biquad(moved.kind, moved.freq_hz, moved.gain_db, moved.q, rate))
        assert "too low for single precision" in at_rate.notes[0]
        assert at_rate.bands.at_rate(rate).bands is at_rate.bands


def test_what_is_moved_up_does_come_to_rest(rng: np.random.Generator) -> None:
    """A constant, then silence: an unstable filter keeps or grows what it was given."""
    rate = 384_000
    silence: NDArray[np.float32] = np.zeros((1, rate), dtype=np.float32)

    def rest(bands: Bands) -> float:
        renderer = Renderer(bands, rate)
        renderer.process(np.full((1, rate), 0.5, dtype=np.float32))
        return float(np.max(np.abs([renderer.process(silence) for _ in range(3)][-1])))

    band = max(restless(rng, rate), key=lambda b: b.gain_db)
    assert rest(Bands([band])) > 0.01
    assert rest(Bands([band]).at_rate(rate).bands) < 0.001


def test_up_to_192_khz_every_filter_comes_to_rest(rng: np.random.Generator) -> None:
    for kind in SHAPED:
        freqs_hz, gains_db, qs = rng.uniform(20, 60, 20_000), rng.uniform(-12, 12, 20_000), rng.uniform(0.1, 10, 20_000)
        assert is_stable(rounded_biquad(kind, freqs_hz, gains_db, qs, 192_000)).all()
