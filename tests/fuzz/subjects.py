"""What is fuzzed: everything that reads what strangers write, each with inputs to begin with.

A subject is tried on bytes in an empty folder. It may raise an `EqmorphError`, which is a refusal; anything else that
comes out is a finding, and so is what it leaves half done, which it checks itself.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import numpy as np
import soundfile as sf
from mutagen import id3

from eqmorph.adapt.fixed import BandsEq
from eqmorph.audio.metadata.carry import carry_metadata
from eqmorph.audio.read import AudioReader
from eqmorph.bands import Bands
from eqmorph.batch.journal import Journal, read_journal
from eqmorph.batch.state import read_states
from eqmorph.errors import EqmorphError
from eqmorph.level import Level
from eqmorph.process import Settings, process_file
from tests.audio import tagged_files

__all__ = ["SUBJECTS", "Subject"]


@dataclass(frozen=True)
class Subject:
    """``attempt(data, folder)`` reads data as a file or a text of a user; ``seeds`` are inputs that are all right."""

    name: str
    seeds: Callable[[], list[bytes]]
    attempt: Callable[[bytes, Path], None]
    tokens: tuple[bytes, ...] = ()


# ----------------------------------------------------------------------------------------------------------- audio

_BANDS = BandsEq(Bands.parse("LS 120 +3; PK 2500 -2 Q1; HS 8k +2"))
#: By subtype of a seed, what libsndfile writes of it.
_CONTAINERS = {
    "wav": (("WAV", "PCM_16"), ("WAV", "FLOAT"), ("WAVEX", "PCM_24"), ("RF64", "PCM_16"), ("WAV", "IMA_ADPCM")),
    "aiff": (("AIFF", "PCM_16"), ("AIFF", "FLOAT"), ("AIFF", "PCM_S8")),
    "caf": (("CAF", "PCM_16"), ("CAF", "ALAC_16"), ("CAF", "FLOAT")),
    "w64": (("W64", "PCM_16"), ("W64", "FLOAT")),
    "flac": (("FLAC", "PCM_16"), ("FLAC", "PCM_24")),
    "ogg": (("OGG", "VORBIS"), ("OGG", "OPUS")),
    "mp3": (("MP3", "MPEG_LAYER_III"),),
}
_IN_BLOCKS = ("VORBIS", "OPUS", "MPEG_LAYER_III", "GSM610", "DWVW_12")  # whose last one is filled up with silence
_OLD = ("AU", "VOC", "NIST", "SVX", "AVR", "PVF", "PAF", "IRCAM", "MAT4", "MAT5", "WVE", "SD2", "MPC2K", "HTK", "XI")


@cache
def _settings() -> tuple[tuple[Settings, str], ...]:
    """Return the ways in which audio is tried, and the suffix of what each writes."""
    from eqmorph.request import EqRequest

    words = EqRequest(words="warm:0.7").resolve()
    return (
        (Settings(_BANDS, level=Level("keep")), ""),
        (Settings(_BANDS, measure=True), ".wav"),
        (Settings(_BANDS, repair=True), ".flac"),
        (Settings(words, repair=True, measure=True), ".wav"),
        (Settings(words), ""),
        (Settings(BandsEq(Bands()), level=Level("keep")), ".aiff"),
    )


def _process(suffix: str, data: bytes, folder: Path) -> None:
    """Process a file of these bytes, in a way that follows from them; what is written must be whole."""
    source, out = folder / f"in{suffix}", folder / "out"
    source.write_bytes(data)
    settings, written = _settings()[zlib.crc32(data) % len(_settings())]
    output = out / f"out{written or suffix}"
    trajectory = out / "trajectory.json" if settings.listens else None
    try:
        result = process_file(source, output, settings, trajectory_path=trajectory)
    except EqmorphError:
        left = [path.name for path in out.iterdir()] if out.exists() else []
        if left:
            raise HalfDone(f"left {left}") from None
        raise
    with AudioReader(output) as reader:
        frames = sum(block.shape[1] for block in reader.blocks())
        has_blocks = reader.info.subtype in _IN_BLOCKS or "ADPCM" in reader.info.subtype
        if not has_blocks and frames != round(result.duration_s * reader.info.sample_rate):
            raise HalfDone(f"{frames} frames of {result.duration_s} s at {reader.info.sample_rate} Hz")
    if trajectory is not None:
        json.loads(trajectory.read_text(encoding="utf-8"))


class HalfDone(Exception):
    """Something was left that is not whole."""


def _sound() -> np.ndarray:
    return 0.2 * np.random.default_rng(1).standard_normal((1500, 2))


def _audio_seeds(name: str) -> list[bytes]:
    kinds = _CONTAINERS.get(name) or tuple((old, None) for old in _OLD)
    found = []
    with _folder() as folder:
        for container, subtype in kinds:
            path = folder / "seed"
            for rate, sound in ((22_050, _sound()), (48_000, _sound()[:400, :1])):
                try:
                    sf.write(path, sound, rate, subtype, format=container)
                except (sf.LibsndfileError, ValueError):
                    continue  # not in this build, or not at this rate
                found.append(path.read_bytes())
        if name == "wav":
            tagged_files.write_audio(path, "WAV")
            tagged_files.add_riff(path, *(tagged_files.chunk(*one) for one in tagged_files.WAV_CHUNKS))
            found.append(path.read_bytes())
        for kind in {"flac": ("FLAC",), "ogg": ("VORBIS", "OPUS"), "aiff": ("AIFF",), "mp3": ("MP3",)}.get(name, ()):
            found.append(tagged_files.full_source(path, kind).read_bytes())
    return found


# ------------------------------------------------------------------------------------------------------------ tags


@cache
def _bare(kind: str) -> bytes:
    with _folder() as folder:
        return tagged_files.write_audio(folder / "bare", kind, tagged_files.AUDIO[:2000]).read_bytes()


_TARGETS = ("MP3", "FLAC", "VORBIS", "WAV", "AIFF", "W64", "CAF")


def _carry(data: bytes, folder: Path, *, before: bool) -> None:
    """Carry what is in front of an MP3's sound, or behind it, to a file of some kind."""
    source = folder / "in.mp3"
    source.write_bytes(data + _bare("MP3") if before else _bare("MP3") + data)
    try:
        sf.info(source)
    except sf.LibsndfileError:
        return  # it would have been refused before
    kind = _TARGETS[zlib.crc32(data) % len(_TARGETS)]
    output = folder / f"out.{kind.lower()}"  # libsndfile goes by that where the first bytes tell it nothing
    output.write_bytes(_bare(kind))
    carry_metadata(source, output, source_format="MP3", output_format=tagged_files.major(kind))
    if sf.info(output).format != tagged_files.major(kind):
        raise HalfDone("what it was carried to can't be read any more")


