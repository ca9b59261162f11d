"""What tests of several modules share: noise, files of it, processes of their own, waiting, and a disk that is full."""

from __future__ import annotations

import importlib.util
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile as sf
from numpy.typing import NDArray

from eqmorph.batch import FileResult, Limits
from eqmorph.batch.patience import process_patiently
from eqmorph.cli import run
from eqmorph.process import Settings

EQMORPH = (sys.executable, "-m", "eqmorph")

_EXTRAS = {
    "cluster": ("distributed",),
    "cloud": ("fsspec", "s3fs"),
    "train": ("torch", "onnx", "onnxscript", "sklearn", "tqdm"),
    "onnx": ("onnxruntime",),
    "plot": ("matplotlib",),
    "mcp": ("mcp",),
    "osc": ("pythonosc",),
    "picture": ("textual_image", "PIL"),
}

posix_only = pytest.mark.skipif(os.name == "nt", reason="needs POSIX")


def need_extras(*extras: str) -> None:
    """Skip the test, or at the head of a module all of it, if packages of the extras are not installed."""
    missing = [name for extra in extras for name in _EXTRAS[extra] if importlib.util.find_spec(name) is None]
    if missing:
        reason = f"{', '.join(missing)} not installed; needs eqmorph[{','.join(extras)}]"
        pytest.skip(reason, allow_module_level=True)


# Sounds.


def noise(frames: int, channels: int = 2, *, amplitude: float = 0.1, seed: int = 0) -> NDArray[np.float64]:
    """Return white noise as files hold it: (frames, channels)."""
    return amplitude * np.random.default_rng(seed).standard_normal((frames, channels))


def noise_block(frames: int, channels: int = 2, **options: Any) -> NDArray[np.float32]:
    """Return the same as the chain takes it: (channels, frames) in single precision."""
    return np.ascontiguousarray(noise(frames, channels, **options).T, np.float32)


def make_audio(
    path: str | Path,
    container: str | None = None,
    subtype: str | None = None,
    *,
    rate: int = 44_100,
    frames: int | None = None,
    audio: NDArray[Any] | None = None,
    **options: Any,
) -> Path:
    """Write audio, or else noise of so many frames or half a second; the name says the format where nothing else does.

    Further options are those of `noise`.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    if audio is None:
        audio = noise(rate // 2 if frames is None else frames, **options)
    sf.write(path, audio, rate, subtype, format=container)
    return path


# Files.


def touch(folder: Path, *names: str) -> Path:
    """Make empty files below a folder."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let no file grow beyond a size in bytes, as if the disk were full."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


# The command line, processes and threads.


def shown(capsys: pytest.CaptureFixture[str], *arguments: str | Path, code: int = 0) -> str:
    """Run a command line that ends with a code; return what it prints, or its errors if it is to fail."""
    assert run([*map(str, arguments)]) == code
    captured = capsys.readouterr()
    return captured.err if code else captured.out


def pretend_terminal(monkeypatch: pytest.MonkeyPatch, *, columns: int = 80) -> None:
    """Let stdout be a terminal without color. A fixture can't: ``capsys`` puts another stdout there for the test."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("NO_COLOR", "1")


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a process that is to import what the tests import."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **more}


def wait_until(has_happened: Callable[[], object], *, seconds: float = 30) -> None:
    """Wait for what another thread or process does."""
    deadline = time.monotonic() + seconds
    while not has_happened():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.005)


@contextmanager
def workers_here(settings: Settings, _limits: Limits, _stop: threading.Event) -> Iterator[SimpleNamespace]:
    """Stand in for `eqmorph.batch.isolated.Workers`, which take half a second to start, where they aren't the point.

    The files of a folder are done in this process, as those of a small one are.
    """
    yield SimpleNamespace(process_file=partial(process_patiently, settings=settings))


def interrupted_after(results: int) -> Callable[[FileResult], None]:
    """Return an ``on_result`` that presses Ctrl-C once so many files are done."""
    seen: list[FileResult] = []

    def on_result(result: FileResult) -> None:
        seen.append(result)
        if len(seen) == results:
            raise KeyboardInterrupt

    return on_result
