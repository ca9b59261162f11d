"""Headers that claim more than there is: refused, or taken for what is there, in a process that has no memory to spare.

Each container has a number of four bytes after another replaced by one that claims about 2 or 4 GiB of whatever it
counts, whole and cut off after 100 bytes.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.fuzz.subjects import SUBJECTS
from tests.support import environment

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is limited as on Linux")

READ = ("wav", "aiff", "caf", "w64", "flac", "ogg", "mp3", "au", "id3", "ape")

_CLAIM = """
import resource, shutil, sys, tempfile
from pathlib import Path
from tests.fuzz.child import tried_alone
from tests.fuzz.subjects import SUBJECTS

LARGEST = (b"\\xff" * 4, b"\\x7f\\xff\\xff\\xff", b"\\xff\\xff\\xff\\x7f", b"\\x80\\0\\0\\0", b"\\0\\0\\0\\x80")
place = Path(tempfile.mkdtemp())
for name in sys.argv[1:]:
    subject = SUBJECTS[name]
    seeds = subject.seeds()
    for seed in seeds[:2]:
        tried_alone(subject, seed, place / "folder")  # whatever it takes to begin is taken
    taken = int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_DATA, (taken + (96 << 20), -1))
    tried = 0
    for number, seed in enumerate(seeds):
        heads = (seed[:100], seed) if number == 0 else (seed[:100],)
        for head in heads:
            for at in range(0, min(len(head), 100) - 3, 4 if len(seeds) < 8 else 8):
                claim = LARGEST[(at + number) % len(LARGEST)]
                problem = tried_alone(subject, head[:at] + claim + head[at + 4 :], place / "folder")
                tried += 1
                if problem is not None:
                    print(name, number, at, claim.hex(), len(head), problem["what"][-600:])
    print(name, "tried", tried, file=sys.stderr)
    resource.setrlimit(resource.RLIMIT_DATA, (-1, -1))
shutil.rmtree(place)
"""


def test_all_that_is_read_is_tried() -> None:
    assert set(READ) <= set(SUBJECTS)


@pytest.mark.parametrize("names", [READ[:5], READ[5:]], ids=" ".join)
def test_a_header_that_claims_gigabytes_takes_no_memory(names: tuple[str, ...]) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _CLAIM, *names],
        capture_output=True,
        text=True,
        timeout=120,
        env=environment(OPENBLAS_NUM_THREADS="1"),
        check=False,
    )
    assert (ended.stdout, ended.returncode) == ("", 0), ended.stdout + ended.stderr[-2000:]
    counts = [int(line.split()[-1]) for line in ended.stderr.splitlines() if " tried " in line]
    assert len(counts) == len(names)
    assert min(counts) > 20
