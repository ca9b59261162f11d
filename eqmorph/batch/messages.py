"""What a batch and the processes that work for it tell each other through pipes: pickles, each after its length."""

from __future__ import annotations

import pickle
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from eqmorph.errors import EqmorphError
from eqmorph.process import ProcessResult, Settings

__all__ = ["Answer", "Begin", "Begun", "Ended", "Heard", "Order", "Ready", "receive", "send"]

_LENGTH = struct.Struct("<Q")


@dataclass(frozen=True, slots=True)
class Begin:
    """To a worker, first of all: what to do to every file, how much memory to do with, and how far to give way."""

    settings: Settings
    memory_bytes: int | None
    niceness: int = 0


@dataclass(frozen=True, slots=True)
class Order:
    """To a worker: a file to do, and what `process_file` is told of it; by default to be done as it began."""

    source: Path
    output: Path
    options: dict[str, Any]
    settings: Settings | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """From a worker: it is at its order from now on."""


@dataclass(frozen=True, slots=True)
class Heard:
    """From a worker: so many more seconds of audio have been read."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Ready:
    """From a worker: a file is finished and waits for its name; the worker waits for an `Answer`."""

    final: Path
    temp: Path


@dataclass(frozen=True, slots=True)
class Answer:
    """To a worker: the file may have its name, or an error says why it may not."""

    error: EqmorphError | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """From a worker: how its order ended. A traceback is text, since it can't be sent as it is."""

    result: ProcessResult | None = None
    error: EqmorphError | None = None
    traceback: str = ""


def send(pipe: BinaryIO, message: object) -> None:
    """Send a message.

    Raises:
        OSError: nobody is there any more.
    """
    data = pickle.dumps(message, protocol=5)
    pipe.write(_LENGTH.pack(len(data)) + data)
    pipe.flush()


def receive(pipe: BinaryIO) -> Any:
    """Wait for a message and return it.

    Raises:
        EOFError: nobody is there any more.
    """
    data = _exactly(pipe, _LENGTH.unpack(_exactly(pipe, _LENGTH.size))[0])
    return pickle.loads(data)  # from a process of our own, through a pipe that nobody else has


def _exactly(pipe: BinaryIO, size: int) -> bytes:
    data = pipe.read(size)
    if len(data) < size:
        raise EOFError
    return data
