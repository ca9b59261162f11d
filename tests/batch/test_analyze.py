"""Listening to many files: in the order named, whatever happens to one of them."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf

from eqmorph.analysis import load_ear
from eqmorph.batch import Source
from eqmorph.batch.analyze import Analysis, AnalysisSettings, AnalysisTask, analyze_files, plan_analyses
from eqmorph.errors import EqmorphError, UsageError

SETTINGS = AnalysisSettings(1.0, 0.5, ("warm", "bright"))


def tones(folder: Path, count: int) -> list[Source]:
    sources = []
    for number in range(count):
        path = folder / f"{number}.wav"
        seconds = 3.0 if number == 0 else 0.2  # the first ends last
        sf.write(path, 0.1 * np.sin(np.arange(int(seconds * 8000)) * (0.1 + 0.1 * number)), 8000)
        sources.append(Source(path, Path("kept") / path.name))
    return sources


def whole(analysis: Analysis) -> dict[str, Any]:
    assert analysis.data is not None
    return {**analysis.data, "windows": list(analysis.data["windows"])}


@pytest.mark.parametrize("workers", [1, 4])
def test_results_come_in_order_whatever_the_workers(workers: int, tmp_path: Path) -> None:
    tasks = plan_analyses(tones(tmp_path, 6), tmp_path / "out")
    ended = list(analyze_files(load_ear(), tasks, SETTINGS, workers=workers))
    assert [analysis.task for analysis in ended] == tasks
    alone = [next(iter(analyze_files(load_ear(), [AnalysisTask(t.path, t.name)], SETTINGS))) for t in tasks]
    assert [whole(analysis) for analysis in ended] == [whole(analysis) for analysis in alone]
    assert all((tmp_path / "out" / "kept" / f"{number}.wav.trajectory.json").exists() for number in range(6))


def test_windows_are_handed_on_only_when_asked(tmp_path: Path) -> None:
    tasks = plan_analyses(tones(tmp_path, 1), None)
    (kept,) = analyze_files(load_ear(), tasks, SETTINGS)
    (left,) = analyze_files(load_ear(), tasks, AnalysisSettings(1.0, 0.5, ("warm",), keep_windows=False))
    assert kept.data is not None
    assert left.data is not None
    assert len(kept.data["windows"]) == 5
    assert "windows" not in left.data
    assert left.whole is not None
    assert left.whole.power.shape[0] == 1


def test_without_anyone_to_take_them_no_window_is_worked_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = []
    monkeypatch.setattr("eqmorph.analysis.Ear.window_curves", lambda *_: heard.append(1))
    tasks = plan_analyses(tones(tmp_path, 2), None)
    settings = AnalysisSettings(1.0, 0.5, ("warm",), keep_windows=False)
    assert all(analysis.error is None for analysis in analyze_files(load_ear(), tasks, settings))
    assert not heard


def test_what_goes_wrong_with_one_is_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import eqmorph.batch.analyze as module

    sources = tones(tmp_path, 3)
    sources[1].path.write_text("no audio")
    known = module.flowing_trajectory

    def failing(ear: Any, spectra: Any, info: Any, **options: Any) -> Any:
        if info.path.name == "2.wav":
            raise ZeroDivisionError("by nothing")
        return known(ear, spectra, info, **options)

    monkeypatch.setattr(module, "flowing_trajectory", failing)
    good, broken, unforeseen = analyze_files(load_ear(), plan_analyses(sources, None), SETTINGS, workers=2)
    assert good.error is None
    assert broken.error is not None
    assert "not audio" in str(broken.error)
    assert isinstance(unforeseen.error, EqmorphError)
    assert str(unforeseen.error) == f"{sources[2].path}: unexpected ZeroDivisionError: by nothing"
    assert isinstance(unforeseen.error.__cause__, ZeroDivisionError)


def test_stopping_early_waits_for_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even the one that is being read is given up."""
    import eqmorph.batch.analyze as module

    entered, read = threading.Event(), []

    class Endless(module.AudioReader):
        def blocks(self) -> Any:
            while len(read) < 100_000:
                read.append(1)
                entered.set()
                yield np.zeros((1, 100), np.float32)

    sources = tones(tmp_path, 2)
    known = module.AudioReader
    monkeypatch.setattr(
        module, "AudioReader", lambda path, repair: (Endless if path.name == "1.wav" else known)(path, repair=repair)
    )
    results = analyze_files(load_ear(), plan_analyses(sources, tmp_path / "out"), SETTINGS, workers=2)
    next(results)
    assert entered.wait(10)
    results.close()  # as an interrupt does
    assert len(read) < 100_000
    assert not (tmp_path / "out" / "kept" / "1.wav.trajectory.json").exists()


def test_nothing_is_planned_over_what_is_there(tmp_path: Path) -> None:
    sources = tones(tmp_path, 2)
    there = tmp_path / "out" / "kept" / "1.wav.trajectory.json"
    there.parent.mkdir(parents=True)
    there.write_text("mine")
    with pytest.raises(UsageError, match="1 of 2 trajectories already exists"):
        plan_analyses(sources, tmp_path / "out")
    assert all(task.overwrite for task in plan_analyses(sources, tmp_path / "out", overwrite=True))
    with pytest.raises(UsageError, match="would both become"):
        plan_analyses([sources[0], Source(sources[1].path, sources[0].relative)], tmp_path / "out", overwrite=True)
