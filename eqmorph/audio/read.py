"""Read audio files in blocks, and name every defect before it can do harm."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import numpy as np
import soundfile
from numpy.typing import NDArray

from eqmorph._typing import Float32
from eqmorph.audio.chunks.walk import read_at, walk, wav_channel_mask
from eqmorph.audio.ffmpeg.containers import told_by
from eqmorph.audio.ffmpeg.errors import DecodeError
from eqmorph.audio.integrity import missing_audio_bytes
from eqmorph.audio.ogg import ogg_damage
from eqmorph.audio.old_containers import STATE_NO_LENGTH
from eqmorph.errors import TOO_MANY_OPEN, InputError
from eqmorph.wording import Means, Phrase

if TYPE_CHECKING:
    from eqmorph.audio.ffmpeg.decode import PipedSound

__all__ = ["LOUDEST", "AudioInfo", "AudioReader", "block_frames", "explained_reading", "native_path", "timestamp"]


_BLOCK_SAMPLES = 131_072  # of all channels together: large enough for threads not to wait on each other
_UNKNOWN_FRAMES = 2**62  # or more: libsndfile's way to say that a stream's header states no length
LOUDEST = 1e6  # beyond +120 dBFS a number can't be a sample
_MAY_HOLD_NAN = ("FLOAT", "DOUBLE")
#: By how many frames a stated length may be too long: that of an MP3 without a header of its own is a guess, and
#: libsndfile leaves out a little of an Opus stream's end (that all its pages are there has been checked before).
_OVERSTATED = {"MP3": 4 * 1152, "OPUS": 960}
_OVERSTATED_EXACT, _OVERSTATED_GUESS_S = 2048, 0.1  # of what ffmpeg reads: a frame of HE-AAC; rounded times
_PLAIN = ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE")  # subtypes whose frames all have one size
_MAGIC = (b"RIFF", b"RIFX", b"RF64", b"FORM", b"riff", b"caff", b"fLaC", b"OggS", b".snd")
_RATES = range(1000, 1_500_001)  # Hz: beyond, the header is damaged, and a window would take gigabytes
#: No decoder makes more frames of a byte, silence in FLAC included: the bound where a header states no length.
_MOST_FRAMES_PER_BYTE = 1 << 13
_SYSTEM_ERROR = 2  # libsndfile's code for it
_AGAIN = "Export or fetch it again."
_REPAIR_HINT = Phrase("Export or fetch it again; {} processes what there is.", Means.REPAIR)


@dataclass(frozen=True, slots=True)
class AudioInfo:
    """What a file says of itself; ``frames`` is 0 if its header doesn't state a length."""

    path: Path
    sample_rate: int
    channels: int
    frames: int
    format: str
    subtype: str
    channel_mask: int | None = None
    has_film: bool = False

    @property
    def duration_s(self) -> float:
        return self.frames / self.sample_rate


