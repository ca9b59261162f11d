"""The recipe for Slurm in docs/scale.md, run by a real Slurm of one node, of this user's own."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.support import EQMORPH, environment, make_audio, wait_until

_PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "sinfo")
_PAGE = Path(__file__).parents[2] / "docs" / "scale.md"
_CONFIGURATION = """\
ClusterName=one
SlurmctldHost={host}(127.0.0.1)
AuthInfo=socket={folder}/munge.sock
SlurmUser=root
SlurmctldPort={port}
SlurmdPort={next_port}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
NodeName={host} NodeAddr=127.0.0.1 CPUs={cores} State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


@pytest.fixture
def slurm(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Start Slurm as its administrators do, with nothing of it outside a folder; yield what its commands need."""
    if missing := [name for name in _PROGRAMS if shutil.which(name) is None]:
        pytest.skip(f"needs Slurm; not found: {', '.join(missing)}")
    if os.geteuid() != 0:
        pytest.skip("needs root, as slurmd does")
    folder = tmp_path / "slurm"
    for name in ("state", "spool"):
        (folder / name).mkdir(parents=True)
    key = folder / "munge.key"
    key.write_bytes(os.urandom(128))
    key.chmod(0o400)
    port = 20_000 + os.getpid() % 10_000
    configuration = folder / "slurm.conf"
    configuration.write_text(
        _CONFIGURATION.format(
            folder=folder, host=os.uname().nodename.split(".")[0], port=port, next_port=port + 1, cores=os.cpu_count()
        )
    )
    env = {**environment(), "SLURM_CONF": str(configuration)}
    files = [f"--{name}-file={folder}/munge.{name}" for name in ("key", "pid", "log", "seed")]
    with ExitStack() as stack:
        stack.enter_context(_running(env, "munged", "-F", "--force", f"--socket={folder}/munge.sock", *files))
        wait_until(lambda: (folder / "munge.sock").exists())
        stack.enter_context(_running(env, "slurmctld", "-D"))
        stack.enter_context(_running(env, "slurmd", "-D"))
        wait_until(lambda: "idle" in _said(env, "sinfo"))
        yield env


@contextmanager
def _running(env: dict[str, str], *command: str) -> Iterator[None]:
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _said(env: dict[str, str], *command: str) -> str:
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=20, check=False).stdout


def test_an_array_of_jobs_does_a_part_each(tmp_path: Path, slurm: dict[str, str]) -> None:
    for number in range(8):
        make_audio(tmp_path / "in" / f"{number}.wav", frames=22_050, seed=number)
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "eqmorph").write_text(f'#!/bin/sh\nexec {shlex.join(EQMORPH)} "$@"\n')
    (programs / "eqmorph").chmod(0o755)
    recipe = next(line for line in _PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("sbatch "))
    three = re.sub(r"/16\b", "/3", recipe.replace("--array=1-16", "--wait --array=1-3"))
    assert three.count("3") == 2, recipe
    env = {**slurm, "PATH": f"{programs}:{slurm['PATH']}"}
    ended = subprocess.run(three, shell=True, env=env, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    told = "".join(path.read_text() for path in tmp_path.glob("slurm-*.out"))
    assert ended.returncode == 0, ended.stderr + told
    assert {path.name for path in (tmp_path / "out").glob("*.wav")} == {f"{number}.wav" for number in range(8)}
    assert len(list(tmp_path.glob("slurm-*.out"))) == 3
    assert sum(int(count) for count in re.findall(r"(\d+) done", told)) == 8
