"""The bands of an EQ as a table."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from eqmorph.bands import SHAPED, Band, Bands, format_bands
from eqmorph.tui.by_hand import ByHand, HeldBand
from eqmorph.tui.widgets.band_colors import band_style
from eqmorph.tui.widgets.line_widget import LineWidget

__all__ = ["BandTable"]

_SHORT_BELOW = 40  # columns
_GAIN_CELLS = 6  # of the small bar, to either side; 2 dB each


class BandTable(LineWidget, can_focus=True):
    """One line per band: its number on the curve, kind, frequency, gain, Q; where there is room, the gain as a bar.

    With the focus, one of them is in hand (▸), and keys move it. A band that was changed by hand has a dot.

    Args:
        bands: the EQ.
    """

    HELP: ClassVar[str] = """\
**Bands**

The filters that make up the curve, by their numbers on it: low shelf (LS), bells (PK), high shelf (HS). Q is how narrow
a bell is. An EQ that was given may have passes (HP, LP, BP) and notches (NT) too, and filters for the middle, the sides
(M, S) or one channel (L, R) alone.

Keys move the band marked ▸, and so does a drag of its number on the curve. What was changed by hand (•) stays as an
offset while words move. It is rendered, saved and copied; that one band is heard alone is not.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "screen.band('lower')", "Hz", id="bands.lower", tooltip="Move the band down by a semitone"),
        Binding("right,l", "screen.band('higher')", "Hz", id="bands.higher", tooltip="Move the band up by a semitone"),
        Binding(
            "shift+left,H",
            "screen.band('far_lower')",
            "Far down",
            show=False,
            id="bands.far_lower",
            tooltip="Move the band down by a third of an octave",
        ),
        Binding(
            "shift+right,L",
            "screen.band('far_higher')",
            "Far up",
            show=False,
            id="bands.far_higher",
            tooltip="Move the band up by a third of an octave",
        ),
        Binding(
            "plus,equals_sign,K,shift+up",
            "screen.band('more')",
            "dB",
            id="bands.more",
            tooltip="Raise the band by half a decibel",
        ),
        Binding(
            "minus,J,shift+down",
            "screen.band('less')",
            "dB",
            id="bands.less",
            tooltip="Lower the band by half a decibel",
        ),
        Binding("comma", "screen.band('wider')", "Q", id="bands.wider", tooltip="Make the band wider"),
        Binding("full_stop", "screen.band('narrower')", "Q", id="bands.narrower", tooltip="Make the band narrower"),
        Binding("up,k", "screen.band('previous')", "Above", show=False, id="bands.up", tooltip="Take the band above"),
        Binding("down,j", "screen.band('next')", "Below", show=False, id="bands.down", tooltip="Take the band below"),
        *(Binding(str(number), f"screen.choose_band({number})", show=False) for number in range(1, 10)),
        Binding("M", "screen.band('off')", "Off", id="bands.off", tooltip="Bypass the band, or use it again"),
        Binding(
            "A", "screen.band('solo')", "Solo", id="bands.solo", tooltip="Hear only what lies around the band, or all"
        ),
        Binding("enter", "screen.band('type')", "Type", id="bands.type", tooltip="Type frequency, gain and Q"),
        Binding(
            "0", "screen.band('reset')", "Reset", id="bands.reset", tooltip="Undo all that was done to the band by hand"
        ),
        Binding(
            "Z",
            "screen.band('reset_all')",
            "Reset all",
            show=False,
            id="bands.reset_all",
            tooltip="Undo all that was done to any band by hand",
        ),
        Binding("B", "screen.add_band('bell')", "Bell", id="bands.bell", tooltip="Add a bell"),
        Binding("escape", "screen.leave_bands", "Words", id="bands.leave", tooltip="Return to the words"),
    ]

    class Picked(Message):
        """Posted when a band is clicked."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"bands--{part}" for part in ("header", "row", "bar", "flat", "hand", "chosen")
    }

    DEFAULT_CSS = """
    BandTable {
        height: auto;

        & > .bands--header { color: $text-muted; }
        & > .bands--row { color: $foreground; }
        & > .bands--bar { color: $text-accent 80%; }
        & > .bands--flat { color: $text-muted; }
        & > .bands--hand { color: $text-accent; }
        & > .bands--chosen { color: $foreground; background: $boost; text-style: bold; }
        &:focus > .bands--chosen { color: $text-accent; background: $panel; }
    }
    """

    ALLOW_SELECT = False

    rows: reactive[tuple[HeldBand, ...]] = reactive(())
    """The bands as they are in hand."""
    chosen: reactive[int] = reactive(0)
    """Which of them is in hand."""
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
        self.set_reactive(BandTable.rows, ByHand().held(bands or Bands()))

    @property
    def bands(self) -> Bands:
        """What is heard of them."""
        return Bands(row.band for row in self.rows if not row.is_off)

    def watch_rows(self, before: tuple[HeldBand, ...], after: tuple[HeldBand, ...]) -> None:
        if len(before) != len(after):
            self.refresh(layout=True)

    def get_content_height(self, _container: Size, _viewport: Size, _width: int) -> int:
        return 1 + max(len(self.rows), 1)

    def on_click(self, event: events.Click) -> None:
        number = event.get_content_offset_capture(self).y - 1 + self._first_row
        if self._first_row <= number < len(self.rows):
            self.post_message(self.Picked(number))

    @property
    def _first_row(self) -> int:
        """The first row that is shown: where there is no room for all, the one in hand is among them."""
        lines = max(self.size.height - 1, 1)
        return min(max(self.chosen - lines + 1, 0), max(len(self.rows) - lines, 0))

    def render_line(self, y: int) -> Strip:
        style = self.style_of
        width = self.size.width
        is_short = width < _SHORT_BELOW
        kind_columns = 3 if is_short else 12
        hz, db, q = (5, 6, 5) if is_short else (7, 8, 7)
        number = y - 1 + self._first_row
        if y == 0:
            header = f"  {'kind' if not is_short else '':<{kind_columns}}{'Hz':>{hz}}{'dB':>{db}}{'Q':>{q}}"
            segments = [Segment(header, style("bands--header"))]
        elif number < len(self.rows):
            row = self.rows[number]
            band, is_chosen = row.band, self.has_focus and number == self.chosen
            name = (_short_name(band) if is_short else _name(band)) + (" " * (not is_short) + "•") * row.is_by_hand
            gain = "off" if row.is_off else _decibels(band.gain_db) if band.has_gain else _slope(band, is_short)
            numbers = f"{_hertz(band.freq_hz):>{hz}}{gain:>{db}}" + (_q(band.q) if band.has_q else "").rjust(q)
            is_quiet = row.is_off or band.is_flat
            part = "chosen" if is_chosen else "flat" if is_quiet else "hand" if row.is_by_hand else "row"
            segments = [
                Segment(f"{number + 1}"[-1], style("bands--flat") if row.is_off else band_style(number)),
                Segment(f"{'▸' if is_chosen else ' '}{name:<{kind_columns}}{numbers}", style(f"bands--{part}")),
            ]
            if band.kind in SHAPED and not row.is_off and width >= 2 + kind_columns + 22 + 4 + 2 * _GAIN_CELLS:
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


def _slope(band: Band, is_short: bool) -> str:
    return f"{band.slope_db}{'dB' if is_short else '/oct'}" if band.slope_db else ""


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
