"""The bands of an EQ as a table."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual.geometry import Size
from textual.reactive import reactive
from textual.strip import Strip

from eqmorph.bands import SHAPED, Band, Bands, format_bands
from eqmorph.tui.widgets.band_colors import band_style
from eqmorph.tui.widgets.line_widget import LineWidget

__all__ = ["BandTable"]

_SHORT_BELOW = 40  # columns
_GAIN_CELLS = 6  # of the small bar, to either side; 2 dB each


class BandTable(LineWidget):
    """One line per band: its number on the curve, kind, frequency, gain, Q; where there is room, the gain as a bar.

    Args:
        bands: the EQ.
    """

    HELP: ClassVar[str] = """\
**Bands**

The filters that make up the curve, by their numbers on it: low shelf (LS), bells (PK), high shelf (HS). Q is how narrow
a bell is. An EQ that was given may have passes (HP, LP, BP) and notches (NT) too, and filters for the middle, the sides
(M, S) or one channel (L, R) alone.
"""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"bands--header", "bands--row", "bands--bar", "bands--flat"}

    DEFAULT_CSS = """
    BandTable {
        height: auto;

        & > .bands--header { color: $text-muted; }
        & > .bands--row { color: $foreground; }
        & > .bands--bar { color: $text-accent 80%; }
        & > .bands--flat { color: $text-muted; }
    }
    """

    bands: reactive[Bands] = reactive(Bands)
    note: reactive[str] = reactive("flat: nothing is changed")
    """What to say where there are none."""

    def __init__(
        self,
        bands: Bands | None = None,
        *,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self.set_reactive(BandTable.bands, bands or Bands())

    def watch_bands(self, before: Bands, after: Bands) -> None:
        if len(before) != len(after):
            self.refresh(layout=True)

    def get_content_height(self, _container: Size, _viewport: Size, _width: int) -> int:
        return 1 + max(len(self.bands), 1)

    def render_line(self, y: int) -> Strip:
        style = self.style_of
        width = self.size.width
        is_short = width < _SHORT_BELOW
        kind_columns = 3 if is_short else 12
        hz, db, q = (5, 6, 5) if is_short else (7, 8, 7)
        if y == 0:
            header = f"  {'kind' if not is_short else '':<{kind_columns}}{'Hz':>{hz}}{'dB':>{db}}{'Q':>{q}}"
            segments = [Segment(header, style("bands--header"))]
        elif y <= len(self.bands):
            band = self.bands[y - 1]
            name = _short_name(band) if is_short else _name(band)
            gain = _decibels(band.gain_db) if band.has_gain else f"{band.slope_db}/oct" if band.slope_db else ""
            numbers = f"{_hertz(band.freq_hz):>{hz}}{gain:>{db}}" + (_q(band.q).rjust(q) if band.has_q else "")
            line = f" {name:<{kind_columns}}{numbers}"
            segments = [
                Segment(f"{y}"[-1], band_style(y - 1)),
                Segment(line, style("bands--flat" if band.is_flat else "bands--row")),
            ]
            if band.kind in SHAPED and width >= 2 + kind_columns + 22 + 4 + 2 * _GAIN_CELLS:
                segments.append(Segment("   " + _bar(band), style("bands--bar")))
        elif y == 1:
            note = self.note if len(self.note) <= width else self.note.partition(":")[0]
            segments = [Segment(note, style("bands--flat"))]
        else:
            segments = []
        return Strip(segments).adjust_cell_length(width, self.ground)


def _name(band: Band) -> str:
    return _channel(band) + band.spoken_kind


def _short_name(band: Band) -> str:
    return _channel(band) + format_bands([band]).removeprefix(_channel(band).strip() + ": ")[:2]


def _channel(band: Band) -> str:
    return "" if band.channel == "both" else f"{band.channel[0].upper()} "


def _hertz(freq_hz: float) -> str:
    """Format a frequency with as many digits as can be heard: 63, 1.25k, 12.5k."""
    return f"{freq_hz:.0f}" if freq_hz < 1000 else f"{freq_hz / 1000:.3g}k"


def _q(q: float) -> str:
    return f"{q:.2f}" if q < 10 else f"{q:.1f}"


def _decibels(gain_db: float) -> str:
    text = f"{gain_db:+.1f}"
    return text if float(text) else "0.0"


def _bar(band: Band) -> str:
    """Draw a gain to the left or right of the middle, in steps of a decibel."""
    halves = round(abs(band.gain_db))
    full, half = divmod(halves, 2)
    if band.gain_db < 0:
        return ("╺" * half + "━" * full).rjust(_GAIN_CELLS) + "│" + " " * _GAIN_CELLS
    return " " * _GAIN_CELLS + "│" + ("━" * full + "╸" * half).ljust(_GAIN_CELLS)
