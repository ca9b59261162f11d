import json
from pathlib import Path

import numpy as np
import pytest

from eqmorph.bands import Band, Bands
from eqmorph.errors import InputError
from eqmorph.evaluate.people.peers import read_peers
from eqmorph.model.settings import GRID_HZ, without_mean

BANDS = ("low_shelf", "band0", "band1", "band2", "band3", "high_shelf")
KINDS = ("low_shelf", "bell", "bell", "bell", "bell", "high_shelf")
VALUES = ((3.0, 100.0, 0.7), (-2.0, 300.0, 1.0), (0.0, 700.0, 1.0), (4.0, 2000.0, 3.0), (1.0, 5000.0, 0.5),
          (-5.0, 9000.0, 0.9))  # fmt: skip


def entry(**changed: object) -> dict[str, object]:
    numbers: dict[str, object] = {}
    for name, (gain, freq, q) in zip(BANDS, VALUES, strict=True):
        numbers |= {f"{name}_gain_db": gain, f"{name}_cutoff_freq": freq, f"{name}_q_factor": q}
    return {"eq": numbers | changed}


def written(path: Path, content: object) -> Path:
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_six_bands_have_the_response_that_our_bands_have(tmp_path: Path) -> None:
    path = written(tmp_path / "peers.json", {"gpt4o": {"eq_drums_warm": entry()}})
    (setting,) = read_peers(path)
    assert (setting.system, setting.word, setting.sound) == ("GPT-4o", "warm", "drums")
    bands = Bands(Band(kind, freq, gain, q) for kind, (gain, freq, q) in zip(KINDS, VALUES, strict=True))
    expected = without_mean(bands.response_db(GRID_HZ, 44_100))
    np.testing.assert_allclose(setting.curve_db, expected, atol=0.02)


def test_what_is_no_equalizer_is_passed_over(tmp_path: Path) -> None:
    content = {"other": {"eq_piano_dark": entry(), "reverb_piano_dark": {"x": {}}, "eq_flute_dark": entry()}}
    found = read_peers(written(tmp_path / "peers.json", content))
    assert [(s.system, s.word) for s in found] == [("other", "dark")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([], "no equalizer settings"),
        ({"a": {"eq_drums_warm": {}}}, "one object"),
        ({"a": {"eq_drums_warm": entry(band0_gain_db="loud")}}, "band0_gain_db"),
        ({"a": {"eq_drums_warm": entry(band0_cutoff_freq=30_000.0)}}, "out of range"),
        ({"a": {"eq_drums_warm": entry(band0_q_factor=0)}}, "out of range"),
    ],
)
def test_what_is_none_is_refused(tmp_path: Path, content: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_peers(written(tmp_path / "peers.json", content))
    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(InputError, match="JSON"):
        read_peers(tmp_path / "broken.json")
