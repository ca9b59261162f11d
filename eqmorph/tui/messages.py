"""What workers say to the screen."""

from __future__ import annotations

from textual.message import Message

from eqmorph.bands import Bands
from eqmorph.errors import EqmorphError
from eqmorph.process import ProcessResult
from eqmorph.tui.controller import OpenFile
from eqmorph.tui.jobs import FileRendering, FolderRendering
from eqmorph.tui.preview import HeardFile, Preview
from eqmorph.tui.widgets.timeline import TimelineData

__all__ = ["Failed", "FileHeard", "FileOpened", "FileRendered", "FolderRendered", "PreviewReady", "TimelineReady"]


class FileOpened(Message):
    """A file can be played."""

    def __init__(self, file: OpenFile) -> None:
        super().__init__()
        self.file = file


class FileHeard(Message):
    """A file was listened to; ``file.sound`` is there."""

    def __init__(self, file: OpenFile) -> None:
        super().__init__()
        self.file = file


class PreviewReady(Message):
    """It is known what the blend comes to."""

    def __init__(self, preview: Preview) -> None:
        super().__init__()
        self.preview = preview


class TimelineReady(Message):
    """A word was followed through a sound, before and after the EQ."""

    def __init__(self, sound: HeardFile, bands: Bands, trajectory: TimelineData) -> None:
        super().__init__()
        self.sound = sound
        self.bands = bands
        self.trajectory = trajectory


class FileRendered(Message):
    """A file was written, or not: then ``error`` says why."""

    def __init__(self, job: FileRendering, result: ProcessResult | None, error: EqmorphError | None) -> None:
        super().__init__()
        self.job = job
        self.result = result
        self.error = error


class FolderRendered(Message):
    """A folder is done, or could not be begun: then ``error`` says why."""

    def __init__(self, job: FolderRendering, error: EqmorphError | None) -> None:
        super().__init__()
        self.job = job
        self.error = error


class Failed(Message):
    """Something could not be done."""

    def __init__(self, error: EqmorphError) -> None:
        super().__init__()
        self.error = error
