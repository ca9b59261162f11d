"""What ffmpeg writes: our sound in its place, and all else that was in the source."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mutagen.mp4
import numpy as np
import pytest
import soundfile as sf

from eqmorph.audio.ffmpeg import child
from eqmorph.audio.lossy import Lossy
from eqmorph.audio.read import AudioReader
from eqmorph.bands import Bands
from eqmorph.errors import DiskError, EqmorphError, InputError, OutputError, Stopped, UsageError
from eqmorph.level import Level
from eqmorph.process import ProcessResult, Settings, process_file
from eqmorph.request import EqRequest
from tests.audio.ffmpeg.container_files import (
    FFMPEG,
    FRAMES,
    decoded,
    digests,
    fake_ffmpeg,
    ffmpeg,
    film,
    first_times,
    made,
    music,
    needs_ffmpeg,
    offset,
    sound_after_picture_s,
    told,
    wav,
)
from tests.support import largest_file, make_audio, posix_only, wait_until

GENTLE = "PK 1000 -0.1"
MARKED = ("-metadata", "title=Song", "-metadata", "album_artist=Ann", "-metadata", "MOOD=odd")


def settings(bands: str = GENTLE, amount: float = 1.0, **options: Any) -> Settings:
    options.setdefault("level", Level("keep"))
    return Settings(EqRequest(bands=Bands.parse(bands), amount=amount).resolve(), **options)


def applied(source: Path, output: Path, bands: str = GENTLE, **options: Any) -> ProcessResult:
    output.parent.mkdir(exist_ok=True)
    return process_file(source, output, settings(bands, **options))


def read(path: Path) -> np.ndarray[Any, Any]:
    with AudioReader(path) as reader:
        return np.concatenate(list(reader.blocks()), axis=1)


def chapters(path: Path) -> list[tuple[float, str]]:
    return [(float(one["start_time"]), one["tags"]["title"]) for one in told(path)["chapters"]]


# ----------------------------------------------------------------------------------------------- the sound in its place


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.m4a", ("-c:a", "aac", "-b:a", "256k")),
        ("a.mp4", ("-c:a", "libmp3lame", "-b:a", "256k")),
        ("a.mp4", ("-c:a", "ac3", "-b:a", "448k")),
        ("a.m4a", ("-c:a", "alac")),
        ("a.mov", ("-c:a", "pcm_s16le")),
        ("a.mka", ("-c:a", "flac")),
        ("a.mka", ("-c:a", "aac", "-b:a", "256k")),
        ("a.mka", ("-c:a", "ac3", "-b:a", "448k")),
        ("a.mka", ("-c:a", "libvorbis", "-q:a", "8")),
        ("a.aac", ("-c:a", "aac", "-b:a", "256k")),
        ("a.wma", ("-c:a", "wmav2", "-b:a", "256k")),
    ],
)
def test_as_many_frames_and_aligned_to_the_sample(tmp_path: Path, name: str, options: tuple[str, ...]) -> None:
    source = made(tmp_path / name, *options)
    result = applied(source, tmp_path / "out" / name)
    with AudioReader(source) as before, AudioReader(tmp_path / "out" / name) as after:
        assert (after.info.format, after.info.subtype) == (before.info.format, before.info.subtype)
    was, now = read(source), read(tmp_path / "out" / name)
    assert now.shape == was.shape
    assert offset(now[0], was[0]) == offset(now[1], was[1]) == 0
    assert np.corrcoef(now[0], was[0])[0, 1] > 0.99
    assert result.notes == ()


@pytest.mark.parametrize("name", ["a.mka", "a.webm"])
def test_opus_too(tmp_path: Path, name: str) -> None:
    source = made(tmp_path / name, "-c:a", "libopus", "-b:a", "192k", rate=48_000)
    applied(source, tmp_path / "out" / name)
    was, now = read(source), read(tmp_path / "out" / name)
    assert now.shape == was.shape
    assert offset(now[0], was[0]) == 0


@pytest.mark.parametrize("codec", ["ac3", "eac3"])
def test_all_of_a_sound_that_was_remuxed_is_there(tmp_path: Path, codec: str) -> None:
    """In an MP4 that was copied together, the delay of AC-3's encoder is heard: it ends at the end of a frame."""
    other = made(tmp_path / "a.mka", "-c:a", codec, "-b:a", "448k", sound=music(46 * 1536))
    source = tmp_path / "a.mp4"
    ffmpeg("-i", other, "-c", "copy", source)
    result = applied(source, tmp_path / "out.mp4")
    was, now = read(source), read(tmp_path / "out.mp4")
    assert was.shape[1] <= now.shape[1] < was.shape[1] + 1536
    assert offset(now[0], was[0]) == 0
    assert np.corrcoef(now[0, was.shape[1] - 256 : was.shape[1]], was[0, -256:])[0, 1] > 0.9
    assert [note for note in result.notes if "fill up the last" in note]


