"""The main screen: sliders, curve, bands, profile and timeline."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.screen import Screen, ScreenResultType
from textual.timer import Timer
from textual.widgets import Footer, Static

from eqmorph.analysis import MAIN_WORDS
from eqmorph.errors import EqmorphError, show_path
from eqmorph.presets import Preset, remove_preset
from eqmorph.tui.blend import Blend, Morph, weights_out_of_range
from eqmorph.tui.controller import Controller, OpenFile
from eqmorph.tui.flows.slots import SlotsFlow
from eqmorph.tui.host import SessionHost
from eqmorph.tui.latest_work import LatestWork
from eqmorph.tui.messages import LevelReady, PreviewReady, TimelineReady, WorkFailed
from eqmorph.tui.play_level import PlayLevel
from eqmorph.tui.preset_list import preset_lines
from eqmorph.tui.preview import HeardFile, Preview
from eqmorph.tui.screens.dialog import explain, remedy
from eqmorph.tui.screens.presets import PresetScreen
from eqmorph.tui.screens.why import WhyScreen
from eqmorph.tui.screens.word_picker import WordPicker
from eqmorph.tui.slots import SLOTS
from eqmorph.tui.told import facts, heading, parts, playing_status, why
from eqmorph.tui.widgets.bands import BandTable
from eqmorph.tui.widgets.blend_panel import BlendPanel
from eqmorph.tui.widgets.curve import CurveView
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
            "z", "next_slot", "Next slot", show=False, id="next_slot", tooltip="Use the next slot that is not empty"
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
        Binding("d", "remove", "Delete", show=False, id="remove", tooltip="Remove the word whose slider has the focus"),
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
        self._slots_flow = SlotsFlow(controller, self)
        self._timeline_word = ""
        self._player_message = ""
        self._message_stays_until = 0.0
        self._message_timer: Timer | None = None
        self.preview_thread: LatestWork[Preview] | None = None
        self.level_thread: LatestWork[PlayLevel] | None = None

    def compose(self) -> ComposeResult:
        yield FileLine(id="file")
        with Container(id="work"):
            yield BlendPanel(self._controller.blend, id="blend")
            with Vertical(id="sight"):
                yield Static(id="heading")
                yield CurveView(id="curve")
                yield BandTable(id="bands")
                yield Static(id="parts", markup=False)
            yield ProfileView(id="profile")
        yield Timeline(id="timeline")
        yield PlayLine(id="playing")
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        for name, title in {
            "blend": "Words",
            "heading": "EQ",
            "bands": "Bands",
            "parts": "What each word has of it",
            "profile": "Before and after",
            "timeline": "Time",
        }.items():
            self.query_one(f"#{name}").border_title = title
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
        line = self.query_one(FileLine)
        line.file_name, line.facts = show_path(file.path.name), facts(file.info, file.player.status().duration_s)
        timeline = self.query_one(Timeline)
        timeline.data = None
        timeline.duration_s = file.player.status().duration_s
        timeline.position_s, timeline.loop_s = 0.0, None
        curve = self.query_one(CurveView)
        curve.sample_rate = float(file.info.sample_rate)
        curve.before = curve.after = None
        self.query_one(ProfileView).rows = ()
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
        self.query_one(CurveView).show(preview.bands, preview.spectrum)
        self._show_heading()
        self.query_one(BandTable).bands = preview.bands
        self._show_reasons()
        self._rest_timer.reset()
        self._rest_timer.resume()
        before, after = preview.before, preview.after
        if before is None or after is None:
            self.query_one(ProfileView).rows = ()
        else:
            words = dict.fromkeys([*(term.word for term in preview.blend.wanted), *preview.blend.words, *MAIN_WORDS])
            self.query_one(ProfileView).rows = tuple(
                ProfileRow(word, before.percentile(word), after.percentile(word))
                for word in words
                if word in before.words
            )

    def _show_reasons(self) -> None:
        """Show what each word has of the EQ, and what is known of the one whose slider has the focus."""
        account, word = self._controller.preview.account, self._panel.word
        known = [f"{word}: {self._host.word_search.evidence(word)}"] if word is not None else []
        place = self.query_one("#parts", Static)
        place.update("\n".join([parts(account), *known]) if account else "")
        place.set_class(bool(account and account.words), "-known")

    def on_resize(self) -> None:
        self.call_after_refresh(self._show_heading)

    def _show_heading(self) -> None:
        place = self.query_one("#heading")  # not the curve's own title, which would repaint all of the curve
        place.border_title = heading(self._controller.preview, place.size.width - 6)

    # Time.

    def action_play(self) -> None:
        if self._controller.file is None:
            self._say_briefly("open a file first: o")
            return
        self._controller.toggle_play()
        self._clear_message()

    def action_bypass(self) -> None:
        self._controller.toggle_bypass()

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
        status = self._controller.status()
        if status is None:
            return
        timeline = self.query_one(Timeline)
        timeline.position_s = status.position_s
        self.query_one(PlayLine).playing = playing_status(status, self._controller.preview, self._controller.level)
        if status.message and status.message != self._player_message:
            self.say(status.message, is_error=True)
        self._player_message = status.message


def _delete_preset(preset: Preset) -> str:
    """Delete a preset of the user's own; return the problem, if there is one."""
    try:
        remove_preset(preset.name)
    except EqmorphError as error:
        return explain(error)
    return ""