def block_frames(channels: int) -> int:
    """Return how many frames make a block."""
    return max(_BLOCK_SAMPLES // channels, 256)


def native_path(path: Path) -> str | bytes:
    """Return a path as libsndfile takes it: on POSIX as the bytes that it is, UTF-8 or not."""
    return str(path) if os.name == "nt" else os.fsencode(path)


def timestamp(frame: int, sample_rate: int) -> str:
    """Return a position as people write it: ``1:02.500``."""
    minutes, seconds = divmod(frame / sample_rate, 60)
    return f"{int(minutes)}:{seconds:06.3f}"


class AudioReader:
    """One file, open for reading.

    Args:
        path: the file.
        repair: mute invalid samples (NaN, infinite or absurdly large) and process what there is of a truncated file,
            instead of refusing. What was repaired is in ``notes`` once the blocks are read.
        watch: called with no seconds while ffmpeg is waited for, which it ends by raising.

    Raises:
        InputError: it can't be read, or is incomplete.
    """

    def __init__(self, path: Path, *, repair: bool = False, watch: Callable[[float], None] = lambda _: None) -> None:
        self._watch = watch
        self.notes: list[str] = []
        self._begun = False
        self._repair = repair
        self._stamp = _stamp(_check_readable(path))
        self._file = _open(path, repair=repair, watch=watch)
        self._is_piped = not isinstance(self._file, soundfile.SoundFile)
        known = self._file.frames < _UNKNOWN_FRAMES
        self.info = AudioInfo(
            path=path,
            sample_rate=self._file.samplerate,
            channels=self._file.channels,
            frames=min(self._file.frames, _w64_frames(path, self._file)) if known else 0,
            format=self._file.format,
            subtype=self._file.subtype,
            channel_mask=_channel_mask(path, self._file),
            has_film=self._is_piped and self._file.probe.has_film,
        )
        try:
            if self.info.sample_rate not in _RATES:
                raise InputError(f"states a sample rate of {self.info.sample_rate} Hz", hint=_AGAIN, path=path)
            if not self._is_piped:
                self._check_complete()
            if known and self._file.frames == 0 and not self._is_piped:
                raise InputError("holds no samples", hint="Export it again, or leave it out.", path=path)
        except InputError:
            self._file.close()
            raise
        if self.info.format in STATE_NO_LENGTH:
            self.notes.append(
                f"its header states no length: {timestamp(self.info.frames, self.info.sample_rate)} was found"
            )
        self._notes_at_opening = len(self.notes)

    def __enter__(self) -> AudioReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def check_unchanged(self) -> None:
        """Make sure that the file is still the one that was opened, so that no result is a mixture of two versions.

        Raises:
            InputError: it was written to, replaced or removed.
        """
        path = self.info.path
        with explained_reading(path):
            try:
                stamp = _stamp(path.stat())
            except FileNotFoundError as error:
                raise InputError(
                    "disappeared while it was being read", hint="Was it moved or deleted?", path=path
                ) from error
        if stamp != self._stamp:
            raise InputError(
                "changed while it was being read", hint="Wait until it is complete, then run this again.", path=path
            )

    def blocks(self) -> Iterator[Float32]:
        """Yield the audio from its start, as arrays (channels, frames), all of `block_frames` but the last.

        Each is a new array, free to be changed. A second call begins again.

        Raises:
            InputError: the audio is damaged, or the file changes while it is read.
        """
        info = self.info
        if self._begun:
            self._rewind()
            del self.notes[self._notes_at_opening :]
        self._begun = True
        size = block_frames(info.channels)
        buffer = np.empty((size, info.channels), dtype=np.float32)
        check = self._is_piped or info.subtype in _MAY_HOLD_NAN
        position = muted = 0
        failed = False
        while not failed:
            buffer.fill(np.nan)
            try:
                read = self._file.read(out=buffer)
            except (soundfile.LibsndfileError, DecodeError) as error:
                self.check_unchanged()
                read = buffer[~np.isnan(buffer).any(axis=1)]  # what came before it failed
                read = read[: info.frames - position] if info.frames else read
                self._judge_failure(error, position + len(read))
                failed = True
            self.check_unchanged()
            read = read[: self._audio_left(position)]
            if len(read) == 0:
                break
            block = np.array(read.T, order="C")  # never a view of the buffer, as it would be of one channel
            if check and not np.max(np.abs(block)) <= LOUDEST:  # not: a NaN compares as false
                muted += self._mute(block, position)
            position += len(read)
            yield block
        if position < info.frames and (info.format, info.subtype) == ("OGG", "VORBIS") and not self.notes:
            for block in self._vorbis_from(position):
                position += block.shape[1]
                yield block
        if muted:
            self.notes.append(f"muted {muted} invalid sample{'s' * (muted > 1)}")
        if self._is_piped and self._file.complaint:
            self.notes.append(f"not all of it could be decoded: {self._file.complaint}")
        if position < info.frames - self._overstated():
            self._report_missing(info.frames, position)

    def read_at(self, start: int, frames: int) -> Float32:
        """Return up to ``frames`` frames from frame ``start``, (channels, frames), to be played; fewer at the end.

        Invalid samples are silent here. Reading on from where the last call ended costs no seek.
        """
        wanted = min(frames, self._audio_left(start))
        try:
            if self._file.tell() != start:
                self._file.seek(start)
            read = self._file.read(wanted, dtype="float32", always_2d=True)
        except (soundfile.LibsndfileError, DecodeError) as error:
            where = timestamp(start, self.info.sample_rate)
            message = f"can't be decoded after {where}: {_plain(str(error.error_string))}"
            raise InputError(message, hint=_AGAIN, path=self.info.path) from error
        block = np.ascontiguousarray(read.T)
        if self.info.subtype in _MAY_HOLD_NAN:
            with np.errstate(invalid="ignore"):
                block[~(np.abs(block) <= LOUDEST)] = 0.0
        return block

    def native_blocks(self, *, as_floats: bool) -> Iterator[NDArray[np.generic]]:
        """Yield the samples from the start with all their bits, (frames, channels), for a copy that changes none."""
        dtype = "float64" if as_floats else "int32"
        self._rewind()
        position = 0
        while True:
            try:
                block = self._file.read(block_frames(self.info.channels), dtype=dtype, always_2d=True)
            except (soundfile.LibsndfileError, DecodeError) as error:
                self.check_unchanged()
                self._judge_failure(error, position)
                break
            self.check_unchanged()
            block = block[: self._audio_left(position)]
            if len(block) == 0:
                break
            position += len(block)
            yield block

    def _audio_left(self, position: int) -> int:
        """Return how many frames there may be from ``position`` on.

        A decoder may give more: libsndfile reads on into the chunks of a W64, and starts over again and again in an MP3
        that was overwritten under its hands.
        """
        is_guess = self._is_piped and not self._file.probe.is_exact
        most = 0 if is_guess else self.info.frames
        return max(0, (most or self._stamp[0] * _MOST_FRAMES_PER_BYTE) - position)

    def _overstated(self) -> int:
        """Return by how many frames the stated length may be too long."""
        if self._is_piped:
            return _OVERSTATED_EXACT if self._file.probe.is_exact else int(_OVERSTATED_GUESS_S * self.info.sample_rate)
        return _OVERSTATED.get(self.info.format, _OVERSTATED.get(self.info.subtype, 0))

    def _rewind(self) -> None:
        """Go back to the start, by opening the file again where a decoder can't, or no longer, seek."""
        try:
            self._file.seek(0)
        except soundfile.LibsndfileError:
            self._file.close()
            self._file = _open(self.info.path, repair=self._repair, watch=self._watch)

    def _vorbis_from(self, position: int) -> Iterator[Float32]:
        """Yield the end of a Vorbis stream: if its last packets have a page each, libsndfile leaves them out."""
        from pedalboard.io import AudioFile

        with self.info.path.open("rb") as handle, AudioFile(handle) as file:
            file.seek(position)
            while file.tell() < self.info.frames:
                block = file.read(min(block_frames(self.info.channels), self.info.frames - file.tell()))
                if block.shape[1] == 0:
                    break
                yield block

    def _judge_failure(self, error: soundfile.LibsndfileError | DecodeError, found: int) -> None:
        """Refuse a file that can't be decoded beyond ``found`` frames, unless that is to be repaired.

        To libsndfile, a stream whose header states no length fails at its very end, too: that is not damage.
        """
        where = timestamp(found, self.info.sample_rate)
        if found == 0 or ((self.info.frames or self._is_piped) and not self._repair):
            raise InputError(
                f"can't be decoded after {where}: {_plain(str(error.error_string))}",
                hint=_REPAIR_HINT if found else _AGAIN,
                path=self.info.path,
            ) from error
        if not self.info.frames:
            self.notes.append(f"its header states no length: {where} was found")

    def _mute(self, block: Float32, position: int) -> int:
        """Mute invalid samples and return how many; ``position`` is the block's first frame."""
        with np.errstate(invalid="ignore"):
            bad = ~(np.abs(block) <= LOUDEST)
        if not self._repair:
            frame = position + int(np.argmax(bad.any(axis=0)))
            channel = int(np.argmax(bad[:, frame - position]))
            value = block[channel, frame - position]
            raise InputError(
                f"sample {frame} ({timestamp(frame, self.info.sample_rate)}) of channel {channel + 1} is {value}: "
                "not audio, and it would corrupt everything after it",
                hint=Phrase("{} mutes such samples.", Means.REPAIR),
                path=self.info.path,
            )
        block[bad] = 0.0
        return int(np.count_nonzero(bad))

    def _report_missing(self, promised: int, found: int) -> None:
        rate = self.info.sample_rate
        message = f"is truncated: only {timestamp(found, rate)} of {timestamp(promised, rate)} is there"
        if not self._repair:
            raise InputError(message, hint=_REPAIR_HINT, path=self.info.path)
        self.notes.append(message)

    def _check_complete(self) -> None:
        """Compare with what the container promises, since libsndfile quietly shortens what is cut off."""
        message = _truncation(self.info.path)
        if not message:
            return
        if not self._repair:
            raise InputError(message, hint=_REPAIR_HINT, path=self.info.path)
        self.notes.append(message)


def _open(path: Path, *, repair: bool, watch: Callable[[float], None]) -> soundfile.SoundFile | PipedSound:
    if (family := _family(path)) is not None:
        from eqmorph.audio.ffmpeg.decode import PipedSound  # what most files don't need

        return PipedSound(path, family, tolerant=repair, watch=watch)
    try:
        return soundfile.SoundFile(native_path(path))
    except soundfile.LibsndfileError as error:
        if error.code == _SYSTEM_ERROR:
            with explained_reading(path), path.open("rb"):
                pass
            refused = InputError("can't be opened: the system refuses it", hint=TOO_MANY_OPEN, path=path)
            refused.errno = errno.EMFILE
            raise refused from error
        raise _explain(path, str(error.error_string)) from error
    except TypeError as error:  # a .raw file, whose rate and channels the caller must state
        raise InputError("is raw audio, without a header", hint="Convert it to WAV first.", path=path) from error


def _family(path: Path) -> str | None:
    """Return to which of ffmpeg's families a file belongs; None for what libsndfile is to read."""
    if path.is_dir():
        return None
    with explained_reading(path), path.open("rb") as file:
        return told_by(file.read(16), path.suffix)


def _stamp(status: os.stat_result) -> tuple[int, int, int, int]:
    """Return what tells one version of a file from another, its size first."""
    return (status.st_size, status.st_mtime_ns, status.st_dev, status.st_ino)


def _check_readable(path: Path) -> os.stat_result:
    """Refuse what is no file with something in it; return its status."""
    with explained_reading(path):
        status = path.stat()
    mode = status.st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):  # reading from it may never end
        raise InputError(
            "is a pipe or a device, not a file", hint=Phrase("Write it to a file first{}.", Means.OR_STDIN), path=path
        )
    with explained_reading(path), path.open("rb") as file:
        if not file.read(1):
            raise InputError("is empty (0 bytes)", hint=_AGAIN, path=path)
    return status