def _id3_seeds() -> list[bytes]:
    frames = [
        id3.TIT2(1, "Größe"),
        id3.TXXX(3, "My Own Field", ["free"]),
        id3.COMM(3, "eng", "", ["hm"]),
        id3.APIC(1, "image/png", 3, "Bïld", tagged_files.PNG),
        id3.POPM("a@b", 196, 3),
        id3.GEOB(0, "application/x", "f", "Serato", bytes(range(64))),
        id3.RVA2("track", 1, -3.5, 0.9),
        id3.TDRC(0, "2024-05-01"),
    ]
    second = b"ID3\2\0\0\0\0\0\x16TT2\0\0\6\0Title" + b"TP1\0\0\4\0One"
    return [tagged_files.id3_bytes(*frames), tagged_files.id3_bytes(*frames, version=3), second, b""]


def _ape_seeds() -> list[bytes]:
    found = []
    with _folder() as folder:
        from mutagen.apev2 import APEv2

        for texts in ({"Title": "Größe", "Track": "3/12"}, {"Year": "2024", "MP3GAIN_MINMAX": "1,2"}):
            tag = APEv2()
            for name, text in texts.items():
                tag[name] = text
            path = folder / "ape"
            path.write_bytes(b"")
            tag.save(path)
            found.append(path.read_bytes())
    v1 = b"TAG" + b"Title".ljust(30, b"\0") + b"Artist".ljust(30, b"\0") + b"Album".ljust(30, b"\0") + b"2024"
    return [*found, found[0] + (v1 + bytes(28) + b"\0\3\x11"), b""]


# ------------------------------------------------------------------------------------------------------------ text

_WORDS = (b"warm", b"punchy", b"less harsh", b"a bit ", b"more", b"highs", b"300Hz", b"3k", b"and", b" + ", b"-", b":")
_WORD_TEXTS = (
    *("warm:0.7 + punchy:-0.3", "warmer, a bit less harsh", "más cálido y brillante", "not too boomy but full"),
    *("more highs, cut 300Hz a little", "take some 200-400Hz out", "bright:1.2 - muddy:.5", "twice as airy", "+3 dB"),
)


@cache
def _vocabulary() -> object:
    from eqmorph.model import SemanticSpace

    return SemanticSpace.load().vocabulary


def _target(data: bytes, _folder: Path) -> None:
    from eqmorph.target import parse_target, read_target

    text = data.decode("utf-8", "surrogateescape")
    reading = read_target(text, _vocabulary())
    if parse_target(str(reading.target), _vocabulary()) != reading.target:
        raise HalfDone(f"{reading.target} is read as something else")


