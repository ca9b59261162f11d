"""The app: it opens files, runs what the keys ask for, and shuts down in order."""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import App, SystemCommand
from textual.dom import DOMNode
from textual.events import Event, Key, Resize
from textual.keys import KEY_NAME_REPLACEMENTS, Keys
from textual.messages import ExitApp
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.worker import Worker, WorkerState, get_current_worker

from eqmorph.errors import EqmorphError, Stopped
from eqmorph.tui.config import read_settings, recent_files, remember_file
from eqmorph.tui.controller import Controller
from eqmorph.tui.flows.files import FilesFlow
from eqmorph.tui.flows.render import RenderFlow
from eqmorph.tui.flows.save import SaveFlow
from eqmorph.tui.flows.sessions import SessionsFlow
from eqmorph.tui.help import active_named_bindings, binding_owners, help_text, key_lines, named_bindings
from eqmorph.tui.keys import KeyQueue
from eqmorph.tui.messages import FileHeard, FileOpened, FileRendered, FolderRendered, WorkFailed
from eqmorph.tui.paths import absolute, is_folder
from eqmorph.tui.screens.browse import BrowseScreen
from eqmorph.tui.screens.dialog import Dialog
from eqmorph.tui.screens.help import HelpScreen
from eqmorph.tui.screens.question import QuestionScreen
from eqmorph.tui.screens.results import ResultLine
from eqmorph.tui.screens.session import SessionScreen
from eqmorph.tui.screens.too_small import TooSmall, has_room
from eqmorph.tui.shutdown import on_termination
from eqmorph.tui.widgets.curve import CurveView
from eqmorph.tui.word_search import WordSearch

if TYPE_CHECKING:  # loaded only where a terminal shows pictures
    from eqmorph.tui.picture.graphics import Graphics

__all__ = ["EqmorphApp"]

_SWITCH_INTERVAL_S = 0.002  # how long a thread may hold the interpreter: short for the screen, long enough for the work
_LONGEST_SHUTDOWN_S = 10.0
_KEEP_EVERY_S = 20.0  # the session, in case the machine goes down
_NOTE_STAYS_S = 8.0
_SETTINGS_STAY_S = 20.0  # while a file is opened, and whatever there is to say of that
# The CSS classes of every screen, by its least columns and lines.
_WIDTHS = [(0, "-narrow"), (100, "-wide"), (160, "-vast")]
_HEIGHTS = [(0, "-low"), (34, "-tall"), (50, "-high")]


