"""The parts of a piece that an EQ follows: its sections, or windows of some seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eqmorph._typing import Float64
from eqmorph.analysis import Ear
from eqmorph.analysis.sections import Section, find_sections
from eqmorph.audio.windows import Spectra, part_as_one_window

__all__ = ["Part", "parts_of"]

_USUAL_WINDOW_S = 8.0  # where there are no sections
_QUIET = 1e-3  # of the loudest part's power: what is softer has the EQ of its neighbors


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a piece.

    Attributes:
        from_s, to_s: from when on its EQ must be fully there, and until when it may stay.
        sound: the part as one window.
    """

    from_s: float
    to_s: float
    sound: Spectra

    @property
    def seconds(self) -> float:
        """How much of the piece it stands for."""
        return float(self.sound.length_s[0])


def parts_of(ear: Ear, spectra: Spectra, window_s: float | None) -> list[Part]:
    """Return the parts of a sound that can be heard, by time: so long, or its sections if there are any."""
    if window_s is not None:
        return _windows(spectra, window_s)
    sections = find_sections(ear, spectra)
    return _sections(spectra, sections) if len(sections) > 1 else _windows(spectra, _USUAL_WINDOW_S)


def _sections(spectra: Spectra, sections: Sequence[Section]) -> list[Part]:
    middle_s = _middle_s(spectra)
    return _heard(
        spectra,
        [
            (one.start_s, one.end_s, ((middle_s >= one.start_s) & (middle_s < one.end_s)).astype(float))
            for one in sections
        ],
    )


def _windows(spectra: Spectra, window_s: float) -> list[Part]:
    """Return parts that overlap: each looks at what is around it, before and after."""
    middle_s = _middle_s(spectra)
    end_s = spectra.frames / spectra.sample_rate
    count = max(1, round(2 * end_s / window_s))
    times = [0.0] if count == 1 else [float(time) for time in np.linspace(0.0, end_s, count + 1)]

    def weights(time: float) -> Float64:
        away = np.clip(np.abs(middle_s - time) / window_s, 0.0, 1.0)
        return np.asarray(np.cos(np.pi / 2 * away) ** 2)

    return _heard(spectra, [(time, time, weights(time)) for time in times])


def _heard(spectra: Spectra, spans: Sequence[tuple[float, float, Float64]]) -> list[Part]:
    """Return the parts that can be heard; where nothing is, the EQ of those before and after is as good as any."""
    energies = [float(weights @ spectra.energy) / max(float(weights.sum()), 1e-9) for _, _, weights in spans]
    least = _QUIET * max(energies)
    return [
        Part(from_s, to_s, part_as_one_window(spectra, weights))
        for (from_s, to_s, weights), energy in zip(spans, energies, strict=True)
        if energy > least
    ]


def _middle_s(spectra: Spectra) -> Float64:
    return np.asarray(spectra.start_s + spectra.length_s / 2)
