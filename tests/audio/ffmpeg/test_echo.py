"""What is heard of a result while it is encoded is what the file holds, and hearing it changes nothing of the file."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from eqmorph.audio.ffmpeg import mux
from eqmorph.audio.formats import OutputFormat
from eqmorph.audio.read import AudioReader
from eqmorph.audio.write import AudioWriter
from eqmorph.bands import Bands
from eqmorph.errors import DiskError
from eqmorph.process import ProcessResult, Settings, chain, process_file
from eqmorph.request import EqRequest
from tests.audio.ffmpeg.container_files import FFMPEG, fake_ffmpeg, made, music, needs_ffmpeg, told, wav
from tests.support import wait_until

pytestmark = needs_ffmpeg
LOUDER = Settings(EqRequest(bands=Bands.parse("PK 1000 +6")).resolve())


def read(path: Path) -> np.ndarray:
    with AudioReader(path) as reader:
        return np.concatenate(list(reader.blocks()), axis=1)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize(("rate", "frames"), [(44_100, 70_001), (48_000, 500), (22_050, 30_000), (8_000, 4_096)])
def test_it_is_what_the_file_holds_to_the_bit(tmp_path: Path, rate: int, channels: int, frames: int) -> None:
    heard: list[np.ndarray] = []
    path = tmp_path / "a.m4a"
    output = OutputFormat("M4A", "AAC")
    with AudioWriter(
        path, path, output, rate, channels, hear_encoded=lambda block: heard.append(block.copy())
    ) as writer:
        writer.write(music(frames, channels, rate=rate))
    assert writer.has_heard_encoded
    np.testing.assert_array_equal(np.concatenate(heard, axis=1), read(path))
    assert told(path)["streams"][0]["channels"] == channels


def both_ways(source: Path, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> list[ProcessResult]:
    """Return what is told of a result that was heard meanwhile, and afterwards; the files are the same."""
    folder = tmp_path / "a'b|c \\ d: [e]"
    folder.mkdir(exist_ok=True)
    measured: list[Path] = []
    afterwards = chain._measure_encoded
    monkeypatch.setattr(
        chain, "_measure_encoded", lambda out, watch: measured.append(out.final) or afterwards(out, watch)
    )
    results = [process_file(source, folder / f"echo-{name}", LOUDER)]
    monkeypatch.setattr(mux, "told_by_echo", lambda *_: False)
    results.append(process_file(source, folder / f"plain-{name}", LOUDER))
    assert (folder / f"echo-{name}").read_bytes() == (folder / f"plain-{name}").read_bytes()
    assert [path.name for path in measured] == [f"plain-{name}"]
    return results


@pytest.mark.parametrize("name", ["a.m4a", "a.mp4"])
def test_the_file_and_what_is_told_of_it_are_the_same(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mono = music(100_000, 1)
    echo, plain = both_ways(wav(tmp_path / "a.wav", mono), tmp_path, name, monkeypatch)
    assert echo.after == plain.after
    assert echo.notes == plain.notes


def test_tags_and_covers_are_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cover = tmp_path / "cover.png"
    subprocess.run([str(FFMPEG), "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=64x48:d=1", "-frames:v", "1", cover])
    kept = ("-i", cover, "-map", "0", "-map", "1", "-c:a", "aac", "-c:v", "copy", "-disposition:v", "attached_pic")
    tags = ("-metadata", "title=Song", "-metadata:s:a:0", "language=ger")
    echo, plain = both_ways(made(tmp_path / "a.m4a", *kept, *tags), tmp_path, "b.m4a", monkeypatch)
    assert echo.after == plain.after
    written = told(tmp_path / "a'b|c \\ d: [e]" / "echo-b.m4a")
    assert [stream["codec_type"] for stream in written["streams"]] == ["audio", "video"]
    assert written["format"]["tags"]["title"] == "Song"
    assert written["streams"][0]["tags"]["language"] == "ger"


@pytest.mark.parametrize("name", ["a.m4a", "a.mp3"])
def test_chapters_which_a_tee_forgets_are_kept(tmp_path: Path, name: str) -> None:
    text = ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=900\ntitle=One\n"
    (tmp_path / "c.txt").write_text(text)
    source = made(tmp_path / name, "-i", tmp_path / "c.txt", "-map_chapters", "1", "-map", "0")
    result = process_file(source, tmp_path / "out.m4a", LOUDER)
    assert [one["tags"]["title"] for one in told(tmp_path / "out.m4a")["chapters"]] == ["One"]
    assert result.after is not None


@pytest.mark.skipif(os.name == "nt", reason="no program here is a script")
@pytest.mark.parametrize(
    "script", ["sys.exit(1)", "sys.stdin.buffer.read(9999); sys.exit(0)", "os.write(1, b'x' * 99)"]
)
def test_one_that_cannot_be_heard_is_decoded_once_it_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    source = wav(tmp_path / "a.wav")
    whole = process_file(source, tmp_path / "whole.m4a", LOUDER)
    fake_ffmpeg(tmp_path / "bin", monkeypatch, f"if args[-1] != 'pipe:1' or 'pipe:' not in args: run()\n{script}")
    before = threading.active_count()
    result = process_file(source, tmp_path / "out.m4a", LOUDER)
    assert result.after == whole.after
    assert (tmp_path / "out.m4a").read_bytes() == (tmp_path / "whole.m4a").read_bytes()
    wait_until(lambda: threading.active_count() <= before, seconds=5)


def test_a_full_disk_is_told_as_that(tmp_path: Path, small_disk: Callable[[int], Path]) -> None:
    source = wav(tmp_path / "a.wav")
    process_file(source, tmp_path / "whole.m4a", LOUDER)
    pages = -(-(tmp_path / "whole.m4a").stat().st_size // os.sysconf("SC_PAGE_SIZE"))
    for room in (1, pages // 2, pages - 1):
        place = small_disk(room)
        with pytest.raises(DiskError, match="the disk is full"):
            process_file(source, place / "a.m4a", LOUDER)
        assert list(place.iterdir()) == []


def test_nothing_stays_of_a_writer_that_cannot_begin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(mux.PipedWriter, "_command", fail)
    before, handles = threading.active_count(), len(list(Path("/dev/fd").iterdir()))
    with pytest.raises(DiskError):
        process_file(wav(tmp_path / "a.wav"), tmp_path / "out.m4a", LOUDER)
    wait_until(lambda: threading.active_count() <= before, seconds=5)
    assert len(list(Path("/dev/fd").iterdir())) == handles
