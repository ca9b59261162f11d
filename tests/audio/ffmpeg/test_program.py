"""Which ffmpeg is found, and how it is run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from eqmorph.audio.ffmpeg.child import Child, ChildError, file_argument, output_of
from eqmorph.audio.ffmpeg.program import Program, find_ffmpeg
from eqmorph.audio.read import AudioReader
from tests.audio.ffmpeg.container_files import FFMPEG, FRAMES, fake_ffmpeg, made, needs_ffmpeg
from tests.support import posix_only


@needs_ffmpeg
def test_the_one_on_path_unless_another_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EQMORPH_FFMPEG", raising=False)
    found = find_ffmpeg()
    assert found is not None
    assert found.path == FFMPEG
    assert Path(found.probe).name == "ffprobe"
    named = fake_ffmpeg(tmp_path / "bin", monkeypatch, "run()")
    for name in (named, named.parent):  # itself, or its folder
        monkeypatch.setenv("EQMORPH_FFMPEG", str(name))
        other = find_ffmpeg()
        assert other is not None
        assert (other.path, other.version) == (str(named), found.version)


@posix_only
@pytest.mark.parametrize("script", ["exit 1", "echo hello", "echo ffmpeg version 1; exit 1"])
def test_what_is_no_ffmpeg_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    (tmp_path / "ffmpeg").write_text(f"#!/bin/sh\n{script}\n")
    (tmp_path / "ffmpeg").chmod(0o755)
    monkeypatch.setenv("EQMORPH_FFMPEG", str(tmp_path / "ffmpeg"))
    assert find_ffmpeg() is None


@pytest.mark.parametrize(
    ("version", "release"),
    [("5.1.9-0+deb12u1", (5, 1)), ("n7.0", (7, 0)), ("4.4.2-0ubuntu0", (4, 4)), ("N-112-gabc", (99, 0))],
)
def test_releases(version: str, release: tuple[int, int]) -> None:
    assert Program("", "", version).release == release


def test_it_works_on_one_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that as many cores are busy as files are worked on at once."""
    path = made(tmp_path / "a.m4a", "-c:a", "aac")
    script = (
        "i = args.index('-threads')\n"
        "assert args[i + 1] == '1' and i < args.index('-i')\n"
        f"open({str(tmp_path / 'ok')!r}, 'w')\nrun()"
    )
    fake_ffmpeg(tmp_path / "bin", monkeypatch, script)
    with AudioReader(path) as reader:
        assert sum(block.shape[1] for block in reader.blocks()) == FRAMES
    assert (tmp_path / "ok").exists()


def test_files_are_named_as_files() -> None:
    assert os.fsencode(file_argument(Path("-a.m4a"))) == b"file:-a.m4a"
    assert os.fsencode(file_argument("http://x/a.m4a")) == b"file:http://x/a.m4a"


@posix_only
def test_what_it_says_last_is_the_reason() -> None:
    script = "echo '[mov @ 0x5581] first' >&2; echo '[a @ 0x1] [b @ 0x2] moov atom not found' >&2; exit 1"
    with pytest.raises(ChildError, match=r"^moov atom not found$"):
        output_of(["/bin/sh", "-c", script])
    with pytest.raises(ChildError, match="says more than"):
        output_of(["/bin/sh", "-c", "yes"], most=1 << 20)
    with pytest.raises(ChildError, match="can't be started"):
        Child(["/nowhere/ffmpeg"])
