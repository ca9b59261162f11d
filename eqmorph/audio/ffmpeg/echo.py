"""What an encoder makes of a sound, heard while it is still being encoded.

How loud a lossy file is can be said only of what comes out of a decoder. ffmpeg's ``tee`` muxer gives each packet to
the file and, as a stream of ADTS, to a pipe, where a second ffmpeg decodes it. So that takes no time afterwards, where
a processor is free. It is done where both give the same samples to the last bit: AAC of one or two channels in MP4 and
M4A. A decoder that fails is no failure of the file: that can still be decoded once it is whole.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping

import numpy as np

from eqmorph._typing import Float32
from eqmorph.audio.ffmpeg.child import STALLED_S, Child, ChildError
from eqmorph.audio.ffmpeg.program import Program

__all__ = ["Echo", "tee_to", "told_by_echo"]

#: What ADTS can say of a sound; beyond two channels, containers may name the speakers otherwise.
_RATES = (96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350)
_MOST_CHANNELS = 2
_AAC_DELAY = 1_024  # frames that the encoder puts in front, which MP4 says are not to be heard
_MOST_FILLED_UP = 4_096  # frames, more than an encoder adds to fill up its last packets
_BLOCK = 1 << 16


def told_by_echo(subtype: str, family: str, sample_rate: int, channels: int) -> bool:
    """Tell whether an echo has the very samples that the file will have."""
    return subtype == "AAC" and family == "mov" and sample_rate in _RATES and channels <= _MOST_CHANNELS


def tee_to(muxer: str, options: Mapping[str, str], file: str | bytes, sound: int) -> list[str | bytes]:
    """Return how ffmpeg writes a file by a muxer with its options and, beside it, a stream of sound to its stdout."""
    name = os.fsencode(file)
    for special in (b"\\", b"'", b"|"):
        name = name.replace(special, b"\\" + special)
    whole = ":".join(
        (f"f={muxer}", "onfail=abort", *(f"{option}={value}" for option, value in options.items()))
    ).encode()
    apart = rb"[f=adts:select=\'a:%d\':onfail=ignore]pipe:1" % sound
    teed = b"[" + whole + b"]" + name + b"|" + apart
    # MP4 wants the encoder's header apart from its packets; of a tee, ffmpeg doesn't know what it wants.
    return [f"-flags:a:{sound}", "+bitexact+global_header", "-f", "tee", os.fsdecode(teed) if os.name == "nt" else teed]


class Echo:
    """Decodes what comes out of ``into``, and passes it on block by block from a thread of its own.

    Args:
        program: the ffmpeg.
        hear: takes each block (channels, frames).
    """

    def __init__(self, program: Program, sample_rate: int, channels: int, hear: Callable[[Float32], None]) -> None:
        self._channels, self._hear = channels, hear
        self._heard = 0  # frames
        self._held: Float32 = np.empty((channels, 0), np.float32)  # the end so far, of which not all may be sound
        self._is_whole = False
        come_from, self.into = os.pipe()  #: the latter is for the encoder, and to be closed once it has it
        command = [program.path, "-nostdin", "-hide_banner", "-v", "error", "-threads", "1"]
        command += ["-protocol_whitelist", "pipe", "-f", "aac", "-i", "pipe:"]
        command += ["-ac", str(channels), "-ar", str(sample_rate), "-c:a", "pcm_f32le", "-f", "f32le", "pipe:1"]
        try:
            # That nothing comes is no stall: the encoder waits until the whole sound is measured.
            self._child = Child(command, other_end=come_from, progress=time.monotonic)
        except ChildError:
            os.close(self.into)
            raise
        finally:
            os.close(come_from)
        self._thread = threading.Thread(target=self._listen, name="eqmorph-echo", daemon=True)
        self._thread.start()

    def has_heard(self, frames: int, watch: Callable[[float], None]) -> bool:
        """Hear the rest, once the encoder has ended, up to so many frames, and tell whether that was all of them."""
        moved_at, heard = time.monotonic(), self._heard
        while self._thread.is_alive() and time.monotonic() - moved_at < STALLED_S:
            watch(0.0)
            self._thread.join(timeout=0.25)
            if self._heard != heard:
                moved_at, heard = time.monotonic(), self._heard
        left = frames - self._heard
        if not self._is_whole or not 0 <= left <= self._held.shape[1]:
            return False
        if left:
            self._hear(self._held[:, :left])
        return True

    def close(self) -> None:
        """End the decoding, if it still goes on."""
        self._child.kill()
        self._thread.join(timeout=5)

    def _listen(self) -> None:
        try:
            self._pass_on()
            self._child.finish()
            self._is_whole = True
        except (ChildError, OSError, ValueError):
            pass
        finally:
            self._child.kill()  # else the encoder would wait for it

    def _pass_on(self) -> None:
        buffer = np.empty((_BLOCK, self._channels), np.float32)
        to_skip = _AAC_DELAY
        while read := self._child.read_into(memoryview(buffer.data).cast("B")) // (4 * self._channels):
            skipped = min(read, to_skip)
            to_skip -= skipped
            block = np.concatenate([self._held, buffer[skipped:read].T], axis=1)
            passed = max(0, block.shape[1] - _MOST_FILLED_UP)
            self._held = block[:, passed:].copy()
            if passed:
                self._hear(np.ascontiguousarray(block[:, :passed]))
                self._heard += passed