def _bands(data: bytes, folder: Path) -> None:
    from eqmorph.presets import take_bands

    suffix = ("", ".txt", ".json", ".yaml", ".csv")[zlib.crc32(data) % 5]
    if suffix:
        (folder / f"eq{suffix}").write_bytes(data)
        take_bands(str(folder / f"eq{suffix}"))
    else:
        take_bands(data.decode("utf-8", "surrogateescape"))


def _bands_seeds() -> list[bytes]:
    from eqmorph.exchange import FORMATS, write_eq

    bands = Bands.parse("HP 80; LS 120 +3; PK 1000 -2 Q0.7; HS 8k -3")
    texts = ["HP 40; LS 120 +3; PK 1000 -2 Q0.7; HS 8k -3", "M: PK 300 -2 | S: HS 8k +2", "NT 50 Q30; BP 1k Q2", "flat"]
    texts += ["equalizer=f=1000:t=q:w=1:g=-3", "bass +3", "Filter 1: ON PK Fc 1000 Hz Gain -3.0 dB Q 1.00"]
    written = []
    for kind in FORMATS:
        data = write_eq(bands, kind, sample_rate=48_000, name="a", channels=2).data
        if len(data) < 20_000 and data[:4] not in (b"RIFF",):
            written.append(data)
    return [*(text.encode() for text in texts), *written]


def _preset(data: bytes, folder: Path) -> None:
    from eqmorph.presets import format_preset, read_preset

    (folder / "a.toml").write_bytes(data)
    preset = read_preset(folder / "a.toml")
    (folder / "b.toml").write_text(format_preset(preset), encoding="utf-8")
    if read_preset(folder / "b.toml") != preset:
        raise HalfDone("what it writes is another preset")


def _preset_seeds() -> list[bytes]:
    from eqmorph.presets import Preset, format_preset, list_presets

    own = Preset("a", Bands(), "words", ("one", "two"), "warm:0.7", 0.5)
    return [*(path.read_bytes() for path in list_presets().values()), format_preset(own).encode()]


def _journal(data: bytes, folder: Path) -> None:
    """A journal of any content is read, added to and written anew; what is added is known afterwards."""
    path = folder / ".eqmorph-journal.jsonl"
    path.write_bytes(data * 400 if zlib.crc32(data) % 50 == 0 else data)
    source, output = folder / "a.wav", folder / "b.wav"
    source.write_bytes(b"a")
    output.write_bytes(b"b")
    journal = Journal(folder, Settings(_BANDS))
    for name in ("a.wav", "b.wav", "sub/c.wav"):
        journal.is_current(source, folder / name)
    read_states(folder)
    journal.record(source, source.stat(), output, output)
    journal.note({"failed": "x", "error": "y"})
    journal.compact()
    again = Journal(folder, Settings(_BANDS))
    if not again.is_current(source, output) or not read_journal(folder):
        raise HalfDone("what was added isn't known")


def _journal_seeds() -> list[bytes]:
    with _folder() as folder:
        source, output = folder / "a.wav", folder / "b.wav"
        source.write_bytes(b"a")
        output.write_bytes(b"b")
        journal = Journal(folder, Settings(_BANDS))
        journal.record(source, source.stat(), output, output)
        journal.forget(output)
        journal.record(source, source.stat(), output, output)
        state = {"run": "r", "host": "h", "process": 1, "begun": 1.0, "at": 2.0, "files": 3, "done": 1, "skipped": 0}
        journal.note({"state": {**state, "failed": 1, "audio_s": 3.0, "has_ended": False}})
        journal.note({"failed": "/x.wav", "error": "is damaged"})
        data = (folder / ".eqmorph-journal.jsonl").read_bytes()
    return [data, data.splitlines(keepends=True)[0], b""]


def _report(data: bytes, folder: Path) -> None:
    """A report is read, and becomes a page next to it and nothing elsewhere."""
    from eqmorph.cli.reports import read_report
    from eqmorph.report import find_report, make_report

    path, out = folder / "r.jsonl", folder / "page.html"
    path.write_bytes(data)
    with suppress(EqmorphError):
        read_report(path)
    make_report(find_report(path), out)


def _report_seeds() -> list[bytes]:
    from eqmorph.batch import prepare_batch
    from eqmorph.request import EqRequest

    with _folder() as folder:
        sf.write(folder / "a.wav", _sound(), 22_050)
        (folder / "b.wav").write_bytes(b"no")
        settings = Settings(EqRequest(words="warm:0.7").resolve(), measure=True)
        outcome = prepare_batch([folder / "a.wav", folder / "b.wav"], folder / "out", settings).run()
        records = [ended.to_record(with_spectrum=True) for ended in outcome.results]
    lines = "".join(json.dumps(record) + "\n" for record in records)
    return [lines.encode(), json.dumps({"files": records}).encode()]


