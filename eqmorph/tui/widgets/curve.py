"""The response of an EQ, over the sound's spectrum before and after it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from rich.segment import Segment
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.strip import Strip

from eqmorph.bands import Bands
from eqmorph.plot.curve import DbAxis, SampledCurve, db_axis
from eqmorph.plot.terminal import Role, Spectrum, draw_curve
from eqmorph.plot.terminal import Segment as Piece
from eqmorph.tui.widgets.line_widget import LineWidget

__all__ = ["CurveView"]

_USUAL_DB = 12.0  # up and down, so that the scale stays put while a slider moves
_STEPS_DB = (3.0, 4.0, 6.0, 2.0, 12.0)  # of the grid, the best first
_LINES_LEFT = 3  # as many lines a step may leave empty, against the one that fills the picture best
_LINES_A_STEP = 2  # at least
_LEGEND_FROM = 10  # lines


class _Piece(NamedTuple):
    """A piece of a line, and what it is: also a ghost, which pictures elsewhere have none of."""

    text: str
    role: str


class CurveView(LineWidget):
    """The exact response in braille dots on a logarithmic axis from 20 Hz to 20 kHz, over a grid in dB.

    The curve is a solid line, the spectrum before an area of sparse dots, the spectrum after a dotted outline: they can
    be told apart without colors. The range is ±12 dB, or more where the curve needs it.

    Args:
        bands: the EQ.
        sample_rate: the rate at which it is rendered, in Hz.
    """

    HELP: ClassVar[str] = """\
**Curve**

The line is what the EQ does at each frequency, in dB. Behind it are the file's spectrum before (the area of dots) and
after (the dotted outline), on a scale of their own: 60 dB from top to bottom.
"""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "curve--label",
        "curve--grid",
        "curve--zero",
        "curve--curve",
        "curve--before",
        "curve--after",
        "curve--ghost",
    }

    DEFAULT_CSS = """
    CurveView {
        height: 1fr;
        min-height: 6;

        & > .curve--label { color: $text-muted; }
        & > .curve--grid { color: $foreground 25%; }
        & > .curve--zero { color: $foreground 55%; }
        & > .curve--curve { color: $text-accent; text-style: bold; }
        & > .curve--before { color: $foreground 40%; }
        & > .curve--after { color: $text-primary; }
        & > .curve--ghost { color: $text-success; }
    }
    """

    ALLOW_SELECT = False

    bands: reactive[Bands] = reactive(Bands, repaint=False)
    sample_rate: reactive[float] = reactive(48_000.0, repaint=False)
    before: reactive[Spectrum | None] = reactive(None, repaint=False)
    """The file's spectrum."""
    after: reactive[Spectrum | None] = reactive(None, repaint=False)
    """The spectrum with the EQ applied."""

    ghost: reactive[SampledCurve | None] = reactive(None, repaint=False)
    """The curve of what is tried out, behind the EQ's own."""

    def __init__(
        self,
        bands: Bands | None = None,
        sample_rate: float = 48_000.0,
        *,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._lines: list[tuple[Piece | _Piece, ...]] = []
        self._drawn_size: Size | None = None
        self.set_reactive(CurveView.bands, bands or Bands())
        self.set_reactive(CurveView.sample_rate, sample_rate)

    def show(self, bands: Bands, after: Spectrum | None) -> None:
        """Show another EQ and the file's spectrum after it, drawn once."""
        self.set_reactive(CurveView.bands, bands)
        self.set_reactive(CurveView.after, after)
        self._redraw()

    def _redraw(self) -> None:
        """Repaint only the lines that have changed: a small move leaves many of them alone."""
        if self._drawn_size != self.size:
            self.refresh()
            return
        former, self._lines = self._lines, self._draw_lines()
        changed = [y for y, (old, new) in enumerate(zip(former, self._lines, strict=True)) if old != new]
        if changed:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    watch_bands = watch_sample_rate = watch_before = watch_after = watch_ghost = _redraw

    def render_line(self, y: int) -> Strip:
        size = self.size
        if self._drawn_size != size:
            self._lines, self._drawn_size = self._draw_lines(), size
        line = self._lines[y]
        segments = [Segment(text, self.style_of(f"curve--{role}")) for text, role in line]
        return Strip(segments, sum(len(text) for text, _ in line)).adjust_cell_length(size.width, self.ground)

    def _draw_lines(self) -> list[tuple[Piece | _Piece, ...]]:
        """Draw all lines."""
        width, height = self.size
        curve = self.bands.sampled(self.sample_rate)
        legend = [self._legend()] if height >= _LEGEND_FROM else []
        lines: Sequence[tuple[Piece | _Piece, ...]] = draw_curve(
            curve,
            width=width,
            height=height - len(legend),
            axis=_axis(curve, height - len(legend)),
            before=self.before,
            after=self.after,
        )
        if self.ghost is not None:
            behind = draw_curve(
                self.ghost, width=width, height=height - len(legend), axis=_axis(curve, height - len(legend))
            )
            lines = [_over(line, ghost) for line, ghost in zip(lines, behind, strict=True)]
        return [*lines, *legend, *[()] * height][:height]

    def _legend(self) -> tuple[Piece, ...]:
        """Name what is shown, if there is more than the curve."""
        marks: list[tuple[Role, str, object]] = [
            ("curve", "⠒⠒ EQ", self.before or self.after),
            ("before", "⢕⢕ before", self.before),
            ("after", "⠐⠐ after", self.after),
        ]
        pieces = []
        for role, text, is_shown in marks:
            if is_shown:
                mark, name = text.split()
                pieces += [Piece("   " + mark, role), Piece(f" {name}", "label")]
        return tuple(pieces)


def _over(line: Sequence[Piece | _Piece], behind: Sequence[Piece]) -> tuple[_Piece, ...]:
    """Return a line with another one's curve behind its own."""
    cells: list[tuple[str, str]] = [(letter, piece.role) for piece in line for letter in piece.text]
    ghosts = [(letter, piece.role) for piece in behind for letter in piece.text]
    cells += [(" ", "grid")] * (len(ghosts) - len(cells))
    for at, (letter, role) in enumerate(ghosts):
        if role == "curve" and cells[at][1] != "curve":
            cells[at] = letter, "ghost"
    return tuple(_Piece(letter, role) for letter, role in cells)


def _axis(curve: SampledCurve, height: int) -> DbAxis:
    """Return an axis of ±12 dB in steps that fill the picture, or a wider one that holds the curve."""
    if max(abs(float(curve.gain_db.min())), abs(float(curve.gain_db.max()))) > _USUAL_DB:
        return db_axis([curve])
    filled = {step_db: _filled_lines(height - 2, step_db) for step_db in _STEPS_DB}
    enough = max(filled.values()) - _LINES_LEFT
    return DbAxis(-_USUAL_DB, _USUAL_DB, next(step_db for step_db, lines in filled.items() if lines >= enough))


def _filled_lines(lines: int, step_db: float) -> int:
    """Return how many lines are filled by steps of the same height; 0 if that leaves no lines between them."""
    steps = round(2 * _USUAL_DB / step_db)
    a_step = lines // steps
    return steps * a_step if a_step >= _LINES_A_STEP else 0
