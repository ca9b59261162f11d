"""Fuzz everything that reads what strangers write.

python -m tests.fuzz --seconds 600 --seed 1
python -m tests.fuzz --seconds 60 --only wav --only bands --engine mutate

Each subject has a process of its own at a time, so that a decoder that crashes, or one that hangs, is a finding and not
the end. With atheris installed, inputs that lead to new code are what the next ones are made of; without it, they are
made of the seeds alone, and the same seed makes the same ones. Findings are kept in a folder: exit code 1 if there are
any.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import struct
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.child import COUNT, CURRENT

_HANGS_CPU_S, _HANGS_S = 40.0, 400.0  # at work, and by the clock of a busy machine, without another input
_LOOK_EVERY_S = 0.25
_MOST_ENDS = 50  # of a subject's processes


@dataclass
class Tally:
    """What came of one subject."""

    inputs: int = 0
    seconds: float = 0.0
    findings: list[str] = field(default_factory=list)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600, help="for all subjects together")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", metavar="SUBJECT", help="this subject; may be repeated")
    parser.add_argument("--engine", choices=("atheris", "mutate"), help="[default: atheris where it is installed]")
    parser.add_argument("--findings", type=Path, default=Path("build/fuzz"), help="[default: build/fuzz]")
    asked = parser.parse_args()
    from tests.fuzz.subjects import SUBJECTS

    engine = asked.engine or ("atheris" if importlib.util.find_spec("atheris") else "mutate")
    names = asked.only or list(SUBJECTS)
    if unknown := set(names) - set(SUBJECTS):
        parser.error(f"no subject is called {', '.join(sorted(unknown))}; there are {', '.join(SUBJECTS)}")
    findings: Path = asked.findings
    findings.mkdir(parents=True, exist_ok=True)
    print(
        f"{engine}, seed {asked.seed}, {asked.seconds / len(names):.0f} s for each of {len(names)} subjects", flush=True
    )
    print(f"{'subject':<10}{'inputs':>10}{'a second':>10}  findings", flush=True)
    all_inputs, all_findings = 0, []
    for name in names:
        tally = _fuzz(name, engine, asked.seed, asked.seconds / len(names), findings)
        all_inputs += tally.inputs
        all_findings += tally.findings
        told = f"{tally.inputs:>10}{tally.inputs / max(tally.seconds, 1e-3):>10.0f}  {len(tally.findings)}"
        print(f"{name:<10}{told}", flush=True)
    print(f"{all_inputs} inputs, {len(all_findings)} findings{f' in {findings}' if all_findings else ''}")
    for what in all_findings:
        print(what)
    return 1 if all_findings else 0


def _fuzz(name: str, engine: str, seed: int, seconds: float, findings: Path) -> Tally:
    tally = Tally()
    before = set(findings.iterdir())
    fast = Path("/dev/shm")  # where nothing has to be synced
    end = time.monotonic() + seconds
    for _ in range(_MOST_ENDS):
        left_s = end - time.monotonic()
        if left_s <= 0:
            break
        with tempfile.TemporaryDirectory(dir=fast if os.access(fast, os.W_OK) else None) as workplace:
            began = time.monotonic()
            ended = _run_child(name, Path(workplace), findings, engine, seed, tally.inputs, left_s)
            tally.inputs += _count(Path(workplace))
            tally.seconds += time.monotonic() - began
            if ended is not None:
                mark = f"{name}-ended-{seed}-{tally.inputs}"
                current = Path(workplace) / CURRENT
                (findings / f"{mark}.bin").write_bytes(current.read_bytes() if current.exists() else b"")
                (findings / f"{mark}.json").write_text(json.dumps(ended, indent=1))
    for path in sorted(set(findings.iterdir()) - before):
        if path.suffix == ".json":
            said = json.loads(path.read_text())
            tally.findings.append(f"  {path.with_suffix('.bin')}: {said['where']}")
    return tally


def _run_child(
    name: str, place: Path, findings: Path, engine: str, seed: int, first: int, seconds: float
) -> dict[str, str] | None:
    """Let a process try inputs; return how it ended if that was no ordinary way."""
    (place / COUNT).write_bytes(bytes(8))
    command = [sys.executable, "-m", "tests.fuzz.child", name, str(place), str(findings.absolute())]
    with (place / "tmp-said").open("w+b") as said:
        process = subprocess.Popen(
            [*command, engine, str(seed), str(first), str(seconds)],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONFAULTHANDLER": "1"},
        )
        try:
            how = _watch(process, place)
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
        if how is None and process.returncode == 0:
            return None
        said.seek(0)
        text = said.read()[-4000:].decode("utf-8", "replace")
    return {"where": how or f"its process ended with {process.returncode}", "what": text}


def _watch(process: subprocess.Popen[bytes], place: Path) -> str | None:
    """Wait for a process to end; say so if it gets no further."""
    count, since, worked_s = _count(place), time.monotonic(), _cpu_s(process.pid)
    while process.poll() is None:
        time.sleep(_LOOK_EVERY_S)
        if (now := _count(place)) != count:
            count, since, worked_s = now, time.monotonic(), _cpu_s(process.pid)
        elif time.monotonic() - since > _HANGS_S or _cpu_s(process.pid) - worked_s > _HANGS_CPU_S:
            return f"an input took more than {_HANGS_CPU_S:g} s"
    return None


def _cpu_s(process: int) -> float:
    """Return for how long a process was at work, where the system says so."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):
        return 0.0


def _count(place: Path) -> int:
    return int(struct.unpack("<Q", (place / COUNT).read_bytes())[0])


if __name__ == "__main__":
    sys.exit(main())
