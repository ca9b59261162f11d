"""What an engineer would not do to a sound: each limit, on a sound where it matters."""

import numpy as np
import pytest

from eqmorph.adapt.decide import Decision, decide, decide_album
from eqmorph.adapt.goal import Goal
from eqmorph.adapt.limits import Limit, Limits
from eqmorph.analysis import Ear, listen
from eqmorph.audio.loudness import standard_power
from eqmorph.audio.windows import Spectra
from eqmorph.bands import Bands
from eqmorph.evaluate.audio.meters import Meter
from tests.adapt.conftest import RATE, shaped_noise, tilted

FREQS = np.fft.rfftfreq(4 * RATE, 1 / RATE)


def noise(level_db: np.ndarray, seed: int = 0) -> np.ndarray:
    """Return four seconds of noise with a spectrum in dB at `FREQS`."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(4 * RATE)) * 10 ** (level_db / 20)
    samples = np.fft.irfft(spectrum)
    return (0.1 * samples / samples.std()).astype(np.float32)


def pink(low_hz: float = 20, high_hz: float = 20_000, slope_db: float = 24.0) -> np.ndarray:
    """Return the levels of pink noise between two frequencies, that falls off beyond."""
    octaves = np.log2(np.maximum(FREQS, 1))
    beyond = np.maximum(octaves - np.log2(high_hz), 0) + np.maximum(np.log2(low_hz) - octaves, 0)
    return np.asarray(-3 * octaves - slope_db * beyond)


def heard(samples: np.ndarray) -> Spectra:
    return listen([samples[None]], RATE)


def make_up_db(spectra: Spectra, bands: Bands) -> float:
    """Return the gain that makes up for what bands take from a sound's K-weighted level."""
    freq_hz = spectra.grid.freq_hz
    loud = spectra.mean_power * standard_power(freq_hz)
    return float(-10 * np.log10(loud @ 10 ** (bands.response_db(freq_hz, RATE) / 10) / loud.sum()))


def decided(ear: Ear, spectra: Spectra, text: str, most_db: float = 6.0) -> Decision:
    return decide(ear, spectra, Goal(ear.space.target(text), max_gain_db=most_db))


@pytest.mark.parametrize("word", ["airy", "bright", "crisp"])
def test_nothing_is_raised_where_nothing_can_be_heard(ear: Ear, word: str) -> None:
    spectra = heard(noise(pink(high_hz=3000, slope_db=48)))
    decision = decided(ear, spectra, word, 12.0)
    assert decision.bands.response_db(np.array([9000.0, 12_000, 16_000]), RATE).max() < 2
    assert Limit.AUDIBLE in {bound.limit for bound in decision.binding}


def test_what_is_not_there_is_said_to_be_out_of_reach(ear: Ear) -> None:
    hat = heard(noise(pink(low_hz=6000, slope_db=60)))
    decision = decided(ear, hat, "warm")
    assert decision.bands.response_db(np.array([60.0, 150, 300]), RATE).max() < 1
    assert decision.futile == ("warm",)


@pytest.mark.parametrize("word", ["clear", "thin", "airy", "bright"])
def test_no_more_than_3_db_are_made_up_for(ear: Ear, word: str) -> None:
    spectra = heard(noise(pink(high_hz=400, slope_db=9)))  # nearly all of it is bass
    decision = decided(ear, spectra, word, 12.0)
    assert make_up_db(spectra, decision.bands) <= 3.0
    assert make_up_db(spectra, ear.space.equalizer("clear").bands) > 3.5  # as it would be without


def test_the_loudest_octave_is_not_cut_away(ear: Ear) -> None:
    spectra = heard(noise(pink() + 14 * np.exp(-np.square(np.log2(np.maximum(FREQS, 1) / 150)))))
    decision = decided(ear, spectra, "boomy:-1 + warm:-1", 12.0)
    assert decision.bands.response_db(np.array([120.0, 150, 180]), RATE).min() >= -6.1


