"""Sets of files that share a gain, really rendered: levels between them stay, ceilings hold, resuming changes none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf

from eqmorph.adapt.fixed import BandsEq
from eqmorph.audio.loudness import LoudnessMeter
from eqmorph.audio.truepeak import TruePeakMeter
from eqmorph.bands import Bands
from eqmorph.batch import Outcome, prepare_batch
from eqmorph.batch.measure import measure_set
from eqmorph.level import Level, Measured, Sharing
from eqmorph.process import Settings, chain, measure_file, process_file
from eqmorph.request import EqRequest
from tests.support import interrupted_after, make_audio

RATE = 44_100
NAMES = ("dark", "mid", "bright", "short")
EQ = BandsEq(Bands.parse("LS 150 +5; HS 4k -4"))
TO_20 = Level("lufs", -20.0)


def tilted(slope: float, lufs: float, seed: int, *, seconds: float = 2.0) -> np.ndarray:
    """Return noise of a tilt and loudness, (frames, 1)."""
    frames = int(seconds * RATE)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal((1, frames)))
    audio = np.fft.irfft(spectrum * np.maximum(np.arange(spectrum.shape[1]), 20.0) ** slope, frames)
    meter = LoudnessMeter(RATE, 1)
    meter.add(audio.astype(np.float32))
    power_db = meter.power_db()
    assert power_db is not None
    return audio.T * 10 ** ((lufs - power_db) / 20)


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """Return a folder of sounds that one EQ makes louder and softer, the middle one loudest, and one too short."""
    folder = tmp_path / "in"
    for seed, (name, slope, lufs) in enumerate([("dark", -0.9, -22.0), ("mid", -0.5, -16.0), ("bright", 0.0, -27.0)]):
        make_audio(folder / f"{name}.wav", subtype="FLOAT", audio=tilted(slope, lufs, seed))
    make_audio(folder / "short.wav", subtype="FLOAT", audio=tilted(-0.5, -24.0, 9, seconds=0.2))
    return folder


def run(sources: Path, output: Path, sharing: Sharing, eq: Any = EQ, **options: Any) -> Outcome:
    existing = options.pop("existing", "refuse")
    workers = options.pop("workers", 2)
    on_result = options.pop("on_result", lambda _: None)
    settings = Settings(eq, sharing=sharing, measure=True, **options)
    batch = prepare_batch([sources], output, settings, existing=existing, workers=workers, trajectories=False)
    return batch.run(on_result=on_result)


def loudness(folder: Path) -> dict[str, float]:
    """Return the K-weighted power of each file in dB, as its samples are: gates have no say in differences."""
    return {name: measured(folder / f"{name}.wav")[0] for name in NAMES}


def measured(path: Path) -> tuple[float, float]:
    audio = np.ascontiguousarray(sf.read(path, dtype="float32", always_2d=True)[0].T)
    meter, peaks = LoudnessMeter(RATE, 1), TruePeakMeter(1)
    meter.add(audio)
    peaks.add(audio)
    power_db = meter.power_db()
    assert power_db is not None
    return power_db, 20 * np.log10(peaks.peak())


def steps(first: dict[str, float], second: dict[str, float]) -> np.ndarray:
    """Return how much louder each file is in the second folder."""
    return np.array([second[name] - first[name] for name in NAMES])


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.wav")}


# --------------------------------------------------------------------------------------------------------- albums


@pytest.mark.parametrize("level", [Level(), TO_20, Level("lufs", -9.0)], ids=str)
@pytest.mark.parametrize("eq", [EQ, "words"], ids=["bands", "words"])
def test_an_albums_tracks_keep_the_levels_that_the_one_eq_leaves(
    sources: Path, tmp_path: Path, eq: Any, level: Level
) -> None:
    eq = EqRequest("warm:0.8", album=True).resolve() if eq == "words" else eq
    run(sources, tmp_path / "kept", "gain", eq, level=Level("keep"))
    run(sources, tmp_path / "out", "gain", eq, level=level)
    by_eq = steps(loudness(sources), loudness(tmp_path / "kept"))
    assert np.ptp(by_eq) > 0.3, "the EQ does shift these tracks against each other"
    assert np.ptp(steps(loudness(tmp_path / "kept"), loudness(tmp_path / "out"))) < 0.01


def test_the_loudest_track_is_as_loud_as_it_came(sources: Path, tmp_path: Path) -> None:
    outcome = run(sources, tmp_path / "out", "gain", ceiling_db=6.0)
    assert all(ended.result and ended.result.trim.ceiling_db == 0 for ended in outcome.results)
    assert steps(loudness(sources), loudness(tmp_path / "out"))[1] == pytest.approx(0, abs=0.1)


def test_the_loudest_track_reaches_a_loudness(sources: Path, tmp_path: Path) -> None:
    run(sources, tmp_path / "out", "gain", level=TO_20)
    after = loudness(tmp_path / "out")
    assert max(after, key=lambda name: after[name]) == "mid"
    assert after["mid"] == pytest.approx(-20, abs=0.1)


@pytest.mark.parametrize("sharing", ["gain", "ceiling"])
def test_the_ceiling_holds_for_all_by_one_trim(sources: Path, tmp_path: Path, sharing: Sharing) -> None:
    outcome = run(sources, tmp_path / "out", sharing, level=Level("lufs", -6.0))
    cuts = {ended.result.trim.ceiling_db for ended in outcome.results if ended.result}
    assert len(cuts) == 1
    assert cuts.pop() < -3
    peaks = [measured(tmp_path / "out" / f"{name}.wav")[1] for name in NAMES]
    assert max(peaks) == pytest.approx(-1, abs=0.02)
    assert sum(peak > -1.5 for peak in peaks) == 1, "only the worst is just under it"


def test_an_album_whose_level_is_kept_is_not_measured_first(sources: Path, tmp_path: Path) -> None:
    asked: list[int] = []

    def measure(jobs: Any, settings: Settings, *, workers: int) -> list[Measured]:
        asked.append(len(jobs))
        return measure_set(jobs, settings, workers=workers)

    def prepare(source: Path, **options: Any) -> None:
        prepare_batch([source], tmp_path / "out", Settings(EQ, **options), measure=measure)

    prepare(sources, sharing="gain", level=Level("keep"))
    prepare(sources)
    prepare(sources / "mid.wav", sharing="gain")  # a set of one is levelled as any file
    assert asked == []
    prepare(sources, sharing="gain", level=Level("keep"), ceiling_db=-3.0)
    prepare(sources, sharing="ceiling")
    assert asked == [4, 4]


def test_silence_in_an_album_changes_nothing_for_the_others(sources: Path, tmp_path: Path) -> None:
    run(sources, tmp_path / "without", "gain")
    make_audio(sources / "silence.wav", amplitude=0)
    outcome = run(sources, tmp_path / "with", "gain")
    assert outcome.count("done") == 5
    assert content(tmp_path / "with").items() >= content(tmp_path / "without").items()


# ----------------------------------------------------------------------------------------------------- other sets


@pytest.mark.parametrize("level", [Level(), TO_20, Level("lufs", -6.0)], ids=str)
@pytest.mark.parametrize("eq", [EQ, "words"], ids=["bands", "words"])
def test_what_belongs_together_keeps_the_levels_it_came_with(
    sources: Path, tmp_path: Path, eq: Any, level: Level
) -> None:
    eq = EqRequest("bright:0.8").resolve() if eq == "words" else eq
    outcome = run(sources, tmp_path / "out", "ceiling", eq, level=level, ceiling_db=-9.0)
    moved = steps(loudness(sources), loudness(tmp_path / "out"))
    assert np.ptp(moved) < 0.01
    shared = {round(ended.result.trim.ceiling_db, 9) for ended in outcome.results if ended.result}
    assert len(shared) == 1
    if level.mode == "match":
        assert moved[0] == pytest.approx(shared.pop(), abs=0.01)


def test_a_hit_whose_tail_the_eq_takes_keeps_its_level(sources: Path, tmp_path: Path) -> None:
    frames = np.arange(2 * RATE)
    tail = 0.2 * np.sin(2 * np.pi * 90 * frames / RATE)[:, None]
    tail[: RATE // 5] += tilted(0.0, -15.0, 7, seconds=0.2)
    make_audio(sources / "hit.wav", subtype="FLOAT", audio=tail)
    eq = BandsEq(Bands.parse("LS 300 -12"))
    either: tuple[Sharing, ...] = ("nothing", "ceiling")
    for sharing in either:
        run(sources, tmp_path / sharing, sharing, eq, ceiling_db=20.0)
    came = measured(sources / "hit.wav")[0]
    assert measured(tmp_path / "ceiling" / "hit.wav")[0] == pytest.approx(came, abs=0.01)
    assert abs(measured(tmp_path / "nothing" / "hit.wav")[0] - came) > 1, "its gates let other parts of it pass"


def test_without_it_each_file_is_trimmed_by_itself(sources: Path, tmp_path: Path) -> None:
    run(sources, tmp_path / "out", "nothing", ceiling_db=-9.0)
    assert np.ptp(steps(loudness(sources), loudness(tmp_path / "out"))) > 0.5


def test_a_sound_that_needs_no_eq_is_trimmed_with_the_others(sources: Path, tmp_path: Path) -> None:
    eq = EqRequest("dark", to_percentile=0.6).resolve()  # the dark one is there already
    outcome = run(sources, tmp_path / "out", "ceiling", eq, ceiling_db=-12.0)
    flat = [ended.result for ended in outcome.results if ended.result and ended.result.bands.is_flat]
    assert flat
    assert np.ptp(steps(loudness(sources), loudness(tmp_path / "out"))) < 0.01
    assert steps(loudness(sources), loudness(tmp_path / "out"))[0] < -0.3


# ----------------------------------------------------------------------------------------------------- interrupted


@pytest.mark.parametrize("sharing", ["gain", "ceiling"])
def test_a_resumed_set_is_bit_for_bit_that_of_an_uninterrupted_run(
    sources: Path, tmp_path: Path, sharing: Sharing
) -> None:
    options: dict[str, Any] = {"level": Level("lufs", -6.0), "workers": 1}
    first = run(sources, tmp_path / "out", sharing, on_result=interrupted_after(2), **options)
    assert first.left
    done = content(tmp_path / "out")
    second = run(sources, tmp_path / "out", sharing, existing="resume", **options)
    assert second.count("skipped") == len(done)
    run(sources, tmp_path / "whole", sharing, level=options["level"], workers=4)
    assert content(tmp_path / "out") == content(tmp_path / "whole")
    assert run(sources, tmp_path / "out", sharing, existing="resume", **options).count("skipped") == 4


def test_files_that_are_kept_count_for_the_gain(sources: Path, tmp_path: Path) -> None:
    run(sources, tmp_path / "whole", "gain", level=TO_20)
    whole = content(tmp_path / "whole")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mid.wav").write_bytes(whole["mid.wav"])
    assert run(sources, tmp_path / "out", "gain", level=TO_20, existing="skip").count("done") == 3
    assert content(tmp_path / "out") == whole


def test_a_louder_track_that_joins_makes_all_outdated(sources: Path, tmp_path: Path) -> None:
    run(sources, tmp_path / "out", "gain", level=TO_20)
    make_audio(sources / "new.wav", audio=tilted(-0.5, -12.0, 5), subtype="FLOAT")
    again = run(sources, tmp_path / "out", "gain", level=TO_20, existing="resume")
    assert (again.count("done"), again.count("skipped")) == (5, 0)
    assert measured(tmp_path / "out" / "new.wav")[0] == pytest.approx(-20, abs=0.1)


def test_a_file_that_cannot_be_read_fails_alone(sources: Path, tmp_path: Path) -> None:
    run(sources, tmp_path / "without", "gain")
    (sources / "bad.wav").write_text("no audio")
    outcome = run(sources, tmp_path / "with", "gain")
    assert (outcome.count("done"), outcome.count("failed")) == (4, 1)
    assert content(tmp_path / "with") == content(tmp_path / "without")


def test_outputs_that_exist_are_refused_before_anything_is_measured(sources: Path, tmp_path: Path) -> None:
    make_audio(tmp_path / "out" / "mid.wav")

    def measure(*_: Any, **__: Any) -> list[Measured]:
        raise AssertionError("measured in vain")

    with pytest.raises(Exception, match="already exists"):
        prepare_batch([sources], tmp_path / "out", Settings(EQ, sharing="gain"), measure=measure)


# ------------------------------------------------------------------------------------------------------- measuring


def test_what_is_measured_is_what_will_be_rendered(sources: Path, tmp_path: Path) -> None:
    source, output = sources / "mid.wav", tmp_path / "out.wav"
    found = measure_file(source, output, Settings(EQ))
    assert not list(tmp_path.glob("*.wav")), "nothing is written"
    result = process_file(source, output, Settings(EQ, level=Level("keep"), measure=True))
    assert (found.before, found.after, found.name) == (result.before, result.after, str(source))


def test_an_albums_audio_needs_no_place_to_wait(sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "Spill", None)
    assert run(sources, tmp_path / "out", "gain", level=TO_20).count("done") == 4


def test_every_file_is_told_of_while_a_set_is_measured(sources: Path, tmp_path: Path) -> None:
    (sources / "bad.wav").write_text("no audio")
    batch = prepare_batch([sources], tmp_path / "out", Settings(EQ))
    heard: list[float] = []
    ended: list[bool] = []
    found = measure_set(
        batch.jobs, batch.settings, workers=2, on_progress=heard.append, on_end=lambda: ended.append(True)
    )
    assert [Path(one.name).stem for one in found] == sorted(NAMES)
    assert sum(heard) == pytest.approx(6.2)
    assert len(ended) == 5
