"""Versions are written equally loud by the one chain, under names or letters, or not at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

import eqmorph
from eqmorph.compare.render import render_versions
from eqmorph.compare.seal import open_key
from eqmorph.compare.versions import Ask, Comparison, compare_file
from eqmorph.errors import ExistsError, InputError, OutputError
from eqmorph.process import ProcessResult, Settings, Watch, process_file
from tests.support import make_audio

RATE = 44_100
NAMES = ["original", "fixed", "adaptive-0.5", "adaptive"]


@pytest.fixture
def song(tmp_path: Path) -> Path:
    return make_audio(tmp_path / "song.wav", subtype="FLOAT", frames=2 * RATE)


@pytest.fixture
def comparison(song: Path) -> Comparison:
    return compare_file(song, Ask("warm"))


def loudness(path: Path) -> tuple[float, float]:
    audio, rate = sf.read(path, dtype="float32")
    _, result = eqmorph.apply_with_report(audio.T, rate, eqmorph.Bands())
    assert result.before is not None
    assert result.before.lufs is not None
    assert result.before.true_peak_db is not None
    return result.before.lufs, result.before.true_peak_db


def test_all_are_there_and_equally_loud(comparison: Comparison, tmp_path: Path) -> None:
    rendered = render_versions(comparison, tmp_path / "out")
    assert [file.path.name for file in rendered.files] == [f"song-{name}.wav" for name in NAMES]
    assert rendered.key is None
    levels = [loudness(file.path)[0] for file in rendered.files]
    assert levels == pytest.approx([levels[0]] * 4, abs=0.02)


def test_a_version_is_what_apply_writes(comparison: Comparison, song: Path, tmp_path: Path) -> None:
    render_versions(comparison, tmp_path / "out")
    eqmorph.apply_file(song, tmp_path / "applied.wav", "warm")
    written, applied = (sf.read(tmp_path / name)[0] for name in ("out/song-adaptive.wav", "applied.wav"))
    np.testing.assert_allclose(written, applied, atol=1e-6)


def test_without_a_trim_the_original_is_copied_bit_for_bit(comparison: Comparison, song: Path, tmp_path: Path) -> None:
    render_versions(comparison, tmp_path / "out")
    assert (tmp_path / "out" / "song-original.wav").read_bytes() == song.read_bytes()


def test_a_loud_file_trims_all_and_none_exceeds_the_ceiling(tmp_path: Path) -> None:
    loud = make_audio(tmp_path / "loud.wav", subtype="PCM_16", frames=2 * RATE, amplitude=0.24)
    rendered = render_versions(compare_file(loud, Ask("bright:1")), tmp_path / "out")
    measured = [loudness(file.path) for file in rendered.files]
    assert [lufs for lufs, _ in measured] == pytest.approx([measured[0][0]] * 4, abs=0.02)
    assert max(peak for _, peak in measured) <= -0.99
    assert measured[0][0] < loudness(loud)[0] - 0.5


def test_tags_are_kept(tmp_path: Path) -> None:
    source = make_audio(tmp_path / "song.flac", frames=2 * RATE)
    import mutagen.flac

    tags = mutagen.flac.FLAC(source)
    tags["title"] = "A song"
    tags.save()
    rendered = render_versions(compare_file(source, Ask("warm")), tmp_path / "out")
    assert [mutagen.flac.FLAC(file.path)["title"] for file in rendered.files] == [["A song"]] * 4


def test_versions_of_a_lossy_file_are_lossless(tmp_path: Path) -> None:
    source = make_audio(tmp_path / "song.ogg", "OGG", "VORBIS", frames=2 * RATE)
    rendered = render_versions(compare_file(source, Ask("warm")), tmp_path / "out")
    assert {file.path.suffix for file in rendered.files} == {".flac"}
    assert {file.result.format for file in rendered.files} == {"FLAC"}


def test_nothing_is_overwritten_unasked(comparison: Comparison, tmp_path: Path) -> None:
    taken = make_audio(tmp_path / "out" / "song-adaptive.wav", frames=100)
    before = taken.read_bytes()
    with pytest.raises(ExistsError, match=r"song-adaptive\.wav"):
        render_versions(comparison, tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["song-adaptive.wav"]
    assert taken.read_bytes() == before
    render_versions(comparison, tmp_path / "out", overwrite=True)
    assert taken.read_bytes() != before


@pytest.mark.parametrize("blind", [False, True])
def test_silence_is_refused_before_anything_is_written(tmp_path: Path, blind: bool) -> None:
    silence = make_audio(tmp_path / "silence.wav", audio=np.zeros((RATE, 2)))
    with pytest.raises(InputError, match=r"silence\.wav: is silent: there is nothing to compare") as refused:
        render_versions(compare_file(silence, Ask("warm")), tmp_path / "out", blind=blind)
    assert refused.value.hint == "Name a recording that sounds."
    assert not (tmp_path / "out").exists()


def test_the_input_is_never_overwritten(tmp_path: Path) -> None:
    make_audio(tmp_path / "song.wav", frames=2 * RATE)
    linked = tmp_path / "out" / "song-fixed.wav"
    linked.parent.mkdir()
    linked.symlink_to(tmp_path / "song.wav")
    with pytest.raises(ExistsError, match="very input"):
        render_versions(compare_file(tmp_path / "song.wav", Ask("warm")), tmp_path / "out", overwrite=True)


def test_if_one_fails_none_stays(comparison: Comparison, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from eqmorph.compare import render

    def failing(source: Path, output: Path, settings: Settings, *, overwrite: bool, watch: Watch) -> ProcessResult:
        if "adaptive" in output.name:
            raise OutputError("the disk is full", path=output)
        return process_file(source, output, settings, overwrite=overwrite, watch=watch)

    monkeypatch.setattr(render, "process_file", failing)
    with pytest.raises(OutputError):
        render_versions(comparison, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_blind_versions_have_letters_and_a_key_that_fits(comparison: Comparison, tmp_path: Path) -> None:
    rendered = render_versions(comparison, tmp_path / "out", blind=True)
    assert [file.path.name for file in rendered.files] == [f"song-{letter}.wav" for letter in "ABCD"]
    assert rendered.key == tmp_path / "out" / "song.blind.json"
    key = open_key(rendered.key)
    assert key.commitment == rendered.commitment
    assert [(v.file, v.version) for v in key.versions] == [(f.path.name, f.version.name) for f in rendered.files]
    assert {version.version for version in key.versions} == {"original", "fixed", "adaptive 0.5", "adaptive"}


def test_the_order_of_the_letters_is_one_of_chance(comparison: Comparison, tmp_path: Path) -> None:
    orders = set()
    for number in range(6):
        rendered = render_versions(comparison, tmp_path / str(number), blind=True)
        orders.add(tuple(file.version.name for file in rendered.files))
    assert len(orders) > 1  # the same six times over: once in eight millions