def test_after_five_generations_it_is_still_in_its_place(tmp_path: Path) -> None:
    path = made(tmp_path / "0.m4a", "-c:a", "aac", "-b:a", "256k")
    for number in range(1, 6):
        applied(path, tmp_path / f"{number}.m4a")
        path = tmp_path / f"{number}.m4a"
    assert read(path).shape == (2, FRAMES)
    assert offset(read(path)[0], music()[0]) == 0


def test_six_channels_keep_their_layout(tmp_path: Path) -> None:
    sound = music(channels=6)
    source = made(tmp_path / "a.m4a", "-channel_layout", "5.1", "-c:a", "aac", "-b:a", "640k", sound=sound)
    applied(source, tmp_path / "out.m4a")
    (stream,) = told(tmp_path / "out.m4a")["streams"]
    assert (stream["channels"], stream["channel_layout"]) == (6, "5.1")
    was, now = read(source), read(tmp_path / "out.m4a")
    assert [int(np.argmax([abs(np.dot(a, b)) for b in was])) for a in now] == list(range(6))
    applied(source, tmp_path / "out.wav")
    with AudioReader(tmp_path / "out.wav") as reader:
        assert reader.info.channel_mask == 0x3F


@pytest.mark.parametrize("rate", [8000, 22_050, 48_000, 96_000])
def test_rates_are_kept(tmp_path: Path, rate: int) -> None:
    source = made(tmp_path / "a.m4a", "-c:a", "aac", sound=music(9001, rate=rate), rate=rate)
    assert applied(source, tmp_path / "out.m4a").sample_rate == rate
    assert read(tmp_path / "out.m4a").shape == (2, 9001)


def test_lossless_sound_stays_lossless(tmp_path: Path) -> None:
    for name, codec in (("a.m4a", "alac"), ("a.mka", "flac")):
        source = made(tmp_path / name, "-c:a", codec)
        applied(source, tmp_path / "out" / name, "PK 1000 -3")
        applied(tmp_path / "made.wav", tmp_path / "out" / "a.wav", "PK 1000 -3")
        assert np.array_equal(read(tmp_path / "out" / name), read(tmp_path / "out" / "a.wav"))
        (tmp_path / "out" / "a.wav").unlink()


@pytest.mark.parametrize("name", ["a.m4a", "a.mka", "a.mp4"])
def test_no_amount_copies_the_file(tmp_path: Path, name: str) -> None:
    source = made(tmp_path / name, *MARKED)
    process_file(source, tmp_path / f"out-{name}", settings("PK 1000 -6", amount=0))
    assert (tmp_path / f"out-{name}").read_bytes() == source.read_bytes()


