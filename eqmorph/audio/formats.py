"""Choose the container and the sample type of a result.

Names are libsndfile's: a *format* is a container (``WAV``, ``FLAC``), a *subtype* is how samples are stored in it
(``PCM_16``, ``VORBIS``). Those that ffmpeg reads and writes have names of the same kind, in
`eqmorph.audio.ffmpeg.containers`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eqmorph.audio.ffmpeg.containers import CONTAINERS
from eqmorph.audio.lossy import AS_USUAL, Lossy
from eqmorph.errors import UsageError
from eqmorph.wording import Means, Phrase

if TYPE_CHECKING:
    from pathlib import Path

    from eqmorph.audio.read import AudioInfo

__all__ = [
    "AUDIO_SUFFIXES",
    "BIT_DEPTHS",
    "FORMATS",
    "PIPED_SUFFIXES",
    "UNWRITTEN_SUFFIXES",
    "OutputFormat",
    "check_output_name",
    "choose_format",
    "format_of_suffix",
    "output_suffix",
]


#: Names of files, not of folders, that nothing here can write.
UNWRITTEN_SUFFIXES = frozenset({".ape", ".wv", ".wmv", ".avi"})


@dataclass(frozen=True, slots=True)
class _Container:
    """A format that can be asked for: libsndfile's name, the usual suffixes, and the sample type if it is fixed."""

    name: str
    suffixes: tuple[str, ...]
    subtype: str | None = None


FORMATS: dict[str, _Container] = {
    "wav": _Container("WAV", (".wav", ".wave", ".bwf")),
    "flac": _Container("FLAC", (".flac",)),
    "aiff": _Container("AIFF", (".aiff", ".aif", ".aifc")),
    "caf": _Container("CAF", (".caf",)),
    "rf64": _Container("RF64", (".rf64",)),
    "w64": _Container("W64", (".w64",)),
    "ogg": _Container("OGG", (".ogg", ".oga"), "VORBIS"),
    "opus": _Container("OGG", (".opus",), "OPUS"),
    "mp3": _Container("MP3", (".mp3",), "MPEG_LAYER_III"),
    "au": _Container("AU", (".au", ".snd")),
    "m4a": _Container("M4A", (".m4a", ".m4b")),
    "aac": _Container("ADTS", (".aac",)),
    "wma": _Container("WMA", (".wma",)),
    "mka": _Container("MKA", (".mka",)),
    "mp4": _Container("MP4", (".mp4", ".m4v")),
    "mov": _Container("MOV", (".mov",)),
    "mkv": _Container("MKV", (".mkv",)),
    "webm": _Container("WEBM", (".webm",)),
}
# Read, and written in the same format, which can't be asked for by name.
_OTHER_SUFFIXES = (".voc", ".paf", ".svx", ".iff", ".nist", ".sph", ".ircam", ".sf", ".mp2", ".mp1", ".mpga")
#: Of files that ffmpeg reads and writes.
PIPED_SUFFIXES = frozenset(s for c in FORMATS.values() if c.name in CONTAINERS for s in c.suffixes)
AUDIO_SUFFIXES = frozenset(s for c in FORMATS.values() for s in c.suffixes).union(_OTHER_SUFFIXES)

