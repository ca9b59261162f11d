"""Made-up music, and what an evaluation finds in it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import soundfile as sf
from click.testing import CliRunner

from eqmorph.cli import main
from eqmorph.evaluate.audio.report import AudioReport
from eqmorph.evaluate.audio.run import evaluate_audio
from tests.evaluate.audio.noise import RATE, pink


@pytest.fixture(scope="session")
def music(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, Path]]:
    """Two corpora of noise with spectra that differ."""
    folder = tmp_path_factory.mktemp("music")
    rng = np.random.default_rng(5)
    for name, tilts in (("one", (-4, -2, 0)), ("two", (-3, -1, 1))):
        (folder / name).mkdir()
        for tilt in tilts:
            sf.write(folder / name / f"{tilt}.wav", pink(rng, tilt, 3.0), RATE)
    return [("one", folder / "one"), ("two", folder / "two")]


@pytest.fixture(scope="session")
def hits(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, Path]]:
    """A corpus of two hits."""
    folder = tmp_path_factory.mktemp("hits")
    for number in range(2):
        sf.write(folder / f"{number}.wav", pink(np.random.default_rng(number), -2.0, 0.3), RATE)
    return [("bangs", folder)]


class Ran(NamedTuple):
    """What the command made of all of it: the report itself, what was printed, and the page it was put into."""

    report: AudioReport
    printed: dict[str, Any]
    page: str


@pytest.fixture(scope="session")
def ran(music: list[tuple[str, Path]], hits: list[tuple[str, Path]], tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Run the command once, which takes long, on two corpora and hits, beside an earlier report."""
    reports: list[AudioReport] = []

    def seen(*arguments: Any, **options: Any) -> AudioReport:
        reports.append(evaluate_audio(*arguments, **options))
        return reports[-1]

    folder = tmp_path_factory.mktemp("report")
    page, earlier = folder / "page.md", folder / "earlier.json"
    marks = (f"<!-- {name}: {end} -->\n" for name in ("audio", "moves") for end in ("start", "end"))
    page.write_text("".join(marks), encoding="utf-8")
    figures = {f"moves.hits.{limit}dB.ours.bands": 77.7 for limit in (6, 12)}
    earlier.write_text(json.dumps({"encoders": {"analytic": {"figures": figures}}}), encoding="utf-8")
    options = ["--music", f"one={music[0][1]}", "--music", str(music[1][1])]  # the other is called as its folder
    options += ["--hits", f"bangs={hits[0][1]}", "--sounds", "1", "--before", str(earlier)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("eqmorph.evaluate.audio.run.evaluate_audio", seen)
        result = CliRunner().invoke(main, ["evaluate", "audio", *options, "--insert", str(page), "--json"])
    assert result.exit_code == 0, result.output
    return Ran(reports[0], json.loads(result.stdout), page.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def report(ran: Ran) -> AudioReport:
    """Return the report without what it was compared with."""
    return replace(ran.report, earlier=None)
