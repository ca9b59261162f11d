"""Bands in hand: chosen, moved, switched off, heard alone, added. What a key or the mouse does to them."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Literal, Protocol

from textual.screen import Screen, ScreenResultType

from eqmorph.bands import FREQ_RANGE_HZ, PASSES, SHAPED, Band, Bands, format_bands
from eqmorph.errors import EqmorphError
from eqmorph.tui.by_hand import ByHand, HeldBand, moved
from eqmorph.tui.controller import Controller
from eqmorph.tui.screens.dialog import explain
from eqmorph.tui.screens.form import Answer, Field, FormScreen

__all__ = ["HandFlow", "HandHost"]

_STEP_OCTAVES, _FAR_OCTAVES = 1 / 12, 1 / 3
_STEP_DB = 0.5
_STEP_Q_OCTAVES = 1 / 4
_TOGETHER_S = 0.7  # a key that is held comes again within this time
_FIRST_HZ = {"high_pass": 40.0, "low_pass": 12_000.0, "bell": 1000.0}
_MOST_BANDS = 24


class HandHost(Protocol):
    """What shows the bands: the session's screen."""

    def take_by_hand(self, by_hand: ByHand, gesture: object = None) -> None:
        """Make a change by hand one of the blend's; those of one ``gesture`` are one move."""

    def show_bands(self) -> None:
        """Show the bands as they are in hand now."""

    def hear_solo(self) -> None:
        """Have what is heard alone, or no longer, be heard."""

    def say(self, message: str, *, is_error: bool = False) -> None:
        """Show a message on the status line."""

    def open_screen(
        self, screen: Screen[ScreenResultType], callback: Callable[[ScreenResultType | None], None]
    ) -> None:
        """Show a screen above this one."""


