"""Ogg pages: whole files pass, and every kind of damage is named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from eqmorph.audio.ogg import ogg_damage
from eqmorph.audio.read import AudioReader
from eqmorph.errors import InputError


@pytest.fixture(params=["VORBIS", "OPUS"])
def whole(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "a.ogg"
    noise = np.random.default_rng(5).uniform(-0.5, 0.5, (4 * 48_000, 2))
    sf.write(path, noise, 48_000, format="OGG", subtype=request.param)
    return path


def test_a_whole_file_passes_and_so_does_what_is_no_ogg(whole: Path, tmp_path: Path) -> None:
    assert ogg_damage(whole) == ""
    other = tmp_path / "a.wav"
    other.write_bytes(b"RIFF and more")
    assert ogg_damage(other) == ""


def test_a_tag_behind_the_last_page_is_no_damage(whole: Path) -> None:
    whole.write_bytes(whole.read_bytes() + b"TAG" + bytes(125))
    assert ogg_damage(whole) == ""


def test_overwritten_bytes_are_found_by_the_checksum(whole: Path) -> None:
    data = bytearray(whole.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 200] = bytes(200)
    whole.write_bytes(data)
    assert "checksum" in ogg_damage(whole) or "no page begins" in ogg_damage(whole)
    with pytest.raises(InputError, match="is damaged at byte"):
        AudioReader(whole)
    with AudioReader(whole, repair=True) as reader:
        frames = sum(block.shape[1] for block in reader.blocks())
        assert frames > 0
        assert any("damaged" in note for note in reader.notes)


def test_a_page_that_is_missing_is_found_by_its_number(whole: Path) -> None:
    data = whole.read_bytes()
    pages = [at for at in range(len(data)) if data[at : at + 4] == b"OggS"]
    cut = len(pages) // 2
    whole.write_bytes(data[: pages[cut]] + data[pages[cut + 1] :])
    assert "pages are missing" in ogg_damage(whole)


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_file_cut_off_is_truncated(whole: Path, share: float) -> None:
    data = whole.read_bytes()
    whole.write_bytes(data[: int(len(data) * share)])
    assert "truncated" in ogg_damage(whole)