@contextlib.contextmanager
def explained_reading(path: Path) -> Iterator[None]:
    """Turn an operating system's reasons not to read a file into an `InputError` in plain words."""
    try:
        yield
    except FileNotFoundError:
        raise InputError("doesn't exist", hint="Was it moved or deleted?", path=path) from None
    except IsADirectoryError:
        if not os.access(path, os.R_OK | os.X_OK):
            raise InputError(
                "no permission to look into it", hint="Change its permissions (chmod +rx).", path=path
            ) from None
        raise InputError("is a folder", hint="Name the files in it.", path=path) from None
    except PermissionError:
        raise InputError("no permission to read it", hint="Change its permissions (chmod +r).", path=path) from None
    except OSError as error:
        loop = "It is a link that leads back to itself." if error.errno == errno.ELOOP else ""
        crowd = TOO_MANY_OPEN if error.errno in (errno.EMFILE, errno.ENFILE) else ""
        hint = loop or crowd or "Check the file, and the disk it is on."
        explained = InputError(f"can't be opened: {error.strerror or error}", hint=hint, path=path)
        explained.errno = error.errno
        raise explained from error


def _truncation(path: Path) -> str:
    """Say in words what is missing from a file's audio: nothing if it is complete."""
    with explained_reading(path):
        missing = missing_audio_bytes(path)
        if missing and (damage := ogg_damage(path)):
            return damage
    what = f"the last {missing} bytes of its audio are" if missing > 1 else "its end is"
    return f"is truncated: {what} missing" if missing else ""


