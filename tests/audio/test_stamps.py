"""The same audio gives the same bytes, in every container and sample type, whenever and under whatever name."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from eqmorph.audio.chunks.walk import walk
from eqmorph.audio.ffmpeg.containers import CONTAINERS
from eqmorph.audio.formats import FORMATS, OutputFormat
from eqmorph.audio.metadata.carry import carry_metadata
from eqmorph.audio.write import AudioWriter
from eqmorph.errors import OutputError
from tests.audio.tagged_files import SUBTYPES, full_source, major

RATE = 8000  # Hz, which all encoders take
NOISE = (0.05 * np.random.default_rng(3).standard_normal((1, 3 * RATE))).astype(np.float32)
KINDS = [(format_, subtype) for format_ in sf.available_formats() for subtype in sf.available_subtypes(format_)]


def written(temp: Path, container: str, subtype: str, *, final: str = "final.x") -> bytes:
    with AudioWriter(temp, temp.with_name(final), OutputFormat(container, subtype), RATE, 1) as writer:
        writer.write(NOISE.copy())
    return temp.read_bytes()


def all_written(temp: Path) -> dict[tuple[str, str], bytes]:
    """A file of each kind that libsndfile says it writes, but for those that it doesn't finish or can't read again."""
    files = {}
    for kind in KINDS:
        if sf.check_format(*kind):
            with contextlib.suppress(OutputError):
                files[kind] = written(temp, *kind)
    return files


def next_second() -> None:
    """Wait until a header would hold another time."""
    time.sleep(1.01)


def test_the_same_audio_gives_the_same_bytes(tmp_path: Path) -> None:
    files = all_written(tmp_path / ".eqmorph-0123.part")
    next_second()
    again = all_written(tmp_path / ".eqmorph-abcd.part")
    assert {container.name for container in FORMATS.values()} - set(CONTAINERS) <= {container for container, _ in files}
    assert [kind for kind in files if files[kind] != again[kind]] == []


def test_so_do_the_same_tags(tmp_path: Path) -> None:
    source = full_source(tmp_path / "source", "FLAC")

    def tagged() -> list[bytes]:
        files = []
        for kind in SUBTYPES:
            temp = tmp_path / "a.part"
            written(temp, major(kind), SUBTYPES[kind])
            carry_metadata(source, temp, source_format="FLAC", output_format=major(kind))
            files.append(temp.read_bytes())
        return files

    before = tagged()
    next_second()
    assert tagged() == before


@pytest.mark.parametrize(("container", "subtype"), [("WAV", "FLOAT"), ("WAVEX", "DOUBLE"), ("AIFF", "FLOAT")])
def test_a_peak_chunk_keeps_all_but_its_time(tmp_path: Path, container: str, subtype: str) -> None:
    ours = written(tmp_path / "ours", container, subtype)
    sf.write(tmp_path / "plain", NOISE.T, RATE, format=container, subtype=subtype)
    plain = (tmp_path / "plain").read_bytes()
    with (tmp_path / "plain").open("rb") as handle:
        chunks = walk(handle)
    peak = chunks.find(b"PEAK") if chunks else None
    assert peak is not None
    time_at = slice(peak.start + 4, peak.start + 8)
    assert ours[time_at] == bytes(4) != plain[time_at]
    assert ours[: time_at.start] + plain[time_at] + ours[time_at.stop :] == plain


@pytest.mark.parametrize(("container", "subtype"), [("SVX", "PCM_16"), ("MPC2K", "PCM_16")])
def test_a_name_in_the_header_is_the_final_one(tmp_path: Path, container: str, subtype: str) -> None:
    data = written(tmp_path / ".eqmorph-0123.part", container, subtype, final="Größe of a very long kick drum.x")
    assert b"eqmorph" not in data
    assert b"Gr??e of a very l" in data
    assert sf.info(tmp_path / ".eqmorph-0123.part").frames == NOISE.shape[1]