BIT_DEPTHS: dict[str, str] = {
    "8": "PCM_U8",
    "16": "PCM_16",
    "24": "PCM_24",
    "32": "PCM_32",
    "32f": "FLOAT",
    "64f": "DOUBLE",
}
# The sample types nearest to one that a container can't hold, best first.
_NEAREST: dict[str, tuple[str, ...]] = {
    "PCM_U8": ("PCM_S8", "PCM_16"),
    "PCM_S8": ("PCM_U8", "PCM_16"),
    "PCM_32": ("FLOAT", "PCM_24"),
    "FLOAT": ("PCM_24",),
    "DOUBLE": ("FLOAT", "PCM_24"),
    "ALAC_16": ("PCM_16",),
    "FLAC_16": ("PCM_16", "ALAC_16"),
    "FLAC_24": ("PCM_24", "ALAC_24"),
    "ALAC_20": ("ALAC_24", "PCM_24"),
    "ALAC_24": ("PCM_24",),
    "ALAC_32": ("PCM_32", "PCM_24"),
}
_IN_FLAC = {"PCM_U8": "FLAC_16", "PCM_S8": "FLAC_16", "PCM_16": "FLAC_16", "PCM_24": "FLAC_24"}  # as Matroska has it
# What libsndfile writes but few programs read: kept, never chosen.
_ODD = (("AIFF", "PCM_U8"), ("WAV", "MPEG_LAYER_III"))
_INTEGER_BITS = {
    **{"PCM_U8": 8, "PCM_S8": 8, "PCM_16": 16, "PCM_24": 24, "PCM_32": 32},
    **{"ALAC_16": 16, "ALAC_20": 20, "ALAC_24": 24, "ALAC_32": 32, "FLAC_16": 16, "FLAC_24": 24},
}
# The sample rates that an encoder takes, and how many channels. libvorbis crashes above its highest.
_ENCODERS: dict[str, tuple[Sequence[int], int]] = {
    "OPUS": ((8000, 12_000, 16_000, 24_000, 48_000), 255),
    "MPEG_LAYER_III": ((8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000), 2),
    "VORBIS": (range(1, 200_001), 255),
    "AAC": (
        (7350, 8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 64_000, 88_200, 96_000),
        8,
    ),
    "AC3": ((32_000, 44_100, 48_000), 6),
    "EAC3": ((32_000, 44_100, 48_000), 6),
    "WMAV1": ((8000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000), 2),
    "WMAV2": ((8000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000), 2),
    "MPEG_LAYER_II": ((16_000, 22_050, 24_000, 32_000, 44_100, 48_000), 2),
    **{f"{name}_{bits}": (range(1, 655_351), 8) for name in ("ALAC", "FLAC") for bits in (16, 24)},
}
_LOSSY = ("VORBIS", "OPUS", "AAC", "AC3", "EAC3", "WMAV1", "WMAV2", "MPEG_LAYER_III", "MPEG_LAYER_II")
_LARGEST_WAV = 2**32 - 2**20  # bytes of audio; the rest is for chunks
_BYTES = {"PCM_U8": 1, "PCM_S8": 1, "PCM_16": 2, "PCM_24": 3, "PCM_32": 4, "FLOAT": 4, "DOUBLE": 8}


@dataclass(frozen=True, slots=True)
class OutputFormat:
    """Container and sample type of a result, and what had to be different from the source."""

    format: str
    subtype: str
    notes: tuple[str, ...] = ()
    lossy: Lossy = AS_USUAL

    @property
    def is_by_ffmpeg(self) -> bool:
        """Whether ffmpeg writes it."""
        return self.format in CONTAINERS

    @property
    def integer_bits(self) -> int:
        """How many bits an integer sample has; 0 if samples are floats or encoded otherwise."""
        return _INTEGER_BITS.get(self.subtype, 0)

    def holds_exactly(self, subtype: str) -> bool:
        """Tell whether every sample stored as ``subtype`` can be written unchanged."""
        bits = _INTEGER_BITS.get(subtype, 0)
        if self.subtype == "DOUBLE":
            return bool(bits) or subtype in ("FLOAT", "DOUBLE")
        room = 24 if self.subtype == "FLOAT" else self.integer_bits
        return subtype == self.subtype or 0 < bits <= room

    @property
    def full_scale_db(self) -> float | None:
        """The largest sample that can be written, in dBFS; None if there is no such bound."""
        if self.subtype in ("FLOAT", "DOUBLE") or self.is_lossy:
            return None
        bits = min(self.integer_bits or 16, 20)  # a gain in float32 can't resolve the last step of more
        return 20 * math.log10(1 - 2.0 ** (1 - bits))

    @property
    def is_lossy(self) -> bool:
        """Whether writing throws away what the ear is believed not to notice."""
        return self.subtype in _LOSSY


def format_of_suffix(suffix: str) -> str | None:
    """Return the name in `FORMATS` that a file's suffix stands for."""
    return next((name for name, c in FORMATS.items() if suffix.lower() in c.suffixes), None)


