"""What a stream takes: of a core, of memory over hours, for a decision, and until what came is out.

Run: python benchmarks/bench_stream.py [--hours 2] [--music FILE] [--json]

The stream is a piece of music again and again, or made-up noise with a balance that changes every 20 seconds, as
16-bit stereo at 48 kHz; `eqmorph apply - - --follow` gets it through a pipe as fast as it takes it. CPU seconds are
counted, so that a busy machine gives the same figures.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import numpy as np  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

RATE, BLOCK = 48_000, 512
COMMAND = [sys.executable, "-m", "eqmorph", "apply", "-", "-", "--target", "warm:0.7", "--follow", "-q"]
HEADER = struct.pack(
    "<4sI4s4sIHHIIHH4sI", b"RIFF", 2**32 - 1, b"WAVE", b"fmt ", 16, 1, 2, RATE, 4 * RATE, 4, 16, b"data", 2**32 - 1
)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--hours", type=float, default=2.0)
    parser.add_argument("--music", type=Path)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    sound = _music(asked.music) if asked.music else _made_up()
    result: dict[str, Any] = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "engine": _engine(sound),
        "second_ms": _second(sound),
        "soak": _soak(sound, asked.hours),
    }
    print(json.dumps(result, indent=2) if asked.json else _table(result))


def _made_up() -> NDArray[np.float32]:
    """Return two minutes, (channels, frames), of six balances."""
    rng, parts = np.random.default_rng(0), []
    hertz = np.maximum(np.fft.rfftfreq(20 * RATE, 1 / RATE), 30)
    for tilt in (-0.3, 0.2, 0.0, -0.5, 0.4, -0.1):
        shape = np.fft.rfft(rng.standard_normal((2, 20 * RATE))) / np.sqrt(hertz) * (hertz / 1000) ** tilt
        noise = np.fft.irfft(shape, 20 * RATE)
        parts.append(0.1 * noise / noise.std())
    return np.concatenate(parts, axis=1).astype(np.float32)


def _music(path: Path) -> NDArray[np.float32]:
    from eqmorph.audio.read import AudioReader

    with AudioReader(path) as reader:
        sound = np.concatenate(list(reader.blocks()), axis=1)
    return np.ascontiguousarray(np.resize(sound, (2, sound.shape[1])) if len(sound) == 1 else sound[:2])


def _engine(sound: NDArray[np.float32]) -> dict[str, float]:
    """Run two minutes in blocks as devices have them, decisions inline; count what each takes."""
    from eqmorph.adapt.following import USUAL_RATE_DB
    from eqmorph.request import EqRequest
    from eqmorph.stream import StreamEq
    from eqmorph.stream.engine import USUAL_WINDOW_S
    from eqmorph.stream.follower import Follower

    stream = StreamEq(EqRequest("warm:0.7").resolve(), RATE, 2)
    begun = time.process_time()
    for at in range(0, sound.shape[1], BLOCK):
        stream.process(sound[:, at : at + BLOCK])
    share = (time.process_time() - begun) / (sound.shape[1] / RATE)
    follower = Follower(EqRequest("warm:0.7").resolve(), RATE, USUAL_WINDOW_S, USUAL_RATE_DB, matches=True)
    steps = []
    for at in range(0, sound.shape[1] - follower.step_frames, follower.step_frames):
        begun = time.process_time()
        follower.step(sound[:, at : at + follower.step_frames])
        steps.append(1000 * (time.process_time() - begun))
    return {
        "core": share,
        "decision_ms_median": float(np.median(steps)),
        "decision_ms_p95": float(np.quantile(steps, 0.95)),
        "latency_ms": 1000 * stream.latency_frames / RATE,
    }


def _second(sound: NDArray[np.float32]) -> float:
    """Return how long after a second of input, sent at once, all of it is out but what is late."""
    data = _bytes(sound[:, :RATE])
    process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("no pipes")
    process.stdin.write(HEADER)
    process.stdin.flush()
    process.stdout.read(len(HEADER))  # it has started
    begun = time.perf_counter()
    process.stdin.write(data)
    process.stdin.flush()
    process.stdout.read(4 * (RATE - 2048))
    took = 1000 * (time.perf_counter() - begun)
    process.stdin.close()
    process.stdout.read()
    process.wait()
    return took


def _soak(sound: NDArray[np.float32], hours: float) -> dict[str, float]:
    """Send hours through a process; return its memory on the way, and its share of a core."""
    data, left = _bytes(sound), round(hours * 3600 * RATE * 4)
    process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("no pipes")
    out = process.stdout
    received = [0]

    def drain() -> None:
        while more := os.read(out.fileno(), 1 << 16):
            received[0] += len(more)

    reader = threading.Thread(target=drain)
    reader.start()
    process.stdin.write(HEADER)
    memory: list[float] = []
    while left > 0:
        process.stdin.write(data[:left])
        left -= len(data)
        memory.append(_resident_mib(process.pid))
    process.stdin.close()
    reader.join()
    process.wait()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    tenth = max(len(memory) // 10, 1)
    return {
        "hours": hours,
        "bytes_missing": round(hours * 3600 * RATE * 4) + len(HEADER) - received[0],
        "first_tenth_mib": max(memory[:tenth]),
        "last_tenth_mib": max(memory[-tenth:]),
        "core": (used.ru_utime + used.ru_stime) / (hours * 3600),
    }


def _bytes(sound: NDArray[np.float32]) -> bytes:
    return np.clip(np.rint(sound.T * 32_768), -32_768, 32_767).astype("<i2").tobytes()


def _resident_mib(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return float("nan")
    return pages * resource.getpagesize() / 2**20


def _table(result: dict[str, Any]) -> str:
    engine, soak = result["engine"], result["soak"]
    return "\n".join(
        [
            result["machine"],
            f"engine        {100 * engine['core']:.1f} % of a core, {engine['latency_ms']:.1f} ms late",
            f"decision      {engine['decision_ms_median']:.1f} ms, 95th percentile {engine['decision_ms_p95']:.1f} ms",
            f"a second      {result['second_ms']:.0f} ms until it is out",
            f"{soak['hours']:g} h memory  {soak['first_tenth_mib']:.0f} MiB, in the end {soak['last_tenth_mib']:.0f}",
            f"              {100 * soak['core']:.1f} % of a core, {soak['bytes_missing']} bytes missing",
        ]
    )


if __name__ == "__main__":
    main()
