"""The app: it opens files, has what is asked for asked and done, and ends well."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Iterable
from functools import cached_property, partial
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import App, SystemCommand
from textual.dom import DOMNode
from textual.events import Event, Key, Resize
from textual.keys import KEY_NAME_REPLACEMENTS, Keys
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.worker import Worker, WorkerState, get_current_worker

from eqmorph.errors import EqmorphError
from eqmorph.tui.config import read_config, recent_files, remember_file
from eqmorph.tui.controller import Controller
from eqmorph.tui.flows.render import RenderFlow
from eqmorph.tui.flows.save import SaveFlow
from eqmorph.tui.help import active_named_bindings, binding_owners, help_text, key_lines, named_bindings
from eqmorph.tui.jobs import Stopped
from eqmorph.tui.keys import KeyQueue
from eqmorph.tui.messages import WorkFailed, FileHeard, FileOpened, FileRendered, FolderRendered
from eqmorph.tui.paths import absolute, is_folder
from eqmorph.tui.screens.browse import BrowseScreen
from eqmorph.tui.screens.dialog import Dialog
from eqmorph.tui.screens.help import HelpScreen
from eqmorph.tui.screens.session import SessionScreen
from eqmorph.tui.screens.too_small import TooSmall, has_room
from eqmorph.tui.shutdown import on_termination
from eqmorph.tui.word_search import WordSearch

__all__ = ["EqmorphApp"]

_SWITCH_INTERVAL_S = 0.002  # how long a thread may keep Python to itself: drawn out, and handed over seldom enough
_LONGEST_SHUTDOWN_S = 10.0
_NOTE_STAYS_S = 8.0
# Classes that every screen has from so many columns and lines on.
_WIDTHS = [(0, "-narrow"), (100, "-wide"), (160, "-vast")]
_HEIGHTS = [(0, "-low"), (34, "-tall"), (50, "-high")]


class EqmorphApp(App[None]):
    """``eqmorph tui``.

    Args:
        controller: what it is for.
        path: a file to open, or a folder to choose one from; None for where we are.
    """

    TITLE = "eqmorph"
    CSS_PATH = Path(__file__).with_name("eqmorph.tcss")
    ENABLE_COMMAND_PALETTE = True
    HORIZONTAL_BREAKPOINTS = _WIDTHS
    VERTICAL_BREAKPOINTS = _HEIGHTS

    def __init__(self, controller: Controller, path: Path | None = None) -> None:
        super().__init__()
        self.controller = controller
        self._path = path
        self._listening_share: float | None = None
        self._is_ready = self._has_begun = self._has_note = False
        self.session = SessionScreen(controller, self)
        self.render_flow = RenderFlow(controller, self)
        self.save_flow = SaveFlow(controller, self)
        self._key_queue = KeyQueue(self, super().on_event)

    def get_default_screen(self) -> Screen[None]:
        return self.session

    def on_ready(self) -> None:
        sys.setswitchinterval(_SWITCH_INTERVAL_S)
        gc.freeze()  # what is there stays: looking through it for garbage would hold up the screen for 80 ms
        if self.controller.note:
            self.say(self.controller.note)
        on_termination(lambda code: self.run_worker(self._shut_down(code)))
        self._apply_settings()
        self._is_ready = True
        self._begin()

    def _begin(self) -> None:
        """Open what was named, once there is room for it."""
        if not self._is_ready or self._has_begun or isinstance(self.screen, TooSmall):
            return
        self._has_begun = True
        if self._path is not None and not is_folder(self._path):
            self.open_file(self._path)
            return
        self.controller.folder = self._path
        self.action_browse()

    # Files.

    def action_browse(self) -> None:
        self.push_screen(BrowseScreen(self._folder_to_browse(), recent_files()), self._file_chosen)

    def _folder_to_browse(self) -> Path:
        """The folder of what is open, or the nearest above that is still there."""
        file = self.controller.file
        folder = absolute(self.controller.folder or (file.path.parent if file else Path()))
        return next((place for place in (folder, *folder.parents) if is_folder(place)), folder)

    def _file_chosen(self, path: Path | None) -> None:
        if path is not None:
            self.open_file(path)

    @work(thread=True, exclusive=True, group="open", exit_on_error=False)
    def open_file(self, path: Path) -> None:
        """Have a file to play, then listen to it."""
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

    @on(FileHeard)
    def _heard(self, event: FileHeard) -> None:
        if event.file is self.controller.file:
            self.session.show_sound()

    @on(Worker.StateChanged)
    def _worker_changed(self, event: Worker.StateChanged) -> None:
        """Say what nobody foresaw, and go on: there may be an hour's work here."""
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

    def note(self, text: str, *, title: str = "", severity: SeverityLevel = "information") -> None:
        """Something longer than the status line holds, beside the picture; one at a time."""
        self.drop_note()
        self.screen.query("ToastHolder").remove()  # Textual would leave the place of the one before empty
        self._has_note = True
        self.notify(text, title=title, severity=severity, timeout=_NOTE_STAYS_S, markup=False)

    def drop_note(self) -> None:
        """Take the note away, if there is one."""
        if self._has_note:
            self._has_note = False
            self.clear_notifications()

    @property
    def work_text(self) -> str:
        """What goes on in the background; empty if nothing does."""
        if self.render_flow.text:
            return self.render_flow.text
        return f"listening {self._listening_share:4.0%}" if self._listening_share is not None else ""

    # What the keys of the session ask for.

    def action_render(self) -> None:
        self.render_flow.ask_file()

    def action_render_folder(self) -> None:
        self.render_flow.ask_folder()

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

    def action_export(self) -> None:
        self.save_flow.ask_export()

    def action_copy_command(self) -> None:
        self.save_flow.copy_command()

    def action_help(self) -> None:
        self.push_screen(HelpScreen(help_text(self.screen), key_lines(self, self.screen)))

    async def action_quit(self) -> None:
        """Stop what is being rendered, wait until nothing half done is left, and go."""
        await self._shut_down(0)

    async def _shut_down(self, code: int) -> None:
        self.render_flow.stop()
        self.say("one moment: tidying up")
        for _ in range(int(_LONGEST_SHUTDOWN_S / 0.02)):
            if not self.render_flow.is_busy:
                break
            await asyncio.sleep(0.02)
        await asyncio.to_thread(self.controller.close)
        self.exit(return_code=code)

    @cached_property
    def word_search(self) -> WordSearch:
        """The vocabulary with its meanings, worked out once (in 20 ms)."""
        return WordSearch(self.controller.ear.space)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """All actions, so that each can be found by what it does."""
        offered: set[str] = set()
        for active in active_named_bindings(screen):
            binding = active.binding
            says = f"{binding.description}: {binding.tooltip}"  # the palette looks at titles only
            if says not in offered:  # an action may have several keys, and a part of the screen its own key for one
                offered.add(says)
                yield SystemCommand(
                    says, binding.id or "", partial(self._run_from_palette, binding.action, active.node)
                )
        yield from (command for command in super().get_system_commands(screen) if command.title not in ("Quit", "Keys"))

    async def _run_from_palette(self, action: str, node: DOMNode) -> None:
        await self.run_action(action, node)

    def action_command_palette(self) -> None:
        if not isinstance(self.screen, TooSmall):  # which nothing may cover
            super().action_command_palette()

    async def on_event(self, event: Event) -> None:
        """What is typed waits for its turn."""
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

    def on_resize(self, event: Resize) -> None:
        if isinstance(self.screen, TooSmall):
            if has_room(event.size):
                self.screen.dismiss()
        elif not has_room(event.size):
            self.push_screen(TooSmall(), lambda _: self._begin())

    _KEY_NAMES: ClassVar[set[str]] = {key.value for key in Keys} | set(KEY_NAME_REPLACEMENTS.values())

    def _apply_settings(self) -> None:
        actions = {
            binding.id: binding.key for owner in binding_owners() for binding in named_bindings(owner) if binding.id
        }
        config = read_config(actions=actions, themes=self.available_themes, key_names=self._KEY_NAMES)
        if config.theme:
            self.theme = config.theme
        if config.keys:
            self.set_keymap(dict(config.keys))
        if config.problems:
            self.say(config.problems[0], is_error=True)
            self.note("\n".join(config.problems), title="Settings", severity="warning")
