"""ffmpeg's filters, run by ffmpeg."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np
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
    stereo_off_db,
    write_impulse,
    write_one_sided,
)

FORMAT = find_format("ffmpeg")
needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg isn't installed")


def run_ffmpeg(source: Path, chains: list[str], folder: Path) -> list[Path]:
    """Run many chains on one sound by one process."""
    splits = "".join(f"[i{number}]" for number in range(len(chains)))
    graph = [f"[0:a]asplit={len(chains)}{splits}"]
    graph += [f"[i{number}]{chain.strip()}[o{number}]" for number, chain in enumerate(chains)]
    results = [folder / f"{number}.wav" for number in range(len(chains))]
    outputs = [
        word for number, path in enumerate(results) for word in ("-map", f"[o{number}]", "-c:a", "pcm_f64le", path)
    ]
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", source, "-filter_complex", ";".join(graph), *outputs], check=True, timeout=120
    )
    return results


def off_each_db(folder: Path, eqs: Sequence[Bands], rate: int) -> list[float]:
    """Return how far from what is rendered here ffmpeg is with each of several EQs."""
    write_impulse(folder / "impulse.wav", rate)
    chains = [write_eq(eq, FORMAT, sample_rate=rate).data.decode() for eq in eqs]
    results = [sf.read(path)[0] for path in run_ffmpeg(folder / "impulse.wav", chains, folder)]
    lowered_db = [Outgoing(eq.at_rate(rate).bands, rate).preamp_db for eq in eqs]
    return [
        off_db(eq, curve_of(made, rate, eq, by_db), rate)
        for eq, made, by_db in zip(eqs, results, lowered_db, strict=True)
    ]


@needs_ffmpeg
@pytest.mark.parametrize("rate", RATES)
def test_ffmpeg_does_what_is_rendered_here(tmp_path: Path, rate: int) -> None:
    for eq, off in zip(proof_eqs(), off_each_db(tmp_path, proof_eqs(), rate), strict=True):
        assert off < NEAR_ENOUGH_DB, str(eq)


@needs_ffmpeg
@pytest.mark.parametrize("eq", STEREO, ids=str)
def test_ffmpeg_does_to_channels_what_is_rendered_here(tmp_path: Path, eq: Bands) -> None:
    rate, results = RATES[1], []
    written = write_eq(eq, FORMAT, sample_rate=rate)
    for source in write_one_sided(tmp_path, rate):
        out = source.with_suffix(".out.wav")
        chain = written.data.decode().strip()
        command = ["ffmpeg", "-v", "error", "-i", source, "-af", chain, "-c:a", "pcm_f64le", out]
        subprocess.run(command, check=True, timeout=60)
        results.append(sf.read(out)[0])
    assert stereo_off_db(eq, results, rate, Outgoing(eq, rate).preamp_db) < NEAR_ENOUGH_DB
    assert written.notes == ("it is for sounds of two channels",)


@needs_ffmpeg
def test_what_ffmpeg_makes_of_16_bits_doesnt_clip(tmp_path: Path) -> None:
    rate = RATES[0]
    tone = 0.99 * np.sin(2 * np.pi * 100 / rate * np.arange(rate))
    sf.write(tmp_path / "tone.wav", tone, rate, subtype="PCM_16")
    chain = write_eq(Bands.parse("LS 300 +12; HS 9k +3"), FORMAT, sample_rate=rate).data.decode().strip()
    out = tmp_path / "out.wav"
    subprocess.run(["ffmpeg", "-v", "error", "-i", tmp_path / "tone.wav", "-af", chain, out], check=True, timeout=60)
    settled = sf.read(out)[0][rate // 2 :]
    assert np.max(np.abs(settled)) < 1.0
    spectrum = np.abs(np.fft.rfft(settled[: rate // 4] * np.hanning(rate // 4)))
    assert np.max(spectrum[60:]) < 1e-3 * np.max(spectrum)  # no harmonics


@pytest.mark.parametrize(
    "eq", [*random_eqs(5), Bands(), *STEREO, *(eq for eq in FILTERS if not any(b.slope_db == 6 for b in eq))], ids=str
)
def test_what_is_written_is_read_back(eq: Bands) -> None:
    taken = read_eq(write_eq(eq, FORMAT).data.decode())
    assert taken is not None
    for band, back in zip(eq, taken.bands, strict=True):
        assert (back.kind, back.freq_hz, back.gain_db, back.slope_db, back.channel) == (
            *(band.kind, band.freq_hz, band.gain_db, band.slope_db, band.channel),
        )
        assert back.q == pytest.approx(band.q, rel=1e-9)


@pytest.mark.parametrize(
    ("text", "bands"),
    [
        ("equalizer=f=1000:t=q:w=1:g=-3", "PK 1000 -3 Q1"),
        ("-af 'equalizer=1000:q:1:-3,volume=-2dB'", "PK 1000 -3 Q1"),
        ("ffmpeg -i in.wav -af equalizer=f=1000:w=1:g=-3 out.wav", "PK 1000 -3 Q1"),
        ("bass=g=3", "LS 100 +3 Q0.7071067812"),
        ("treble=g=-2:f=8k:w=0.502045814642", "HS 8k -2 Q0.71"),
        ("equalizer=f=1000:t=h:w=500:g=-3;lowshelf=f=90:g=2:t=s:w=1", "PK 1000 -3 Q2; LS 90 +2 Q1"),
        ("equalizer=frequency=2000:width_type=o:width=1:gain=4dB", "PK 2000 +4 Q1.4"),
        ("[0:a]equalizer=f=1000:t=q:w=1:g=-3,treble=g=2[out]", "PK 1000 -3 Q1; HS 3000 +2"),
        ("[0:a]equalizer=f=1000:t=q:w=1:g=-3[a];[a]treble=g=2[out]", "PK 1000 -3 Q1; HS 3000 +2"),
        ('ffmpeg -i a.wav -filter_complex "[0:a]bass=g=2[o]" -map "[o]" b.wav', "LS 100 +2"),
        (
            "highpass=f=80,lowpass=8k:p=1,bandreject=f=50:w=30,equalizer=f=99:w=1:g=2:c=FL",
            "HP 80; LP 8k 6dB; NT 50 Q30; L: PK 99 +2 Q1",
        ),
    ],
)
def test_what_people_write_is_taken(text: str, bands: str) -> None:
    taken = read_eq(text)
    assert taken is not None
    assert str(taken.bands.rounded()) == str(Bands.parse(bands).rounded())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("equalizer=f=1000:t=q:w=1:g=-3,compand", "filter 2, 'compand': can't be taken"),
        ("equalizer=f=nan:w=1:g=-3", "not a number"),
        ("equalizer=f=1000:w=0:g=-3", "not positive"),
        ("equalizer=f=1000:z=1", "no option 'z'"),
        ("equalizer=f=1000:w=1:g=-3:mix=0.5", "mix=0.5 can't be taken"),
        ("[0:a]bass=g=2[a];[0:a]treble=g=2[b]", "a graph with branches"),
        ("bass=g=2[a][b]", "a graph with branches"),
        ("bass=g=", "is not a number"),
        ("equalizer=1:2:3:4:5", "too many values"),
        (",".join(["equalizer=f=1000:w=1:g=-3"] * 1000), "1000 bands"),
    ],
)
def test_what_cant_be_taken_is_named(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        read_eq(text)


def test_single_precision_that_matters_is_said() -> None:
    (note,) = write_eq(Bands.parse("PK 20 +6 Q10"), FORMAT).notes
    assert "the written filters differ from what is rendered here by up to" in note
