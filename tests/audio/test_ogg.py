"""Ogg pages: complete files pass, every kind of damage is named, and the serial number follows from the content."""

from __future__ import annotations

from pathlib import Path

import mutagen
import numpy as np
import pytest
import soundfile as sf

from eqmorph.audio.ogg import comment_packet, ogg_damage, settle_serial
from eqmorph.audio.read import AudioReader
from eqmorph.errors import InputError


@pytest.fixture(params=["VORBIS", "OPUS"])
def ogg(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "a.ogg"
    noise = np.random.default_rng(5).uniform(-0.5, 0.5, (4 * 48_000, 2))
    sf.write(path, noise, 48_000, format="OGG", subtype=request.param)
    return path


def test_a_complete_file_passes_and_so_does_one_that_is_not_an_ogg(ogg: Path, tmp_path: Path) -> None:
    assert ogg_damage(ogg) == ""
    other = tmp_path / "a.wav"
    other.write_bytes(b"RIFF and more")
    assert ogg_damage(other) == ""


def test_a_tag_after_the_last_page_is_not_damage(ogg: Path) -> None:
    ogg.write_bytes(ogg.read_bytes() + b"TAG" + bytes(125))
    assert ogg_damage(ogg) == ""


def test_overwritten_bytes_are_found_by_the_checksum(ogg: Path) -> None:
    data = bytearray(ogg.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 200] = bytes(200)
    ogg.write_bytes(data)
    assert "checksum" in ogg_damage(ogg) or "no page begins" in ogg_damage(ogg)
    with pytest.raises(InputError, match="is damaged at byte"):
        AudioReader(ogg)
    with AudioReader(ogg, repair=True) as reader:
        frames = sum(block.shape[1] for block in reader.blocks())
        assert frames > 0
        assert any("damaged" in note for note in reader.notes)


def test_a_page_that_is_missing_is_found_by_its_number(ogg: Path) -> None:
    data = ogg.read_bytes()
    pages = [at for at in range(len(data)) if data[at : at + 4] == b"OggS"]
    cut = len(pages) // 2
    ogg.write_bytes(data[: pages[cut]] + data[pages[cut + 1] :])
    assert "pages are missing" in ogg_damage(ogg)


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_file_cut_off_is_truncated(ogg: Path, share: float) -> None:
    data = ogg.read_bytes()
    ogg.write_bytes(data[: int(len(data) * share)])
    assert "truncated" in ogg_damage(ogg)


def serials(path: Path) -> set[bytes]:
    data = path.read_bytes()
    return {data[at + 14 : at + 18] for at in range(len(data)) if data[at : at + 5] == b"OggS\0"}


def test_the_serial_number_follows_from_the_content(ogg: Path, tmp_path: Path) -> None:
    samples, rate = sf.read(ogg)
    subtype, found = sf.info(ogg).subtype, []
    for name, audio in (("b.ogg", samples), ("c.ogg", samples), ("d.ogg", samples[::-1])):
        path = tmp_path / name
        sf.write(path, audio, rate, format="OGG", subtype=subtype)
        decoded = sf.read(path)[0]
        settle_serial(path)
        assert ogg_damage(path) == ""
        np.testing.assert_array_equal(sf.read(path)[0], decoded)
        found.append(serials(path))
    assert found[0] == found[1] != found[2]
    assert all(len(numbers) == 1 for numbers in found)


def test_settling_the_serial_number_does_not_hide_damage(ogg: Path) -> None:
    data = ogg.read_bytes()
    ogg.write_bytes(data[: len(data) // 2])
    settle_serial(ogg)
    assert "truncated" in ogg_damage(ogg)


def test_the_comments_are_found_however_many_pages_they_take(ogg: Path, tmp_path: Path) -> None:
    long = "x" * 200_000
    file = mutagen.File(ogg)
    file.tags.append(("TITLE", long))
    file.save()
    packet = comment_packet(ogg)
    assert packet is not None
    assert b"TITLE=" + long.encode() in packet
    assert int.from_bytes(packet[:4], "little") == len(file.tags.vendor.encode())
    cut_off = tmp_path / "cut.ogg"
    cut_off.write_bytes(ogg.read_bytes()[:100_000])
    assert comment_packet(cut_off) is None


def test_what_is_not_an_ogg_has_no_comments(tmp_path: Path) -> None:
    for data in (b"", b"RIFF and more", b"OggS" + bytes(23), b"OggS" + bytes(22) + b"\1\7unknown"):
        (tmp_path / "other").write_bytes(data)
        assert comment_packet(tmp_path / "other") == b""