def _explain(path: Path, reason: str) -> InputError:
    """Find what is really wrong with a file that libsndfile refuses for a reason of its own."""
    with explained_reading(path), path.open("rb") as file:
        head = file.read(4096)
    if len(head) < 44 and head[:4] in _MAGIC:
        return InputError("its header is cut off", hint=_AGAIN, path=path)
    if _is_text(head):
        return InputError("holds text, not audio", hint="Is it the right file?", path=path)
    if "hannel count" in reason or (head[22:24] == b"\x00\x00" and head[:4] in (b"RIFF", b"RF64")):
        return InputError("claims to have no channels, or more than can be read", hint=_AGAIN, path=path)
    if "Format not recognised" in reason or "unknown format" in reason.lower():
        return InputError(
            "is not an audio file of a kind that can be read",
            hint="WAV, AIFF, CAF, FLAC, OGG, Opus and MP3 are; and with ffmpeg M4A, WMA, Matroska and videos.",
            path=path,
        )
    return InputError(_truncation(path) or f"is damaged: {_plain(reason)}", hint=_AGAIN, path=path)


def _plain(reason: str) -> str:
    """Strip libsndfile's reason of its frills and its internals."""
    if "SF_INFO" in reason or "regular file" in reason or "psf_fseek" in reason:
        return "what its header says makes no sense"
    return reason.strip().removeprefix("Error : ").rstrip(".")


def _is_text(head: bytes) -> bool:
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:
            return False
        text = head[: error.start].decode("utf-8")
    return bool(text) and all(c.isprintable() or c in "\r\n\t\f" for c in text)


def _w64_frames(path: Path, file: soundfile.SoundFile | PipedSound) -> int:
    """Return how many frames a W64 states itself; for other files, what libsndfile found."""
    frames = int(file.frames)
    if file.format != "W64":
        return frames
    with explained_reading(path), path.open("rb") as handle:
        container = walk(handle)
        layout = container.find(b"fmt ") if container else None
        frame_size = int.from_bytes(read_at(handle, layout.start + 12, 2), "little") if layout else 0
    sound = container.data if container else None
    return sound.size // frame_size if sound and frame_size and file.subtype in _PLAIN else frames


def _channel_mask(path: Path, file: soundfile.SoundFile | PipedSound) -> int | None:
    if not isinstance(file, soundfile.SoundFile):
        return file.probe.channel_mask
    if file.format not in ("WAVEX", "RF64"):
        return None
    return wav_channel_mask(path)
