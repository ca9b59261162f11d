"""The session without a screen: what is seen is what is heard, and what is rendered."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf

from eqmorph.audio.loudness import LoudnessMeter
from eqmorph.bands import Bands
from eqmorph.errors import EqmorphError, InputError, Stopped, UsageError
from eqmorph.render import Renderer
from eqmorph.stream.sink import MemorySink
from eqmorph.tui.blend import Morph
from eqmorph.tui.controller import Controller


@pytest.fixture
def open_controller() -> Iterator[Callable[..., Controller]]:
    opened: list[Controller] = []

    def build(path: Path | None = None, **options: Any) -> Controller:
        controller = Controller(open_sink=MemorySink, **options)
        opened.append(controller)
        if path is not None:
            controller.listen(controller.open(path))
        return controller

    yield build
    for controller in opened:
        controller.close()


def test_begins_with_words_of_which_nothing_is_wanted(open_controller: Callable[..., Controller]) -> None:
    controller = open_controller()
    assert len(controller.blend.words) == 4
    assert controller.blend.target is None


def test_begins_with_a_target(open_controller: Callable[..., Controller]) -> None:
    assert str(open_controller(target="warmer, a bit airy").blend.target) == "warm + airy:0.5"


def test_an_unknown_word_is_an_error(open_controller: Callable[..., Controller]) -> None:
    with pytest.raises(UsageError, match="unknown word"):
        open_controller(target="qwertz:0.5")


def test_the_look_is_what_apply_decides(open_controller: Callable[..., Controller], song: Path) -> None:
    controller = open_controller(song, target="warm:0.4 + airy:0.2")
    preview = controller.look()
    sound = controller.sound
    assert preview is not None
    assert sound is not None
    eq = controller.blend.request.resolve(controller.ear)
    decision = eq.decide(sound.info.sample_rate, sound.spectra).decision
    assert decision is not None
    assert preview.bands == decision.bands
    assert preview.after is not None
    np.testing.assert_array_equal(preview.after.scores, decision.predicted.scores)
    assert preview.description


def test_what_is_kept_is_never_behind_the_blend(open_controller: Callable[..., Controller], song: Path) -> None:
    controller = open_controller(song, target="warm:0.4")
    preview = controller.look()
    assert controller.current_preview() is preview
    controller.history.move(controller.blend.with_weight("warm", 0.9))
    assert controller.current_preview().blend == controller.blend
    assert controller.preview is controller.current_preview()


def test_before_the_sound_is_known_the_words_are_shown_as_such(
    open_controller: Callable[..., Controller], song: Path
) -> None:
    controller = open_controller(target="warm:0.4")
    preview = controller.look()
    assert preview is not None
    assert preview.sound is None
    controller.listen(controller.open(song))
    heard = controller.look()
    assert heard is not None
    assert heard.bands != preview.bands
    controller.history.move(controller.blend.with_other_mode())
    fixed = controller.look()
    assert fixed is not None
    assert fixed.bands == preview.bands
    assert (preview.account, fixed.account) == (None, None)
    assert heard.account is not None
    assert heard.account.words[0].contributes_db


def test_a_stale_look_comes_to_nothing(open_controller: Callable[..., Controller], song: Path) -> None:
    controller = open_controller(song, target="warm:0.4")
    assert controller.look(lambda: True) is None
    controller.history.move(controller.blend.with_weight("warm", 0.9))
    asked = iter([False, True, True])
    assert controller.look(lambda: next(asked)) is None
    assert controller.preview.bands == Bands()


def test_the_matching_gain_makes_it_as_loud(open_controller: Callable[..., Controller], song: Path) -> None:
    """By the meter, on what was really rendered."""
    controller = open_controller(song, target="dark:0.8")
    preview = controller.look()
    assert preview is not None
    audio, rate = sf.read(song, dtype="float32", always_2d=True)
    powers = []
    for bands, gain_db in ((Bands(), 0.0), (preview.bands, preview.gain_db)):
        meter = LoudnessMeter(rate, 2)
        meter.add(Renderer(bands, rate).process(np.ascontiguousarray(audio.T)) * np.float32(10 ** (gain_db / 20)))
        powers.append(meter.power_db())
    assert abs(preview.gain_db) > 1
    assert powers[1] == pytest.approx(powers[0], abs=0.3)


def test_silence_gets_no_eq_and_no_profile(open_controller: Callable[..., Controller], tmp_path: Path) -> None:
    path = tmp_path / "silence.wav"
    sf.write(path, np.zeros((8000, 1)), 8000)
    preview = open_controller(path, target="warm:0.4").look()
    assert preview is not None
    assert preview.bands.is_flat
    assert preview.before is None


def test_a_file_that_is_none_leaves_the_open_one(
    open_controller: Callable[..., Controller], song: Path, tmp_path: Path
) -> None:
    controller = open_controller(song)
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"RIFFnothing")
    with pytest.raises(InputError):
        controller.open(broken)
    assert controller.file is not None
    assert controller.file.path == song
    assert not controller.file.is_closed


def test_a_file_that_nobody_wants_any_more_is_let_go(open_controller: Callable[..., Controller], song: Path) -> None:
    controller = open_controller(song)
    wanted = controller.file
    with pytest.raises(Stopped):
        controller.open(song, is_stale=lambda: True)
    assert controller.file is wanted
    assert wanted is not None
    assert not wanted.is_closed


def test_listening_ends_when_another_file_is_opened(open_controller: Callable[..., Controller], song: Path) -> None:
    controller = open_controller()
    first = controller.open(song)
    controller.open(song)
    with pytest.raises(Stopped):
        controller.listen(first)
    assert first.sound is None


@pytest.mark.parametrize("case", ["adaptive", "fixed", "amount", "morph", "flat", "many digits"])
def test_the_copied_command_gives_the_same_samples(
    open_controller: Callable[..., Controller], song: Path, tmp_path: Path, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    spaced = song.rename(song.with_name("my song's $1.wav"))
    controller = open_controller(spaced, target="warm:0.4 + airy:-0.35")
    blend = {
        "adaptive": controller.blend,
        "fixed": controller.blend.with_other_mode(),
        "amount": controller.blend.with_amount(1.35),
        "morph": controller.blend.with_morph(Morph("dark", "bright", 0.3)),
        "flat": controller.blend.with_amount(0),
        "many digits": controller.blend.with_weight("warm", 0.1 + 0.2).with_amount(1 / 3),
    }[case]
    controller.history.move(blend)
    command = controller.command()
    target = controller.proposed_output()
    assert target is not None
    rendered = tmp_path / "rendered.wav"
    controller.rendering(rendered).run()
    program, *arguments = shlex.split(command)
    assert program == "eqmorph"
    subprocess.run([sys.executable, "-m", "eqmorph", *arguments, "-q"], check=True, timeout=60)
    np.testing.assert_array_equal(sf.read(rendered)[0], sf.read(target)[0])
    assert target.read_bytes() == rendered.read_bytes()
    if case != "flat":
        assert not np.array_equal(sf.read(rendered)[0], sf.read(spaced)[0])


@pytest.mark.parametrize("folder", ["/", "."])
def test_folders_without_a_name_have_results_within_or_beside(
    open_controller: Callable[..., Controller], song: Path, folder: str
) -> None:
    controller = open_controller(song)
    controller.folder = Path(folder)
    source, output = controller.proposed_folders()
    assert source == Path(folder).absolute()
    assert output.name.endswith("-eqmorph")
    assert output.parent in (source, source.parent)


def test_rendering_proposes_a_free_name(open_controller: Callable[..., Controller], song: Path) -> None:
    controller = open_controller(song)
    first = controller.proposed_output()
    assert first == song.with_name("song-eqmorph.wav")
    first.touch()
    assert controller.proposed_output() == song.with_name("song-eqmorph-2.wav")


def test_the_open_file_is_never_overwritten(open_controller: Callable[..., Controller], song: Path) -> None:
    with pytest.raises(UsageError, match="never overwritten"):
        open_controller(song).rendering(song, overwrite=True)


def test_a_stopped_rendering_leaves_nothing(open_controller: Callable[..., Controller], song: Path) -> None:
    controller = open_controller(song, target="warm:0.4")
    job = controller.rendering(song.with_name("out.wav"))
    job.stop()
    with pytest.raises(Stopped):
        job.run()
    assert [path.name for path in song.parent.iterdir()] == ["song.wav"]


def test_progress_goes_from_nothing_to_all(open_controller: Callable[..., Controller], song: Path) -> None:
    job = open_controller(song, target="warm:0.4").rendering(song.with_name("out.wav"))
    assert job.share == 0
    job.run()
    assert job.share == pytest.approx(1, abs=0.01)


def test_a_folder_is_rendered_and_failures_are_listed(
    open_controller: Callable[..., Controller], song: Path, tmp_path: Path
) -> None:
    (song.parent / "broken.wav").write_bytes(b"RIFFnothing")
    controller = open_controller(song, target="warm:0.4")
    folder, output = controller.proposed_folders()
    assert (folder, output) == (song.parent, song.parent.with_name("music-eqmorph"))
    job = controller.folder_rendering(folder, output)
    job.run()
    assert (job.total, job.count("done"), job.count("failed")) == (2, 1, 1)
    assert job.share == 1
    controller.rendering(tmp_path / "alone.wav").run()
    assert (output / "song.wav").read_bytes() == (tmp_path / "alone.wav").read_bytes()
    again = controller.folder_rendering(folder, output)
    again.run()
    assert again.count("skipped") == 1


def test_a_stopped_folder_leaves_the_rest(open_controller: Callable[..., Controller], song: Path) -> None:
    controller = open_controller(song, target="warm:0.4")
    job = controller.folder_rendering(*controller.proposed_folders())
    job.stop()
    outcome = job.run()
    assert len(outcome.left) == 1
    assert not [path for path in job.output.rglob("*") if path.suffix == ".wav"]


def test_without_a_file_there_is_nothing_to_render(open_controller: Callable[..., Controller], tmp_path: Path) -> None:
    controller = open_controller()
    for ask in (controller.command, lambda: controller.rendering(tmp_path / "out.wav")):
        with pytest.raises(UsageError, match="no file is open"):
            ask()
    controller.toggle_play()
    controller.skip(5)
    assert controller.status() is None


def test_playing_hears_the_eq_at_matched_loudness(
    open_controller: Callable[..., Controller], song: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    controller = open_controller(song, target="dark:0.8")
    assert controller.file is not None
    told: list[object] = []
    monkeypatch.setattr(controller.file.player, "set_eq", lambda *eq: told.append(eq))
    preview = controller.look()
    assert preview is not None
    assert told == [(preview.bands, preview.gain_db, None, 0.0)]


def test_playing_hears_an_eq_that_follows(
    open_controller: Callable[..., Controller], two_halves: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    controller = open_controller(two_halves, target="bright:1")
    assert controller.file is not None
    told: list[object] = []
    monkeypatch.setattr(controller.file.player, "set_eq", lambda *eq: told.append(eq))
    controller.history.move(controller.blend.with_other_following())
    preview = controller.look()
    assert preview is not None
    assert preview.ride is not None
    assert told == [(preview.bands, preview.gain_db, preview.ride, 0.0)]


def test_errors_are_all_for_people() -> None:
    assert issubclass(Stopped, EqmorphError)