def test_no_amount_takes_lossless_samples_elsewhere_as_they_are(tmp_path: Path) -> None:
    source = made(tmp_path / "a.m4a", "-c:a", "alac")
    process_file(source, tmp_path / "a.wav", settings(amount=0))
    process_file(tmp_path / "a.wav", tmp_path / "b.mka", settings(amount=0))
    assert np.array_equal(read(tmp_path / "b.mka"), read(source))
    assert sf.info(tmp_path / "a.wav").subtype == "PCM_24"


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    sources = [made(tmp_path / name, *MARKED) for name in ("a.m4a", "a.mka", "a.wma", "a.aac", "a.mov")]
    for source in sources:
        applied(source, tmp_path / "one" / source.name)
    time.sleep(1.01)  # whatever clock a container might hold is another now
    for source in sources:
        applied(source, tmp_path / "two" / source.name)
        one, two = (tmp_path / folder / source.name for folder in ("one", "two"))
        assert one.read_bytes() == two.read_bytes(), source.name


# ---------------------------------------------------------------------------------------------- all else that was there


@pytest.mark.parametrize(("name", "subtitles"), [("a.mp4", "mov_text"), ("a.mov", "mov_text"), ("a.mkv", "srt")])
def test_all_but_the_sound_of_a_film_is_as_it_was(tmp_path: Path, name: str, subtitles: str) -> None:
    source = film(tmp_path / name, subtitles=subtitles)
    output = tmp_path / f"out{name}"
    result = applied(source, output, "PK 1000 -6")
    assert result.notes == ("2 streams of sound: stream 2, eng was equalized, the others were copied",)
    was, now = told(source), told(output)
    kept = ("codec_name", "codec_type", "disposition")
    assert [[s.get(k) for k in kept] for s in now["streams"]] == [[s.get(k) for k in kept] for s in was["streams"]]
    language = [[s.get("tags", {}).get("language") for s in document["streams"]] for document in (was, now)]
    assert language[0] == language[1]
    assert digests(source, "v:0", "a:0", "s:0") == digests(output, "v:0", "a:0", "s:0")
    assert digests(source, "a:1") != digests(output, "a:1")
    assert chapters(output) == chapters(source) == [(0.0, "One"), (0.9, "Two")]
    assert now["format"]["tags"]["title"] == "Film"
    parts = [[*d["streams"], d["format"]] for d in (was, now)]
    names = [{k.lower(): v for part in one for k, v in part.get("tags", {}).items()} for one in parts]
    assert names[1]["timecode"] == names[0]["timecode"] == "01:00:00:00"
    rotations = [[side.get("rotation") for side in d["streams"][0].get("side_data_list", [])] for d in (was, now)]
    assert rotations[0] == rotations[1]
    assert name == "a.mkv" or 90 in map(abs, rotations[0])


@pytest.mark.parametrize(("name", "subtitles"), [("a.mp4", "mov_text"), ("a.mkv", "srt")])
@pytest.mark.parametrize("late_s", [0.0, 0.28, 1.0])
def test_picture_and_sound_stay_in_step(tmp_path: Path, name: str, subtitles: str, late_s: float) -> None:
    source = film(tmp_path / name, subtitles=subtitles, late_s=late_s)
    applied(source, tmp_path / f"out{name}")
    assert first_times(tmp_path / f"out{name}") == pytest.approx(first_times(source), abs=0.0011)
    was, now = decoded(source, "a:1"), decoded(tmp_path / f"out{name}", "a:1")
    assert offset(now[0], was[0]) == 0


@pytest.mark.parametrize("late_s", [0.0, 0.5])
@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.mkv", "ac3"), ("a.mkv", "eac3"), ("a.mp4", "ac3"), ("a.mkv", "libopus"), ("a.mp4", "libopus")],
)
def test_in_step_after_three_generations(tmp_path: Path, name: str, codec: str, late_s: float) -> None:
    sound = wav(tmp_path / "sound.wav", music(48_000, rate=48_000), rate=48_000)
    shown = ("-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=2", "-itsoffset", str(late_s), "-i", sound)
    first = last = tmp_path / name
    ffmpeg(*shown, "-map", "0", "-map", "1", "-c:v", "libx264", "-c:a", codec, "-b:a", "256k", first)
    for number in range(3):
        applied(last, tmp_path / f"{number}{name}")
        last = tmp_path / f"{number}{name}"
    assert sound_after_picture_s(last) == pytest.approx(sound_after_picture_s(first), abs=0.0021)
    assert offset(decoded(last)[0], decoded(first)[0]) == 0


