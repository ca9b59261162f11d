"""The functions for scripts: typed ways into the same chain as the command line."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf
from numpy.typing import NDArray

import eqmorph
from eqmorph import Bands, InputError, UsageError
from eqmorph.batch import run
from eqmorph.level import Level
from eqmorph.presets import format_preset
from tests.report.support import inside
from tests.support import environment, make_audio, noise_block

EQ = Bands.parse("LS 120 +6; HS 3k +5")
RATE = 44_100


# -------------------------------------------------------------------------------------------------- in memory


def test_apply_takes_both_shapes_and_leaves_its_input_alone() -> None:
    audio = noise_block(RATE)
    before = audio.copy()
    stereo = eqmorph.apply(audio, RATE, EQ)
    mono = eqmorph.apply(audio[0], RATE, EQ, level="keep")
    assert np.array_equal(audio, before)
    assert (stereo.shape, stereo.dtype, mono.shape) == (audio.shape, np.float32, (RATE,))
    assert np.array_equal(mono, eqmorph.apply(audio, RATE, EQ, level="keep")[0])
    assert not np.array_equal(stereo, audio)


def test_apply_takes_bands_presets_and_requests() -> None:
    audio = noise_block(5000)
    preset = eqmorph.preset("de-mud")
    by_preset = eqmorph.apply(audio, RATE, preset)
    assert np.array_equal(by_preset, eqmorph.apply(audio, RATE, preset.bands))
    assert np.array_equal(by_preset, eqmorph.apply(audio, RATE, eqmorph.EqRequest(bands=preset.bands)))


def test_a_string_is_words_whatever_presets_there_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("eqmorph.own_files.own_folder", lambda _: tmp_path)
    audio = noise_block(RATE)
    before = eqmorph.apply(audio, RATE, "warm")
    (tmp_path / "warm.toml").write_text(format_preset(eqmorph.Preset("warm", EQ)))
    assert np.array_equal(eqmorph.apply(audio, RATE, "warm"), before)
    assert not np.array_equal(eqmorph.apply(audio, RATE, eqmorph.preset("warm")), before)
    with pytest.raises(UsageError, match="unknown word 'de-mud'") as caught:
        eqmorph.apply(audio, RATE, "de-mud")
    assert "eqmorph.preset('de-mud')" in str(caught.value.hint)


def test_amount_0_gives_the_samples_bit_for_bit_and_a_copy() -> None:
    audio = noise_block(RATE)
    result = eqmorph.apply(audio, RATE, EQ, amount=0)
    assert np.array_equal(result, audio)
    assert not np.shares_memory(result, audio)


@pytest.mark.parametrize("level", ["-20", -20, "-20 LUFS", Level("lufs", -20)])
def test_a_loudness_comes_as_a_word_or_a_number(level: str | float | Level) -> None:
    result = eqmorph.apply(noise_block(RATE), RATE, EQ, level=level)
    assert np.array_equal(result, eqmorph.apply(noise_block(RATE), RATE, EQ, level=-20.0))
    assert not np.array_equal(result, eqmorph.apply(noise_block(RATE), RATE, EQ, level="match"))


def test_a_ceiling_bounds_the_peaks() -> None:
    assert np.abs(eqmorph.apply(noise_block(RATE), RATE, EQ, level=-3)).max() <= 10 ** (-1 / 20)
    assert np.abs(eqmorph.apply(noise_block(RATE), RATE, EQ, level=-3, ceiling_db=-4)).max() <= 10 ** (-4 / 20)
    assert np.abs(eqmorph.apply(noise_block(RATE), RATE, EQ, level=-3, ceiling_db=12)).max() > 1


@pytest.mark.parametrize("channels", [1, 2, 12])
def test_frames_first_is_refused_with_a_remedy(channels: int) -> None:
    audio = noise_block(RATE, channels).T
    for use in (lambda: eqmorph.apply(audio, RATE, EQ), lambda: eqmorph.hear(audio, RATE)):
        with pytest.raises(UsageError, match=f"{RATE} channels") as caught:
            use()
        assert "(channels, frames)" in caught.value.hint
        assert "audio.T" in caught.value.hint


def test_many_channels_of_a_few_frames_are_taken() -> None:
    for shape in ((64, 3), (100, 200)):
        audio = noise_block(shape[1], shape[0])
        assert eqmorph.apply(audio, RATE, EQ, level="keep").shape == shape


@pytest.mark.parametrize("frames", [0, 1, 2, 441])
def test_short_and_empty_audio_works(frames: int) -> None:
    assert eqmorph.apply(noise_block(frames), RATE, EQ).shape == (2, frames)


@pytest.mark.parametrize(
    ("audio", "rate"),
    [
        (np.zeros((2, 2, 2)), RATE),
        (np.zeros((0, 5)), RATE),
        (np.float32(0.5), RATE),
        (np.array([0.0, np.nan]), RATE),
        (np.array([0.0, np.inf]), RATE),
        (np.zeros(100, np.int16), RATE),
        (np.zeros(100, np.complex64), RATE),
        (np.zeros(100), 0),
        (np.zeros(100), -1),
        (np.zeros(100), np.nan),
        (np.zeros(100), np.inf),
    ],
)
def test_what_is_not_audio_is_refused(audio: NDArray[np.float32], rate: float) -> None:
    with pytest.raises(UsageError) as caught:
        eqmorph.apply(audio, rate, EQ)
    assert caught.value.hint


# ------------------------------------------------------------------------------------------------------- files


def test_apply_file_does_what_it_says_and_says_what_it_did(tmp_path: Path) -> None:
    source, target = make_audio(tmp_path / "a.wav"), tmp_path / "new" / "b.flac"
    result = eqmorph.apply_file(str(source), target, EQ, amount=0.5, bit_depth="24")
    assert (sf.info(target).format, sf.info(target).subtype, sf.info(target).frames) == ("FLAC", "PCM_24", RATE // 2)
    assert result.before is not None
    assert result.after is not None
    assert result.after.lufs == pytest.approx(result.before.lufs)


def test_apply_file_never_overwrites_unasked_and_never_its_source(tmp_path: Path) -> None:
    source, target = make_audio(tmp_path / "a.wav"), tmp_path / "b.wav"
    target.write_bytes(b"old")
    with pytest.raises(UsageError, match="already exists"):
        eqmorph.apply_file(source, target, EQ)
    assert target.read_bytes() == b"old"
    eqmorph.apply_file(source, target, EQ, existing="overwrite")
    before = source.read_bytes()
    with pytest.raises(UsageError, match="inputs are never overwritten"):
        eqmorph.apply_file(source, source, EQ, existing="overwrite")
    assert source.read_bytes() == before


def test_apply_file_raises_what_is_wrong_with_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_text("no audio")
    with pytest.raises(InputError, match="holds text") as caught:
        eqmorph.apply_file(tmp_path / "a.wav", tmp_path / "b.wav", EQ)
    assert caught.value.path == tmp_path / "a.wav"


def test_apply_file_cleans_up_after_a_killed_run(tmp_path: Path) -> None:
    (tmp_path / ".eqmorph-0123456789ab.part").write_bytes(b"half")
    eqmorph.apply_file(make_audio(tmp_path / "a.wav"), tmp_path / "b.wav", EQ)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.wav", "b.wav"]


@pytest.mark.parametrize("existing", ["nope", "skip", "resume", None])
def test_apply_file_takes_no_other_choice_for_an_existing_output(tmp_path: Path, existing: str) -> None:
    source, target = make_audio(tmp_path / "a.wav"), tmp_path / "b.wav"
    target.write_bytes(b"old")
    with pytest.raises(UsageError):
        eqmorph.apply_file(source, target, EQ, existing=existing)
    assert target.read_bytes() == b"old"


@pytest.mark.parametrize("eq", [5, ["warm"], None, Path("x.toml")])
def test_what_is_not_an_eq_is_refused(eq: object) -> None:
    with pytest.raises(UsageError, match="is not an EQ"):
        eqmorph.apply(noise_block(100), RATE, eq)


# ----------------------------------------------------------------------------------------------------- folders


def test_apply_folder_keeps_relative_paths_and_returns_each_file(tmp_path: Path) -> None:
    for name in ("a.wav", "sub/b.wav"):
        make_audio(tmp_path / "in" / name)
    (tmp_path / "in" / "c.wav").write_text("no audio")
    outcome = eqmorph.apply_folder(tmp_path / "in", tmp_path / "out", EQ, jobs=2)
    assert {(r.job.output.relative_to(tmp_path / "out").as_posix(), r.status) for r in outcome.results} == {
        ("a.wav", "done"),
        ("sub/b.wav", "done"),
        ("c.wav", "failed"),
    }
    again = eqmorph.apply_folder(tmp_path / "in", tmp_path / "out", EQ, existing="resume")
    assert (again.count("skipped"), again.count("failed")) == (2, 1)
    with pytest.raises(UsageError, match="2 of 3 outputs already exist"):
        eqmorph.apply_folder(tmp_path / "in", tmp_path / "out", EQ)
    assert eqmorph.apply_folder(tmp_path / "in", tmp_path / "out", EQ, existing="overwrite").count("done") == 2
    assert eqmorph.apply_folder(tmp_path / "in", tmp_path / "out", EQ, existing="skip").count("skipped") == 2
    with pytest.raises(UsageError):
        eqmorph.apply_folder(tmp_path / "in", tmp_path / "new", EQ, jobs=0)


def test_watch_folder_does_what_arrives_until_it_is_stopped(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    stop = threading.Event()
    told: list[eqmorph.FileResult] = []

    def on_result(result: eqmorph.FileResult) -> None:
        told.append(result)
        stop.set()

    arrival = threading.Timer(0.2, lambda: make_audio(tmp_path / "in" / "a.wav"))
    arrival.start()
    watched = eqmorph.watch_folder(
        tmp_path / "in", tmp_path / "out", EQ, settle_s=0.3, every_s=0.05, stop=stop, on_result=on_result
    )
    assert [(result.status, result.job.output.name) for result in told] == [("done", "a.wav")]
    assert (watched.done, watched.left) == (1, [])
    for wrong in ({"jobs": 0}, {"every_s": 0}, {"settle_s": -1}):
        with pytest.raises(UsageError):
            eqmorph.watch_folder(tmp_path / "in", tmp_path / "out", EQ, **wrong)


def test_ctrl_c_ends_what_apply_folder_was_called_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "abc":
        make_audio(tmp_path / "in" / f"{name}.wav", frames=2000)
    process = run.process_patiently

    def pressed(source: Path, *rest: Any, **options: Any) -> Any:
        if source.name == "b.wav":
            time.sleep(0.2)  # until nobody does anything but wait
            signal.raise_signal(signal.SIGINT)
            time.sleep(1)
        return process(source, *rest, **options)

    monkeypatch.setattr(run, "process_patiently", pressed)
    with pytest.raises(KeyboardInterrupt):
        eqmorph.apply_folder(tmp_path / "in", tmp_path / "out", EQ, jobs=1)
    monkeypatch.undo()
    assert eqmorph.apply_folder(tmp_path / "in", tmp_path / "out", EQ, existing="resume").count("failed") == 0


def test_apply_folder_levels_an_album_and_a_set_as_a_whole(tmp_path: Path) -> None:
    for seed, amplitude in enumerate((0.25, 0.02)):
        make_audio(tmp_path / "in" / f"{seed}.wav", frames=44_100, amplitude=amplitude, seed=seed)
    album = eqmorph.EqRequest(bands=EQ, album=True)
    alike = eqmorph.apply_folder(tmp_path / "in", tmp_path / "album", album)
    assert len({result.result.trim for result in alike.results if result.result}) == 1
    kit = eqmorph.apply_folder(tmp_path / "in", tmp_path / "kit", EQ, together=True)
    cuts = {result.result.trim.ceiling_db for result in kit.results if result.result}
    assert len(cuts) == 1
    assert kit.quieter_db == pytest.approx([-cut for cut in cuts] * 2)
    with pytest.raises(UsageError, match="can't be combined"):
        eqmorph.apply_folder(tmp_path / "in", tmp_path / "both", album, together=True)
    with pytest.raises(UsageError, match='together has nothing to share: level="keep"'):
        eqmorph.apply_folder(tmp_path / "in", tmp_path / "kept", EQ, together=True, level="keep")


# -------------------------------------------------------------------------------------------------- the package


def test_a_run_and_its_report_become_a_page(tmp_path: Path) -> None:
    make_audio(tmp_path / "in" / "a.wav", frames=3 * 44_100)
    outcome = eqmorph.apply_folder(tmp_path / "in", tmp_path / "out", "warm:0.7", trajectories=True)
    made = eqmorph.write_report(outcome, tmp_path / "page.html", title="Mine")
    assert (made.files, made.done, made.missing) == (1, 1, 0)
    _, (detail,) = inside(made.page)
    assert {"said", "eq", "spectrum", "course"} <= set(detail)
    again = eqmorph.write_report(tmp_path / "out", tmp_path / "again.html", embed="flac")
    assert again.embedded == 2
    with pytest.raises(eqmorph.OutputError, match="already exists"):
        eqmorph.write_report(tmp_path / "out", made.page)
    with pytest.raises(eqmorph.UsageError):
        eqmorph.write_report(eqmorph.Outcome(), tmp_path / "none.html")


def test_all_public_names_are_there() -> None:
    for name in eqmorph.__all__:
        assert getattr(eqmorph, name) is not None
    assert set(eqmorph.__all__) <= set(dir(eqmorph))
    with pytest.raises(AttributeError):
        eqmorph.nonsense  # noqa: B018


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import sys, eqmorph; print([m for m in ('numpy', 'pedalboard', 'torch', 'click') if m in sys.modules])"
    text = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment())
    assert text.stdout.strip() == "[]"


def test_words_that_make_no_sense_are_refused() -> None:
    audio = np.zeros((1, 4000), np.float32)
    with pytest.raises(UsageError, match="mode"):
        eqmorph.EqRequest("warm", mode="fxied")
    with pytest.raises(UsageError, match="the amount follows"):
        eqmorph.apply(audio, 8000, eqmorph.EqRequest("warm", to_percentile=0.8), amount=0.5)


def test_sounds_are_heard_and_decided_on_as_of_the_kind_that_is_said() -> None:
    audio = noise_block(RATE, 1)
    speech, mix = (eqmorph.hear(audio, RATE, kind=kind).percentile("warm") for kind in ("speech", "mix"))
    assert speech != mix
    assert eqmorph.analyze(audio, RATE, kind="speech")["kind"] == "speech"
    choice = eqmorph.decide(audio, RATE, eqmorph.EqRequest("warm", kind="speech"))
    assert choice.decision is not None
    assert choice.decision.before.percentile("warm") == speech
    assert choice.bands.response_db(np.geomspace(20, 99, 20), RATE).max() <= 0.3


def test_a_reference_is_an_eq_like_any_other(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    song, dull = (0.1 * rng.standard_normal((2, 88_200)).astype(np.float32) for _ in range(2))
    sf.write(tmp_path / "dull.wav", (dull + np.roll(dull, 1, axis=1)).T / 2, 44_100)
    reference = eqmorph.reference(tmp_path / "dull.wav", name="dull")
    choice = eqmorph.decide(song, 44_100, reference)
    assert choice.decision is not None
    assert choice.decision.likeness is not None
    assert choice.decision.likeness.name == "dull"
    result, report = eqmorph.apply_with_report(song, 44_100, eqmorph.EqRequest("airy:0.2", reference=reference))
    assert result.shape == song.shape
    assert report.account is not None
    assert report.account.reference is not None
    assert report.account.reference.db_after < report.account.reference.db_before


@pytest.mark.usefixtures("own_presets")
def test_references_are_kept() -> None:
    balance = eqmorph.Balance("mine", tuple(float(at) for at in range(64)))
    path = eqmorph.save_reference(balance)
    assert [one.name for one in eqmorph.list_references()] == ["mine"]
    assert eqmorph.reference("mine").name == "mine"
    path.write_text("{")
    with pytest.warns(UserWarning, match="not valid JSON"):
        assert eqmorph.list_references() == []
    assert eqmorph.remove_reference("mine") == path


def test_hum_is_taken_out_of_audio_in_memory() -> None:
    times = np.arange(12 * 44_100) / 44_100
    hum = sum(0.01 * np.sin(2 * np.pi * 60 * number * times) for number in (1, 2, 3))
    audio = np.asarray(hum + 1e-4 * np.random.default_rng(0).standard_normal(len(times)))
    clean, report = eqmorph.apply_with_report(audio, 44_100, eqmorph.Bands(), level="keep", dehum="auto")
    assert report.hum is not None
    assert report.hum.mains_hz == pytest.approx(60, abs=0.02)
    assert np.std(clean[8 * 44_100 :]) < np.std(audio) / 20
