"""Sections are where what is heard changes for good, and nowhere else."""

from __future__ import annotations

import time
from itertools import pairwise

import numpy as np
import pytest

from eqmorph.analysis import Ear, listen
from eqmorph.analysis.sections import SHORTEST_S, Section, find_sections
from eqmorph.bands import Bands
from eqmorph.render import Renderer
from tests.support import noise_block

RATE = 22_050


def stretch(seconds: float, bands: str = "flat", *, seed: int = 0, amplitude: float = 0.1) -> np.ndarray:
    noise = noise_block(round(seconds * RATE), 1, seed=seed, amplitude=amplitude)
    return Renderer(Bands.parse(bands), RATE).process(noise)


def sections_of(ear: Ear, *stretches: np.ndarray, window_s: float = 2.0) -> tuple[Section, ...]:
    spectra = listen([np.concatenate(stretches, axis=1)], RATE, window_s=window_s)
    return find_sections(ear.for_sound(spectra), spectra)


def test_each_change_of_the_balance_begins_a_section(ear: Ear) -> None:
    dark, bright = "HS 1000 -6", "HS 1000 +6"
    found = sections_of(ear, stretch(20, dark), stretch(14, bright, seed=1), stretch(16, dark, seed=2))
    assert [section.start_s for section in found] == pytest.approx([0, 20, 34], abs=1.01)
    assert [section.end_s for section in found] == pytest.approx([20, 34, 50], abs=1.01)


def test_they_lie_one_after_the_other_from_start_to_end(ear: Ear) -> None:
    found = sections_of(ear, stretch(11.3, "LS 300 +9"), stretch(13.4, "LS 300 -9", seed=1))
    assert found[0].start_s == 0
    assert found[-1].end_s == pytest.approx(24.7, abs=1e-3)
    assert all(one.end_s == other.start_s for one, other in pairwise(found))


def test_level_alone_is_no_section(ear: Ear) -> None:
    assert len(sections_of(ear, stretch(20), stretch(20, seed=1, amplitude=0.02))) == 1


def test_what_never_changes_is_one_section(ear: Ear) -> None:
    assert sections_of(ear, stretch(40)) == (Section(0.0, 40.0),)


@pytest.mark.parametrize("seconds", [0.01, 3.0, 2 * SHORTEST_S - 1])
def test_what_is_too_short_for_two_is_one(ear: Ear, seconds: float) -> None:
    half = stretch(seconds / 2, "HS 1000 -9")
    assert len(sections_of(ear, half, stretch(seconds / 2, "HS 1000 +9"))) == 1


def test_none_is_shorter_than_the_shortest(ear: Ear) -> None:
    flips = [stretch(2.5, f"HS 1000 {(-1) ** at * 9:+d}", seed=at) for at in range(16)]
    assert all(section.end_s - section.start_s > SHORTEST_S - 1 for section in sections_of(ear, *flips))


def test_silence_is_one_and_a_silent_stretch_is_of_its_neighbors(ear: Ear) -> None:
    silence = np.zeros((1, 20 * RATE), np.float32)
    assert len(sections_of(ear, silence, silence)) == 1
    found = sections_of(ear, stretch(20, "HS 1000 -6"), silence, stretch(20, "HS 1000 +6", seed=1))
    assert len(found) == 2
    assert 19 < found[1].start_s < 41


@pytest.mark.parametrize("window_s", [0.2, 1.0, 6.0])
def test_windows_of_any_length_find_the_same(ear: Ear, window_s: float) -> None:
    found = sections_of(ear, stretch(30, "HS 1000 -6"), stretch(30, "HS 1000 +6", seed=1), window_s=window_s)
    assert len(found) == 2
    assert found[1].start_s == pytest.approx(30, abs=max(1.0, window_s))


def test_hours_take_seconds(ear: Ear) -> None:
    minute = np.concatenate([stretch(30, "HS 1000 -6"), stretch(30, "HS 1000 +6", seed=1)], axis=1)
    spectra = listen((minute for _ in range(60)), RATE)
    began = time.perf_counter()
    assert len(find_sections(ear.for_sound(spectra), spectra)) == 120
    assert time.perf_counter() - began < 5