def test_tags_cover_and_chapters_of_an_m4a_are_kept(tmp_path: Path) -> None:
    source = tmp_path / "a.m4a"
    ffmpeg("-f", "lavfi", "-i", "testsrc=s=80x80:d=0.04", "-frames:v", "1", tmp_path / "c.png")
    (tmp_path / "c.txt").write_text(
        ";FFMETADATA1\ntitle=Song\nartist=Ann\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=700\ntitle=One\n"
        "[CHAPTER]\nTIMEBASE=1/1000\nSTART=700\nEND=1500\ntitle=Two\n"
    )
    inputs = ("-i", wav(tmp_path / "w.wav"), "-i", tmp_path / "c.png", "-i", tmp_path / "c.txt")
    ffmpeg(*inputs, "-map", "0", "-map", "1", "-map_metadata", "2", "-map_chapters", "2", "-c:a", "aac", "-c:v", "copy",
           "-disposition:v", "attached_pic", source)  # fmt: skip
    tags = mutagen.mp4.MP4(source)
    tags["----:com.apple.iTunes:MusicBrainz Album Id"] = [b"abc"]
    tags["----:com.apple.iTunes:replaygain_track_gain"] = [b"-7 dB"]
    tags["\xa9wrt"], tags["cpil"], tags["trkn"] = ["Composer"], True, [(3, 12)]
    tags.save()
    result = applied(source, tmp_path / "out.m4a")
    assert result.notes == ("replaygain_track_gain left out: measured on the audio before the change",)
    was, now = dict(tags.tags), dict(mutagen.mp4.MP4(tmp_path / "out.m4a").tags)
    for gone in ("----:com.apple.iTunes:replaygain_track_gain", "\xa9too"):
        was.pop(gone, None)
    assert now == was
    assert chapters(tmp_path / "out.m4a") == [(0.0, "One"), (0.7, "Two")]
    assert offset(read(tmp_path / "out.m4a")[0], music()[0]) == 0  # what stands behind the tags is where it was

    result = applied(source, tmp_path / "out.mka")
    assert "20 ms later" in " ".join(result.notes)
    assert chapters(tmp_path / "out.mka") == [(0.0, "One"), (0.7, "Two")]
    document = told(tmp_path / "out.mka")
    assert [s["disposition"]["attached_pic"] for s in document["streams"]] == [0, 1]
    assert document["format"]["tags"]["title"] == "Song"
    again = applied(tmp_path / "out.mka", tmp_path / "again.mka")
    assert [s["disposition"]["attached_pic"] for s in told(tmp_path / "again.mka")["streams"]] == [0, 1]
    assert again.notes == ()

    result = applied(source, tmp_path / "out.flac")
    assert "FLAC has no place for chapters" in result.notes
    flac = mutagen.File(tmp_path / "out.flac")
    assert (flac["title"], flac["musicbrainz album id"]) == (["Song"], ["abc"])
    assert flac.pictures[0].data == bytes(tags["covr"][0])


def test_tags_and_cover_of_a_flac_go_into_an_m4a(tmp_path: Path) -> None:
    ffmpeg("-f", "lavfi", "-i", "testsrc=s=80x80:d=0.04", "-frames:v", "1", tmp_path / "c.png")
    inputs = ("-i", wav(tmp_path / "w.wav"), "-i", tmp_path / "c.png", "-map", "0", "-map", "1")
    ffmpeg(*inputs, *MARKED, "-c:a", "flac", "-disposition:v", "attached_pic", tmp_path / "a.flac")
    result = applied(tmp_path / "a.flac", tmp_path / "a.m4a")
    assert (result.format, result.subtype) == ("M4A", "AAC")
    assert result.notes == ("M4A has no place for MOOD",)
    tags = mutagen.mp4.MP4(tmp_path / "a.m4a")
    assert (tags["\xa9nam"], tags["aART"]) == (["Song"], ["Ann"])
    assert bytes(tags["covr"][0]) == mutagen.File(tmp_path / "a.flac").pictures[0].data
    assert read(tmp_path / "a.m4a").shape == (2, FRAMES)


