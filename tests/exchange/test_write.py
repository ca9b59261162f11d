"""The way out: what is written for which rate, and what is said of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from eqmorph.bands import Bands
from eqmorph.errors import UsageError
from eqmorph.exchange import FORMATS, find_format, read_eq, write_eq

HIGH = Bands.parse("HS 20k +6")


def test_without_a_rate_bands_are_written_as_they_stand() -> None:
    taken = read_eq(write_eq(HIGH, find_format("csv")).data.decode())
    assert taken is not None
    assert taken.bands == HIGH


def test_with_a_rate_they_are_written_as_they_are_rendered() -> None:
    written = write_eq(HIGH, find_format("csv"), sample_rate=44_100)
    taken = read_eq(written.data.decode())
    assert taken is not None
    assert taken.bands == HIGH.at_rate(44_100).bands
    assert written.notes == HIGH.at_rate(44_100).notes != ()


def test_each_format_has_a_name_of_its_own_and_says_what_it_is() -> None:
    assert len({fmt.name for fmt in FORMATS}) == len(FORMATS)
    assert all(fmt.title and fmt.suffix.startswith(".") for fmt in FORMATS)
    assert find_format("APO") is find_format("apo")
    with pytest.raises(UsageError, match="no format is called 'apoo'") as caught:
        find_format("apoo")
    assert caught.value.hint == "Did you mean apo?"


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.name)
def test_flat_can_be_written_everywhere(fmt: object) -> None:
    assert write_eq(Bands(), fmt).data


def test_what_lies_beside_a_sound_is_called_after_it() -> None:
    assert find_format("apo").beside(Path("a/song.wav")) == Path("a/song.wav.apo.txt")
    assert find_format("csv").beside(Path("a/song.wav")) == Path("a/song.wav.csv")
