"""The main screen: sliders, curve, bands, profile and timeline."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Literal

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.screen import Screen, ScreenResultType
from textual.widgets import Static

from eqmorph.analysis import MAIN_WORDS
from eqmorph.errors import EqmorphError, show_path
from eqmorph.tui.blend import Blend
from eqmorph.tui.by_hand import ByHand
from eqmorph.tui.controller import Controller, OpenFile
from eqmorph.tui.flows.hand import HandFlow
from eqmorph.tui.flows.slots import SlotsFlow
from eqmorph.tui.flows.words import WordsFlow
from eqmorph.tui.host import SessionHost
from eqmorph.tui.key_hints import key_hints
from eqmorph.tui.latest_work import LatestWork
from eqmorph.tui.messages import LevelReady, PreviewReady, TimelineReady, WorkFailed
from eqmorph.tui.moment import curve_at, levels, without_eq
from eqmorph.tui.play_level import PlayLevel
from eqmorph.tui.playback.player import PlayerStatus
from eqmorph.tui.preview import Preview
from eqmorph.tui.profile_rows import ProfileRows
from eqmorph.tui.screens.dialog import remedy
from eqmorph.tui.screens.results import result_text
from eqmorph.tui.screens.session_keys import SESSION_KEYS
from eqmorph.tui.screens.why import WhyScreen
from eqmorph.tui.told import facts, heading, parts, playing_status, why
from eqmorph.tui.widgets.bands import BandTable
from eqmorph.tui.widgets.blend_panel import BlendPanel
from eqmorph.tui.widgets.curve import TILTS_DB, CurveView
from eqmorph.tui.widgets.curve_scale import RANGES_DB
from eqmorph.tui.widgets.key_bar import KeyBar
from eqmorph.tui.widgets.meter import MeterView
from eqmorph.tui.widgets.profile import ProfileView
from eqmorph.tui.widgets.status_lines import FileLine, PlayLine
from eqmorph.tui.widgets.timeline import Timeline
from eqmorph.tui.word_course import Course, WordCourse
from eqmorph.tui.word_search import WordSearch

__all__ = ["SessionScreen"]

_STATUS_UPDATES_A_SECOND = 20
_SKIP_S = 5.0
_REST_S = 0.15  # from the last move to the update of the timeline: dragging waits for none
_RESULTS = 20  # that are listed at most
_NO_RESULTS = "nothing yet: r renders this file, R a folder"
_NO_FILE = "open a file: o"
_LISTENING = "listening to it: the sound's spectrum comes in a moment"
_SILENT = "silence: there is nothing to show, and nothing to change"


class SessionScreen(Screen[None]):
    """Shows the controller's state, and passes every move on to it.

    Args:
        controller: the session.
        host: the app.
    """

    BINDINGS: ClassVar[list[BindingType]] = SESSION_KEYS

    AUTO_FOCUS = "BlendPanel Slider"

    def __init__(self, controller: Controller, host: SessionHost) -> None:
        super().__init__()
        self._controller, self._host = controller, host
        self._hand = HandFlow(controller, self)
        self._slots_flow = SlotsFlow(controller, self)
        self._words = WordsFlow(controller, self)
        self._course = WordCourse(controller)
        self._profile_rows = ProfileRows(controller.ear.space)
        self._player_message = ""
        self._results_shown, self._left_one_out = -1, False
        self.preview_thread: LatestWork[Preview] | None = None
        self.level_thread: LatestWork[PlayLevel] | None = None
        self.course_thread: LatestWork[Course] | None = None

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
        self.bindings_updated_signal.subscribe(self, lambda _: self._show_keys())
        self._show_slot()
        self.watch(self.panel, "blend", self._blend_changed, init=False)
        self.preview_thread = LatestWork(
            "preview",
            self._controller.look,
            lambda preview: self.post_message(PreviewReady(preview)),
            self._work_failed,
        )
        self.level_thread = LatestWork(
            "level", self._controller.measure, lambda level: self.post_message(LevelReady(level)), self._work_failed
        )
        self.course_thread = LatestWork(
            "course", self._course.follow, lambda course: self.post_message(TimelineReady(course)), self._work_failed
        )
        self._rest_timer = self.set_interval(_REST_S, self._sliders_rested, pause=True)
        self.set_interval(1 / _STATUS_UPDATES_A_SECOND, self._show_status)
        self.update_preview()

    def on_unmount(self) -> None:
        for thread in (self.preview_thread, self.level_thread, self.course_thread):
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
        self.query_one(PlayLine).say(message, is_error=is_error)

    def say_briefly(self, message: str) -> None:
        """Show a message that goes with the next move, such as why a key did nothing."""
        self._host.drop_note()
        self.query_one(PlayLine).say(message, stays_s=0.0)

    def _clear_message(self) -> None:
        """Take the message away, unless it is still to be read: something else was done."""
        if self.query_one(PlayLine).clear():
            self._host.drop_note()

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
        self._show_keys()
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
        if self._controller.history.move(blend, self.panel.gesture):
            self.update_preview()
            self._clear_message()

    @property
    def panel(self) -> BlendPanel:
        """The sliders, which hold the blend."""
        return self.query_one(BlendPanel)

    def action_undo(self) -> None:
        self._show_history_step(self._controller.history.undo(), "nothing to undo")

    def action_redo(self) -> None:
        self._show_history_step(self._controller.history.redo(), "nothing to redo")

    def _show_history_step(self, has_moved: bool, else_say: str) -> None:
        if not has_moved:
            self.say_briefly(else_say)
            return
        panel, blend = self.panel, self._controller.blend
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
        panel, focused = self.panel, self.focused
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
        self.panel.blend = self.panel.blend.with_other_mode()

    def action_follow(self) -> None:
        blend = self.panel.blend
        if not blend.is_adaptive:
            self.say_briefly("only adaptive words follow a sound: t")
            return
        self.panel.blend = blend = blend.with_other_following()
        self.say_briefly("follows the sound, section by section" if blend.follows else "treats the sound as a whole")

    def action_add(self) -> None:
        self._words.add()

    def action_remove(self) -> None:
        if isinstance(self.focused, BandTable):
            self._hand.remove()
        else:
            self._words.remove()

    def action_morph(self) -> None:
        self._words.morph()

    def action_presets(self) -> None:
        self._words.choose_preset()

    @property
    def word_search(self) -> WordSearch:
        """The vocabulary."""
        return self._host.word_search

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
        panel = self.panel
        panel.blend = self._controller.blend
        self._show_slot()
        if self.focused is None or not self.focused.display:
            panel.focus_last()
        self.update_preview()

    def _show_slot(self) -> None:
        """Name the slot in use, once there is another."""
        slots = self._controller.slots
        self._show_keys()
        self.panel.border_title = f"Words, slot {slots.current + 1}" if len(slots.filled) > 1 else "Words"

    # The bands in hand.

    def take_by_hand(self, by_hand: ByHand, gesture: object = None) -> None:
        """Record a change by hand, before the next key is served, and show it at once."""
        panel = self.panel
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
        self.panel.focus_last()

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
        if self.query_one(Timeline).data is None:  # of a file that was just heard: there is no move to wait for
            self._update_course()
        self.query_one(ProfileView).rows = self._profile_rows.of(preview)

    def _show_reasons(self) -> None:
        """Show what each word has of the EQ, and what is known of the one whose slider has the focus."""
        account, word = self._controller.preview.account, self.panel.word
        known = [f"{word}: {self._host.word_search.evidence(word)}"] if word is not None else []
        place = self.query_one("#parts", Static)
        # However long it is, it has its place: laying out the screen takes as long as painting it.
        place.update("\n".join([parts(account), *known]) if account else "", layout=False)
        place.set_class(bool(account and account.words), "-known")

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
        self.say_briefly(f"the curve is shown {reach}")

    def action_tilt(self) -> None:
        curve = self.query_one(CurveView)
        curve.tilt_db = TILTS_DB[(TILTS_DB.index(curve.tilt_db) + 1) % len(TILTS_DB)]
        how = f"tilted by {curve.tilt_db:g} dB per octave" if curve.tilt_db else "as it is, without a tilt"
        self.say_briefly(f"the spectrum is shown {how}")

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
        panel.update(latest if lines else Text(_NO_RESULTS), layout=False)

    def _show_keys(self) -> None:
        """Show the keys of the session as they are bound now, after those of the bands while these have the focus."""
        wanted_now = ["next_file"] if self._controller.folder is not None else []
        wanted_now += ["slots"] if len(self._controller.slots.filled) > 1 else []
        self.query_one(KeyBar).hints = key_hints(self, wanted_now)

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
            self.say_briefly("open a file first: o")
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
        blend = self._controller.blend
        focused = blend.morph.end if blend.morph else self.panel.word
        is_another = self._course.choose([focused, self._course.word, *blend.words, *MAIN_WORDS])
        if is_another or self.query_one(Timeline).data is None:
            self._update_course()

    def _sliders_rested(self) -> None:
        """Update the timeline, and measure the level, once the sliders have come to rest."""
        self._rest_timer.pause()
        self._update_course()
        if self.level_thread is not None:
            self.level_thread.ask()

    def _update_course(self) -> None:
        """Have the word followed through the sound as it is now."""
        if self.course_thread is not None:
            self.course_thread.ask()

    @on(TimelineReady)
    def _timeline_ready(self, event: TimelineReady) -> None:
        if self._course.is_current(event.course):
            timeline, data = self.query_one(Timeline), event.course.data
            timeline.data = data
            timeline.set_class(data.ribbon_db is not None, "-following")

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
        if self._gives_way():
            return
        heard = self._controller.live()
        if heard is None:
            return
        ride = self._controller.preview.ride if status.is_playing else None
        curve.moment = curve_at(ride, status.position_s, curve) if ride is not None else None
        preview, gain_db = self._controller.preview, self._controller.level.gain_db
        before = without_eq(heard.spectrum, preview, curve.sampled, gain_db, status)
        curve.live = before if status.is_playing else None
        self.query_one(MeterView).levels = levels(heard, status)

    def _gives_way(self) -> bool:
        """Leave out every other picture of the moment while a move of the sliders is worked out: that goes first."""
        is_moving = self.preview_thread is not None and not self.preview_thread.is_idle
        self._left_one_out = is_moving and not self._left_one_out
        return self._left_one_out

    @on(MeterView.Reset)
    def _reset_meter(self) -> None:
        self._controller.reset_peak()