def test_the_sound_of_a_film_alone(tmp_path: Path) -> None:
    source = film(tmp_path / "a.mp4")
    result = applied(source, tmp_path / "a.wav")
    assert "WAV has no place for the picture, chapters, the other streams of sound and subtitles" in result.notes
    result = applied(source, tmp_path / "a.m4a")
    assert "M4A has no place for the picture, subtitles" in result.notes
    assert {s["codec_type"] for s in told(tmp_path / "a.m4a")["streams"]} <= {"audio", "data"}
    with pytest.raises(UsageError, match="the picture of MP4 can't go into MKV"):
        applied(source, tmp_path / "b.mkv")
    assert not (tmp_path / "b.mkv").exists()


@pytest.mark.parametrize(
    ("name", "depth", "subtype"),
    [("a.m4a", None, "AAC"), ("a.m4a", "16", "ALAC_16"), ("a.mka", None, "FLAC_24"), ("a.mp4", "24", "ALAC_24"),
     ("a.mp4", None, "AAC"),
     ("a.mov", None, "PCM_24"), ("a.wma", None, "WMAV2"), ("a.aac", None, "AAC"), ("a.mka", "32f", "FLOAT")],
)  # fmt: skip
@needs_ffmpeg
def test_what_a_wav_becomes(tmp_path: Path, name: str, depth: str | None, subtype: str) -> None:
    result = applied(wav(tmp_path / "a.wav"), tmp_path / name, bit_depth=depth)
    assert result.subtype == subtype
    with AudioReader(tmp_path / name) as reader:
        assert reader.info.subtype == subtype


def test_an_ordinary_wav_becomes_aac_in_mp4(tmp_path: Path) -> None:
    assert applied(make_audio(tmp_path / "a.wav"), tmp_path / "a.mp4").subtype == "AAC"


def test_flac_in_matroska_becomes_flac_in_mp4(tmp_path: Path) -> None:
    assert applied(made(tmp_path / "a.mka", "-c:a", "flac"), tmp_path / "a.mp4").subtype.startswith("FLAC")
    with AudioReader(tmp_path / "a.mp4") as reader:
        assert reader.info.subtype.startswith("FLAC")


# ------------------------------------------------------------------------------------------------------------- loudness


def test_loudness_is_that_of_the_encoded_result(tmp_path: Path) -> None:
    source = made(tmp_path / "a.m4a", "-c:a", "aac", "-b:a", "128k")
    result = applied(source, tmp_path / "out.m4a", "HS 4k +3", level=Level("match"))
    said = subprocess.run(
        [str(FFMPEG), "-nostats", "-i", tmp_path / "out.m4a", "-af", "ebur128", "-f", "null", "-"],
        capture_output=True,
        text=True,
    ).stderr
    heard = float(said.rpartition("I:")[2].split()[0])
    assert result.after is not None
    assert result.after.lufs == pytest.approx(heard, abs=0.15)


