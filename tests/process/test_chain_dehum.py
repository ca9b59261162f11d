from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from eqmorph.adapt.fixed import BandsEq
from eqmorph.bands import Bands
from eqmorph.batch.journal import fingerprint
from eqmorph.errors import UsageError
from eqmorph.level import Level
from eqmorph.process import Settings, preview_file, process_file
from tests.audio.test_hum import RATE, SECONDS, hum, speech
from tests.support import noise_block

FLAT = BandsEq(Bands())


@pytest.fixture
def humming(tmp_path: Path) -> Path:
    path = tmp_path / "hum.wav"
    floor = noise_block(SECONDS * RATE, 1, amplitude=0.01)
    sf.write(path, (speech() + hum(49.97) + floor).T, RATE, subtype="FLOAT")
    return path


def powers_db(path: Path, hertz: np.ndarray) -> np.ndarray:
    """Return the power in the pauses, for which there is a window of 2 s."""
    audio = sf.read(path)[0]
    parts = [audio[at : at + 2 * RATE] for at in range(int(2.7 * RATE), len(audio) - 2 * RATE, 5 * RATE)]
    spectra = [np.abs(np.fft.rfft(part * np.hanning(len(part)))) ** 2 for part in parts]
    return 10 * np.log10(np.mean(spectra, axis=0))[np.rint(hertz * 2).astype(int)]


def test_a_line_is_taken_down_to_its_surroundings_and_nothing_else_changes(humming: Path, tmp_path: Path) -> None:
    output = tmp_path / "b.wav"
    result = process_file(humming, output, Settings(FLAT, Level("keep"), dehum="auto"))
    assert result.hum is not None
    assert result.hum.mains_hz == pytest.approx(49.97, abs=0.03)
    assert any(note.startswith("dehum: ") for note in result.notes)
    near = powers_db(output, np.array([53.0, 54.0, 55.0, 56.0, 57.0]))
    line = powers_db(output, np.array([50.0]))
    assert powers_db(humming, np.array([50.0])) - near.mean() > 15
    assert -3 < line - near.mean() < 6
    elsewhere = np.array([75.0, 500.0, 1010.0, 4000.0])
    assert powers_db(output, elsewhere) == pytest.approx(powers_db(humming, elsewhere), abs=0.5)


def test_where_there_is_no_hum_the_file_is_copied(tmp_path: Path) -> None:
    source, output = tmp_path / "a.wav", tmp_path / "b.wav"
    sf.write(source, speech().T, RATE, subtype="PCM_16")
    result = process_file(source, output, Settings(FLAT, dehum="auto"))
    assert output.read_bytes() == source.read_bytes()
    assert result.hum is None
    assert "dehum: no hum found, nothing was taken out" in result.notes


def test_notches_come_with_other_bands_and_in_a_preview(humming: Path, tmp_path: Path) -> None:
    settings = Settings(BandsEq(Bands.parse("PK 1k +3")), dehum="50")
    done = process_file(humming, tmp_path / "b.wav", settings)
    assert {band.kind for band in done.bands} == {"bell", "notch"}
    assert preview_file(humming, tmp_path / "c.wav", settings).bands == done.bands


def test_the_journal_knows_and_what_is_no_mains_is_refused() -> None:
    assert len({fingerprint(Settings(FLAT, dehum=mains)) for mains in (None, "auto", "50")}) == 3
    with pytest.raises(UsageError, match="unknown mains"):
        Settings(FLAT, dehum="55")
