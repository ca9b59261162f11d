"""The settings of LSP's equalizer, given to the plugin itself."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from hypothesis import given
from hypothesis import strategies as st

from eqmorph.bands import Bands
from eqmorph.errors import UsageError
from eqmorph.exchange import find_format, read_eq, write_eq
from eqmorph.exchange.format import Outgoing
from eqmorph.exchange.nearest import nearest
from tests.exchange.eqs import (
    FILTERS,
    LEVEL,
    NEAR_ENOUGH_DB,
    RATES,
    STEREO,
    curve_of,
    few_eqs,
    off_db,
    random_eqs,
    stereo_off_db,
    write_one_sided,
)
from tests.exchange.lsp_host import needs_lsp, run_lsp

FORMAT = find_format("lsp")
EXPORTED = write_eq(Bands.parse("LS 120 +3; PK 1000 -2 Q0.7"), FORMAT).data.decode()


def ports_of(text: str) -> dict[str, float]:
    """Read settings as the plugin does: a port and its value a line, gains in decibels or as factors."""
    ports = {}
    for line in text.splitlines():
        name, _, value = line.partition("#")[0].partition("=")
        if not value:
            continue
        value = value.strip()
        if value.endswith("db"):
            ports[name.strip()] = 10 ** (float(value[:-2]) / 20)
        else:
            ports[name.strip()] = {"true": 1.0, "false": 0.0}.get(value) if value in ("true", "false") else float(value)
    return ports


def plugin_of(text: str) -> str:
    return text.splitlines()[0].split(": ")[-1]


def off_each_db(folder: Path, eqs: Sequence[Bands], rate: int) -> list[float]:
    """Return how far from what is rendered here the plugin is with each of several EQs, where it is worst."""
    source = folder / "impulse.wav"
    samples = np.zeros((int(1.5 * rate), 2))
    samples[0] = LEVEL
    sf.write(source, samples, rate, subtype="FLOAT")
    eqs = [nearest(eq.at_rate(rate).bands, FORMAT.holds, rate)[0] for eq in eqs]
    texts = [write_eq(eq, FORMAT, sample_rate=rate).data.decode() for eq in eqs]
    assert {plugin_of(text) for text in texts} == {"para_equalizer_x16_stereo"}
    results = run_lsp("para_equalizer_x16_stereo", [ports_of(text) for text in texts], source, folder)
    return [
        max(off_db(eq, curve_of(channel, rate, eq, Outgoing(eq, rate).preamp_db), rate) for channel in result.T)
        for eq, result in zip(eqs, results, strict=True)
    ]


@needs_lsp
@pytest.mark.parametrize("rate", RATES)
def test_the_plugin_does_what_is_rendered_here(tmp_path: Path, rate: int) -> None:
    for eq, off in zip(few_eqs(), off_each_db(tmp_path, few_eqs(), rate), strict=True):
        assert off < NEAR_ENOUGH_DB, str(eq)


@needs_lsp
@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize(("eq", "version"), list(zip(STEREO[:2], ("lr", "ms"), strict=True)), ids=str)
def test_channels_and_sides_are_treated_apart(tmp_path: Path, eq: Bands, version: str, rate: int) -> None:
    text = write_eq(eq, FORMAT, sample_rate=rate).data.decode()
    assert plugin_of(text) == f"para_equalizer_x16_{version}"
    sources = write_one_sided(tmp_path, rate)
    results = [run_lsp(plugin_of(text), [ports_of(text)], source, tmp_path)[0] for source in sources]
    raised = [result / 10 ** (Outgoing(eq, rate).preamp_db / 20) for result in results]
    assert stereo_off_db(eq, raised, rate, 0.0) < NEAR_ENOUGH_DB


@needs_lsp
def test_more_than_16_filters_are_for_the_larger_plugin(tmp_path: Path) -> None:
    rate = RATES[0]
    eq = Bands.parse("; ".join(f"PK {100 * 1.2**n:.0f} {(-1) ** n * 2} Q4" for n in range(28)))
    text = write_eq(eq, FORMAT, sample_rate=rate).data.decode()
    assert plugin_of(text) == "para_equalizer_x32_stereo"
    source = write_one_sided(tmp_path, rate)[0]
    result = run_lsp(plugin_of(text), [ports_of(text)], source, tmp_path)[0]
    lowered_db = Outgoing(eq, rate).preamp_db
    assert off_db(eq, curve_of(result[:, 0], rate, eq, lowered_db), rate) < NEAR_ENOUGH_DB


@pytest.mark.parametrize("eq", [*random_eqs(5), FILTERS[1], FILTERS[3], *STEREO[:2], Bands()], ids=str)
def test_what_is_written_is_read_back(eq: Bands) -> None:
    taken = read_eq(write_eq(eq, FORMAT).data.decode())
    assert taken is not None
    assert str(taken.bands) == str(eq)


def test_what_no_version_does_is_said() -> None:
    written = write_eq(STEREO[2], FORMAT)
    assert any("can't treat mid and side apart" in note for note in written.notes)
    written = write_eq(Bands.parse("BP 1k Q2"), FORMAT)
    assert any("can't hold BP" in note for note in written.notes)


def test_factors_quotes_and_other_ports_are_read() -> None:
    taken = read_eq('# saved\nmode = 1\nft_0 = f32:1.0\nfm_0 = 6\nf_0 = 1000.0\ng_0 = 0.5\nq_0 = "2"\nhue_0 = 0.1\n')
    assert taken is not None
    assert str(taken.bands.rounded()) == "PK 1000 -6 Q2"


def test_another_mode_is_said_and_what_is_off_left_out() -> None:
    taken = read_eq(
        "ft_0 = 1\nfm_0 = 0\nf_0 = 500\ng_0 = 3 db\nq_0 = 1\nft_1 = 0\nft_2 = 1\nxm_2 = true\nf_2=1\nq_2=1\n"
    )
    assert taken is not None
    assert str(taken.bands) == "PK 500 +3 Q1"
    assert any("APO (DR)" in note for note in taken.notes)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("ft_0 = 8\n", "line 1: a filter of type 8"),
        ("ft_0 = 1\ng_0 = 3 db\nf_0 = nan\nq_0 = 1\nfm_0 = 6\n", "line 3.*not a number"),
        ("ft_0 = 1\ng_0 = 3 db\nf_0 = 100\n", "line 1: the filter has no frequency or no Q"),
        ("ft_0 = 1\nwhat\n", "line 2, 'what'"),
        ("ft_0 = 1.5\n", "not a whole number"),
        ("ft_0 = 1\ng_0 = -2\nf_0 = 100\nq_0 = 1\n", "no gain"),
        ("".join(f"ft_{n} = 1\nfm_{n} = 6\nf_{n} = 100\ng_{n} = 1 db\nq_{n} = 1\n" for n in range(999)), "999 bands"),
    ],
)
def test_what_cant_be_taken_is_named(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        FORMAT.read(text)


@given(st.integers(0, len(EXPORTED)), st.text(max_size=20), st.integers(0, 30))
def test_what_is_damaged_is_an_error_or_an_eq(at: int, what: str, length: int) -> None:
    with contextlib.suppress(UsageError):
        FORMAT.read(EXPORTED[:at] + what + EXPORTED[at + length :])