def test_what_an_encoder_does_to_loudness_and_peaks_is_said(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    source = wav(tmp_path / "a.wav", np.asarray(0.15 * np.sign(rng.standard_normal((2, 50_000))), np.float32))
    result = applied(source, tmp_path / "a.m4a", "HS 3k +12", ceiling_db=-3.0, lossy=Lossy(96_000))
    assert any("the encoder raises the true peak to" in note for note in result.notes)
    result = applied(source, tmp_path / "b.m4a", level=Level("match"), ceiling_db=-3.0, lossy=Lossy(32_000))
    assert any("the encoder makes it" in note and "quieter" in note for note in result.notes)


# ------------------------------------------------------------------------------------------- an ffmpeg that misbehaves

AS_ENCODER = "if not is_encoder: run()\n"


@pytest.mark.parametrize(
    ("name", "output", "codec"),
    [("a.mka", "b.mka", "flac"), ("a.mka", "b.m4a", "aac"), ("a.mp4", "b.mp4", "aac"), ("a.mkv", "b.mkv", "flac")],
)
def test_dts_becomes_what_can_be_written_and_stays_in_its_place(
    tmp_path: Path, name: str, output: str, codec: str
) -> None:
    dts = ("-strict", "-2", "-c:a", "dca", "-b:a", "768k")
    shown = ("-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=2", "-map", "0", "-map", "1") if name == "a.mkv" else ()
    source = made(tmp_path / name, *shown, *dts, sound=music(rate=48_000), rate=48_000)
    result = applied(source, tmp_path / "out" / output)
    streams = told(tmp_path / "out" / output)["streams"]
    assert [stream["codec_name"] for stream in streams if stream["codec_type"] == "audio"] == [codec]
    before, after = read(source), read(tmp_path / "out" / output)
    assert after.shape == before.shape
    assert offset(after[0], before[0]) == 0
    assert any("can't hold DTS" in note for note in result.notes) == (name[-3:] == output[-3:])


def fails(source: Path, output: Path, error: type[EqmorphError] = OutputError) -> EqmorphError:
    """Process a file, which fails; nothing of it may stay."""
    folder = output.parent
    before = set(folder.iterdir())
    threads = threading.active_count()
    with pytest.raises(error) as caught:
        process_file(source, output, settings())
    assert set(folder.iterdir()) == before
    wait_until(lambda: threading.active_count() <= threads, seconds=5)
    return caught.value


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("sys.stdin.buffer.read(9000)\nos.kill(os.getpid(), 9)", "it ended"),
        ("os.write(2, b'[mp4 @ 0x55] Unknown encoder\\n')\nsys.exit(1)", "Unknown encoder"),
        ("sys.stdin.buffer.read()\nsys.exit(3)", "it ended with code 3"),
        ("sys.stdin.buffer.read()\nsys.exit(0)", "what it wrote is truncated or damaged"),
        ("time.sleep(60)", "nothing came for"),
        ("sys.stdin.buffer.read()\ntime.sleep(60)", "nothing came for"),
    ],
)
def test_nothing_half_written_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, said: str) -> None:
    source = made(tmp_path / "a.m4a", "-c:a", "aac")
    fake_ffmpeg(tmp_path / "bin", monkeypatch, AS_ENCODER + script)
    monkeypatch.setattr(child, "STALLED_S", 0.4)
    out = tmp_path / "out"
    out.mkdir()
    error = fails(source, out / "a.m4a", EqmorphError)
    assert error.hint
    assert any(part in str(error) for part in said.split("|"))
    assert error.path == out / "a.m4a"


def test_a_result_that_lacks_its_end_is_no_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = made(tmp_path / "a.m4a", "-c:a", "aac")
    shortened = "at = args.index('-f', args.index('pipe:0'))\nargs[-3:-3] = ['-t', '0.5']\nrun()"
    fake_ffmpeg(tmp_path / "bin", monkeypatch, AS_ENCODER + shortened)
    (tmp_path / "out").mkdir()
    error = fails(source, tmp_path / "out" / "a.m4a", OutputError)
    assert "ended before" in str(error) or "could not be written completely" in str(error)


def test_a_full_disk_is_said_to_be_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = made(tmp_path / "a.m4a", "-c:a", "aac")
    full = "os.write(2, b'av_interleaved_write_frame(): No space left on device\\n')\nsys.exit(1)"
    fake_ffmpeg(tmp_path / "bin", monkeypatch, AS_ENCODER + full)
    (tmp_path / "out").mkdir()
    assert "the disk is full" in str(fails(source, tmp_path / "out" / "a.m4a", DiskError))


