"""The mel bands of training: torchaudio's where it loads, and the same ones where it doesn't."""

import sys
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from tests.support import need_extras

need_extras("train")

import torch

from eqmorph.audio.windows import grid_at
from eqmorph.model.mel import MelBands, mel_of_cells, mel_weights
from eqmorph.train.audio import front_end as module
from eqmorph.train.audio.front_end import cells_to_mel, front_end, torchaudio_weights
from eqmorph.train.audio.run import MEL_BANDS

BANDS = [MEL_BANDS, MelBands(count=40, high_hz=16_000.0, scale="slaney", equal_area=True)]


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """Look for torchaudio anew, in each test and after it."""
    for _ in range(2):
        module._torchaudio.cache_clear()
        cells_to_mel.cache_clear()
        if _ == 0:
            yield


def stand_in() -> ModuleType:
    """A torchaudio that says twice what our own bands say, to be told apart."""

    def melscale_fbanks(
        bins: int, low_hz: float, high_hz: float, count: int, rate: int, *, norm: str | None, mel_scale: str
    ) -> torch.Tensor:
        bands = MelBands(count, low_hz, high_hz, mel_scale, norm == "slaney")
        return torch.from_numpy(2 * mel_weights(np.linspace(0, rate / 2, bins), bands))

    made = ModuleType("torchaudio")
    made.__version__ = "9.9"
    made.functional = SimpleNamespace(melscale_fbanks=melscale_fbanks)
    return made


@pytest.mark.parametrize("bands", BANDS)
@pytest.mark.parametrize("rate", [8000, 44_100, 96_000])
def test_where_it_loads_its_bands_are_ours(rate: int, bands: MelBands) -> None:
    try:
        import torchaudio
    except (ImportError, OSError) as error:
        pytest.skip(f"torchaudio does not load: {error}")
    assert front_end() == f"torchaudio {torchaudio.__version__}"
    frame = grid_at(rate).frame
    theirs = torchaudio_weights(rate, bands, frame=frame)
    ours = mel_weights(np.fft.rfftfreq(frame, 1 / rate), bands)
    np.testing.assert_allclose(theirs, ours, atol=2e-3 * ours.max())
    np.testing.assert_allclose(cells_to_mel(rate, bands), mel_of_cells(rate, bands), atol=2e-3 * ours.max())


def test_where_it_loads_it_is_the_front_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torchaudio", stand_in())
    assert front_end() == "torchaudio 9.9"
    np.testing.assert_allclose(cells_to_mel(44_100, MEL_BANDS), 2 * mel_of_cells(44_100, MEL_BANDS), rtol=1e-5)


def test_where_it_is_missing_our_own_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torchaudio", None)
    assert front_end() == "eqmorph"
    np.testing.assert_array_equal(cells_to_mel(44_100, MEL_BANDS), mel_of_cells(44_100, MEL_BANDS))
    with pytest.raises(ImportError):
        torchaudio_weights(44_100, MEL_BANDS, frame=2048)


def test_one_that_is_installed_and_fails_to_load_counts_as_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("site")
    (folder / "torchaudio.py").write_text("raise OSError('undefined symbol')\n")
    monkeypatch.delitem(sys.modules, "torchaudio", raising=False)
    monkeypatch.syspath_prepend(folder)
    assert front_end() == "eqmorph"
