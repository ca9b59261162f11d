from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from eqmorph.adapt.fixed import BandsEq
from eqmorph.adapt.linear import LinearEq
from eqmorph.bands import Bands
from eqmorph.batch.journal import fingerprint
from eqmorph.errors import UsageError
from eqmorph.level import Level
from eqmorph.process import Settings, measure_file, process_audio, process_file
from eqmorph.request import EqRequest
from tests.support import noise_block

EQ = BandsEq(Bands.parse("PK 200 +6 Q4; HS 6k -3"))
LINEAR = LinearEq(EQ)


@pytest.mark.parametrize("frames", [1, 700, 60_000, 200_000])
@pytest.mark.parametrize("level", [Level("keep"), Level("match")])
def test_a_file_keeps_its_length_and_its_place(tmp_path: Path, frames: int, level: Level) -> None:
    source, output = tmp_path / "a.wav", tmp_path / "b.wav"
    audio = noise_block(frames, 2, amplitude=0.2)
    sf.write(source, audio.T, 48_000, subtype="FLOAT")
    result = process_file(source, output, Settings(LINEAR, level))
    assert (result.phase, result.duration_s) == ("linear", frames / 48_000)
    written = sf.read(output)[0].T
    assert written.shape == audio.shape
    if frames > 1000:
        shifts = [float(np.vdot(written[0, 50 + by : frames - 50 + by], audio[0, 50:-50])) for by in range(-5, 6)]
        assert int(np.argmax(shifts)) == 5


def test_audio_in_memory_and_files_are_rendered_alike(tmp_path: Path) -> None:
    source, output = tmp_path / "a.wav", tmp_path / "b.wav"
    audio = noise_block(30_000, 3, amplitude=0.2)
    sf.write(source, audio.T, 48_000, subtype="FLOAT")
    process_file(source, output, Settings(LINEAR, measure=True))
    in_memory, report = process_audio(audio, 48_000, Settings(LINEAR, measure=True))
    written = sf.read(output, dtype="float32")[0].T
    assert written == pytest.approx(in_memory, abs=1e-6)
    assert report.phase == "linear"


def test_a_set_is_measured_as_it_will_be_rendered(tmp_path: Path) -> None:
    source, output = tmp_path / "a.wav", tmp_path / "b.wav"
    sf.write(source, noise_block(60_000, 2, amplitude=0.2).T, 48_000, subtype="FLOAT")
    measured = measure_file(source, output, Settings(LINEAR))
    result = process_file(source, output, Settings(LINEAR, Level("keep"), measure=True))
    assert measured.after == result.after


def notes_of(tmp_path: Path, bands: str) -> list[str]:
    source, output = tmp_path / "a.wav", tmp_path / "b.wav"
    sf.write(source, noise_block(2000, 1).T, 8000)
    result = process_file(source, output, Settings(LinearEq(BandsEq(Bands.parse(bands)))))
    return [note for note in result.notes if note.startswith("linear phase")]


def test_what_is_too_narrow_for_any_filter_is_said(tmp_path: Path) -> None:
    (note,) = notes_of(tmp_path, "NT 20 Q100; NT 1000 Q5")
    found = re.search(r"from ([\d.]+) to ([\d.]+) Hz, .* missed by up to ([\d.]+) dB \(down to -20 dB\)$", note)
    assert found, note
    low, high, off_db = map(float, found.groups())
    assert 19 < low < 20 < high < 21
    assert off_db > 1


@pytest.mark.parametrize("bands", ["NT 1000 Q5", "NT 1000 Q30", "NT 50 Q8"])
def test_what_no_ear_could_tell_is_not_said(tmp_path: Path, bands: str) -> None:
    assert notes_of(tmp_path, bands) == []


def test_an_amount_of_0_still_copies(tmp_path: Path) -> None:
    source, output = tmp_path / "a.wav", tmp_path / "b.wav"
    sf.write(source, noise_block(2000, 1).T, 8000)
    process_file(source, output, Settings(EqRequest(bands=EQ.bands, amount=0, phase="linear").resolve()))
    assert output.read_bytes() == source.read_bytes()


def test_the_journal_tells_phases_apart() -> None:
    assert fingerprint(Settings(EQ)) != fingerprint(Settings(LINEAR))


def test_what_follows_a_sound_has_minimum_phase() -> None:
    with pytest.raises(UsageError, match="follow and linear phase can't be combined"):
        EqRequest("warm", follow="sections", phase="linear")
    with pytest.raises(UsageError, match="unknown phase"):
        EqRequest("warm", phase="zero")