@pytest.mark.parametrize("name", ["a.m4a", "a.mka", "a.wma", "a.aac"])
def test_what_did_not_fit_is_no_result_though_ffmpeg_ends_as_if_it_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    source = wav(tmp_path / "a.wav")
    said = [f"Error {what} file file:x: No space left on device\n" for what in ("writing trailer of", "closing")]
    script = (
        "import subprocess\ncode = subprocess.run([real, *args]).returncode\n"
        f"os.write(2, {''.join(said).encode()!r})\nsys.exit(code)"
    )
    fake_ffmpeg(tmp_path / "bin", monkeypatch, AS_ENCODER + script)
    (tmp_path / "out").mkdir()
    assert "the disk is full" in str(fails(source, tmp_path / "out" / name, DiskError))


@posix_only
@pytest.mark.parametrize("name", ["a.m4a", "a.mka", "a.wma", "a.aac", "a.mp4"])
def test_a_really_full_disk_is_said_to_be_that_wherever_it_ends(
    tmp_path: Path, name: str, small_disk: Callable[[int], Path]
) -> None:
    source = wav(tmp_path / "a.wav")
    applied(source, tmp_path / "out" / name)
    pages = -(-(tmp_path / "out" / name).stat().st_size // os.sysconf("SC_PAGE_SIZE"))
    for room in (1, pages // 2, pages - 1):
        place = small_disk(room)
        assert "the disk is full" in str(fails(source, place / name, DiskError))
        assert list(place.iterdir()) == []
    place = small_disk(pages)
    applied(source, place / name)
    assert (place / name).read_bytes() == (tmp_path / "out" / name).read_bytes()


@posix_only
def test_a_file_that_may_not_grow_is_an_error(tmp_path: Path) -> None:
    source = made(tmp_path / "a.m4a", "-c:a", "alac")
    (tmp_path / "out").mkdir()
    with largest_file(50_000):
        fails(source, tmp_path / "out" / "a.m4a", OutputError)


def test_one_that_floods_stderr_is_no_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = made(tmp_path / "a.m4a", "-c:a", "aac")
    fake_ffmpeg(tmp_path / "bin", monkeypatch, "for _ in range(100): os.write(2, b'y\\n' * 20000)\nrun()")
    applied(source, tmp_path / "out.m4a")
    assert read(tmp_path / "out.m4a").shape == (2, FRAMES)


def test_work_that_is_stopped_leaves_nothing(tmp_path: Path) -> None:
    source = made(tmp_path / "a.m4a", "-c:a", "aac", sound=music(500_000))
    (tmp_path / "out").mkdir()
    heard = 0.0

    def watch(seconds: float) -> None:
        nonlocal heard
        heard += seconds
        if heard > 4:
            raise Stopped("interrupted")

    threads = threading.active_count()
    with pytest.raises(Stopped):
        process_file(source, tmp_path / "out" / "a.m4a", settings(), watch=watch)
    assert list((tmp_path / "out").iterdir()) == []
    wait_until(lambda: threading.active_count() <= threads, seconds=5)


def test_a_source_that_is_truncated_is_named_and_leaves_nothing(tmp_path: Path) -> None:
    source = made(tmp_path / "a.m4a", "-c:a", "aac", "-movflags", "faststart")
    source.write_bytes(source.read_bytes()[:-9000])
    (tmp_path / "out").mkdir()
    error = fails(source, tmp_path / "out" / "a.m4a", InputError)
    assert error.path == source


def test_without_ffmpeg_a_result_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = wav(tmp_path / "a.wav")
    monkeypatch.setenv("EQMORPH_FFMPEG", "/nowhere")
    (tmp_path / "out").mkdir()
    assert "needs ffmpeg" in str(fails(source, tmp_path / "out" / "a.m4a", InputError))