def test_the_noise_in_pauses_stays_down(ear: Ear) -> None:
    voice, hiss = noise(pink(80, 3000, 18)), noise(3 * np.log2(np.maximum(FREQS, 1)), 1) * 10 ** (-50 / 20)
    voice[RATE : 2 * RATE] = 0
    spectra = heard(voice + hiss)
    assert spectra.quiet_power is not None
    decision = decided(ear, spectra, "airy + bright", 12.0)
    freqs = spectra.grid.freq_hz
    gains = 10 ** (decision.bands.response_db(freqs, RATE) / 10)
    rise = 10 * np.log10(float(spectra.quiet_power[freqs > 2000] @ gains[freqs > 2000]))
    rise -= 10 * np.log10(float(spectra.quiet_power[freqs > 2000].sum()))
    assert rise + make_up_db(spectra, decision.bands) < 3.5


def test_an_album_keeps_the_limits_of_each_of_its_sounds(ear: Ear) -> None:
    dull = heard(noise(pink(high_hz=3000, slope_db=48)))
    full = tilted(shaped_noise(ear, np.zeros(64)), Bands.parse("HS 4000 -4"))
    goal = Goal(ear.space.target("9000 Hz:2"), max_gain_db=12.0)
    shared = decide_album(ear, [dull, full], goal)
    assert shared.bands.response_db(np.array([9000.0]), RATE).max() < 0.5
    assert decide_album(ear, [full], goal).bands.response_db(np.array([9000.0]), RATE).max() > 1


def test_limits_shrink_all_gains_together() -> None:
    spectra = heard(noise(pink()))
    bands = Bands.parse("bell 1000 +12 q1")

    def at(share: float) -> Bands:
        return bands.scaled(share, RATE)

    share, shrunk = Limits([spectra], 6.0).shrunk(at)
    assert share == pytest.approx(0.5, abs=0.01)
    assert shrunk[Limit.SIZE] == pytest.approx(0.5, abs=0.01)
    assert min(shrunk.values()) == share
    assert Limits([spectra], 12.0).shrunk(lambda share: bands.scaled(0.3 * share, RATE)) == (1.0, {})


def _course(loud: np.ndarray, quiet: np.ndarray) -> np.ndarray:
    """Return two seconds of one sound, then two of another that is 15 dB softer."""
    half = 2 * RATE
    return np.concatenate([loud[:half], 10 ** (-15 / 20) * quiet[:half]]).astype(np.float32)


@pytest.mark.parametrize("text", ["bright", "crisp", "clear:0.5 + airy:0.5"])
def test_quiet_moments_hardly_come_up_on_meters(ear: Ear, text: str) -> None:
    """Bass, and hiss when it pauses: what makes the whole brighter makes the pauses louder."""
    samples = _course(noise(pink(high_hz=500, slope_db=9)), noise(pink(low_hz=1500)))
    bands = decided(ear, heard(samples), text).bands
    assert Meter.of(samples[None], RATE).read(bands).floor_rise_db <= 3.0
    assert np.abs(bands.response_db(FREQS[1:], RATE)).max() > 0.5  # something is done


def test_a_steady_sound_has_no_quiet_moments() -> None:
    assert not Limits([heard(noise(pink()))], 6.0).quiet.any()
    assert Limits([heard(_course(noise(pink()), noise(pink())))], 6.0).quiet.sum() == pytest.approx(1)


@pytest.mark.parametrize("high_hz", [1500, 3000, 6000])
@pytest.mark.parametrize("text", ["bright", "sibilant", "soft", "warm:0.5 + airy:0.3"])
def test_what_is_faint_on_meters_comes_up_by_2_db_at_most(ear: Ear, high_hz: float, text: str) -> None:
    samples = noise(pink(high_hz=high_hz, slope_db=18))
    reading = Meter.of(samples[None], RATE).read(decided(ear, heard(samples), text, 12.0).bands)
    assert reading.faint_rise_db <= 2.0
    assert reading.faint_rise_levelled_db <= 2.0 + 3.0  # with all that may be made up for
