"""One job and its journal: what it knows of files whose job failed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from eqmorph.adapt.fixed import BandsEq
from eqmorph.bands import Bands
from eqmorph.batch.jobs import Job
from eqmorph.batch.journal import Journal
from eqmorph.batch.make import make_file
from eqmorph.errors import OutputError
from eqmorph.process import ProcessResult, Settings

SETTINGS = Settings(BandsEq(Bands.parse("LS 120 +6")))


@pytest.mark.parametrize("fate", ["stays", "goes", "is another's"])
def test_what_a_failed_job_leaves_under_its_name_is_known_as_its_own(tmp_path: Path, fate: str) -> None:
    """As in a folder that nobody may write to any more by the time when the first of two files is to be removed."""
    (tmp_path / "in.wav").write_bytes(b"in")
    out = tmp_path / "out"
    out.mkdir()
    job, journal = Job(tmp_path / "in.wav", out / "a.wav"), Journal(out, SETTINGS)

    def process(_source: Path, output: Path, *, before_commit: Callable[[Path, Path], None], **_: Any) -> ProcessResult:
        written = tmp_path / "written"
        written.write_bytes(b"written")
        before_commit(output, written)
        if fate == "stays":
            written.rename(output)
        elif fate == "is another's":
            output.write_bytes(b"written")
        raise OutputError("no permission to write", path=output)

    with pytest.raises(OutputError):
        make_file(job, process, journal)
    assert journal.knows(job.output) == Journal(out, SETTINGS).knows(job.output) == (fate == "stays")