def output_suffix(source_suffix: str, format_name: str | None) -> str:
    """Return the suffix of a result: the source's own, unless another format is asked for."""
    if format_name is None or source_suffix.lower() in FORMATS[format_name].suffixes:
        return source_suffix
    return FORMATS[format_name].suffixes[0]


def check_output_name(output: Path, format_name: str | None) -> None:
    """Refuse a file's name whose extension says what won't be in it.

    Raises:
        UsageError: its format can't be written, or is not the one asked for.
    """
    suffix = output.suffix.lower()
    if suffix in UNWRITTEN_SUFFIXES or (suffix not in AUDIO_SUFFIXES and format_name is None):
        what = f"{suffix} files can't be written" if suffix else "its name has no extension to say the format"
        raise UsageError(what, hint="Name it .wav, .flac or .mp3.", path=output)
    named = format_of_suffix(suffix)
    if format_name and named and FORMATS[named] != FORMATS[format_name] and (named, format_name) != ("wav", "rf64"):
        raise UsageError(
            Phrase("its extension does not match {} " + format_name, Means.FORMAT),
            hint=Phrase(f"Name it {FORMATS[format_name].suffixes[0]}, or leave out {{}}.", Means.FORMAT),
            path=output,
        )


def choose_format(
    info: AudioInfo,
    output: Path | None,
    format_name: str | None,
    bit_depth: str | None,
    lossy: Lossy = AS_USUAL,
) -> OutputFormat:
    """Choose how to write a result: like its source, unless a format, a suffix or a bit depth says otherwise.

    Raises:
        UsageError: the container can't hold the bit depth, the rate or the size, or its encoder has no bit rate to set.
    """
    asked = format_name or _changed_by_suffix(info, output)
    container = FORMATS[asked] if asked else None
    name = container.name if container else info.format
    if container and container.name == "WAV":
        name = info.format if info.format in ("WAV", "WAVEX", "RF64") else "WAVEX" if info.channels > 2 else "WAV"
    subtype = (container.subtype if container else None) or info.subtype
    if name in ("MKA", "MKV") and info.format not in CONTAINERS:
        subtype = _IN_FLAC.get(subtype, subtype)
    if bit_depth is not None:
        subtype = _with_depth(info, name, subtype, bit_depth)
    notes: list[str] = []
    is_odd = (name, subtype) in _ODD and name != info.format
    if is_odd or not _can_write(name, subtype):
        wanted, subtype = subtype, _nearest(info, name, subtype)
        if name == info.format or (not is_odd and wanted in _NEAREST and name not in CONTAINERS):
            is_same = OutputFormat(name, subtype).holds_exactly(wanted)
            notes.append(
                f"written as {subtype}, which holds all that {wanted} does"
                if is_same
                else f"{name} can't hold {wanted}: written as {subtype}"
            )
    _check_rate(name, subtype, info)
    _check_film(name, info)
    name = _large_enough(name, subtype, info, notes)
    lossy.check(name, subtype, info.path)
    return OutputFormat(name, subtype, tuple(notes), lossy)


def _changed_by_suffix(info: AudioInfo, output: Path | None) -> str | None:
    """Return the format that an output's suffix asks for, unless the source's suffix stands for the same."""
    asked = format_of_suffix(output.suffix) if output is not None else None
    return None if asked is None or asked == format_of_suffix(info.path.suffix) else asked


def _can_write(name: str, subtype: str) -> bool:
    """Tell whether libsndfile really writes this, and so that it can be read again.

    It claims 20-bit ALAC, whose frames no decoder takes if they hold noise, and SD2, half of which is a second file.
    """
    if name in CONTAINERS:
        return subtype in CONTAINERS[name].holds
    import soundfile

    unable = name == "SD2" or subtype in ("ALAC_20", "MPEG_LAYER_I", "MPEG_LAYER_II")
    return not unable and bool(soundfile.check_format(name, subtype))


