"""Messages that workers post: of the app about its files, of the session's screen about the EQ."""

from __future__ import annotations

from textual.message import Message

from eqmorph.errors import EqmorphError
from eqmorph.process import ProcessResult
from eqmorph.tui.controller import OpenFile
from eqmorph.tui.jobs import FileRendering, FolderRendering
from eqmorph.tui.play_level import PlayLevel
from eqmorph.tui.preview import Preview
from eqmorph.tui.word_course import Course

__all__ = [
    "FileHeard",
    "FileOpened",
    "FileRendered",
    "FolderRendered",
    "LevelReady",
    "PreviewReady",
    "TimelineReady",
    "WorkFailed",
]


class FileOpened(Message):
    """Posted when a file can be played."""

    def __init__(self, file: OpenFile) -> None:
        super().__init__()
        self.file = file


class FileHeard(Message):
    """Posted when a file was listened to: ``file.sound`` is known."""

    def __init__(self, file: OpenFile) -> None:
        super().__init__()
        self.file = file


class PreviewReady(Message):
    """Posted when the EQ for a blend was worked out."""

    def __init__(self, preview: Preview) -> None:
        super().__init__()
        self.preview = preview


class LevelReady(Message):
    """Posted when it was measured how loud the EQ's result is, and it is heard at that level."""

    def __init__(self, level: PlayLevel) -> None:
        super().__init__()
        self.level = level


class TimelineReady(Message):
    """Posted when a word was followed through a sound, without the EQ and with it."""

    def __init__(self, course: Course) -> None:
        super().__init__()
        self.course = course


class FileRendered(Message):
    """Posted when rendering a file has ended: with a result, or with the error that kept it from being written."""

    def __init__(self, job: FileRendering, result: ProcessResult | None, error: EqmorphError | None) -> None:
        super().__init__()
        self.job = job
        self.result = result
        self.error = error


class FolderRendered(Message):
    """Posted when rendering a folder has ended; ``error`` says why it could not begin."""

    def __init__(self, job: FolderRendering, error: EqmorphError | None) -> None:
        super().__init__()
        self.job = job
        self.error = error


class WorkFailed(Message):
    """Posted when a worker could not do its work."""

    def __init__(self, error: EqmorphError) -> None:
        super().__init__()
        self.error = error
