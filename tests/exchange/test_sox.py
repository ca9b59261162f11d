"""sox's effects, run by sox."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
import soundfile as sf

from eqmorph.bands import Bands
from eqmorph.errors import UsageError
from eqmorph.exchange import find_format, read_eq, write_eq
from eqmorph.exchange.format import Outgoing
from tests.exchange.eqs import (
    FILTERS,
    NEAR_ENOUGH_DB,
    RATES,
    STEREO,
    curve_of,
    off_db,
    proof_eqs,
    random_eqs,
    write_impulse,
)

FORMAT = find_format("sox")


def off_each_db(folder: Path, eqs: Sequence[Bands], rate: int) -> list[float]:
    """Return how far from what is rendered here sox is with each of several EQs."""
    source, result, found = folder / "impulse.wav", folder / "result.wav", []
    write_impulse(source, rate)
    for eq in eqs:
        effects = write_eq(eq, FORMAT, sample_rate=rate).data.decode().split()
        subprocess.run(
            ["sox", "-V1", source, "-e", "floating-point", "-b", "32", result, *effects], check=True, timeout=60
        )
        lowered_db = Outgoing(eq.at_rate(rate).bands, rate).preamp_db
        found.append(off_db(eq, curve_of(sf.read(result)[0], rate, eq, lowered_db), rate))
    return found


@pytest.mark.skipif(shutil.which("sox") is None, reason="sox isn't installed")
@pytest.mark.parametrize("rate", RATES)
def test_sox_does_what_is_rendered_here(tmp_path: Path, rate: int) -> None:
    for eq, off in zip(proof_eqs(), off_each_db(tmp_path, proof_eqs(), rate), strict=True):
        assert off < NEAR_ENOUGH_DB, str(eq)


def test_it_says_what_it_does_to_both_channels() -> None:
    for eq in STEREO:
        assert "apart" in write_eq(eq, FORMAT).notes[0]
    middle = write_eq(Bands.parse("M: PK 300 -3 | S: HS 8k +4"), FORMAT)
    assert middle.data.decode() == "equalizer 300 0.71q -3\n"
    assert "differs by up to 3.99 dB" in middle.notes[0]


@pytest.mark.parametrize(
    "eq", [*random_eqs(5), *(eq for eq in FILTERS if not any(b.slope_db == 6 for b in eq))], ids=str
)
def test_what_is_written_is_read_back(eq: Bands) -> None:
    taken = read_eq(write_eq(eq, FORMAT).data.decode())
    assert taken is not None
    for band, back in zip(eq, taken.bands, strict=True):
        assert (back.kind, back.freq_hz, back.gain_db, back.slope_db) == (
            *(band.kind, band.freq_hz, band.gain_db, band.slope_db),
        )
        assert back.q == pytest.approx(band.q, rel=1e-9)


@pytest.mark.parametrize(
    ("text", "bands"),
    [
        ("sox in.wav out.wav bass +3", "LS 100 +3 Q0.5"),
        ("bass +3", "LS 100 +3 Q0.5"),
        ("bass +3; treble +2 8k 0.7q", "LS 100 +3 Q0.5; HS 8000 +2 Q0.7"),
        ("treble -2 8k 0.7q", "HS 8000 -2 Q0.7"),
        ("equalizer 1000 1q -3", "PK 1000 -3 Q1"),
        ("equalizer 1k 1 -3 bass +2 90 1s gain -4", "PK 1000 -3 Q1; LS 90 +2 Q0.71"),
        ("equalizer 1000 500h -3", "PK 1000 -3 Q2"),
        ("equalizer 1000 1o -3", "PK 1000 -3 Q1.41"),
        ("highpass 80 lowpass -1 8k bandreject 50 2h", "HP 80; LP 8000 6dB; NT 50 Q25"),
    ],
)
def test_what_people_write_is_taken(text: str, bands: str) -> None:
    taken = read_eq(text)
    assert taken is not None
    assert str(taken.bands.rounded()) == str(Bands.parse(bands).rounded())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("equalizer 1000 1q", "has 2 values"),
        ("bass +3 compand 0.3,1", "compand 0.3,1' can't be taken"),
        ("bass +nan", "is not a number"),
        ("bass +3 -100 1q", "no filter has"),
        ("equalizer 1000 0q -3", "no filter has"),
        ("bass 3 '", "cut off"),
    ],
)
def test_what_cant_be_taken_is_named(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        read_eq(text)
