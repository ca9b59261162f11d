"""What workers say to the screen."""

from __future__ import annotations

from textual.message import Message

from eqmorph.bands import Bands
from eqmorph.errors import EqmorphError
from eqmorph.process import MorphResult
from eqmorph.tui.controller import OpenFile
from eqmorph.tui.jobs import FileRendering, FolderRendering
from eqmorph.tui.preview import Outlook, Sound
from eqmorph.tui.widgets.timeline import Trajectory

__all__ = ["Failed", "FileOpened", "FileRendered", "FolderRendered", "Followed", "Heard", "Looked"]


class FileOpened(Message):
    """A file can be played."""

    def __init__(self, file: OpenFile) -> None:
        super().__init__()
        self.file = file


class Heard(Message):
    """A file was listened to; ``file.sound`` is there."""

    def __init__(self, file: OpenFile) -> None:
        super().__init__()
        self.file = file


class Looked(Message):
    """It is known what the blend comes to."""

    def __init__(self, outlook: Outlook) -> None:
        super().__init__()
        self.outlook = outlook


class Followed(Message):
    """A word was followed through a sound, before and after the EQ."""

    def __init__(self, sound: Sound, bands: Bands, trajectory: Trajectory) -> None:
        super().__init__()
        self.sound = sound
        self.bands = bands
        self.trajectory = trajectory


class FileRendered(Message):
    """A file was written, or not: then ``error`` says why."""

    def __init__(self, job: FileRendering, result: MorphResult | None, error: EqmorphError | None) -> None:
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
