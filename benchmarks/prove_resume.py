"""Kill an adaptive batch at seeded moments, resume it, and compare it with one that nobody killed; print Markdown.

python benchmarks/prove_resume.py --moments 50 --seed 1

Each moment is kill -9 in the middle of a batch of 18 files with trajectories and a report, done by two processes: for
half of the moments once some number of files have their names, for the others after some time. Every third one is
killed a second time, while it is resumed. Then it is resumed to its end. All files, and what the report says of them,
must be those of the run that went through.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.faults.runs import WORDS, clear, differences, finished, killed_at, make_inputs, result_of


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--moments", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    rng = random.Random(asked.seed)
    at_work = kills = wrong = 0
    left: list[int] = []
    with tempfile.TemporaryDirectory() as name:
        folder = make_inputs(Path(name))
        began = time.monotonic()
        finished(folder, *WORDS)
        took_s = time.monotonic() - began
        whole = result_of(folder)
        for number in range(asked.moments):
            clear(folder)
            for again in range(2 if number % 3 == 2 else 1):
                moment = rng.random() if number % 2 else 1 + rng.random() * took_s
                words = (*WORDS, *(["--resume"] if again else []))
                at_work += killed_at(folder, moment, asked.seed + number, *words)
                kills += 1
            left.append(sum(path.suffix == ".wav" for path in (folder / "out").rglob("*")))
            finished(folder, *WORDS, "--resume")
            if found := differences(result_of(folder), whole):
                wrong += 1
                print(f"moment {number}: {', '.join(found)}", file=sys.stderr)
    print(f"| moments | kills | while at work | files done by then | resumed to other bytes |\n|{'---|' * 5}")
    print(f"| {asked.moments} | {kills} | {at_work} | {min(left)} to {max(left)} of 18 | {wrong} |")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
