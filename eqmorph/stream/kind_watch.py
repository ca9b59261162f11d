"""The kind of a stream: told once some seconds were heard, and told otherwise only where it stays so."""

from __future__ import annotations

from dataclasses import replace

from eqmorph._typing import Float32, Float64
from eqmorph.analysis import Ear
from eqmorph.audio.course import CourseMeter
from eqmorph.audio.windows import Grid, Spectra
from eqmorph.kind import Kind

__all__ = ["KindWatch"]

_FIRST_S, _PERIOD_S = 6.0, 30.0


class KindWatch:
    """Takes the frames that are heard of a stream, and keeps the traits by which its kind is told.

    After six seconds the kind is told for the first time, and from then on every half minute by that half minute
    alone. Only where two in a row agree on another kind does it change.

    Attributes:
        traits: what the kind that holds was told by; None until then.
    """

    def __init__(self, grid: Grid, hop_s: float) -> None:
        self._grid, self._hop_s = grid, hop_s
        self.traits: Float64 | None = None
        self._kind: Kind | None = None
        self._doubt: Kind | None = None
        self._begin()

    def _begin(self) -> None:
        self._course = CourseMeter(self._grid.freq_hz, self._hop_s)
        self._heard_s = 0.0

    @property
    def is_due(self) -> bool:
        """Whether `tell` has something to go by."""
        return self._heard_s >= (_FIRST_S if self.traits is None else _PERIOD_S)

    def add(self, cells: Float32) -> None:
        """Take in the cells (f, c) of frames."""
        if len(cells):
            self._course.add(cells)
            self._heard_s += len(cells) * self._hop_s

    def tell(self, ear: Ear, spectra: Spectra) -> None:
        """Tell the kind of what was heard since it was told last."""
        traits = self._course.traits()
        kind = ear.kind_of(replace(spectra, traits=traits))
        is_first = self.traits is None
        if is_first or kind in (self._kind, self._doubt):
            if is_first or kind != self._kind:
                self.traits, self._kind = traits, kind
            self._doubt = self._kind
        else:
            self._doubt = kind
        if not is_first or self._heard_s >= _PERIOD_S:
            self._begin()
