"""PipeWire's filter-chain: its configuration given to PipeWire itself, and read back."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqmorph._typing import Float64
from eqmorph.bands import Bands
from eqmorph.errors import UsageError
from eqmorph.exchange import find_format, read_eq, write_eq
from eqmorph.exchange.format import Outgoing
from eqmorph.exchange.nearest import nearest
from eqmorph.exchange.spa_json import parse_spa_json
from eqmorph.render import Renderer
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
)
from tests.exchange.pipewire_host import MOST_AT_ONCE, needs_pipewire, pipewire

FORMAT = find_format("pipewire")
QUIET_DB = -35.0  # what reaches the other channel: below, single precision shows
EXPORTED = write_eq(STEREO[2], FORMAT).data.decode()


def made_by_pipewire(folder: Path, eqs: Sequence[Bands], rate: int, side: int) -> list[Float64]:
    """Return what PipeWire makes of an impulse with each of several EQs, without what it is lowered by."""
    files = [write_eq(eq, FORMAT, sample_rate=rate, name=f"EQ {n}").data.decode() for n, eq in enumerate(eqs)]
    with pipewire(folder, rate, files) as running:
        results = running.impulse([f"eq-{number}" for number in range(len(eqs))], LEVEL, side)
    return [result / 10 ** (Outgoing(eq, rate).preamp_db / 20) for eq, result in zip(eqs, results, strict=True)]


def off_each_db(folder: Path, eqs: Sequence[Bands], rate: int) -> list[float]:
    """Return how far from what is rendered here PipeWire is with each of several EQs."""
    eqs = [nearest(eq.at_rate(rate).bands, FORMAT.holds, rate)[0] for eq in eqs]
    results: list[Float64] = []
    for start in range(0, len(eqs), MOST_AT_ONCE):
        results += made_by_pipewire(folder / str(start), eqs[start : start + MOST_AT_ONCE], rate, side=0)
    return [off_db(eq, curve_of(made[:, 0], rate, eq), rate) for eq, made in zip(eqs, results, strict=True)]


@needs_pipewire
def test_pipewire_does_what_is_rendered_here(tmp_path: Path) -> None:
    """At one rate, since it plays in real time; the next test has the other."""
    for eq, off in zip(few_eqs(), off_each_db(tmp_path, few_eqs(), RATES[1]), strict=True):
        assert off < NEAR_ENOUGH_DB, str(eq)


def test_what_single_precision_changes_is_said() -> None:
    written = write_eq(Bands.parse("NT 50 Q100"), FORMAT)
    assert any("single precision" in note for note in written.notes)
    assert not write_eq(random_eqs(1)[0], FORMAT).notes


@needs_pipewire
def test_channels_and_sides_are_treated_apart(tmp_path: Path) -> None:
    rate = RATES[0]
    by_side = [made_by_pipewire(tmp_path / str(side), STEREO, rate, side) for side in range(2)]
    for eq, *results in zip(STEREO, *by_side, strict=True):
        for side, result in enumerate(results):
            impulse = np.zeros((2, len(result)), dtype=np.float32)
            impulse[side, 0] = LEVEL
            rendered = Renderer(eq, rate).process(impulse)
            for channel in range(2):
                curves = [curve_of(one, rate, eq) for one in (result[:, channel], rendered[channel].astype(float))]
                off = np.max(np.abs(np.subtract(*np.maximum(curves, QUIET_DB))))
                assert off < NEAR_ENOUGH_DB, str(eq)


@pytest.mark.parametrize("eq", [*random_eqs(5), *FILTERS[:2], *FILTERS[3:], *STEREO, Bands()], ids=str)
def test_what_is_written_is_read_back(eq: Bands) -> None:
    taken = read_eq(write_eq(eq, FORMAT).data.decode())
    assert taken is not None
    assert str(taken.bands.rounded()) == str(eq.rounded())
    assert len(taken.bands) == len(eq)


def test_a_name_stays_a_name() -> None:
    text = write_eq(Bands(), FORMAT, name='Röhre "1" }\n').data.decode()
    args = parse_spa_json(text)["context.modules"][0]["args"]
    assert args["node.description"] == 'Röhre "1" }\n'
    assert args["capture.props"]["node.name"] == "effect_input.r-hre-1"


TWO_CHAINS = """
# as people have it: a chain for each channel
context.modules = [ { name = libpipewire-module-filter-chain args = { filter.graph = {
  nodes = [
    { type = builtin name = preL label = linear control = { "Mult" = 0.5 } }
    { type = builtin name = preR label = linear control = { "Mult" = 0.5 } }
    { type = builtin name = eqL label = bq_peaking control = { Freq = 1000 Q = 1 Gain = 3 } }
    { type = builtin name = eqR label = bq_peaking control = { Freq = 1000 Q = 1 Gain = 3 } }
    { type = builtin name = topR label = bq_highshelf control = { Freq = 8000.0, Q = 0.7, Gain = -2 } }
  ]
  links = [ { output = "preL:Out" input = "eqL:In" } { output = "preR:Out" input = "eqR:In" }
            { output = "eqR:Out" input = "topR:In" } ]
  inputs = [ "preL:In" "preR:In" ]  outputs = [ "eqL:Out" "topR:Out" ]
} } } ]
"""


def test_what_people_have_is_taken() -> None:
    taken = read_eq(TWO_CHAINS)
    assert taken is not None
    assert str(taken.bands) == "PK 1000 +3 Q1 | R: HS 8000 -2 Q0.7"


def test_a_parametric_equalizer_is_taken() -> None:
    taken = read_eq(
        "filter.graph = { nodes = [ { type = builtin name = eq label = param_eq config = { filters = [\n"
        "{ type = bq_lowshelf, freq = 100, gain = 3, q = 0.7 } { type = bq_highpass, freq = 30, q = 6.0 } ] } } ] }"
    )
    assert taken is not None
    assert str(taken.bands.rounded()) == "HP 30 Q1.93; LS 100 +3 Q0.7"


def graph(nodes: str, rest: str = "") -> str:
    return f"filter.graph = {{ nodes = [ {nodes} ] {rest} }}"


BELL = "{ type = builtin name = %s label = bq_peaking control = { Freq = 99 Q = 1 Gain = 1 } }"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (graph("{ type = ladspa name = x label = y }"), "'x' is no builtin filter but 'ladspa'"),
        (graph("{ type = builtin name = x label = convolver }"), "'x' is 'convolver', which no bands do"),
        (graph("{ name = x label = bq_peaking control = { Freq = nan } }"), "'x' Freq is 'nan', which is no number"),
        (graph("{ name = x label = bq_peaking control = { Freq = 1e999 } }"), "which is no number"),
        (graph(BELL % "a" + BELL % "b"), "not linked to each other"),
        (graph(BELL % "a", 'links = [ { output = "a:Out" input = "a:In" } ]'), "not linked|linked to itself"),
        (
            graph(BELL % "a" + BELL % "b", 'links = [ { output = "c:Out" input = "a:In" } ] outputs = [ "a:Out" ]'),
            "'c' is linked and isn't there",
        ),
        (graph(BELL % "a" + BELL % "b", 'outputs = [ "a:Out" "b:Out" "a:Out" ]'), "3 channels"),
        (graph("3"), "is none"),
        (graph(""), "holds no nodes"),
        ("bq_ = builtin x = {", "line 1: the end stands where }"),
        ("filter.graph = [\n[\n" + "[" * 100, "line 3: is nested more than 32 deep"),
        ('filter.graph = {\n "x', "line 2: a quotation mark is not closed"),
        (EXPORTED[: len(EXPORTED) // 2], r"line \d+: the end stands where"),
        (
            graph(
                " ".join(BELL % f"b{n}" for n in range(1000)),
                "links = [" + " ".join(f'{{ output = "b{n}:Out" input = "b{n + 1}:In" }}' for n in range(999)) + "]",
            ),
            "1000 bands",
        ),
    ],
)
def test_what_cant_be_taken_is_named(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        FORMAT.read(text)


@given(st.integers(0, len(EXPORTED)), st.text(max_size=20), st.integers(0, 30))
def test_what_is_damaged_is_an_error_or_an_eq(at: int, what: str, length: int) -> None:
    with contextlib.suppress(UsageError):
        FORMAT.read(EXPORTED[:at] + what + EXPORTED[at + length :])


@given(st.text(alphabet='ab= :{}[]"\\#\n,1.', max_size=60))
def test_any_text_is_read_or_refused_by_its_line(text: str) -> None:
    said = "line "
    try:
        parse_spa_json(text)
    except UsageError as error:
        said = error.message
    assert said.startswith("line ")
