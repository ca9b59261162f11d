"""The folder as a queue: the next file and the one before, all of them, and their order."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from eqmorph.batch import usable_cores
from eqmorph.batch.find import Source
from eqmorph.batch.rank import rank_files
from eqmorph.errors import EqmorphError, Stopped
from eqmorph.heard import open_cache
from eqmorph.target import Target
from eqmorph.tui.controller import Controller
from eqmorph.tui.folder_files import FolderFiles, audio_in
from eqmorph.tui.host import FlowHost
from eqmorph.tui.messages import WorkFailed
from eqmorph.tui.paths import absolute
from eqmorph.tui.screens.files import FileLine, FilesScreen

__all__ = ["FilesFlow"]


class FilesHost(FlowHost, Protocol):
    """What the flow needs of the app."""

    def open_file(self, path: Path) -> object:
        """Open a file."""


class FilesFlow:
    """Goes through the files of the open file's folder; words, bands and slots stay as they are.

    Args:
        controller: the session.
        host: the app.
        render: has a file rendered next to it; returns what is to be said.
        state: returns what became of a file in this session.
    """

    def __init__(
        self, controller: Controller, host: FilesHost, render: Callable[[Path], str], state: Callable[[Path], str]
    ) -> None:
        self._controller, self._host, self._render, self._state = controller, host, render, state
        self._files = FolderFiles()
        self._stop = threading.Event()
        self._progress = ""

    def go(self, step: int) -> None:
        """Open the next file, or the one before."""
        file = self._controller.file
        if file is None:
            self._host.say("open a file first: o")
            return
        path = self._files.beside(file.path, step)
        if path is None:
            self._host.say(
                "this is the last file of the folder" if step > 0 else "this is the first file of the folder"
            )
        else:
            self._host.open_file(path)

    def show(self) -> None:
        """List the files of the folder."""
        folder = self._folder
        if not audio_in(folder):
            self._host.say("no audio files are here: o opens one elsewhere")
            return
        screen = FilesScreen(folder, self._lines, said=self._said, order=self._order, render=self._render)
        self._host.push_screen(screen, self._chosen)

    def close(self) -> None:
        """Stop what is done in the background."""
        self._stop.set()

    @property
    def _folder(self) -> Path:
        file = self._controller.file
        return file.path.parent if file else absolute(self._controller.folder or Path())

    def _chosen(self, path: Path | None) -> None:
        if path is not None:
            self._host.open_file(path)

    def _lines(self) -> list[FileLine]:
        file, places = self._controller.file, self._files.places()
        return [
            FileLine(path, places.get(path), self._state(path), is_open=file is not None and path == file.path)
            for path in self._files.of(self._folder)
        ]

    def _said(self) -> str:
        if self._progress:
            return self._progress
        by = self._files.by
        return f"ordered by {by}, most first: its place among sounds of its kind" if by else "ordered by name"

    def _order(self) -> str:
        """Order the files by the words that are asked for, or by name again; return the problem, if there is one."""
        if self._progress:
            self._stop.set()
            return "stopped"
        target = self._controller.blend.target
        if self._files.by and (target is None or self._files.by == str(target)):
            self._files.order_by(None)
            return ""
        if target is None:
            return "move a word's slider first: files are ordered by what is asked for"
        self._stop = stop = threading.Event()
        self._progress = "listening to the files ..."
        paths = audio_in(self._folder)
        self._host.run_worker(lambda: self._rank(paths, target, stop), thread=True, group="rank", exit_on_error=False)
        return ""

    def _rank(self, paths: list[Path], target: Target, stop: threading.Event) -> None:
        done = 0

        def ended() -> None:
            nonlocal done
            done += 1
            self._progress = f"listened to {done} of {len(paths)}; Ctrl+O stops"

        def watch(_seconds: float) -> None:
            if stop.is_set():
                raise Stopped("stopped")

        sources = [Source(path, Path(path.name)) for path in paths]
        workers = max(usable_cores() - 1, 1)
        try:
            with open_cache() as cache:
                ear, repair = self._controller.ear, self._controller.repair
                ranking = rank_files(
                    ear, sources, target, cache=cache, repair=repair, workers=workers, watch=watch, on_end=ended
                )
            if not stop.is_set():
                self._files.order_by(ranking)
                for failed in ranking.failed[:1]:
                    self._host.post_message(WorkFailed(failed.error))
        except EqmorphError as error:
            self._host.post_message(WorkFailed(error))
        finally:
            self._progress = ""
