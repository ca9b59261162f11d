"""The guard before the device: nothing beyond full scale, no pumping, and nothing at all where there is no need."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eqmorph.tui.playback.guard import PeakGuard

FRAMES = 512


def tone(peak: float, blocks: int = 8) -> NDArray[np.float32]:
    wave = peak * np.sin(2 * np.pi * 441 / 44_100 * np.arange(blocks * FRAMES))
    return np.stack([wave, -0.5 * wave]).astype(np.float32)


def guarded(guard: PeakGuard, audio: NDArray[np.float32]) -> NDArray[np.float32]:
    blocks = [guard.process(audio[:, at : at + FRAMES]) for at in range(0, audio.shape[1], FRAMES)]
    return np.concatenate(blocks, axis=1)


def test_what_fits_is_left_as_it_is() -> None:
    audio = tone(1.0)
    np.testing.assert_array_equal(guarded(PeakGuard(), audio), audio)


def test_nothing_goes_beyond_full_scale_and_the_shape_stays() -> None:
    audio = tone(3.0)
    heard = guarded(PeakGuard(), audio)
    assert np.abs(heard).max() <= 1.0
    np.testing.assert_allclose(heard[:, FRAMES:], audio[:, FRAMES:] / 3, atol=2e-6)


def test_what_was_taken_stays_taken_until_it_is_released() -> None:
    guard = PeakGuard()
    guarded(guard, tone(2.0))
    np.testing.assert_allclose(guarded(guard, tone(0.5)), tone(0.25), atol=1e-5)
    guard.release()
    heard = guarded(guard, tone(0.5))
    np.testing.assert_array_equal(heard[:, FRAMES:], tone(0.5)[:, FRAMES:])
    assert np.abs(np.diff(heard[0])).max() < 1.1 * np.abs(np.diff(tone(0.5)[0])).max()


def test_a_release_into_what_is_still_too_loud_holds() -> None:
    guard = PeakGuard()
    guarded(guard, tone(4.0))
    guard.release()
    heard = guarded(guard, tone(2.0))
    assert np.abs(heard).max() <= 1.0
    np.testing.assert_allclose(heard[:, FRAMES:], tone(1.0)[:, FRAMES:], atol=1e-4)


def test_silence_and_nothing() -> None:
    guard = PeakGuard()
    assert guard.process(np.zeros((2, 0), dtype=np.float32)).shape == (2, 0)
    assert not guard.process(np.zeros((2, 5), dtype=np.float32)).any()


def test_turning_down_is_no_step() -> None:
    """A tone that grows slowly beyond full scale is turned down along with that."""
    growing = tone(1.0, blocks=40) * np.linspace(0.5, 2.0, 40 * FRAMES, dtype=np.float32)
    heard = guarded(PeakGuard(), growing)
    assert np.abs(heard).max() <= 1.0
    steepest = float(np.abs(np.diff(tone(1.0)[0])).max())
    assert np.abs(np.diff(heard[0])).max() < 1.2 * steepest
