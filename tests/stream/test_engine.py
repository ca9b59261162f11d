"""The EQ of a stream: neutral at first, late by what it says, as loud as what came, and never faster than it may."""

from __future__ import annotations

import math
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from eqmorph.adapt.eq import Eq
from eqmorph.analysis import Ear
from eqmorph.audio.loudness import LoudnessMeter
from eqmorph.bands import Bands
from eqmorph.errors import UsageError
from eqmorph.level import Level
from eqmorph.request import EqRequest
from eqmorph.stream import StreamEq
from tests.stream.conftest import RATE, music, streamed
from tests.stream.test_lookahead import true_peak_db
from tests.support import noise_block

THIN = "LS 300 -6; HS 4000 +5"


def loudness_db(sound: np.ndarray) -> float:
    meter = LoudnessMeter(RATE, len(sound))
    meter.add(np.ascontiguousarray(sound))
    power_db = meter.power_db()
    assert power_db is not None
    return power_db


def test_it_begins_neutral_and_eases_in(warm: Eq) -> None:
    sound = music(12, tilt=THIN)
    stream = StreamEq(warm, RATE, 2)
    out = streamed(stream, sound)
    assert out.shape == sound.shape
    assert np.array_equal(out[:, : 2 * RATE], sound[:, : 2 * RATE])
    changed = np.abs(out - sound)
    assert changed[:, 2 * RATE : 3 * RATE].max() < changed[:, -RATE:].max()
    assert not stream.state.bands.is_flat


def test_it_comes_to_what_the_whole_would_get(warm: Eq) -> None:
    from eqmorph.analysis import listen

    sound = music(30, tilt=THIN)
    stream = StreamEq(warm, RATE, 2)
    streamed(stream, sound)
    spectra = listen([sound], RATE)
    assert warm.ear is not None
    ear = warm.ear.for_sound(spectra)
    before, followed, whole = (
        ear.hear(spectra, bands).score("warm")
        for bands in (Bands(), stream.state.bands, warm.decide(RATE, spectra).bands)
    )
    assert followed - before == pytest.approx(whole - before, rel=0.25)
    assert whole - before > 0.1


def test_it_is_as_late_as_it_says(warm: Eq) -> None:
    sound = np.zeros((2, RATE), np.float32)
    sound[:, 1000] = 0.5
    for level, ceiling_db in (("match", None), ("keep", None), ("keep", -3.0)):
        stream = StreamEq(warm, RATE, 2, level=Level(level), ceiling_db=ceiling_db)
        out = stream.process(sound)
        assert int(np.abs(out[0]).argmax()) - 1000 == stream.latency_frames
        assert stream.latency_frames <= 0.06 * RATE
    assert StreamEq(warm, RATE, 2, level=Level("keep")).latency_frames == 0


@pytest.mark.parametrize("sizes", [(256,), (1, 999, 5000), (30_000,)], ids=str)
def test_it_does_not_matter_where_it_is_cut(warm: Eq, sizes: tuple[int, ...]) -> None:
    sound = music(7, tilt=THIN, level=0.3)
    expected = streamed(StreamEq(warm, RATE, 2), sound)
    assert not np.array_equal(expected, sound)
    np.testing.assert_allclose(streamed(StreamEq(warm, RATE, 2), sound, sizes), expected, atol=1e-5)


def test_the_same_stream_gives_the_same_samples(warm: Eq) -> None:
    sound = music(6, tilt=THIN)
    first, second = (streamed(StreamEq(warm, RATE, 2), sound) for _ in range(2))
    assert np.array_equal(first, second)


