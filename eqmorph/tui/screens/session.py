"""The main screen: sliders, curve, bands, profile and timeline."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, partial
from typing import ClassVar, Literal

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.screen import Screen, ScreenResultType
from textual.timer import Timer
from textual.widgets import Static

from eqmorph.analysis import MAIN_WORDS
from eqmorph.errors import EqmorphError, show_path
from eqmorph.presets import Preset, remove_preset
from eqmorph.tui.blend import Blend, Morph, weights_out_of_range
from eqmorph.tui.by_hand import ByHand
from eqmorph.tui.controller import Controller, OpenFile
from eqmorph.tui.flows.hand import HandFlow
from eqmorph.tui.flows.slots import SlotsFlow
from eqmorph.tui.host import SessionHost
from eqmorph.tui.latest_work import LatestWork
from eqmorph.tui.messages import LevelReady, PreviewReady, TimelineReady, WorkFailed
from eqmorph.tui.moment import curve_at, levels, without_eq
from eqmorph.tui.play_level import PlayLevel
from eqmorph.tui.playback.player import PlayerStatus
from eqmorph.tui.preset_list import preset_lines
from eqmorph.tui.preview import HeardFile, Preview
from eqmorph.tui.screens.dialog import explain, remedy
from eqmorph.tui.screens.presets import PresetScreen
from eqmorph.tui.screens.results import result_text
from eqmorph.tui.screens.why import WhyScreen
from eqmorph.tui.screens.word_picker import WordPicker
from eqmorph.tui.slots import SLOTS
from eqmorph.tui.told import facts, heading, parts, playing_status, why
from eqmorph.tui.widgets.bands import BandTable
from eqmorph.tui.widgets.blend_panel import BlendPanel
from eqmorph.tui.widgets.curve import TILTS_DB, CurveView
from eqmorph.tui.widgets.curve_scale import RANGES_DB
from eqmorph.tui.widgets.key_bar import KeyBar, KeyHint
from eqmorph.tui.widgets.meter import MeterView
from eqmorph.tui.widgets.profile import ProfileRow, ProfileView
from eqmorph.tui.widgets.status_lines import FileLine, PlayLine
from eqmorph.tui.widgets.timeline import RIBBON_HZ, Timeline, TimelineData
from eqmorph.tui.word_search import FoundWord

__all__ = ["SessionScreen"]

_STATUS_UPDATES_A_SECOND = 20
_SKIP_S = 5.0
# What Textual calls Alt and a digit, as most terminals send it: what these are on a Mac.
_ALT_DIGITS = ("inverted_exclamation_mark", "trade_mark_sign", "pound_sign", "cent_sign")
_REST_S = 0.15  # from the last move to the update of the timeline: dragging waits for none
_MESSAGE_STAYS_S = 5.0  # even while sliders move: it may be about something that ended in the background
_NEWS_GO_S = 15.0  # by themselves
# Where there is room, these keys come next, in this order; then all others.
_SECOND_KEYS = (
    *("bands", "why", "mode", "presets", "follow", "zoom", "tilt", "save", "export", "high_pass", "low_pass"),
    *("render_folder", "results", "slots", "next_slot", "sessions", "next_file", "files"),
)
_ONE_SLOT = "slot_"  # begins the names of keys that there are for each slot
_HAND_RANKS = {"Reset all": 1}  # of the keys of the bands: all others are main ones there
_RESULTS = 20  # that are listed at most
_NO_RESULTS = "nothing yet: r renders this file, R a folder"
_MORE_WORDS = 40  # that the profile has at most, where there is room
_NO_FILE = "open a file: o"
_LISTENING = "listening to it: the sound's spectrum comes in a moment"
_SILENT = "silence: there is nothing to show, and nothing to change"


class SessionScreen(Screen[None]):
    """Shows the controller's state, and passes every move on to it.

    Args:
        controller: the session.
        host: the app.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "part(1)", show=False),
        Binding("shift+tab", "part(-1)", show=False),
        Binding("space", "play", "Play", id="play", tooltip="Play or pause"),
        Binding(
            "b", "bypass", "A/B", id="bypass", tooltip="Hear the sound before (A) or with the EQ (B), equally loud"
        ),
        Binding("less_than_sign", "skip(-1)", "Back", show=False, id="back", tooltip="Go back five seconds"),
        Binding("greater_than_sign", "skip(1)", "Forward", show=False, id="forward", tooltip="Go forward five seconds"),
        Binding(
            "left_square_bracket",
            "loop('from')",
            "Loop from",
            show=False,
            id="loop_from",
            tooltip="Start the loop here",
        ),
        Binding("right_square_bracket", "loop('to')", "Loop to", show=False, id="loop_to", tooltip="End the loop here"),
        Binding("backslash", "loop('none')", "Clear loop", show=False, id="clear_loop", tooltip="Play without a loop"),
        Binding(
            "x",
            "slots",
            "Slots",
            show=False,
            id="slots",
            tooltip="List the slots: EQs to be compared, blind too",
        ),
        Binding(
            "X", "next_slot", "Next slot", show=False, id="next_slot", tooltip="Use the next slot that is not empty"
        ),
        *(
            Binding(
                f"alt+{slot + 1},{by_textual}",
                f"slot({slot})",
                "Slot",
                show=False,
                key_display=f"alt+{slot + 1}",
                id=f"slot_{slot + 1}",
                tooltip=f"Use slot {slot + 1}; an empty one begins as a copy",
            )
            for slot, by_textual in enumerate(_ALT_DIGITS[:SLOTS])
        ),
        Binding("a", "add", "Add", id="add", tooltip="Search the vocabulary and add a word"),
        Binding(
            "d",
            "remove",
            "Delete",
            show=False,
            id="remove",
            tooltip="Remove the word whose slider has the focus, or the band that was added",
        ),
        Binding(
            "g", "bands", "Bands", show=False, id="bands", tooltip="Take the bands in hand, or return to the words"
        ),
        Binding(
            "left_parenthesis",
            "add_band('high_pass')",
            "High-pass",
            show=False,
            id="high_pass",
            tooltip="Add a high-pass: it takes away what is below",
        ),
        Binding(
            "right_parenthesis",
            "add_band('low_pass')",
            "Low-pass",
            show=False,
            id="low_pass",
            tooltip="Add a low-pass: it takes away what is above",
        ),
        Binding(
            "m",
            "morph",
            "Morph",
            id="morph",
            tooltip="Morph from one word to another, or return to the words",
        ),
        Binding("t", "mode", "Mode", show=False, id="mode", tooltip="Switch between adaptive and fixed"),
        Binding(
            "f",
            "follow",
            "Follow",
            show=False,
            id="follow",
            tooltip="Follow the sound in the course of time, section by section, or treat it as a whole",
        ),
        Binding("u,ctrl+z", "undo", "Undo", id="undo", tooltip="Undo the last move"),
        Binding("U,ctrl+y", "redo", "Redo", show=False, id="redo", tooltip="Redo the move that was undone last"),
        Binding("z", "zoom", "Zoom", show=False, id="zoom", tooltip="Show the curve from -3 to 3, 6, 12 or 24 dB"),
        Binding(
            "i", "tilt", "Tilt", show=False, id="tilt", tooltip="Tilt the spectrum by 0, 3, 4.5 or 6 dB per octave"
        ),
        Binding("r", "app.render", "Render", id="render", tooltip="Write the file with this EQ"),
        Binding(
            "R",
            "app.render_folder",
            "Folder",
            show=False,
            id="render_folder",
            tooltip="Equalize a folder in the background",
        ),
        Binding(
            "c",
            "app.stop_rendering",
            "Stop",
            show=False,
            id="stop",
            tooltip="Stop rendering; no partial file is left",
        ),
        Binding(
            "v", "app.results", "Results", show=False, id="results", tooltip="List what was rendered and what failed"
        ),
        Binding("w", "why", "Why", show=False, id="why", tooltip="Say why the EQ is what it is, word by word"),
        Binding(
            "P", "presets", "Presets", show=False, id="presets", tooltip="Load a preset, or delete one of your own"
        ),
        Binding("s", "app.save_preset", "Save", show=False, id="save", tooltip="Save as a preset"),
        Binding(
            "e", "app.export", "Export", show=False, id="export", tooltip="Write the EQ to a file: TOML, JSON or text"
        ),
        Binding(
            "S",
            "app.sessions",
            "Sessions",
            show=False,
            id="sessions",
            tooltip="Save this session under a name, or go on with another",
        ),
        Binding("y", "app.copy_command", "Copy", id="copy", tooltip="Copy the command line that gives the same result"),
        Binding("n", "app.next_file(1)", "Next file", show=False, id="next_file", tooltip="Open the next file"),
        Binding(
            "N",
            "app.next_file(-1)",
            "Previous",
            show=False,
            id="previous_file",
            tooltip="Open the file before",
        ),
        Binding(
            "F",
            "app.files",
            "Files",
            show=False,
            id="files",
            tooltip="List the files of the folder",
        ),
        Binding("o", "app.browse", "Open", id="open", tooltip="Open another file"),
        Binding(
            "f1,question_mark",
            "app.help",
            "Help",
            key_display="F1",
            id="help",
            tooltip="Show help for what has the focus, and all keys",
        ),
        Binding(
            "q,ctrl+q",
            "app.quit",
            "Quit",
            id="quit",
            tooltip="Quit; rendering stops, and no partial file is left",
        ),
    ]

    AUTO_FOCUS = "BlendPanel Slider"

    def __init__(self, controller: Controller, host: SessionHost) -> None:
        super().__init__()
        self._controller, self._host = controller, host
        self._hand = HandFlow(controller, self)
        self._slots_flow = SlotsFlow(controller, self)
        self._timeline_word = ""
        self._player_message = ""
        self._results_shown = -1
        self._message_stays_until = 0.0
        self._message_timer: Timer | None = None
        self.preview_thread: LatestWork[Preview] | None = None
        self.level_thread: LatestWork[PlayLevel] | None = None

    def compose(self) -> ComposeResult:
        yield FileLine(id="file")
        with Container(id="work"):
            with Vertical(id="sight"):
                yield Static(id="heading")
                with Horizontal(id="view"):
                    yield CurveView(id="curve")
                    yield MeterView(id="meter")
            yield BlendPanel(self._controller.blend, id="blend")
            with Vertical(id="details"):
                yield BandTable(id="bands")
                yield Static(id="parts", markup=False)
            yield ProfileView(id="profile")
            yield Static(id="rendered", markup=False)
        yield Timeline(id="timeline")
        yield PlayLine(id="playing")
        yield KeyBar(id="keys")

    def on_mount(self) -> None:
        for name, title in {
            "blend": "Words",
            "heading": "EQ",
            "bands": "Bands",
            "parts": "What each word has of it",
            "profile": "Before ○  after ●",
            "timeline": "Time",
            "rendered": "Rendered",
        }.items():
            self.query_one(f"#{name}").border_title = title
        self._show_empty_places()
        self._show_results()
        self._show_keys()
        self.bindings_updated_signal.subscribe(self, lambda _: self._show_keys())
        self._show_slot()
        self.watch(self._panel, "blend", self._blend_changed, init=False)
        self.preview_thread = LatestWork(
            "preview",
            self._controller.look,
            lambda preview: self.post_message(PreviewReady(preview)),
            self._work_failed,
        )
        self.level_thread = LatestWork(
            "level", self._controller.measure, lambda level: self.post_message(LevelReady(level)), self._work_failed
        )
        self._rest_timer = self.set_interval(_REST_S, self._sliders_rested, pause=True)
        self.set_interval(1 / _STATUS_UPDATES_A_SECOND, self._show_status)
        self.update_preview()

    def on_unmount(self) -> None:
        for thread in (self.preview_thread, self.level_thread):
            if thread is not None:
                thread.close()

    def _work_failed(self, error: Exception) -> None:
        known = error if isinstance(error, EqmorphError) else self._controller.unexpected(error)
        self.post_message(WorkFailed(known))

    # Messages, and what workers found.

    def say(self, message: str, *, is_error: bool = False) -> None:
        """Show a message. It stays for a while, and then until something else is done."""
        if not self.query(PlayLine):  # what failed at once is told when there is a place for it
            self.call_after_refresh(self.say, message, is_error=is_error)
            return
        self._host.drop_note()  # it was about something earlier
        line = self.query_one(PlayLine)
        line.message, line.is_error = message, is_error
        self._message_stays_until = time.monotonic() + _MESSAGE_STAYS_S
        if self._message_timer is not None:
            self._message_timer.stop()
        if message and not is_error:
            self._message_timer = self.set_timer(_NEWS_GO_S, self._message_is_old)

    def _say_briefly(self, message: str) -> None:
        """Show a message that goes with the next move, such as why a key did nothing."""
        self.say(message)
        self._message_stays_until = 0.0

    def _message_is_old(self) -> None:
        """Take the message away: it was news. Errors stay until something is done."""
        self.query_one(PlayLine).message = ""

    def _clear_message(self) -> None:
        """Take the message away, unless it is still to be read: something else was done."""
        if time.monotonic() >= self._message_stays_until:
            self.say("")

    def say_error(self, error: EqmorphError) -> None:
        """Show an error: in short on the status line, with its remedy in a note."""
        self.say(str(error), is_error=True)
        self._host.note("\n".join([str(error), *filter(None, [remedy(error)])]), severity="error")

    def show_file(self, file: OpenFile) -> None:
        """Show another file, of which only the format is known yet."""
        self._hand.end_solo()
        line = self.query_one(FileLine)
        line.file_name, line.facts = show_path(file.path.name), facts(file.info, file.player.status().duration_s)
        timeline = self.query_one(Timeline)
        timeline.data = None
        timeline.duration_s = file.player.status().duration_s
        timeline.position_s, timeline.loop_s = 0.0, None
        curve = self.query_one(CurveView)
        curve.sample_rate = float(file.info.sample_rate)
        curve.before = curve.after = curve.live = curve.moment = None
        self.query_one(ProfileView).rows = ()
        self._show_empty_places()
        self._player_message = ""
        self._clear_message()  # it was about the file before
        self.update_preview()

    def go_on_at(self, position_s: float, loop_s: tuple[float, float] | None) -> None:
        """Set the loop and the playhead, as they were in a session."""
        self.query_one(Timeline).loop_s = loop_s
        self._controller.loop(loop_s)
        self._controller.seek(position_s)
        self._show_status()

    def show_sound(self) -> None:
        """Show what was heard in the file."""
        sound = self._controller.sound
        self.query_one(CurveView).before = sound.spectrum if sound else None
        self._show_empty_places()
        if sound:
            kind = sound.ear.kind.value if sound.ear.kind else "kind unclear"
            self.query_one(FileLine).facts = f"{facts(sound.info, sound.duration_s)}, {kind}"
        self._choose_timeline_word()
        self.update_preview()

    # The EQ.

    def _blend_changed(self, blend: Blend) -> None:
        """Record a move of the sliders, whatever made it, before the next key is served."""
        if self._controller.history.move(blend, self._panel.gesture):
            self.update_preview()
            self._clear_message()

    @property
    def _panel(self) -> BlendPanel:
        return self.query_one(BlendPanel)

    def action_undo(self) -> None:
        self._show_history_step(self._controller.history.undo(), "nothing to undo")

    def action_redo(self) -> None:
        self._show_history_step(self._controller.history.redo(), "nothing to redo")

    def _show_history_step(self, has_moved: bool, else_say: str) -> None:
        if not has_moved:
            self._say_briefly(else_say)
            return
        panel, blend = self._panel, self._controller.blend
        words_back = [word for word in blend.words if word not in panel.blend.words]
        was_morph = panel.blend.morph is not None
        panel.blend = blend
        if blend.morph is not None and not was_morph:
            panel.focus_morph()
        elif blend.morph is None and was_morph:
            self.focus_next("WordSlider")
        elif blend.morph is None and words_back:
            panel.focus_word(words_back[0])
        self.update_preview()
        self._clear_message()

    def action_part(self, direction: int) -> None:
        """Go to the next part of the screen, or to the one before: all sliders are one part."""
        panel, focused = self._panel, self.focused
        parts = list(dict.fromkeys(panel if panel in widget.ancestors else widget for widget in self.focus_chain))
        if not parts:
            return
        here = panel if focused is not None and panel in focused.ancestors else focused
        at = parts.index(here) + direction if here in parts else 0
        part = parts[at % len(parts)]
        if part is panel:
            panel.focus_last()
        else:
            self.set_focus(part)

    def action_mode(self) -> None:
        self._panel.blend = self._panel.blend.with_other_mode()

    def action_follow(self) -> None:
        blend = self._panel.blend
        if not blend.is_adaptive:
            self._say_briefly("only adaptive words follow a sound: t")
            return
        self._panel.blend = blend = blend.with_other_following()
        self._say_briefly("follows the sound, section by section" if blend.follows else "treats the sound as a whole")

    def action_add(self) -> None:
        self._pick_word("Add a word", self._add_found, lambda found: self._panel.blend.with_target(found.asked))

    def _add_found(self, found: FoundWord) -> None:
        """Add a word, for which nothing is asked yet, or all that a sentence asks for."""
        panel = self._panel
        if found.target is None:
            panel.blend = panel.blend.with_word(found.word).with_morph(None)
            panel.focus_word(found.word)
            return
        panel.blend = panel.blend.with_target(found.target)
        panel.focus_word(found.target.terms[0].word)
        self.say("; ".join([f"set: {found.word}", *weights_out_of_range(found.target)]))

    def action_remove(self) -> None:
        panel = self._panel
        if isinstance(self.focused, BandTable):
            self._hand.remove()
            return
        if panel.blend.preset is not None:
            panel.blend = panel.blend.with_preset(None)
            panel.focus_last()
            return
        word = panel.word
        if word is None or panel.blend.morph:
            self._say_briefly("move the focus to a word's slider to remove it")
            return
        panel.action_next()
        panel.blend = panel.blend.without_word(word)

    def action_morph(self) -> None:
        panel = self._panel
        if panel.blend.morph is None:
            self._pick_word("Morph from", self._pick_morph_end, self._alone)
            return
        panel.blend = panel.blend.with_morph(None)
        self.focus_next("WordSlider")

    def _alone(self, found: FoundWord) -> Blend:
        """Return a word alone, to be tried out as an end of a morph."""
        blend = self._panel.blend
        return replace(Blend.of_target(found.asked), amount=blend.amount, is_adaptive=blend.is_adaptive)

    def _pick_morph_end(self, start: FoundWord) -> None:
        self._pick_word(f"Morph from {start.word} to", partial(self._start_morph, start), self._alone)

    def _start_morph(self, start: FoundWord, end: FoundWord) -> None:
        if start.word == end.word:
            self._say_briefly("a morph needs two different words")
            return
        self._panel.blend = self._panel.blend.with_morph(Morph(start.word, end.word))
        self._panel.focus_morph()

    def _pick_word(self, title: str, then: Callable[[FoundWord], None], tried: Callable[[FoundWord], Blend]) -> None:
        """Have a word picked. The picker opens at once, so that the next keys are its own.

        ``tried`` returns the blend by which a word is tried out. Sentences can be picked where words are added.
        """

        def picked(found: FoundWord | None) -> None:
            self.try_out(None)
            if found is not None:
                then(found)

        sentences = then == self._add_found
        picker = WordPicker(
            title, self._host.word_search, sentences=sentences, try_out=lambda found: self.try_out(tried(found))
        )
        self.app.push_screen(picker, picked)

    def try_out(self, blend: Blend | None) -> None:
        """Have a blend heard, and its curve drawn behind the EQ's; None returns to the EQ."""
        if blend is not None or self._controller.trial is not None:
            self._controller.trial = blend
            self.update_preview()

    # Slots.

    def open_screen(
        self, screen: Screen[ScreenResultType], callback: Callable[[ScreenResultType | None], None]
    ) -> None:
        """Show a screen above this one."""
        self.app.push_screen(screen, callback)

    def action_slots(self) -> None:
        self._slots_flow.show()

    def action_slot(self, slot: int) -> None:
        self._slots_flow.use(slot)

    def action_next_slot(self) -> None:
        self._slots_flow.use_next()

    def show_blend(self) -> None:
        """Show what is in use now, such as that of another slot."""
        panel = self._panel
        panel.blend = self._controller.blend
        self._show_slot()
        if self.focused is None or not self.focused.display:
            panel.focus_last()
        self.update_preview()

    def _show_slot(self) -> None:
        """Name the slot in use, once there is another."""
        slots = self._controller.slots
        self._panel.border_title = f"Words, slot {slots.current + 1}" if len(slots.filled) > 1 else "Words"

    def action_presets(self) -> None:
        screen = PresetScreen(
            lambda: preset_lines(self._controller.ear.space),
            _delete_preset,
            lambda preset: self.try_out(self._controller.with_preset(preset)),
        )
        self.app.push_screen(screen, self._load_preset)

    def _load_preset(self, preset: Preset | None) -> None:
        self.try_out(None)
        if preset is None:
            return
        panel = self._panel
        panel.blend = blend = self._controller.with_preset(preset)
        if blend.preset is None:
            panel.focus_word(blend.words[0])
        else:
            panel.focus_amount()
        self.say(f"loaded: {preset.name}")

    # The bands in hand.

    def take_by_hand(self, by_hand: ByHand, gesture: object = None) -> None:
        """Record a change by hand, before the next key is served, and show it at once."""
        panel = self._panel
        blend = panel.blend.with_by_hand(by_hand)
        if self._controller.history.move(blend, gesture):
            panel.blend = blend
            self.update_preview()
            self._clear_message()
        self.show_bands()

    def show_bands(self) -> None:
        """Show the bands as they are in hand: those of a preview that is on its way come with it."""
        table, curve = self.query_one(BandTable), self.query_one(CurveView)
        self._hand.selected = min(self._hand.selected, max(len(self._hand.rows) - 1, 0))
        table.rows, table.chosen = self._hand.rows, self._hand.selected
        curve.rows, curve.chosen = self._hand.rows, self._hand.selected if table.has_focus else None
        self._show_heading()

    def hear_solo(self) -> None:
        """Have what is heard alone, or no longer, be heard."""
        self.update_preview()

    def action_bands(self) -> None:
        if isinstance(self.focused, BandTable):
            self.action_leave_bands()
        else:
            self.set_focus(self.query_one(BandTable))

    def action_leave_bands(self) -> None:
        self._hand.end_solo()
        self._panel.focus_last()

    def action_band(self, what: str) -> None:
        self._hand.do(what)

    def action_choose_band(self, number: int) -> None:
        self._hand.choose(number - 1)

    def action_add_band(self, kind: Literal["high_pass", "low_pass", "bell"]) -> None:
        self._hand.add(kind)
        self.set_focus(self.query_one(BandTable))

    @on(BandTable.Picked)
    def _band_picked(self, event: BandTable.Picked) -> None:
        self._hand.choose(event.number)

    @on(CurveView.Grabbed)
    def _band_grabbed(self, event: CurveView.Grabbed) -> None:
        self.set_focus(self.query_one(BandTable))
        self._hand.grab(event.number)

    @on(CurveView.Dragged)
    def _band_dragged(self, event: CurveView.Dragged) -> None:
        self._hand.drag(event.octaves, event.gain_db)

    @on(CurveView.Turned)
    def _band_turned(self, event: CurveView.Turned) -> None:
        if isinstance(self.focused, BandTable):
            self._hand.turn(event.direction)

    @on(CurveView.Wanted)
    def _band_wanted(self, event: CurveView.Wanted) -> None:
        self._hand.add("bell", event.freq_hz, event.gain_db)
        self.set_focus(self.query_one(BandTable))

    def action_why(self) -> None:
        self.app.push_screen(WhyScreen(why(self._controller.current_preview(), self._host.word_search.evidence)))

    def update_preview(self) -> None:
        """Ask for the EQ of the blend as it is now."""
        if self.preview_thread is not None:
            self.preview_thread.ask()

    @on(PreviewReady)
    def _preview_ready(self, event: PreviewReady) -> None:
        if event.preview.sound is not self._controller.sound:
            return  # another file was opened, and its preview follows
        self.query_one(CurveView).ghost = self._controller.ghost
        if event.preview.blend != self._controller.trial:
            self.show_preview(event.preview)

    def show_preview(self, preview: Preview) -> None:
        """Show the curve, the bands and the profile of an EQ."""
        if preview.bands != self.query_one(CurveView).bands:
            self._controller.reset_peak()  # that of another EQ says nothing of this one
        self.query_one(CurveView).show(preview.bands, preview.spectrum, self._hand.rows)
        self.show_bands()
        self._show_reasons()
        self._rest_timer.reset()
        self._rest_timer.resume()
        before, after = preview.before, preview.after
        if before is None or after is None:
            self.query_one(ProfileView).rows = ()
        else:
            words = dict.fromkeys(
                [*(term.word for term in preview.blend.wanted), *preview.blend.words, *self._known_words]
            )
            self.query_one(ProfileView).rows = tuple(
                ProfileRow(word, before.percentile(word), after.percentile(word))
                for word in list(words)[:_MORE_WORDS]
                if word in before.words
            )

    def _show_reasons(self) -> None:
        """Show what each word has of the EQ, and what is known of the one whose slider has the focus."""
        account, word = self._controller.preview.account, self._panel.word
        known = [f"{word}: {self._host.word_search.evidence(word)}"] if word is not None else []
        place = self.query_one("#parts", Static)
        place.update("\n".join([parts(account), *known]) if account else "")
        place.set_class(bool(account and account.words), "-known")

    @cached_property
    def _known_words(self) -> list[str]:
        """The words of the profile: the main ones, then those that most people were asked about."""
        terms = self._controller.ear.space.terms.values()
        others = sorted((term for term in terms if term.language == "en"), key=lambda term: -term.people)
        return [*MAIN_WORDS, *(term.word for term in others[:_MORE_WORDS])]

    def _show_empty_places(self) -> None:
        """Say where nothing is shown yet what belongs there."""
        if self._controller.file is None:
            note = _NO_FILE
        elif self._controller.sound is None:
            note = _LISTENING
        else:
            note = _SILENT
        self.query_one(CurveView).note = note
        self.query_one(ProfileView).note = "how much of each word is in it" if note != _SILENT else "silence"
        self.query_one(Timeline).note = "the level over time, and how much of a word is where"

    def action_zoom(self) -> None:
        curve = self.query_one(CurveView)
        ranges = (None, *RANGES_DB)
        curve.range_db = ranges[(ranges.index(curve.range_db) + 1) % len(ranges)]
        reach = f"from -{curve.range_db:g} to +{curve.range_db:g} dB" if curve.range_db else "as far as it goes"
        self._say_briefly(f"the curve is shown {reach}")

    def action_tilt(self) -> None:
        curve = self.query_one(CurveView)
        curve.tilt_db = TILTS_DB[(TILTS_DB.index(curve.tilt_db) + 1) % len(TILTS_DB)]
        how = f"tilted by {curve.tilt_db:g} dB per octave" if curve.tilt_db else "as it is, without a tilt"
        self._say_briefly(f"the spectrum is shown {how}")

    def on_resize(self) -> None:
        self.call_after_refresh(self._arrange)

    def _arrange(self) -> None:
        """Put the profile beside the curve where there is room, else into the row below it."""
        work, profile = self.query_one("#work"), self.query_one(ProfileView)
        before = self.query_one("#sight" if self.has_class("-vast") else "#details")
        if work.children.index(profile) != work.children.index(before) + 1:
            work.move_child(profile, after=before)
        self._show_heading()

    def _show_results(self) -> None:
        """List what was rendered, the latest last, in terminals that have room for it."""
        lines = self._host.results
        if len(lines) == self._results_shown:
            return
        self._results_shown = len(lines)
        panel = self.query_one("#rendered", Static)
        latest = Text("\n").join(result_text(line) for line in lines[-_RESULTS:])
        panel.update(latest if lines else Text(_NO_RESULTS))

    def _show_keys(self) -> None:
        """Show the keys of the session as they are bound now, after those of the bands while these have the focus."""
        bindings = [active.binding for active in self.active_bindings.values() if active.node is self]
        hints = {}
        in_hand = [active.binding for active in self.active_bindings.values() if isinstance(active.node, BandTable)]
        told = [binding for binding in bindings if binding.id and not binding.id.startswith(_ONE_SLOT)]
        for binding in reversed(told):  # of several keys the first
            rank = 0 if binding.show else _rank(binding.id or "")
            key = self.app.get_key_display(binding)
            hints[binding.action] = KeyHint(key, binding.description, binding.action, rank + bool(in_hand))
        self.query_one(KeyBar).hints = (*self._hand_hints(in_hand), *reversed(hints.values()))

    def _hand_hints(self, bindings: list[Binding]) -> list[KeyHint]:
        """Return the keys of the bands; two that go both ways are one."""
        keys: dict[str, dict[str, Binding]] = {}
        for binding in bindings:
            if binding.id and (binding.show or binding.id == "bands.reset_all"):
                keys.setdefault(binding.description, {}).setdefault(binding.action, binding)
        return [
            KeyHint(
                " ".join(map(self.app.get_key_display, pair.values())), name, list(pair)[-1], _HAND_RANKS.get(name, 0)
            )
            for name, pair in keys.items()
        ]

    @on(KeyBar.Clicked)
    async def _key_clicked(self, event: KeyBar.Clicked) -> None:
        await self.run_action(event.hint.action)

    def _show_heading(self) -> None:
        place = self.query_one("#heading")  # not the curve's own title, which would repaint all of the curve
        is_off = self.query_one(CurveView).is_off
        solo = "" if is_off else self._hand.solo_text
        place.border_title = heading(self._controller.preview, place.size.width - 6, is_off=is_off, solo=solo)

    # Time.

    def action_play(self) -> None:
        if self._controller.file is None:
            self._say_briefly("open a file first: o")
            return
        self._controller.toggle_play()
        self._clear_message()

    def action_bypass(self) -> None:
        self._controller.toggle_bypass()
        self._controller.reset_peak()

    def action_skip(self, direction: int) -> None:
        self._controller.skip(direction * _SKIP_S)
        self._show_status()  # a key that follows at once starts from there

    def action_loop(self, what: str) -> None:
        timeline = self.query_one(Timeline)
        {"from": timeline.action_loop_from, "to": timeline.action_loop_to, "none": timeline.action_clear_loop}[what]()

    @on(Timeline.Seek)
    def _seek_wanted(self, event: Timeline.Seek) -> None:
        self._controller.seek(event.seconds)
        self._show_status()

    @on(Timeline.LoopChanged)
    def _loop_changed(self, event: Timeline.LoopChanged) -> None:
        self._controller.loop(event.loop_s)

    def on_descendant_focus(self) -> None:
        self._choose_timeline_word()
        self._show_reasons()
        self.show_bands()

    def _choose_timeline_word(self) -> None:
        """Show the word in the timeline whose slider has the focus, or had it last."""
        sound, blend = self._controller.sound, self._controller.blend
        focused = blend.morph.end if blend.morph else self._panel.word
        words = [focused, self._timeline_word, *blend.words, *MAIN_WORDS]
        word = next((w for w in words if w and sound and w in sound.ear.space.terms), "")
        timeline = self.query_one(Timeline)
        if sound is None or (word == self._timeline_word and timeline.data is not None):
            return
        self._timeline_word = word
        self._update_timeline()

    def _sliders_rested(self) -> None:
        """Update the timeline, and measure the level, once the sliders have come to rest."""
        self._rest_timer.pause()
        self._update_timeline()
        if self.level_thread is not None:
            self.level_thread.ask()

    def _update_timeline(self) -> None:
        """Have the word followed through the sound, without the EQ and with it."""
        sound = self._controller.sound
        if sound is not None and self._timeline_word:
            work = partial(self._compute_timeline, sound, self._timeline_word, self._controller.preview)
            self.app.run_worker(work, thread=True, exclusive=True, group="timeline", exit_on_error=False)

    def _compute_timeline(self, sound: HeardFile, word: str, preview: Preview) -> None:
        eq = preview.eq
        data = TimelineData(
            sound.duration_s,
            sound.level_db,
            sound.word_over_time(word),
            word,
            sound.word_over_time(word, eq),
            sections_s=sound.sections_s,
            ribbon_db=sound.ribbon(preview.ride, RIBBON_HZ) if preview.ride is not None else None,
        )
        self.post_message(TimelineReady(sound, eq, data))

    @on(TimelineReady)
    def _timeline_ready(self, event: TimelineReady) -> None:
        shown = self._controller.sound, self._controller.preview.eq, self._timeline_word
        if (event.sound, event.eq, event.data.word) == shown:  # else overtaken by a newer move
            timeline = self.query_one(Timeline)
            timeline.data = event.data
            timeline.set_class(event.data.ribbon_db is not None, "-following")

    def _show_status(self) -> None:
        """Show the state of playing, listening and rendering."""
        self.query_one(FileLine).work = self._host.work_text
        self._show_results()
        status = self._controller.status()
        if status is None:
            return
        timeline = self.query_one(Timeline)
        timeline.position_s = status.position_s
        self.query_one(PlayLine).playing = playing_status(status, self._controller.preview, self._controller.level)
        self._show_heard(status)
        if status.message and status.message != self._player_message:
            self.say(status.message, is_error=True)
        self._player_message = status.message

    def _show_heard(self, status: PlayerStatus) -> None:
        """Show what is heard: before or with the EQ, its spectrum while it plays, and how loud it is."""
        curve = self.query_one(CurveView)
        if curve.is_off != status.is_bypassed:
            curve.is_off = status.is_bypassed
            self.query_one("#sight").set_class(status.is_bypassed, "-before")
            self._show_heading()
        heard = self._controller.live()
        if heard is None:
            return
        ride = self._controller.preview.ride if status.is_playing else None
        curve.moment = curve_at(ride, status.position_s, curve) if ride is not None else None
        preview, gain_db = self._controller.preview, self._controller.level.gain_db
        before = without_eq(heard.spectrum, preview, curve.sampled, gain_db, status)
        curve.live = before if status.is_playing else None
        self.query_one(MeterView).levels = levels(heard, status)

    @on(MeterView.Reset)
    def _reset_meter(self) -> None:
        self._controller.reset_peak()


def _rank(key: str) -> int:
    """Return how soon a key comes that is not one of the main ones; the main ones have 0."""
    return 1 + (_SECOND_KEYS.index(key) if key in _SECOND_KEYS else len(_SECOND_KEYS))


def _delete_preset(preset: Preset) -> str:
    """Delete a preset of the user's own; return the problem, if there is one."""
    try:
        remove_preset(preset.name)
    except EqmorphError as error:
        return explain(error)
    return ""