class HandFlow:
    """The bands of the session in one's hands.

    Args:
        controller: the session.
        host: shows the bands.
    """

    def __init__(self, controller: Controller, host: HandHost) -> None:
        self._controller, self._host = controller, host
        self.selected = 0
        """The row that is in hand."""
        self._grabbed: HeldBand | None = None
        self._drags = self._holds = 0
        self._held: tuple[object, float] = (None, 0.0)

    @property
    def rows(self) -> tuple[HeldBand, ...]:
        """The bands as they are in hand."""
        return self._controller.blend.in_hand.held(self._controller.preview.came)

    @property
    def row(self) -> HeldBand | None:
        """The band that is chosen."""
        rows = self.rows
        return rows[min(self.selected, len(rows) - 1)] if rows else None

    @property
    def solo_text(self) -> str:
        """What is heard alone, for people to read; empty if nothing is."""
        rows, solo = self.rows, self._controller.solo
        if solo is None or solo >= len(rows):
            return ""
        return f"{rows[solo].band.spoken_kind} {solo + 1} alone"

    def do(self, what: str) -> None:
        """Do what a key says."""
        steps: dict[str, Callable[[], None]] = {
            "previous": partial(self._choose_next, -1),
            "next": partial(self._choose_next, 1),
            "lower": partial(self._nudge, "Hz", octaves=-_STEP_OCTAVES),
            "higher": partial(self._nudge, "Hz", octaves=_STEP_OCTAVES),
            "far_lower": partial(self._nudge, "Hz", octaves=-_FAR_OCTAVES),
            "far_higher": partial(self._nudge, "Hz", octaves=_FAR_OCTAVES),
            "less": partial(self._nudge, "dB", gain_db=-_STEP_DB),
            "more": partial(self._nudge, "dB", gain_db=_STEP_DB),
            "wider": partial(self._nudge, "Q", q_octaves=-_STEP_Q_OCTAVES),
            "narrower": partial(self._nudge, "Q", q_octaves=_STEP_Q_OCTAVES),
            "off": self._switch,
            "solo": self._switch_solo,
            "reset": self._reset,
            "reset_all": self._reset_all,
            "type": self._ask,
        }
        steps[what]()

    # Which one.

    def choose(self, number: int) -> None:
        """Take a band in hand; one that is heard alone gives way to it."""
        rows = self.rows
        if not rows:
            return
        self.selected = min(max(number, 0), len(rows) - 1)
        if self._controller.solo is not None and self._controller.solo != self.selected:
            self._controller.solo = self.selected
            self._host.hear_solo()
        self._host.show_bands()

    def _choose_next(self, direction: int) -> None:
        rows = self.rows
        if rows:
            self.choose((min(self.selected, len(rows) - 1) + direction) % len(rows))

    # Moves.

    def _nudge(
        self, what: Literal["Hz", "dB", "Q"], *, octaves: float = 0.0, gain_db: float = 0.0, q_octaves: float = 0.0
    ) -> None:
        row = self._row_to_change()
        if row is None:
            return
        if (what == "dB" and row.band.kind not in SHAPED) or (what == "Q" and not row.band.has_q):
            self._host.say(f"a {row.band.spoken_kind} has no {'gain' if what == 'dB' else 'Q'}")
            return
        wanted = moved(row.band, octaves=octaves, gain_db=gain_db, q_octaves=q_octaves)
        self._take(row, wanted, self._hold((self.selected, what, octaves + gain_db + q_octaves > 0)))

    def grab(self, number: int) -> None:
        """Begin to drag a band."""
        self.choose(number)
        self._grabbed = self._row_to_change()
        self._drags += 1

    def drag(self, octaves: float, gain_db: float) -> None:
        """Move the band that was grabbed by so much from where it was then."""
        start, row = self._grabbed, self.row
        if start is None or row is None:
            return
        self._take(row, moved(start.band, octaves=octaves, gain_db=gain_db), ("drag", self._drags))

    def turn(self, direction: int) -> None:
        """Make the chosen band narrower or wider."""
        self.do("narrower" if direction > 0 else "wider")

    def _take(self, row: HeldBand, wanted: Band, gesture: object = None) -> None:
        self._host.take_by_hand(self._by_hand.with_band(row, wanted), gesture)

    # States.

    def _switch(self) -> None:
        row = self._row_to_change()
        if row is not None:
            self._host.take_by_hand(self._by_hand.with_band(row, row.band, is_off=not row.is_off))

    def _switch_solo(self) -> None:
        row = self._row_to_change()
        if row is None:
            return
        chosen = min(self.selected, len(self.rows) - 1)
        self._controller.solo = None if self._controller.solo == chosen else chosen
        self._host.hear_solo()
        self._host.show_bands()
        status = self._controller.status()
        if self._controller.solo is None:
            self._host.say("all bands are heard")
        elif status is not None and status.is_bypassed:
            self._host.say(f"{self.solo_text}, heard on B: b")
        else:
            self._host.say(f"{self.solo_text}: only what lies around it is heard, and all is rendered")

    def end_solo(self) -> None:
        """Let all bands be heard again."""
        if self._controller.solo is not None:
            self._controller.solo = None
            self._host.hear_solo()
            self._host.show_bands()

    def _reset(self) -> None:
        row = self._row_to_change()
        if row is None:
            return
        if not row.is_by_hand:
            self._host.say("this band is as the words made it")
            return
        self._host.take_by_hand(self._by_hand.reset(row))

    def remove(self) -> None:
        """Remove a band that was added."""
        row = self._row_to_change()
        if row is not None and row.added is not None:
            self._reset()
        elif row is not None:
            self._host.say("this band comes of the words: M switches it off")

    def _reset_all(self) -> None:
        if not self._controller.blend.by_hand:
            self._host.say("nothing was changed by hand")
            return
        self.end_solo()
        self._host.take_by_hand(ByHand())

    def add(self, kind: Literal["high_pass", "low_pass", "bell"], freq_hz: float = 0.0, gain_db: float = 0.0) -> None:
        """Add a band, and take it in hand."""
        if not self._can_change():
            return
        if len(self.rows) >= _MOST_BANDS:
            self._host.say(f"{_MOST_BANDS} bands are the most")
            return
        low_hz, high_hz = FREQ_RANGE_HZ
        place_hz = min(max(freq_hz or _FIRST_HZ[kind], low_hz), high_hz)
        band = moved(Band(kind, place_hz) if kind in PASSES else Band(kind, place_hz, q=1.0), gain_db=gain_db)
        self.selected = len(self.rows)
        self._host.take_by_hand(self._by_hand.with_added(band))
        self.choose(self.selected)

    # A band in text.

    def _ask(self) -> None:
        row = self._row_to_change()
        if row is None:
            return
        text = format_bands([row.band.rounded()])
        form = FormScreen(
            f"Band {self.selected + 1}",
            [Field("The band", text)],
            about="Kind, frequency in Hz, gain in dB, and Q: PK 1000 -2 Q0.7. A pass has a slope: HP 40 24dB.",
            do="Set",
            check=partial(_check_band, row),
        )
        self._host.open_screen(form, partial(self._set, row, text))

    def _set(self, row: HeldBand, text: str, answer: Answer | None) -> None:
        """Make a band what was typed; what stands there unchanged has fewer digits than the band."""
        if answer is not None and answer.values[0] != text and row in self.rows:
            self._take(row, Bands.parse(answer.values[0])[0])

    # Helpers.

    @property
    def _by_hand(self) -> ByHand:
        return self._controller.blend.by_hand

    def _row_to_change(self) -> HeldBand | None:
        """Return the chosen band, or say why there is none to change."""
        if not self._can_change():
            return None
        if self.row is None:
            self._host.say("there are no bands: ( ) and B add one")
        return self.row

    def _can_change(self) -> bool:
        if self._controller.blend.has_moving_bands:
            self._host.say("an EQ that follows has other bands at each moment; f treats the sound as a whole")
            return False
        return True

    def _hold(self, what: object) -> object:
        """Return a gesture: the same one while a key is held."""
        now = time.monotonic()
        if self._held[0] != what or now - self._held[1] > _TOGETHER_S:
            self._holds += 1
        self._held = what, now
        return "hold", self._holds


def _check_band(row: HeldBand, text: str) -> str:
    try:
        bands = Bands.parse(text)
    except EqmorphError as error:
        return explain(error)
    if len(bands) != 1:
        return "Give one band."
    if row.added is None and (row.band.kind, row.band.channel) != (bands[0].kind, bands[0].channel):
        return f"This one is a {row.band.spoken_kind}, as the words made it: M switches it off, ( ) and B add others."
    return ""
