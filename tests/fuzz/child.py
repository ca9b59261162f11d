"""One process that tries inputs of one subject, one after another, until its time is over or it is ended.

Before each input it writes that input down, and counts it, so that whoever started it knows what a crash or a hang was
at. What comes out that shouldn't is kept, once for each place in the code, and the work goes on.

    python -m tests.fuzz.child SUBJECT WORKPLACE FINDINGS ENGINE SEED FIRST SECONDS
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import mmap
import os
import random
import shutil
import struct
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["COUNT", "CURRENT", "MEMORY", "tried_alone"]

COUNT, CURRENT, FOLDER = "count", "current", "folder"
MEMORY = 1 << 29  # bytes that an input may take beyond what it took to begin
_LONGEST_S = 10.0  # that an input may take


def main(name: str, workplace: str, findings: str, engine: str, seed: str, first: str, seconds: str) -> None:
    """Try inputs for so many seconds, beginning with the one of number ``first``."""
    place = Path(workplace)
    os.environ["TMPDIR"] = workplace
    if engine == "atheris":
        import atheris

        with atheris.instrument_imports(include=["eqmorph"]):
            from tests.fuzz.subjects import SUBJECTS
    else:
        from tests.fuzz.subjects import SUBJECTS
    from tests.fuzz.mutate import mutated

    subject = SUBJECTS[name]
    seeds = subject.seeds()
    trier = _Trier(subject, place, Path(findings))
    for data in seeds:
        trier.try_it(data)
    _limit_memory()
    if engine == "atheris":
        _guided(trier, seeds, subject.tokens, f"{seed}{first}", float(seconds))
        return
    end = time.monotonic() + float(seconds)
    number = int(first)
    while time.monotonic() < end:
        trier.try_it(mutated(random.Random(f"{seed}:{name}:{number}"), seeds, subject.tokens))
        number += 1


def _guided(trier: _Trier, seeds: list[bytes], tokens: tuple[bytes, ...], seed: str, seconds: float) -> None:
    """Let atheris go on from whatever has led to code that nothing else had led to."""
    import atheris

    from tests.fuzz.mutate import mutated

    corpus = trier.place / "corpus"
    shutil.rmtree(corpus, ignore_errors=True)
    corpus.mkdir()
    for number, data in enumerate(seeds):
        (corpus / str(number)).write_bytes(data)

    def mutator(data: bytes, most: int, chance: int) -> bytes:
        rng = random.Random(chance)
        if rng.random() < 0.5:
            return bytes(atheris.Mutate(data, most))
        return mutated(rng, [data, data, rng.choice(seeds)], tokens)[:most]

    options = [f"-max_total_time={max(1, int(seconds))}", f"-seed={int(seed) % (1 << 31) or 1}", "-max_len=65536"]
    quiet = [
        "-rss_limit_mb=0",
        "-timeout=3600",
        f"-artifact_prefix={trier.place}/tmp-",
        "-print_final_stats=0",
        "-verbosity=0",
        "-detect_leaks=0",
    ]
    atheris.Setup(["fuzz", *options, *quiet, str(corpus)], trier.try_it, custom_mutator=mutator)
    atheris.Fuzz()


class _Trier:
    def __init__(self, subject: Any, place: Path, findings: Path) -> None:
        self.place = place
        self._subject = subject
        self._findings = findings
        self._folder = place / FOLDER
        self._current = place / CURRENT
        with (place / COUNT).open("r+b") as file:
            self._count = mmap.mmap(file.fileno(), 8)
        self._known: set[str] = set()

    def try_it(self, data: bytes) -> None:
        """Try one input, and keep it if anything but a refusal comes of it."""
        self._current.write_bytes(data)
        struct.pack_into("<Q", self._count, 0, struct.unpack_from("<Q", self._count)[0] + 1)
        problem = _problem(self._subject.attempt, data, self._folder)
        if problem is not None and problem["where"] not in self._known:
            self._known.add(problem["where"])
            mark = hashlib.sha256(data).hexdigest()[:10]
            (self._findings / f"{self._subject.name}-{mark}.bin").write_bytes(data)
            (self._findings / f"{self._subject.name}-{mark}.json").write_text(json.dumps(problem, indent=1))


def tried_alone(subject: Any, data: bytes, folder: Path) -> dict[str, str] | None:
    """Try one input here, in a folder that is made for it; return what is wrong with what comes of it."""
    return _problem(subject.attempt, data, folder)


def _problem(attempt: Callable[[bytes, Path], None], data: bytes, folder: Path) -> dict[str, str] | None:
    from eqmorph.errors import EqmorphError

    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(folder)
    folder.mkdir()
    began = time.process_time()
    what = where = ""
    try:
        attempt(data, folder)
    except EqmorphError as error:
        if str(error).startswith("unexpected ") or not str(error).isprintable():
            what, where = f"says {str(error)!r}", f"says {type(error).__name__}"
    except RecursionError as error:
        what, where = repr(error), "RecursionError"
    except Exception as error:
        what, where = "".join(traceback.format_exception(error)[-12:]), _place_of(error)
    took_s = time.process_time() - began
    if not what and took_s > _LONGEST_S:
        what, where = f"took {took_s:.1f} s", "slow"
    stray = [
        path.name for path in folder.parent.iterdir() if path.name not in _OURS and not path.name.startswith("tmp")
    ]
    if stray:
        what, where = f"wrote elsewhere: {stray}", "elsewhere"
    return {"what": what, "where": where} if what else None


_OURS = (COUNT, CURRENT, FOLDER, "corpus")


def _place_of(error: BaseException) -> str:
    """Return what tells one defect from another: the kind of error, and the last of our own lines that it came by."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "eqmorph" in Path(frame.filename).parts]
    frames = [frame for frame in frames if "tests" not in Path(frame.filename).parts] or frames
    last = frames[-1] if frames else None
    return f"{type(error).__name__} {Path(last.filename).name}:{last.name}" if last else type(error).__name__


def _limit_memory() -> None:
    if sys.platform == "linux":
        import resource

        taken = int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_DATA, (taken + MEMORY, taken + MEMORY))


if __name__ == "__main__":
    main(*sys.argv[1:])
