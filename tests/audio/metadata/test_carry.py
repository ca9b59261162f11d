"""All metadata survives, between any two formats: as mutagen and ffprobe read it, and byte for byte."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mutagen
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutagen import aiff, flac, id3, wave

from eqmorph.audio.metadata.carry import carry_metadata
from eqmorph.errors import EqmorphError, InputError, OutputError
from tests.audio.tagged_files import (
    AUDIO,
    FIELDS,
    FRAMES,
    ID3_KINDS,
    PNG,
    SUBTYPES,
    VORBIS_KINDS,
    WAV_CHUNKS,
    add_riff,
    carry,
    chunk,
    extras,
    full_source,
    id3_bytes,
    info_list,
    major,
    rich_flac,
    rich_mp3,
    rich_ogg,
    write_audio,
)
from tests.support import environment


@pytest.mark.parametrize("kind", SUBTYPES)
@pytest.mark.parametrize("source_kind", ["WAV", "FLAC", "MP3", "AU"])
def test_a_file_without_metadata_changes_no_byte_of_the_output(tmp_path: Path, source_kind: str, kind: str) -> None:
    source = write_audio(tmp_path / "source", source_kind)
    output = write_audio(tmp_path / "output.part", kind)
    before = output.read_bytes()
    assert carry_metadata(source, output, source_format=source_kind, output_format=major(kind)) == ()
    assert output.read_bytes() == before


def test_wav_to_wav_loads_no_tag_library(tmp_path: Path) -> None:
    source = write_audio(tmp_path / "source", "WAV")
    add_riff(source, chunk(b"cue ", b"1234"), chunk(b"LIST", info_list(INAM=b"x")), chunk(b"id3 ", id3_bytes()))
    output = write_audio(tmp_path / "output.part", "WAV")
    code = (
        "import sys; from pathlib import Path; from eqmorph.audio.metadata.carry import carry_metadata\n"
        "carry_metadata(Path(sys.argv[1]), Path(sys.argv[2]), source_format='WAV', output_format='WAV')\n"
        "print([m for m in ('mutagen', 'numpy', 'soundfile') if m in sys.modules])"
    )
    command = [sys.executable, "-c", code, source, output]
    run = subprocess.run(command, capture_output=True, text=True, check=True, env=environment())
    assert run.stdout.strip() == "[]"
    assert len(extras(output)) == 3


def test_carrying_twice_adds_nothing(tmp_path: Path) -> None:
    source = add_riff(write_audio(tmp_path / "source", "WAV"), *(chunk(*c) for c in WAV_CHUNKS))
    output, _ = carry(tmp_path, source, "WAV", "WAV")
    once = output.read_bytes()
    carry_metadata(source, output, source_format="WAV", output_format="WAV")
    assert output.read_bytes() == once


def id3_of(path: Path, kind: str) -> Any:
    reader: dict[str, Callable[[Path], Any]] = {
        "MP3": lambda p: id3.ID3(p),
        "AIFF": lambda p: aiff.AIFF(p).tags,
        "WAV": lambda p: wave.WAVE(p).tags,
    }
    return reader[kind](path)


@pytest.mark.parametrize("output_kind", ID3_KINDS)
@pytest.mark.parametrize("source_kind", [*ID3_KINDS, *VORBIS_KINDS])
def test_every_field_reaches_id3(tmp_path: Path, source_kind: str, output_kind: str) -> None:
    output, notes = carry(tmp_path, full_source(tmp_path / "source", source_kind), source_kind, output_kind)
    assert notes == (() if source_kind != "VORBIS" else notes)
    tag = id3_of(output, output_kind)
    assert {key: str(tag[key]) for key in FRAMES} == FRAMES
    assert [frame.desc for frame in tag.getall("TXXX")] == ["My Own Field"]
    assert tag["TIPL"].people == [["producer", "A Producer"]]
    assert tag["TMCL"].people == [["cello", "A Player"]]
    assert tag["UFID:http://musicbrainz.org"].data.decode() == FIELDS["MUSICBRAINZ_TRACKID"]
    [picture] = tag.getall("APIC")
    assert (picture.data, picture.mime, picture.type, picture.desc) == (PNG, "image/png", 3, "Bïld")


@pytest.mark.parametrize("output_kind", VORBIS_KINDS)
@pytest.mark.parametrize("source_kind", [*ID3_KINDS, *VORBIS_KINDS])
def test_every_field_reaches_vorbis_comments(tmp_path: Path, source_kind: str, output_kind: str) -> None:
    output, notes = carry(tmp_path, full_source(tmp_path / "source", source_kind), source_kind, output_kind)
    assert [note for note in notes if "ENCODER" not in note] == []
    file = mutagen.File(output)
    assert {name: file.tags[name] for name in FIELDS} == {name: [value] for name, value in FIELDS.items()}
    if output_kind == "FLAC":
        [picture] = file.pictures
    else:
        picture = flac.Picture(base64.b64decode(file.tags["METADATA_BLOCK_PICTURE"][0]))
    assert (picture.data, picture.mime, picture.type, picture.desc) == (PNG, "image/png", 3, "Bïld")


def test_an_id3_tag_moves_unchanged_between_its_hosts(tmp_path: Path) -> None:
    tag = id3_bytes(id3.TIT2(1, "Größe"), id3.POPM("a@b", 196, 3), id3.PRIV("x", b"y"), version=3)
    source = write_audio(tmp_path / "source", "MP3")
    source.write_bytes(tag + source.read_bytes())
    for kind, ident in (("WAV", b"id3 "), ("AIFF", b"ID3 ")):
        output, notes = carry(tmp_path, source, "MP3", kind)
        assert dict(extras(output))[ident] == tag
        assert notes == ()
    wav = add_riff(write_audio(tmp_path / "wav", "WAV"), chunk(b"id3 ", tag + b"\0trailing"))
    output, notes = carry(tmp_path, wav, "WAV", "MP3")
    assert output.read_bytes() == tag + write_audio(tmp_path / "plain", "MP3").read_bytes()


FFPROBE = shutil.which("ffprobe")


def probed(path: Path) -> dict[str, str]:
    command = [str(FFPROBE), "-v", "error", "-of", "json", "-show_format", "-show_streams", str(path)]
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    assert run.stderr == ""
    found = json.loads(run.stdout)
    tags = found["format"].get("tags", {})
    for stream in found["streams"]:
        tags |= {"picture": stream["codec_name"]} if stream["codec_type"] == "video" else stream.get("tags", {})
    return {name.lower(): value for name, value in tags.items()}


@pytest.mark.skipif(FFPROBE is None, reason="ffprobe is not on the PATH")
@pytest.mark.parametrize("output_kind", ["WAV", "RF64", "AIFF", "CAF", "W64", "MP3", "FLAC", "VORBIS", "OPUS"])
def test_ffprobe_reads_the_tags(tmp_path: Path, output_kind: str) -> None:
    output, _ = carry(tmp_path, full_source(tmp_path / "source", "FLAC"), "FLAC", output_kind)
    tags = probed(output)
    assert (tags["title"], tags["artist"]) == (FIELDS["TITLE"], FIELDS["ARTIST"])
    assert tags.get("comment", tags.get("comments")) == FIELDS["COMMENT"]
    if output_kind not in ("AIFF", "CAF"):
        assert tags["album"] == FIELDS["ALBUM"]
    if output_kind in ("MP3", "FLAC", "VORBIS", "OPUS"):
        assert tags["picture"] == "png"


def test_a_missing_source_is_an_input_error(tmp_path: Path) -> None:
    output = write_audio(tmp_path / "output.part", "WAV")
    for source_format in ("WAV", "FLAC", "OGG", "MP3"):
        with pytest.raises(InputError):
            carry_metadata(tmp_path / "none", output, source_format=source_format, output_format="WAV")


def test_a_missing_output_is_an_output_error(tmp_path: Path) -> None:
    source = add_riff(write_audio(tmp_path / "source", "WAV"), chunk(b"LIST", info_list(INAM=b"x")))
    for output_format in ("WAV", "FLAC", "OGG", "MP3", "CAF"):
        with pytest.raises(OutputError):
            carry_metadata(source, tmp_path / "none", source_format="WAV", output_format=output_format)


@pytest.mark.parametrize(("output_kind", "magic"), [("WAV", b"RIFF"), ("AIFF", b"FORM"), ("RF64", b"RIFF")])
def test_an_output_beyond_its_sizes_is_refused(tmp_path: Path, output_kind: str, magic: bytes) -> None:
    source = write_audio(tmp_path / "source", "WAV")
    output = tmp_path / "output.part"
    with output.open("wb") as handle:
        handle.write(magic + b"\xff\xff\xff\xffWAVE")
        handle.truncate((4 << 30) + 8)
    with pytest.raises(OutputError, match="4 GiB") as raised:
        carry_metadata(source, output, source_format="WAV", output_format=output_kind)
    assert "RF64" in raised.value.hint


class Files(dict[str, bytes]):
    """Bytes by format, which a failing property need not print."""

    def __repr__(self) -> str:
        return f"<{', '.join(self)}>"


def source_bytes(tmp_path: Path) -> Files:
    path = tmp_path / "source"
    makers: dict[str, Callable[[], Path]] = {
        "WAV": lambda: add_riff(write_audio(path, "WAV"), *(chunk(*c) for c in WAV_CHUNKS)),
        "AIFF": lambda: full_source(path, "AIFF"),
        "FLAC": lambda: rich_flac(path),
        "OGG": lambda: rich_ogg(path, "OPUS"),
        "MP3": lambda: rich_mp3(path, 4),
    }
    return Files({kind: make().read_bytes() for kind, make in makers.items()})


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return source_bytes(tmp_path_factory.mktemp("sources"))


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Files:
    path = tmp_path_factory.mktemp("outputs") / "output"
    kinds = {"WAV": "WAV", "FLAC": "FLAC", "OGG": "OPUS", "MP3": "MP3", "AIFF": "AIFF", "W64": "W64"}
    return Files({name: write_audio(path, kind, AUDIO[:600]).read_bytes() for name, kind in kinds.items()})


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_source_never_does_worse_than_an_error(
    tmp_path: Path, sources: Files, outputs: Files, data: st.DataObject
) -> None:
    source_format = data.draw(st.sampled_from(sorted(sources)))
    output_format = data.draw(st.sampled_from(sorted(outputs)))
    damaged = bytearray(sources[source_format])
    del damaged[data.draw(st.integers(0, 2 * len(damaged))) :]
    reach = st.one_of(st.integers(0, 400), st.integers(0, len(sources[source_format]) - 1))
    for position in data.draw(st.lists(reach, max_size=12)):
        if position < len(damaged):
            damaged[position] = data.draw(st.integers(0, 255))
    source, output = tmp_path / "damaged", tmp_path / "output.part"
    source.write_bytes(damaged)
    output.write_bytes(outputs[output_format])
    try:
        carry_metadata(source, output, source_format=source_format, output_format=output_format)
    except EqmorphError:
        return
    assert soundfile.info(output).frames == soundfile.info(_restored(tmp_path, outputs[output_format])).frames


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(
        [
            ("WAV", b"RIFF\xff\xff\xff\xffWAVE"),
            ("AIFF", b"FORM\0\0\1\0AIFF"),
            ("CAF", b"caff\0\1\0\0"),
            ("FLAC", b"fLaC"),
            ("OGG", b"OggS\0\2" + bytes(20) + b"\1\x13OpusHead"),
            ("MP3", b"ID3\4\0\0\0\0\1\0TIT2"),
            ("AU", b""),
        ]
    ),
    st.sampled_from(["WAV", "FLAC", "OGG", "MP3"]),
    st.binary(max_size=400),
)
def test_any_bytes_as_a_source_end_in_notes_or_an_error(
    tmp_path: Path, outputs: Files, source: tuple[str, bytes], output_format: str, rest: bytes
) -> None:
    path, output = tmp_path / "random", tmp_path / "output.part"
    path.write_bytes(source[1] + rest)
    output.write_bytes(outputs[output_format])
    try:
        notes = carry_metadata(path, output, source_format=source[0], output_format=output_format)
    except EqmorphError:
        return
    assert all(isinstance(note, str) for note in notes)
    assert soundfile.info(output).frames == soundfile.info(_restored(tmp_path, outputs[output_format])).frames


def _restored(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "restored.part"
    path.write_bytes(data)
    return path