def _with_depth(info: AudioInfo, name: str, subtype: str, bit_depth: str) -> str:
    if name in CONTAINERS:
        return _with_depth_by_ffmpeg(info, name, subtype, bit_depth)
    candidates = [*(["PCM_S8"] if bit_depth == "8" else []), BIT_DEPTHS[bit_depth]]
    if subtype.startswith("ALAC"):
        candidates.insert(0, f"ALAC_{bit_depth}")
    for candidate in candidates:
        if _can_write(name, candidate):
            return candidate
    able = [depth for depth, sub in BIT_DEPTHS.items() if _can_write(name, sub)]
    raise UsageError(
        f"{name} has no bit depth {bit_depth}",
        hint=Phrase("")
        + f"It can hold {', '.join(able)}"
        + Phrase("; or choose another container with {}.", Means.FORMAT)
        if able
        else Phrase("Leave out {}.", Means.BIT_DEPTH),
        path=info.path,
    )


def _with_depth_by_ffmpeg(info: AudioInfo, name: str, subtype: str, bit_depth: str) -> str:
    """Return what of the same kind has a bit depth, or else what the container has for it: of M4A that is ALAC."""
    container = CONTAINERS[name]
    same_kind = f"{subtype.split('_')[0]}_{bit_depth}"
    if same_kind in container.holds:
        return same_kind
    if bit_depth in container.by_depth:
        return container.by_depth[bit_depth]
    raise UsageError(
        f"{name} has no bit depth {bit_depth}",
        hint=f"It can hold {', '.join(container.by_depth)}."
        if container.by_depth
        else Phrase("Leave out {}.", Means.BIT_DEPTH),
        path=info.path,
    )


def _nearest(info: AudioInfo, name: str, subtype: str) -> str:
    if name in CONTAINERS:
        holds = CONTAINERS[name].holds
        able = [candidate for candidate in _NEAREST.get(subtype, ()) if candidate in holds]
        return able[0] if able else "AAC" if subtype in _LOSSY and "AAC" in holds else holds[0]
    import soundfile

    for candidate in (*_NEAREST.get(subtype, ()), "PCM_24", "PCM_16", soundfile.default_subtype(name)):
        if candidate is not None and _can_write(name, candidate):
            return str(candidate)
    raise UsageError(
        f"{name} files can be read but not written",
        hint=Phrase("Choose another container with {}.", Means.FORMAT),
        path=info.path,
    )


def _check_rate(name: str, subtype: str, info: AudioInfo) -> None:
    """Refuse what a lossy encoder would, before anything is rendered."""
    rates, most_channels = _ENCODERS.get(subtype, ((), 1024))
    if rates and info.sample_rate not in rates:
        able = f"up to {rates[-1]}" if isinstance(rates, range) else ", ".join(map(str, rates))
        raise UsageError(
            f"{name} {subtype} can't hold {info.sample_rate} Hz, only {able}",
            hint=Phrase("Choose another container with {}, such as flac or wav.", Means.FORMAT),
            path=info.path,
        )
    if info.channels > most_channels:
        raise UsageError(
            f"{name} {subtype} can't hold {info.channels} channels, only {most_channels}",
            hint=Phrase("Choose another container with {}, such as wav.", Means.FORMAT),
            path=info.path,
        )


def _check_film(name: str, info: AudioInfo) -> None:
    """Refuse to move a picture to a container of another kind: it is copied where it is, or left behind."""
    source, target = CONTAINERS.get(info.format), CONTAINERS.get(name)
    if source is None or target is None or not (info.has_film and target.keeps_pictures):
        return
    fits = source.family == target.family and not (name == "WEBM" and info.format != "WEBM")
    if not fits:
        raise UsageError(
            f"the picture of {info.format} can't go into {name}, since it is copied as it is",
            hint=Phrase(
                "Keep the container, or write the sound alone: choose wav, flac, m4a or mka with {}.", Means.FORMAT
            ),
            path=info.path,
        )


def _large_enough(name: str, subtype: str, info: AudioInfo, notes: list[str]) -> str:
    """Return RF64 in place of WAV for what would exceed 4 GiB."""
    size = info.frames * info.channels * _BYTES.get(subtype, 0)
    if size <= _LARGEST_WAV:
        return name
    if name in ("WAV", "WAVEX"):
        notes.append("written as RF64: it is too large for WAV")
        return "RF64"
    if name == "AIFF":
        raise UsageError(
            "the result is too large for AIFF (4 GiB)",
            hint=Phrase("Choose another container with {}, such as caf.", Means.FORMAT),
            path=info.path,
        )
    return name