def test_the_level_stays_as_it_came(warm: Eq) -> None:
    sound = np.concatenate([music(12, tilt=THIN), music(12, tilt="HS 3000 -6", level=0.05)], axis=1)
    out = streamed(StreamEq(warm, RATE, 2), sound)
    window = 3 * RATE
    moved = [
        loudness_db(out[:, at : at + window]) - loudness_db(sound[:, at : at + window])
        for at in range(0, sound.shape[1] - window, RATE)
    ]
    changing = range(10, 15)  # within these windows a causal gain can only come after
    assert max(abs(moved[at]) for at in range(len(moved)) if at not in changing) < 1.0
    assert max(map(abs, moved)) < 3.0
    kept = streamed(StreamEq(warm, RATE, 2, level=Level("keep")), sound)
    assert abs(loudness_db(kept[:, -window:]) - loudness_db(sound[:, -window:])) > max(map(abs, moved[-3:]))


@pytest.mark.parametrize("rate_db", [1.0, 3.0, 10.0])
def test_no_frequency_moves_faster_than_it_may(rate_db: float) -> None:
    """Tones through a glide of 9 dB: their levels, without the gain that keeps the loudness."""
    eq = EqRequest(bands=Bands.parse("LS 200 +6; PK 1000 -9 Q1; HS 5000 +4")).resolve()
    time = np.arange(12 * RATE) / RATE
    stream = StreamEq(eq, RATE, 1, rate_db=rate_db, level=Level("keep"))
    tones = (60, 250, 700, 1000, 1600, 9000)
    sound = 0.05 * sum(np.sin(2 * np.pi * hertz * time) for hertz in tones)
    out = streamed(stream, sound[None].astype(np.float32))[0]
    hop = RATE // 10  # 0.1 s: a whole number of periods of each tone
    levels = np.abs(np.fft.rfft(out.reshape(-1, hop), axis=1)) / np.abs(np.fft.rfft(sound.reshape(-1, hop), axis=1))
    courses_db = 20 * np.log10(np.stack([levels[:, hertz // 10] for hertz in tones], axis=1))
    fastest = np.abs(np.diff(courses_db, axis=0)).max() / 0.1
    assert 0.5 * rate_db < fastest < 1.1 * rate_db + 0.05


def test_a_tone_stays_a_tone_through_a_glide() -> None:
    eq = EqRequest(bands=Bands.parse("LS 200 +6; PK 1000 -9 Q1; HS 5000 +4")).resolve()
    time = np.arange(4 * RATE) / RATE
    for hertz in (100, 1000, 4000):
        tone = (0.1 * np.sin(2 * np.pi * hertz * time))[None].astype(np.float32)
        out = streamed(StreamEq(eq, RATE, 1), tone)[0, RATE // 2 :]
        power = np.abs(np.fft.rfft(out * np.blackman(len(out)))) ** 2
        place = round(hertz * len(out) / RATE)
        far = np.concatenate([power[: place - 40], power[place + 40 :]])
        assert 10 * math.log10(far.sum() / power.sum()) < -70


def test_loud_streams_stay_under_the_ceiling(warm: Eq) -> None:
    out = streamed(StreamEq(warm, RATE, 2), music(8, tilt=THIN, level=0.35))
    assert true_peak_db(out) <= -1.0


def test_silence_holds_what_there_is(warm: Eq) -> None:
    stream = StreamEq(warm, RATE, 2)
    streamed(stream, music(8, tilt=THIN))
    before = stream.state
    streamed(stream, np.zeros((2, 20 * RATE), np.float32))
    assert (stream.state.bands, stream.state.gain_db) == (before.bands, pytest.approx(before.gain_db, abs=0.5))


def test_what_is_no_number_is_muted_and_stays_nowhere(warm: Eq) -> None:
    sound = music(4)
    broken = sound.copy()
    broken[0, 5000], broken[1, 6000] = np.nan, np.inf
    stream = StreamEq(warm, RATE, 2)
    out = streamed(stream, broken)
    assert np.isfinite(out).all()
    assert stream.state.muted_samples == 2


def test_bypass_lets_the_input_through_as_late_as_ever(warm: Eq) -> None:
    sound = music(8, tilt=THIN, level=0.05)
    stream = StreamEq(warm, RATE, 2)
    streamed(stream, sound)
    stream.bypass(True)
    out = streamed(stream, sound)
    settled = slice(RATE // 10, None)
    assert np.array_equal(out[:, settled], sound[:, settled])
    stream.bypass(False)
    assert not np.array_equal(streamed(stream, sound)[:, settled], sound[:, settled])


def test_another_eq_is_glided_to(warm: Eq) -> None:
    stream = StreamEq(warm, RATE, 2)
    sound = music(8, tilt=THIN)
    streamed(stream, sound)
    stream.follow(EqRequest(bands=Bands.parse("PK 1000 -6")).resolve())
    streamed(stream, sound)
    assert stream.state.bands == Bands.parse("PK 1000 -6")


def test_a_worker_decides_aside_and_is_never_waited_for(warm: Eq) -> None:
    let = threading.Event()
    with ThreadPoolExecutor(1) as worker:
        stream = StreamEq(warm, RATE, 2, worker=worker)
        worker.submit(let.wait)
        sound = music(4, tilt=THIN)
        streamed(stream, sound)  # returns, though nothing can be decided
        assert stream.state.missed >= 6
        assert stream.state.bands.is_flat
        let.set()
        for _ in range(40):
            streamed(stream, sound[:, : RATE // 2])
        assert not stream.state.bands.is_flat


def held_bytes(thing: object, seen: set[int]) -> int:
    """Return the bytes of all arrays that an object holds, and a word for whatever else."""
    if id(thing) in seen or isinstance(thing, (str, type)) or type(thing).__name__ in ("AdaptiveEq", "Ear", "Decision"):
        return 0
    seen.add(id(thing))
    if isinstance(thing, np.ndarray):
        return thing.nbytes
    parts = thing.values() if isinstance(thing, dict) else thing if isinstance(thing, (list, tuple)) else ()
    if not isinstance(thing, (dict, list, tuple)):
        slots = [getattr(thing, name) for name in getattr(type(thing), "__slots__", ()) if hasattr(thing, name)]
        parts = [*getattr(thing, "__dict__", {}).values(), *slots]
    return 8 + sum(held_bytes(part, seen) for part in parts)


def test_memory_does_not_grow(warm: Eq) -> None:
    stream = StreamEq(warm, 16_000, 1)
    sound = music(10, rate=16_000, channels=1, tilt="LS 300 -4")
    held = []
    for _ in range(3):
        for _ in range(4):
            streamed(stream, sound, (8192,))
        held.append(held_bytes(stream, set()))
    assert held[0] > 100_000
    assert held[-1] < held[0] + 200_000  # a glide has weights as long as it is


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"rate_db": 0.0}, "out of range"),
        ({"window_s": 0.1}, "out of range"),
        ({"level": Level("lufs", -16.0)}, "can't reach a loudness"),
        ({"sample_rate": 10}, "sample rate"),
        ({"channels": 65}, "channels"),
    ],
)
def test_what_can_not_be_is_refused(warm: Eq, options: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        StreamEq(warm, **{"sample_rate": RATE, "channels": 2, **options})


def test_a_block_of_other_channels_is_refused(warm: Eq) -> None:
    with pytest.raises(UsageError, match="1 channel"):
        StreamEq(warm, RATE, 1).process(np.zeros((2, 100), np.float32))


def test_what_is_not_audio_is_muted_and_only_floats_are_taken(ear: Ear) -> None:
    eq = StreamEq(EqRequest("warm").resolve(ear), RATE, 2)
    sound = noise_block(RATE)
    sound[0, 1000], sound[1, 2000], sound[0, 3000] = 1e16, -3e38, np.nan
    rendered = eq.process(sound)
    assert np.abs(rendered).max() < 2
    assert np.abs(rendered[:, -1000:]).max() > 0.01  # and the gain is not down for what never was a peak
    with pytest.raises(UsageError, match="takes floats, not int16"):
        eq.process(np.zeros((2, 10), np.int16))