class EqmorphApp(App[None]):
    """``eqmorph tui``.

    Args:
        controller: the session.
        path: a file to open, or a folder to choose one from; None for the current folder.
        session: the name of a session to go on with, or to begin.
        resumes: whether to go on with the session that ended last, unless one is named.
        graphics: how the terminal takes pictures in pixels, if the curve is to be one.
        no_picture: why it can't be one, although that was asked for.
    """

    TITLE = "eqmorph"
    CSS_PATH = Path(__file__).with_name("eqmorph.tcss")
    ENABLE_COMMAND_PALETTE = True
    HORIZONTAL_BREAKPOINTS = _WIDTHS
    VERTICAL_BREAKPOINTS = _HEIGHTS

    def __init__(
        self,
        controller: Controller,
        path: Path | None = None,
        *,
        session: str = "",
        resumes: bool = False,
        graphics: Graphics | None = None,
        no_picture: str = "",
    ) -> None:
        super().__init__()
        self._graphics, self._no_picture = graphics, no_picture
        self.controller = controller
        self._path = path
        self._listening_share: float | None = None
        self._is_ready = self._has_begun = self._has_note = self._is_tidied = False
        self._batches = 0
        self._note_stays_until = 0.0
        self.session = SessionScreen(controller, self)
        self.render_flow = RenderFlow(controller, self)
        self.save_flow = SaveFlow(controller, self)
        self.files_flow = FilesFlow(controller, self, self.render_flow.render_beside, self.render_flow.state)
        self.sessions_flow = SessionsFlow(controller, self, self.session.show_blend, session)
        if session or resumes:
            left_open = self.sessions_flow.begin()
            self._path = path or left_open
        self._key_queue = KeyQueue(self, super().on_event)

    def get_default_screen(self) -> Screen[None]:
        return self.session

    def on_ready(self) -> None:
        sys.setswitchinterval(_SWITCH_INTERVAL_S)
        gc.freeze()  # what is loaded stays: collecting through it would hold up the screen for 80 ms
        gc.enable()
        for said in filter(None, [self.controller.note, self.sessions_flow.problem]):
            self.say(said, is_error=said == self.sessions_flow.problem)
        self.set_interval(_KEEP_EVERY_S, self._keep_session)
        if self.is_web:
            self.say("sound plays on the machine that serves this page")
        self.session.query_one(CurveView).graphics = self._graphics
        if self._no_picture:
            text = f"The curve is drawn in characters: {self._no_picture}"
            self.note(text, title="No picture", stays_s=_SETTINGS_STAY_S)
        on_termination(lambda code: self.run_worker(self._shut_down(code)))
        self._apply_settings()
        self._is_ready = True
        self._begin()

    def _begin(self) -> None:
        """Open the file or folder that was named, once the terminal is large enough."""
        if not self._is_ready or self._has_begun or isinstance(self.screen, TooSmall):
            return
        self._has_begun = True
        if self._path is not None and not is_folder(self._path):
            self.open_file(self._path)
            return
        self.controller.folder = self._path
        self.action_browse()

    def on_app_focus(self) -> None:
        self.call_later(self._focus_something)

    def _focus_something(self) -> None:
        """Give a widget the focus: a browser's page begins without it, and then Textual gives it to none."""
        where = self.screen.AUTO_FOCUS or "*"
        if self._is_ready and self.screen.focused is None and where in ("*", self.session.AUTO_FOCUS):
            self.screen.focus_next(where)

    # Files.

    def action_browse(self) -> None:
        self.push_screen(BrowseScreen(self._folder_to_browse(), recent_files()), self._file_chosen)

    def _folder_to_browse(self) -> Path:
        """Return the folder of the open file, or the nearest one above it that still exists."""
        file = self.controller.file
        folder = absolute(self.controller.folder or (file.path.parent if file else Path()))
        return next((place for place in (folder, *folder.parents) if is_folder(place)), folder)

    def _file_chosen(self, path: Path | None) -> None:
        if path is not None:
            self.open_file(path)

    @work(thread=True, exclusive=True, group="open", exit_on_error=False)
    def open_file(self, path: Path) -> None:
        """Open a file to be played, then listen to it."""
        worker = get_current_worker()
        try:
            file = self.controller.open(path, lambda: worker.is_cancelled)
            self.post_message(FileOpened(file))
            remember_file(path)
            self._listening_share = 0.0
            self.controller.listen(file, self._set_listening_share)
            self.post_message(FileHeard(file))
        except Stopped:
            return
        except EqmorphError as error:
            self.post_message(WorkFailed(error))
        self._listening_share = None

    def _set_listening_share(self, share: float) -> None:
        self._listening_share = share

    @on(FileOpened)
    def _opened(self, event: FileOpened) -> None:
        self.session.show_file(event.file)
        if (left := self.sessions_flow.file_opened(event.file.path)) is not None:
            self.session.go_on_at(left.position_s, left.loop_s)

    @on(FileHeard)
    def _heard(self, event: FileHeard) -> None:
        if event.file is self.controller.file:
            self.session.show_sound()

    @on(Worker.StateChanged)
    def _worker_changed(self, event: Worker.StateChanged) -> None:
        """Report an unexpected error and go on: there may be an hour's work in this session."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.say_error(self.controller.unexpected(event.worker.error))

    @on(WorkFailed)
    def _failed(self, event: WorkFailed) -> None:
        self.say_error(event.error)

    # What the user is told.

    def say(self, message: str, *, is_error: bool = False) -> None:
        """Show a message on the status line."""
        self.session.say(message, is_error=is_error)

    def say_error(self, error: EqmorphError) -> None:
        """Show an error and its remedy."""
        self.session.say_error(error)

    def note(
        self, text: str, *, title: str = "", severity: SeverityLevel = "information", stays_s: float = 0.0
    ) -> None:
        """Show a text that is too long for the status line, at the top of the screen; one at a time.

        One that ``stays_s`` seconds stays so long whatever else there is to say, and others are shown below it.
        """
        self.drop_note()
        if not self._note_stays:
            self.screen.query("ToastHolder").remove()  # Textual would leave the last note's place empty
        self._has_note = True
        self._note_stays_until = max(self._note_stays_until, time.monotonic() + stays_s)
        self.notify(text, title=title, severity=severity, timeout=max(_NOTE_STAYS_S, stays_s), markup=False)

    @property
    def _note_stays(self) -> bool:
        return time.monotonic() < self._note_stays_until

    def drop_note(self) -> None:
        """Take the note away, if there is one that may go."""
        if self._has_note and not self._note_stays:
            self._has_note = False
            self.clear_notifications()

    @property
    def work_text(self) -> str:
        """What is being done in the background; empty if nothing is."""
        if self.render_flow.text:
            return self.render_flow.text
        return f"listening {self._listening_share:4.0%}" if self._listening_share is not None else ""

    @property
    def results(self) -> list[ResultLine]:
        """What was rendered in this session."""
        return self.render_flow.lines

    # Actions of the session's keys.

    def action_render(self) -> None:
        self.render_flow.ask_file()

    def action_render_folder(self) -> None:
        self.render_flow.ask_folder()

    def action_next_file(self, step: int) -> None:
        self.files_flow.go(step)

    def action_files(self) -> None:
        self.files_flow.show()

    def action_stop_rendering(self) -> None:
        self.render_flow.stop()

    def action_results(self) -> None:
        self.render_flow.show_results()

    @on(FileRendered)
    def _file_rendered(self, event: FileRendered) -> None:
        self.render_flow.file_ended(event)

    @on(FolderRendered)
    def _folder_rendered(self, event: FolderRendered) -> None:
        self.render_flow.folder_ended(event)

    def action_save_preset(self) -> None:
        self.save_flow.ask_preset()

    def action_sessions(self) -> None:
        self.sessions_flow.show()

    def _keep_session(self) -> None:
        def keep() -> None:
            with suppress(EqmorphError):  # it is told when the app ends
                self.sessions_flow.keep()

        self.run_worker(keep, thread=True, exclusive=True, group="keep", exit_on_error=False)

    def action_export(self) -> None:
        self.save_flow.ask_export()

    def action_copy_command(self) -> None:
        self.save_flow.copy_command()

    def action_help(self) -> None:
        self.push_screen(HelpScreen(help_text(self.screen), key_lines(self, self.screen)))

    async def action_quit(self) -> None:
        """Quit, after asking if something is being rendered; wait until no partial file is left."""
        left = self.render_flow.left
        if left and not isinstance(self.screen, QuestionScreen):
            self.push_screen(QuestionScreen("Quit", f"{left}. Stop and quit?", do="Quit"), self._quit_answered)
            return
        await self._shut_down(0)

    async def _quit_answered(self, is_sure: bool | None) -> None:
        if is_sure:
            await self._shut_down(0)

    async def _shut_down(self, code: int) -> None:
        self.render_flow.stop()
        self.files_flow.close()
        self.say("one moment: tidying up")
        for _ in range(int(_LONGEST_SHUTDOWN_S / 0.02)):
            if not self.render_flow.is_busy:
                break
            await asyncio.sleep(0.02)
        problem = ""
        try:
            await asyncio.to_thread(self.sessions_flow.keep)
        except EqmorphError as error:
            problem = f"the session was not saved: {error}"
        await asyncio.to_thread(self.controller.close)
        self._is_tidied = True
        self.session.query_one(CurveView).graphics = None  # while the terminal can still be told to forget the picture
        self.exit(return_code=code, message=problem or None)

    @on(ExitApp)
    def _exit_in_order(self, event: ExitApp) -> None:
        """Shut down in order where a browser's page was closed, which asks nobody."""
        if not self._is_tidied:
            event.prevent_default()
            self.run_worker(self._shut_down(0))

    @cached_property
    def word_search(self) -> WordSearch:
        """The vocabulary with its meanings, worked out once (in 20 ms)."""
        return WordSearch(self.controller.ear.space)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Yield all actions, so that each can be found by what it does."""
        offered: set[str] = set()
        for active in active_named_bindings(screen):
            binding = active.binding
            title = f"{binding.description}: {binding.tooltip}"  # the palette searches titles only
            if title not in offered:  # an action may have several keys, and a widget its own key for it
                offered.add(title)
                run = partial(self._run_from_palette, binding.action, active.node)
                yield SystemCommand(title, binding.id or "", run)
        yield from (command for command in super().get_system_commands(screen) if command.title not in ("Quit", "Keys"))

    async def _run_from_palette(self, action: str, node: DOMNode) -> None:
        await self.run_action(action, node)

    def action_command_palette(self) -> None:
        if not isinstance(self.screen, TooSmall):  # nothing may cover that
            super().action_command_palette()

    async def on_event(self, event: Event) -> None:
        """Let keys wait for their turn."""
        if isinstance(event, Key) and not event.is_forwarded:
            await self._key_queue.add(event)
        else:
            await super().on_event(event)

    @on(KeyQueue.Passed)
    async def _key_passed(self, event: KeyQueue.Passed) -> None:
        await self._key_queue.key_passed(event)

    @on(Dialog.Ready)
    async def _dialog_ready(self) -> None:
        await self._key_queue.serve_next()

    # The terminal.

    @contextmanager
    def batch_update(self) -> Iterator[None]:
        """Have nothing painted meanwhile, and all of it then.

        Textual doesn't come back to what was to be painted while a batch lasted: it would wait until something else
        moves. A footer with other keys is a batch, so after a dialog under load that was the curve.
        """
        self._batches += 1
        try:
            with super().batch_update():
                yield
        finally:
            self._batches -= 1
            if not self._batches and self._is_ready and self.is_running:
                self.screen.refresh()

    def on_resize(self, event: Resize) -> None:
        if isinstance(self.screen, TooSmall):
            if has_room(event.size):
                self.screen.dismiss()
        elif not has_room(event.size):
            self.push_screen(TooSmall(), lambda _: self._begin())

    _KEY_NAMES: ClassVar[set[str]] = {key.value for key in Keys} | set(KEY_NAME_REPLACEMENTS.values())

    def _apply_settings(self) -> None:
        bindings = (binding for owner in binding_owners() for binding in named_bindings(owner))
        actions = {binding.id: binding.key for binding in bindings if binding.id}
        config = read_settings(actions=actions, themes=self.available_themes, key_names=self._KEY_NAMES)
        if config.theme:
            self.theme = config.theme
        if config.keys:
            self.set_keymap(dict(config.keys))
        if config.problems:
            self.say(config.problems[0], is_error=True)
            text = "\n".join([*config.problems, "", "All other settings hold. `eqmorph config path` names the file."])
            self.note(text, title="Settings", severity="warning", stays_s=_SETTINGS_STAY_S)
