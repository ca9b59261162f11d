"""A tiny file with stems, as MUSDB18 has them."""

import shutil
import subprocess
from pathlib import Path

import pytest

from eqmorph.train.stems import STREAMS


def stem_file(path: Path, *, seconds: float = 2.0) -> Path:
    """Write a file of five streams, sines at 200 Hz and octaves above; skip the test where there is no ffmpeg."""
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        pytest.skip("ffmpeg is not on PATH")
    path.parent.mkdir(parents=True, exist_ok=True)
    command = [ffmpeg, "-nostdin", "-v", "error"]
    for at in range(len(STREAMS)):
        command += ["-f", "lavfi", "-i", f"sine=frequency={200 * 2**at}:sample_rate=44100:duration={seconds}"]
    for at in range(len(STREAMS)):
        command += ["-map", f"{at}:a"]
    done = subprocess.run([*command, "-c:a", "aac", "-f", "mp4", str(path)], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"this ffmpeg writes no AAC: {done.stderr.strip()[:80]}")
    return path
