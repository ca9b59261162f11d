"""The response of an EQ, over the sound's spectrum and what the EQ adds to it and takes from it."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from eqmorph.bands import PASSES, Bands
from eqmorph.plot.curve import AXIS_HZ, SampledCurve
from eqmorph.plot.terminal import Spectrum
from eqmorph.tui.by_hand import ByHand, HeldBand
from eqmorph.tui.widgets.band_colors import band_style
from eqmorph.tui.widgets.cells import Cells
from eqmorph.tui.widgets.curve_paint import NODES, Fill, Node, Role, curve_bits, fill_of, paint_curve, top_db
from eqmorph.tui.widgets.curve_scale import RANGES_DB, CurveScale, fitting_scale, freq_ticks
from eqmorph.tui.widgets.line_widget import LineWidget

if TYPE_CHECKING:  # loaded only where a terminal shows pictures
    from eqmorph.tui.picture.graphics import Graphics
    from eqmorph.tui.picture.raster import Cell, Raster
    from eqmorph.tui.widgets.curve_pixels import CurvePixels

__all__ = ["TILTS_DB", "CurveView"]

#: Slopes of the spectrum, in dB per octave. With 4.5 most music is about level.
TILTS_DB = (0.0, 3.0, 4.5, 6.0)
_USUAL_DB = 12.0  # up and down, so that the scale stays put while a slider moves
_GUTTER = 4  # columns of the labels in dB
_LEGEND_FROM = 15  # lines
_FINE = 0.25  # of a drag with Shift: a cell is a coarse step
_PARTS = {
    Role.GROUND: "ground",
    Role.BEFORE: "before",
    Role.ADDED: "added",
    Role.TAKEN: "taken",
    Role.GRID: "grid",
    Role.ZERO: "zero",
    Role.CURVE: "curve",
    Role.GHOST: "ghost",
    Role.LABEL: "label",
    Role.OFF: "off",
    Role.CHOSEN: "chosen",
}


class CurveView(LineWidget):
    """The exact response, two dots thick, on a logarithmic axis from 20 Hz to 20 kHz, over the sound's spectrum.

    The spectrum before is the ground. What the EQ adds to it or takes from it is tinted, so that the height is the
    spectrum after. While ``live`` is set, it takes the place of the file's mean spectrum. The numbers are the bands.

    Args:
        bands: the EQ.
        sample_rate: the rate at which it is rendered, in Hz.
    """

    HELP: ClassVar[str] = """\
**Curve**

