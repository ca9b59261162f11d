"""The fuzz harness finds what it is there to find, and all that it once found stays mended."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from eqmorph.errors import InputError
from tests.fuzz.child import tried_alone
from tests.fuzz.mutate import mutated
from tests.fuzz.subjects import SUBJECTS, Subject
from tests.support import environment, posix_only

FOUND = sorted((Path(__file__).parent / "found").glob("*.bin"))
#: What a subject is tried on that is out of its mind, by the process that does so: a module before `subjects`.
_MADE_UP = """
import os, signal, sys, time
import tests.fuzz.subjects as subjects
from tests.fuzz import child

def attempt(data, folder):
    if b"C" in data: os.kill(os.getpid(), signal.SIGSEGV)
    if b"E" in data: raise KeyError("mine")
    if b"W" in data: (folder.parent / "stray").write_bytes(data)

subjects.SUBJECTS["wav"] = subjects.Subject("wav", lambda: [b"seed"], attempt, (b"C", b"E"))
child.main(*sys.argv[1:])
"""


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.stem)
def test_what_was_found_stays_mended(path: Path, tmp_path: Path) -> None:
    assert tried_alone(SUBJECTS[path.name.partition("-")[0]], path.read_bytes(), tmp_path / "folder") is None


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_few_inputs_of_each_kind(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EQMORPH_CONFIG", "")  # which the subject sets
    subject = SUBJECTS[name]
    seeds = subject.seeds()
    refused = 0
    for number in range(8):
        data = mutated(random.Random(f"1:{name}:{number}"), seeds, subject.tokens)
        assert tried_alone(subject, data, tmp_path / "folder") is None
        refused += data not in seeds
    assert refused > 4
    whole = [seed for seed in seeds if _is_taken(subject, seed, tmp_path / "folder")]
    assert whole, "no seed is taken, so nothing but refusals is fuzzed"


def _is_taken(subject: Subject, data: bytes, folder: Path) -> bool:
    from eqmorph.errors import EqmorphError

    assert tried_alone(subject, data, folder) is None
    shutil.rmtree(folder)
    folder.mkdir()
    try:
        subject.attempt(data, folder)
    except EqmorphError:
        return False
    return True


@pytest.mark.parametrize(
    ("problem", "where"),
    [
        (lambda _: {}["x"], "KeyError"),
        (lambda folder: (folder.parent / "evil").write_bytes(b""), "elsewhere"),
        (lambda _: (_ for _ in ()).throw(InputError("a\nb\x1b")), ""),
        (lambda _: (_ for _ in ()).throw(InputError("unexpected KeyError: 'x'")), "says"),
        (lambda _: (_ for _ in ()).throw(MemoryError), "MemoryError"),
    ],
)
def test_what_is_no_refusal_is_a_finding(tmp_path: Path, problem: object, where: str) -> None:
    subject = Subject("made up", lambda: [], lambda _data, folder: problem(folder))
    place = tmp_path / "place"
    place.mkdir()
    said = tried_alone(subject, b"", place / "folder")
    assert (said["where"].startswith(where) and where) if said else not where


def test_the_same_seed_gives_the_same_inputs() -> None:
    seeds = [b"one, two, three" * 9, b"RIFF" + bytes(60)]
    first, again, other = (
        [mutated(random.Random(f"{seed}:{n}"), seeds, (b"token",)) for n in range(200)] for seed in (1, 1, 2)
    )
    assert first == again != other
    assert len(set(first)) > 180


@posix_only
def test_a_crash_is_a_finding_and_not_the_end(tmp_path: Path) -> None:
    from tests.fuzz import __main__ as fuzz

    (tmp_path / "child.py").write_text(_MADE_UP, encoding="utf-8")
    run, started = subprocess.Popen, []

    def begin(command: list[str], **options: object) -> subprocess.Popen[bytes]:
        started.append(command)
        return run([sys.executable, str(tmp_path / "child.py"), *command[3:]], **{**options, "env": environment()})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fuzz.subprocess, "Popen", begin)
        patch.setattr(fuzz, "_MOST_ENDS", 3)
        findings = tmp_path / "findings"
        findings.mkdir()
        tally = fuzz._fuzz("wav", "mutate", 1, 20.0, findings)
    assert len(started) == 3
    assert any("KeyError" in found for found in tally.findings)
    crashes = list(findings.glob("wav-ended-*.bin"))
    assert len(crashes) == 3
    assert all(b"C" in path.read_bytes() for path in crashes)
    assert tally.inputs > 3


@pytest.mark.parametrize("name", ["agreement", "other_sense"])
def test_a_card_may_leave_out_what_may_be_null(name: str, tmp_path: Path) -> None:
    """Too long to be kept among the others."""
    subject = SUBJECTS["card"]
    card = subject.seeds()[0].replace(f'"{name}"'.encode(), f'"{name}s"'.encode(), 1)
    assert tried_alone(subject, card, tmp_path / "folder") is None
