"""Choose a file: from the recent ones, or from a tree of folders and audio files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from rich.text import Text, TextType
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import DirectoryTree, Footer, OptionList, Static
from textual.widgets.option_list import Option

from eqmorph.audio.formats import AUDIO_SUFFIXES
from eqmorph.errors import show_path
from eqmorph.tui.paths import absolute, home_path, is_folder
from eqmorph.tui.screens.dialog import Dialog

__all__ = ["AudioTree", "BrowseScreen"]


class AudioTree(DirectoryTree):
    """A tree of folders and audio files; nothing else, and nothing hidden."""

    ICON_NODE = "▸ "
    ICON_NODE_EXPANDED = "▾ "
    ICON_FILE = "♪ "

    def process_label(self, label: TextType) -> Text:
        return Text(show_path(label if isinstance(label, str) else label.plain))

    def filter_paths(self, paths: Iterable[Path]) -> Iterable[Path]:
        return [path for path in paths if not path.name.startswith(".") and _is_audio_or_folder(path)]


class BrowseScreen(Dialog[Path | None]):
    """Closes with the chosen file, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back", id="browse.back", tooltip="Close without choosing a file"),
        Binding("backspace", "up", "Folder above", id="browse.up", tooltip="Go to the folder above"),
        Binding("ctrl+q", "app.quit", "Quit", id="browse.quit", tooltip="Quit"),
    ]

    HELP: ClassVar[str] = """\
**Open a file**

Folders and audio files only; above them, the files opened last.

- `↑` `↓`, `Enter`: open a file; open or close a folder
- `Tab`: from the recent files to the folders and back
"""

    AUTO_FOCUS = "OptionList, AudioTree"  # the recent files come first, if there are any

    def __init__(self, folder: Path, recent: list[Path]) -> None:
        super().__init__()
        self._folder = folder
        self._recent = recent

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog tall browse") as dialog:
            dialog.border_title = "Open a file"
            if self._recent:
                yield Static("Recent", classes="label")
                yield OptionList(*(Option(_recent_line(path)) for path in self._recent), compact=True, markup=False)
            yield Static(show_path(self._folder), classes="label", id="folder", markup=False)
            yield AudioTree(self._folder)
        yield Footer(compact=True, show_command_palette=False)

    def action_up(self) -> None:
        tree = self.query_one(AudioTree)
        tree.path = absolute(Path(tree.path)).parent
        self.query_one("#folder", Static).update(show_path(Path(tree.path)))

    @on(OptionList.OptionSelected)
    def _recent_chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._recent[event.option_index])

    @on(DirectoryTree.FileSelected)
    def _chosen(self, event: DirectoryTree.FileSelected) -> None:
        self.dismiss(event.path)


def _is_audio_or_folder(path: Path) -> bool:
    return path.suffix.lower() in AUDIO_SUFFIXES or is_folder(path)


def _recent_line(path: Path) -> str:
    return f"♪ {show_path(path.name)}   {show_path(home_path(path.parent))}"