The line is what the EQ does at each frequency, in dB; the numbers on it are the bands of the table. Behind it is the
sound's spectrum, 48 dB from top to bottom: what it is before, what the EQ adds, and what it takes. While it plays, this
is the spectrum of what is heard at the moment. Drag a number to move its band, with Shift in smaller steps; the wheel
makes it narrower or wider, and a double click adds a bell.
"""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"curve--{part}" for part in _PARTS.values()}

    DEFAULT_CSS = """
    CurveView {
        height: 1fr;
        min-height: 6;

        & > .curve--label { color: $text-muted; }
        & > .curve--grid { color: $foreground 38%; }
        & > .curve--zero { color: $foreground 70%; }
        & > .curve--curve { color: $text-accent; text-style: bold; }
        & > .curve--chosen { color: $foreground; text-style: bold; }
        & > .curve--off { color: $foreground 65%; }
        & > .curve--ghost { color: $foreground 75%; }
        & > .curve--before { color: $foreground 14%; }
        & > .curve--added { color: $success 58%; }
        & > .curve--taken { color: $error 62%; }
        &:light > .curve--added { color: $text-success 48%; }
        &:light > .curve--taken { color: $text-error 42%; }
    }
    """

    ALLOW_SELECT = False

    bands: reactive[Bands] = reactive(Bands, repaint=False)
    sample_rate: reactive[float] = reactive(48_000.0, repaint=False)
    before: reactive[Spectrum | None] = reactive(None, repaint=False)
    """The file's mean spectrum."""
    after: reactive[Spectrum | None] = reactive(None, repaint=False)
    """The same with the EQ applied."""
    live: reactive[Spectrum | None] = reactive(None, repaint=False)
    """The spectrum at this moment, before the EQ, while it plays."""
    moment: reactive[SampledCurve | None] = reactive(None, repaint=False)
    """What an EQ that follows the sound does at this moment, while it plays; it takes the place of the bands' curve."""
    ghost: reactive[SampledCurve | None] = reactive(None, repaint=False)
    """A curve that is only tried, drawn thin behind the curve."""
    is_off: reactive[bool] = reactive(False, repaint=False)
    """Whether the sound is heard without the EQ, which the picture then shows as not in use."""
    range_db: reactive[float | None] = reactive(None, repaint=False)
    """What the picture reaches, one of `RANGES_DB`; by default 12 dB, or more where the curve needs it."""
    tilt_db: reactive[float] = reactive(4.5, repaint=False)
    """The slope that is taken out of the spectrum, in dB per octave."""
    note: reactive[str] = reactive("", repaint=False)
    """What to say where there is no spectrum."""
    rows: reactive[tuple[HeldBand, ...]] = reactive((), repaint=False)
    """The bands as they are in hand, which have the numbers on the curve."""
    chosen: reactive[int | None] = reactive(None, repaint=False)
    """Which of them is in hand."""
    graphics: reactive[Graphics | None] = reactive(None, repaint=False)
    """How the terminal takes pictures in pixels; without it the curve is painted on cells."""

    class Grabbed(Message):
        """Posted when the mouse takes hold of a band's number."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    class Dragged(Message):
        """Posted when the mouse has moved what it took hold of, by so much from where that was."""

        def __init__(self, octaves: float, gain_db: float) -> None:
            super().__init__()
            self.octaves, self.gain_db = octaves, gain_db

    class Turned(Message):
        """Posted when the wheel was turned above the curve: up is 1."""

        def __init__(self, direction: int) -> None:
            super().__init__()
            self.direction = direction

    class Wanted(Message):
        """Posted after a double click where there is no band."""

        def __init__(self, freq_hz: float, gain_db: float) -> None:
            super().__init__()
            self.freq_hz, self.gain_db = freq_hz, gain_db

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
        self._drawn: Cells | None = None
        self._drawn_scale: CurveScale | None = None
        self._drawn_size: Size | None = None
        self._drawn_legend: tuple[tuple[Role, str, str], ...] = ()
        self._strips: dict[int, Strip] = {}
        self._looks: dict[tuple[int, int], Style] = {}
        self._curve: tuple[object, NDArray[np.uint32]] | None = None
        self._ghost: tuple[object, NDArray[np.uint32]] | None = None
        self._sampled: tuple[object, SampledCurve] | None = None
        self._without_passes: tuple[object, SampledCurve] | None = None
        self._pixels: CurvePixels | None = None
        self._held: tuple[int, int] | None = None  # the cell to which the mouse has taken a band
        self._dragged = 0.0, 0.0  # octaves and decibels
        self.set_reactive(CurveView.bands, bands or Bands())
        self.set_reactive(CurveView.rows, ByHand().held(self.bands))
        self.set_reactive(CurveView.sample_rate, sample_rate)

    def show(self, bands: Bands, after: Spectrum | None, rows: tuple[HeldBand, ...] | None = None) -> None:
        """Show another EQ and the file's spectrum after it, drawn once.

        Args:
            bands: the EQ.
            after: the spectrum.
            rows: the bands as they are in hand; by default they are those of the EQ.
        """
        self.set_reactive(CurveView.bands, bands)
        self.set_reactive(CurveView.rows, ByHand().held(bands) if rows is None else rows)
        self.set_reactive(CurveView.after, after)
        self._redraw()

    # Places, for whoever puts something on the curve or takes hold of it.

    @property
    def scale(self) -> CurveScale:
        """Where frequencies and gains are, in cells of the picture."""
        size = self.size
        return fitting_scale(max(size.width - _GUTTER, 1), max(size.height - self._lines_below(size), 1), self._range())

    def cell_of(self, freq_hz: float, gain_db: float) -> tuple[int, int]:
        """Return the column and line, of this widget, of a frequency and a gain."""
        scale = self.scale
        return _GUTTER + scale.column_of(freq_hz), scale.row_of(gain_db)

    def point_at(self, column: int, line: int) -> tuple[float, float]:
        """Return the frequency and the gain in the middle of a cell of this widget."""
        scale = self.scale
        return scale.freq_at(column - _GUTTER + 0.5), scale.gain_at(line + 0.5)

    def band_at(self, column: int, line: int) -> int | None:
        """Return which band's number is in a cell of this widget; None if there is none."""
        places = [self.cell_of(node.freq_hz, node.gain_db) for node in self._marks()]
        return next((number for number, place in reversed(list(enumerate(places))) if place == (column, line)), None)

    def _band_near(self, column: int, line: int) -> int | None:
        """Return which band's number is in a cell, or right beside it: a hand is not that steady."""
        around = ((0, 0), (-1, 0), (1, 0), (0, -1), (0, 1))
        found = (self.band_at(column + across, line + down) for across, down in around)
        return next((number for number in found if number is not None), None)

    # The mouse.

    def on_mouse_down(self, event: events.MouseDown) -> None:
        place = event.get_content_offset_capture(self)
        number = self._band_near(place.x, place.y) if event.button == 1 else None
        if number is not None:
            self._held, self._dragged = (place.x, place.y), (0.0, 0.0)
            self.capture_mouse()
            self.post_message(self.Grabbed(number))
            event.stop()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._held is None:
            return
        place, scale = event.get_content_offset_capture(self), self.scale
        fine = _FINE if event.shift else 1.0
        low_hz, high_hz = AXIS_HZ
        octaves, gain_db = self._dragged
        octaves += fine * (place.x - self._held[0]) / scale.columns * math.log2(high_hz / low_hz)
        gain_db -= fine * (place.y - self._held[1]) * 2 * scale.range_db / max(scale.rows - 1, 1)
        self._held, self._dragged = (place.x, place.y), (octaves, gain_db)
        self.post_message(self.Dragged(octaves, gain_db))
        event.stop()

    def on_mouse_up(self) -> None:
        self._held = None
        self.release_mouse()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._turn(event, 1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._turn(event, -1)

    def _turn(self, event: events.MouseEvent, direction: int) -> None:
        self.post_message(self.Turned(direction))
        event.stop()

    def on_click(self, event: events.Click) -> None:
        place, scale = event.get_content_offset_capture(self), self.scale
        is_inside = place.x >= _GUTTER and 0 <= place.y < scale.rows
        if event.chain == 2 and is_inside and self._band_near(place.x, place.y) is None:
            self.post_message(self.Wanted(*self.point_at(place.x, place.y)))

    # The picture.

    @property
    def sampled(self) -> SampledCurve:
        """The response that is shown."""
        if self.moment is not None:
            return self.moment
        key = self.bands, self.sample_rate
        if self._sampled is None or self._sampled[0] != key:
            self._sampled = key, self.bands.sampled(self.sample_rate)
        return self._sampled[1]

    @property
    def _shaped(self) -> SampledCurve:
        """The response without passes, which leave any picture at its ends."""
        if self.moment is not None or not any(band.kind in PASSES for band in self.bands):
            return self.sampled
        key = self.bands, self.sample_rate
        if self._without_passes is None or self._without_passes[0] != key:
            rest = Bands(band for band in self.bands if band.kind not in PASSES)
            self._without_passes = key, rest.sampled(self.sample_rate)
        return self._without_passes[1]

    def _redraw(self) -> None:
        """Repaint what has changed."""
        self._repaint(is_live=False)

    def _repaint(self, *, is_live: bool) -> None:
        """Repaint only the lines that have changed: a small move leaves many of them alone."""
        size = self.size
        if self._pixels is not None and self._pixels.is_shown:
            self._drawn = None  # on cells: all is drawn anew when something lies above the picture
            self._pixels.changed(self._show_pixels, is_live=is_live)
            return
        if self._drawn is None or self._drawn_size != size:
            self._drawn = None
            self.refresh()
            return
        former, former_scale = self._drawn, self._drawn_scale
        self._draw(size)
        if self._drawn_scale != former_scale:
            self._strips.clear()
            self.refresh()
            return
        changed = self._drawn.changed_rows(former)
        legend = self._legend_text()
        if legend != self._drawn_legend:
            self._drawn_legend = legend
            changed.append(self.scale.rows + 1)
        for row in changed:
            self._strips.pop(row, None)
        if changed:
            self.refresh(*(Region(0, y, size.width, 1) for y in changed))

    def watch_bands(self, bands: Bands) -> None:
        """Take the numbers from the EQ, until whoever has bands in hand says which they are."""
        self.set_reactive(CurveView.rows, ByHand().held(bands))
        self._redraw()

    def watch_live(self) -> None:
        """Show the spectrum of another moment."""
        self._repaint(is_live=True)

    def watch_moment(self) -> None:
        """Show what the EQ does at another moment."""
        self._repaint(is_live=True)

    watch_sample_rate = watch_before = watch_after = watch_ghost = _redraw
    watch_is_off = watch_range_db = watch_tilt_db = watch_note = watch_rows = watch_chosen = _redraw

    def notify_style_update(self) -> None:
        """Drop the cached lines when colors change."""
        super().notify_style_update()
        self._strips, self._looks = {}, {}
        if self._pixels is not None:
            self._pixels.forget()

    def render_line(self, y: int) -> Strip:
        size = self.size
        if self._drawn is None or self._drawn_size != size:
            self._draw(size)
            self._strips.clear()
            self._drawn_legend = self._legend_text()
        if y not in self._strips:
            self._strips[y] = self._line(y).adjust_cell_length(size.width, self.ground)
        return self._strips[y]

    def _draw(self, size: Size) -> None:
        scale = self.scale
        self._drawn_size, self._drawn_scale = size, scale
        self._drawn = paint_curve(
            scale,
            self._bits(scale),
            fill=self._fill(scale),
            ghost=self._ghost_bits(scale),
            nodes=self._marks(),
            is_off=self.is_off,
        )
        if self.before is None and self.note:
            text = f"  {self.note}  "
            self._drawn.write(3 * scale.rows // 4, max((scale.columns - len(text)) // 2, 0), text, Role.LABEL)

    # The picture in pixels.

    def watch_graphics(self, graphics: Graphics | None) -> None:
        """Show the picture in pixels, or on cells."""
        if self._pixels is not None:
            self._pixels.leave()
            self._pixels = None
        if graphics is not None:
            from eqmorph.tui.widgets.curve_pixels import CurvePixels

            self._pixels = CurvePixels(self, graphics, self._raster)
        self.refresh()

    def on_resize(self) -> None:
        if self._pixels is not None:
            self._pixels.graphics.measure()
            self._pixels.forget()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the lines; those of a picture in pixels are told from those of text."""
        if self._pixels is None or not self._pixels.look():
            return super().render_lines(crop)
        scale, size = self.scale, self.size
        self._drawn_scale = scale
        style = self.style_of("curve--label")
        labels = [Segment(label, style) for label in _db_labels(scale)]
        below = (self._line(y).adjust_cell_length(size.width, self.ground) for y in range(scale.rows, size.height))
        lines = [*self._pixels.strips(scale, labels, scale.columns), *below]
        return [line.crop(crop.x, crop.right) for line in lines[crop.y : crop.bottom]]

    def _show_pixels(self) -> None:
        """Have the picture painted again: it is with its last line. The legend is below."""
        scale, width = self.scale, self.size.width
        if scale != self._drawn_scale:
            self.refresh()
        else:
            self.refresh(Region(0, scale.rows - 1, width, self.size.height - scale.rows + 1))

    def _raster(self, cell: Cell) -> Raster:
        from eqmorph.tui.picture.raster import heights_of, paint_raster

        scale = self.scale
        styles = [self._look(role, Role.GROUND) for role in Role if role != Role.NODE]
        nodes = [band_style(number) for number in range(NODES)]
        colors = [self.ground.bgcolor, *(style.color for style in styles[1:])]
        colors += [*(style.bgcolor for style in nodes), nodes[0].color]
        heard = self._heard()
        return paint_raster(
            scale,
            cell,
            self.sampled,
            [color.get_truecolor() if color is not None else (0, 0, 0) for color in colors],
            fill=heights_of(*heard, scale.columns * cell.width, tilt_db=self.tilt_db) if heard else None,
            ghost=self.ghost,
            nodes=self._marks(),
            is_off=self.is_off,
            note=self.note if self.before is None else "",
        )

    def _bits(self, scale: CurveScale) -> NDArray[np.uint32]:
        key = self.sampled, scale
        if self._curve is None or self._curve[0] != key:
            self._curve = key, curve_bits(self.sampled, scale)
        return self._curve[1]

    def _ghost_bits(self, scale: CurveScale) -> NDArray[np.uint32] | None:
        if self.ghost is None:
            return None
        key = self.ghost, scale
        if self._ghost is None or self._ghost[0] != key:
            self._ghost = key, curve_bits(self.ghost, scale, thick=1)
        return self._ghost[1]

    def _fill(self, scale: CurveScale) -> Fill | None:
        heard = self._heard()
        return None if heard is None else fill_of(heard[0], heard[1], scale, tilt_db=self.tilt_db, top=heard[2])

    def _heard(self) -> tuple[Spectrum, Spectrum | None, float] | None:
        """Return the sound without and with the EQ, and the level at the top of the picture; None without a sound."""
        before, after = self.before, self.after
        if before is None:
            return None
        top = top_db(before, self.tilt_db)
        if self.live is not None:
            before = self.live
            after = Spectrum(before.freqs_hz, before.level_db + self.sampled.at(before.freqs_hz))
        return before, after, top

    def _marks(self) -> list[Node]:
        """Return where each band is on the curve, if it is theirs."""
        if self.moment is not None or all(row.band.is_flat for row in self.rows):
            return []
        gains_db = self.sampled.at([row.band.freq_hz for row in self.rows]).tolist()
        return [
            Node(row.band.freq_hz, gain_db, row.is_off, number == self.chosen)
            for number, (row, gain_db) in enumerate(zip(self.rows, gains_db, strict=True))
        ]

    def _range(self) -> float:
        if self.range_db is not None:
            return self.range_db
        gains = self._shaped.gain_db
        farthest = max(abs(float(gains.min())), abs(float(gains.max())))
        return next((db for db in RANGES_DB if db >= max(farthest - 0.1, _USUAL_DB)), RANGES_DB[-1])

    @staticmethod
    def _lines_below(size: Size) -> int:
        return 2 if size.height >= _LEGEND_FROM else 1

    # Lines.

    def _line(self, y: int) -> Strip:
        cells, scale = self._drawn, self._drawn_scale
        if scale is None:
            return Strip([])
        if y < scale.rows and cells is not None:
            label = Segment(_db_labels(scale)[y], self.style_of("curve--label"))
            return Strip([label, *cells.segments(y, self._look)])
        if y == scale.rows:
            return Strip([Segment(_freq_line(scale), self.style_of("curve--label"))])
        if y == scale.rows + 1 and self._lines_below(self.size) > 1:
            return Strip(self._legend())
        return Strip([])

    def _look(self, ink: int, paper: int) -> Style:
        """Return the style of an ink on a paper."""
        if (ink, paper) not in self._looks:
            if paper >= Role.NODE:
                style = band_style(paper - Role.NODE)
            else:
                style = self.style_of(f"curve--{_PARTS[Role(ink)]}")
                ground = self.ground if paper == Role.GROUND else None
                color = ground.bgcolor if ground else self.style_of(f"curve--{_PARTS[Role(paper)]}").color
                style = Style(color=style.color, bgcolor=color, bold=style.bold)
            self._looks[ink, paper] = style
        return self._looks[ink, paper]

    def _legend(self) -> list[Segment]:
        """Name what is shown, and on which scales, as far as there is room."""
        label = self.style_of("curve--label")
        pieces = [Segment(" " * _GUTTER, label)]
        room = self.size.width - _GUTTER
        for role, mark, name in self._legend_text():
            segments = [Segment(mark, self._look(role, Role.GROUND)), Segment(f" {name}   " if mark else name, label)]
            room -= sum(segment.cell_length for segment in segments)
            if room < 0:
                break
            pieces += segments
        return pieces

    def _legend_text(self) -> tuple[tuple[Role, str, str], ...]:
        """Return what is named: its role, its mark, and its name; last the scales, without a mark."""
        name = "EQ of this moment" if self.moment else "EQ"
        named = [(Role.OFF, "⠶⠶", "EQ, not heard") if self.is_off else (Role.CURVE, "⠶⠶", name)]
        if self.ghost is not None:
            named.append((Role.GHOST, "⠤⠤", self.ghost.name or "tried"))
        if self.before is not None:
            named.append((Role.BEFORE, "▆▆", "before"))
            named += [] if self.is_off else [(Role.ADDED, "▆▆", "added"), (Role.TAKEN, "▆▆", "taken")]
            tilt = f"tilt {self.tilt_db:g} dB/oct" if self.tilt_db else "no tilt"
            named.append((Role.LABEL, "", f"{'this moment' if self.live else 'whole file'}, {tilt}"))
        return tuple(named)


@lru_cache(maxsize=4)
def _db_labels(scale: CurveScale) -> list[str]:
    """Return the label of each row: the gain of a line of the grid; the unit stands below the first."""
    labels = {1: "dB", **{scale.row_of(tick): f"{tick:+g}" if tick else "0" for tick in scale.ticks_db}}
    return [labels.get(row, "").rjust(_GUTTER - 1) + " " for row in range(scale.rows)]


def _freq_line(scale: CurveScale) -> str:
    line = [" "] * scale.columns
    for start, label in freq_ticks(scale):
        line[start : start + len(label)] = label
    return "Hz".rjust(_GUTTER - 1) + " " + "".join(line)