def _card(data: bytes, folder: Path) -> None:
    """A model's card, sealed anew where it can be, so that more is looked at than its seal."""
    from eqmorph.model import SemanticSpace
    from eqmorph.model.card import digest_of
    from eqmorph.model.files import shipped_folder

    try:
        card = json.loads(data)
        data = json.dumps({**card, "digest": digest_of(card)}).encode()
    except (ValueError, TypeError, RecursionError):
        pass
    for part in shipped_folder().iterdir():
        if part.suffix in (".safetensors", ".onnx"):
            (folder / part.name).symlink_to(part)
    (folder / "card.json").write_bytes(data)
    SemanticSpace.load(folder)


def _card_seeds() -> list[bytes]:
    from eqmorph.model.files import shipped_folder

    whole = (shipped_folder() / "card.json").read_bytes()
    few = json.loads(whole)
    few["terms"] = few["terms"][:2]
    return [whole, json.dumps(few).encode()]


def _config(data: bytes, folder: Path) -> None:
    """The config file: of the command line, of the app, and with one setting changed in it."""
    from eqmorph.cli import main
    from eqmorph.cli.settings import found_settings
    from eqmorph.tui.config import read_settings
    from eqmorph.user_config import read_config, write_setting

    path = folder / "config.toml"
    path.write_bytes(data)
    os.environ["EQMORPH_CONFIG"] = str(path)
    read_settings(actions={"play": "space", "mode.switch": "h", "slider.less": "left"}, themes={"nord"})
    with suppress(EqmorphError):
        found_settings(main, ["apply", "a.wav", "b.wav"])
    before = read_config()
    write_setting(path, ("tui", "theme"), "nord")
    after = read_config()
    if after.get("tui", {}).get("theme") != "nord" or {**before, "tui": 0} != {**after, "tui": 0}:
        raise HalfDone("changing one setting changed others")


def _reference(data: bytes, folder: Path) -> None:
    from eqmorph.balance.document import format_balance, read_balance

    (folder / "a.json").write_bytes(data)
    format_balance(read_balance(folder / "a.json"))


def _reference_seeds() -> list[bytes]:
    from eqmorph.balance.document import SCHEMA

    levels = [-20.0 - 3 * number for number in range(10)]
    freqs = [31.5 * 2**number for number in range(10)]
    document = {"schema": SCHEMA, "name": "a", "kind": "mix", "files": 3, "per": "third-octave"}
    return [json.dumps({**document, "freqs_hz": freqs, "levels_db": levels}).encode()]


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp())
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


_CHUNKS = (b"RIFF", b"WAVE", b"fmt ", b"data", b"LIST", b"id3 ", b"ds64", b"FORM", b"COMM", b"SSND", b"caff", b"desc")
_JSON = (b"{", b"}", b"[", b"]", b'"', b",", b":", b"null", b"NaN", b"1e999", b"-1", b"9" * 40, b"\\u0000", b"\n")
_TOML = (b"[[bands]]\n", b"=", b'"""', b"inf", b"nan", b"[tui]\n", b"[tui.keys]\n", b"theme", b"1979-05-27", b"{}")

SUBJECTS = {
    subject.name: subject
    for subject in (
        *(
            Subject(name, partial(_audio_seeds, name), partial(_process, f".{name}"), _CHUNKS)
            for name in (*_CONTAINERS, "au")
        ),
        Subject("id3", _id3_seeds, partial(_carry, before=True), (b"ID3\4\0", b"APIC", b"TXXX", b"\xff\xfe", b"COMM")),
        Subject("ape", _ape_seeds, partial(_carry, before=False), (b"APETAGEX", b"TAG", b"Cover Art (Front)\0")),
        Subject("target", lambda: [text.encode() for text in _WORD_TEXTS], _target, _WORDS),
        Subject(
            "bands", _bands_seeds, _bands, (b"PK ", b"HS ", b"Q", b"dB", b"1e9", b"nan", b";", b"|", b"M:", *_JSON)
        ),
        Subject("preset", _preset_seeds, _preset, _TOML),
        Subject("journal", _journal_seeds, _journal, (*_JSON, b'"forget"', b'"state"', b'"output"')),
        Subject("report", _report_seeds, _report, (*_JSON, b'"../../x"', b'"input"', b'"bands"')),
        Subject("card", _card_seeds, _card, _JSON),
        Subject(
            "config",
            lambda: [b'[tui]\ntheme = "nord"\n[tui.keys]\nplay = "p"\n[apply]\nlevel = "keep"\n'],
            _config,
            _TOML,
        ),
        Subject("reference", _reference_seeds, _reference, _JSON),
    )
}
