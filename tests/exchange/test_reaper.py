"""An effect for REAPER, worked out from its own text by what the language's documentation says."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqmorph._typing import Float64
from eqmorph.bands import Bands
from eqmorph.errors import UsageError
from eqmorph.exchange import find_format, read_eq, write_eq
from eqmorph.exchange.format import Outgoing
from eqmorph.exchange.measure import decibels, heard_hz
from tests.exchange.eel2 import Effect
from tests.exchange.eqs import (
    FILTERS,
    LEVEL,
    NEAR_ENOUGH_DB,
    RATES,
    STEREO,
    off_db,
    proof_eqs,
    random_eqs,
    stereo_off_db,
)

FORMAT = find_format("reaper")
EXPORTED = write_eq(STEREO[2], FORMAT).data.decode()


def effect_of(eq: Bands, rate: int) -> Effect:
    return Effect(write_eq(eq, FORMAT, sample_rate=rate).data.decode(), rate)


def curve_of_coefficients(effect: Effect, freqs_hz: Float64) -> Float64:
    """Return the response of all its filters, in dB, from the coefficients that it works out."""
    z1 = np.exp(-2j * np.pi * freqs_hz / effect.rate)
    total = np.ones(freqs_hz.shape, dtype=complex)
    for name in sorted({key.split(".")[0] for key in effect.variables if key.endswith(".b0")}):
        b0, b1, b2, a1, a2 = (effect.variables[f"{name}.{one}"] for one in ("b0", "b1", "b2", "a1", "a2"))
        total *= (b0 + b1 * z1 + b2 * z1**2) / (1 + a1 * z1 + a2 * z1**2)
    return decibels(total)


@pytest.mark.parametrize("rate", RATES)
def test_its_filters_do_what_is_rendered_here(rate: int) -> None:
    for eq in proof_eqs():
        effect = effect_of(eq, rate)
        assert off_db(eq, curve_of_coefficients(effect, heard_hz(rate, eq)), rate) < NEAR_ENOUGH_DB, str(eq)
        lowered = 10 ** (Outgoing(eq.at_rate(rate).bands, rate).preamp_db / 20)
        assert effect.variables["gain"] == pytest.approx(lowered)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("eq", [random_eqs(1)[0], FILTERS[-1], *STEREO], ids=str)
def test_what_it_does_to_samples_is_what_is_rendered_here(eq: Bands, rate: int) -> None:
    results = []
    for sides in ((LEVEL, 0.0), (0.0, LEVEL)):
        effect = effect_of(eq, rate)
        left, right = ([level] + [0.0] * (rate // 2) for level in sides)
        results.append(np.array(effect.process(left, right)) / effect.variables["gain"])
    assert stereo_off_db(eq, results, rate, 0.0) < NEAR_ENOUGH_DB


@pytest.mark.parametrize("eq", [*random_eqs(5), *FILTERS, *STEREO, Bands()], ids=str)
def test_what_is_written_is_read_back(eq: Bands) -> None:
    taken = read_eq(write_eq(eq, FORMAT).data.decode())
    assert taken is not None
    assert str(taken.bands) == str(eq)


def test_a_name_stays_on_its_line() -> None:
    text = write_eq(Bands(), FORMAT, name="a\n@init\nspl0 = 0").data.decode()
    assert text.splitlines()[0] == "desc:a @init spl0 = 0"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('BYPASS 0 0 0\n<VST "VST: ReaEQ (Cockos)" reaeq.so 0 ReaEQ\n  cWVlcu5e7f4=\n>\n', "ReaEQ|chain of effects"),
        ("<FXCHAIN\n\x00\x01garbage", "chain of effects"),
        ("desc:something else\n@sample\nspl0*=0.5;\n", "a JSFX that states no filters"),
        (EXPORTED.replace("both_1.bell(2000,", "both_1.bell(nan,"), r"line \d+, 'both_1.bell\(nan.*not a number"),
        (EXPORTED.replace("both_1.bell(2000,", "both_1.bell("), "takes 3 numbers, not 2"),
        (EXPORTED.replace("both_1.bell(2000,", "both_1.boom(2000,"), r"line \d+, .*is no filter"),
        (EXPORTED.replace("both_1.bell(2000, 2, 0.71);", "both_1.bell(2000, 2, 0.71);\n" * 1000), "10\\d\\d bands"),
    ],
)
def test_what_cant_be_taken_is_named(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        read_eq(text)


@given(st.integers(0, len(EXPORTED)), st.text(max_size=20), st.integers(0, 30))
def test_what_is_damaged_is_an_error_or_an_eq(at: int, what: str, length: int) -> None:
    with contextlib.suppress(UsageError):
        FORMAT.read(EXPORTED[:at] + what + EXPORTED[at + length :])


@given(st.text(max_size=200))
def test_garbage_behind_a_chains_beginning_is_an_error(text: str) -> None:
    with pytest.raises(UsageError):
        read_eq("<VST " + text)
