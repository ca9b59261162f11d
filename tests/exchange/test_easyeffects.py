"""EasyEffects' presets: held against the program's own schema, and done by the plugin that it runs."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

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
from tests.exchange.lsp_host import labels, needs_lsp, run_lsp

FORMAT = find_format("easyeffects")
EXPORTED = write_eq(STEREO[0], FORMAT).data.decode()
PLUGIN = "para_equalizer_x32_lr"  # what the program's equalizer is
SCHEMAS = Path("/usr/share/glib-2.0/schemas")
SCHEMA = "com.github.wwmm.easyeffects.equalizer"


def equalizer_of(text: str) -> dict[str, Any]:
    document = json.loads(text)
    assert document["output"]["plugins_order"] == ["equalizer#0"]
    return document["output"]["equalizer#0"]


def ports_of(text: str) -> dict[str, float]:
    """Set the plugin's ports as the program does; what names stand for is as the plugin states it."""
    equalizer = equalizer_of(text)
    ports = {
        "enabled": 1.0,
        "g_in": 10 ** (equalizer["input-gain"] / 20),
        "g_out": 10 ** (equalizer["output-gain"] / 20),
        "mode": labels(PLUGIN, "mode")[equalizer["mode"]],
    }
    for letter, side in (("l", "left"), ("r", "right" if equalizer["split-channels"] else "left")):
        for number in range(equalizer["num-bands"]):
            band = equalizer[side][f"band{number}"]
            ports |= {
                f"ft{letter}_{number}": labels(PLUGIN, f"ft{letter}_0")[band["type"]],
                f"fm{letter}_{number}": labels(PLUGIN, f"fm{letter}_0")[band["mode"]],
                f"s{letter}_{number}": labels(PLUGIN, f"s{letter}_0")[band["slope"]],
                f"f{letter}_{number}": band["frequency"],
                f"g{letter}_{number}": 10 ** (band["gain"] / 20),
                f"q{letter}_{number}": band["q"],
            }
    return ports


def off_each_db(folder: Path, eqs: Sequence[Bands], rate: int) -> list[float]:
    """Return how far from what is rendered here the plugin is with each of several EQs, where it is worst."""
    samples = np.zeros((int(1.5 * rate), 2))
    samples[0] = LEVEL
    sf.write(folder / "impulse.wav", samples, rate, subtype="FLOAT")
    eqs = [nearest(eq.at_rate(rate).bands, FORMAT.holds, rate)[0] for eq in eqs]
    settings = [ports_of(write_eq(eq, FORMAT, sample_rate=rate).data.decode()) for eq in eqs]
    results = run_lsp(PLUGIN, settings, folder / "impulse.wav", folder)
    return [
        max(off_db(eq, curve_of(channel, rate, eq, Outgoing(eq, rate).preamp_db), rate) for channel in result.T)
        for eq, result in zip(eqs, results, strict=True)
    ]


@needs_lsp
@pytest.mark.parametrize("rate", RATES)
def test_the_programs_plugin_does_what_is_rendered_here(tmp_path: Path, rate: int) -> None:
    for eq, off in zip(few_eqs(), off_each_db(tmp_path, few_eqs(), rate), strict=True):
        assert off < NEAR_ENOUGH_DB, str(eq)


@needs_lsp
@pytest.mark.parametrize("rate", RATES)
def test_channels_are_treated_apart(tmp_path: Path, rate: int) -> None:
    eq = STEREO[0]
    ports = ports_of(write_eq(eq, FORMAT, sample_rate=rate).data.decode())
    results = [run_lsp(PLUGIN, [ports], source, tmp_path)[0] for source in write_one_sided(tmp_path, rate)]
    raised = [result / 10 ** (Outgoing(eq, rate).preamp_db / 20) for result in results]
    assert stereo_off_db(eq, raised, rate, 0.0) < NEAR_ENOUGH_DB


@pytest.mark.skipif(not (SCHEMAS / f"{SCHEMA}.gschema.xml").exists(), reason="EasyEffects isn't installed")
@pytest.mark.parametrize("eq", [*random_eqs(5), *FILTERS, *STEREO, Bands()], ids=str)
def test_every_key_is_one_of_the_schemas_and_in_its_range(eq: Bands) -> None:
    equalizer = equalizer_of(write_eq(eq, FORMAT).data.decode())
    check(equalizer, f"{SCHEMA}.gschema.xml", "", {"left", "right"})
    for side in ("left", "right"):
        for number in range(equalizer["num-bands"]):
            check(equalizer[side][f"band{number}"], f"{SCHEMA}.channel.gschema.xml", f"band{number}-", {"width"})


def check(settings: dict[str, Any], file: str, prefix: str, others: set[str]) -> None:
    tree = ElementTree.parse(SCHEMAS / file)
    enums = {one.get("id"): [value.get("nick") for value in one] for one in tree.iter("enum")}
    keys = {key.get("name"): key for key in tree.iter("key")}
    for name, value in settings.items():
        if name in others:
            continue
        key = keys[prefix + name]
        bounds = key.find("range")
        if key.get("enum"):
            assert value in enums[key.get("enum")]
        elif bounds is not None:
            assert float(bounds.attrib["min"]) <= value <= float(bounds.attrib["max"])
        else:
            assert isinstance(value, bool)


@pytest.mark.parametrize("eq", [*random_eqs(5), FILTERS[1], FILTERS[3], STEREO[0], Bands()], ids=str)
def test_what_is_written_is_read_back(eq: Bands) -> None:
    taken = read_eq(write_eq(eq, FORMAT).data.decode())
    assert taken is not None
    assert str(taken.bands) == str(eq)


def test_a_preset_with_other_effects_and_modes_is_taken_with_notes() -> None:
    preset = json.loads(EXPORTED)
    band = preset["output"]["equalizer#0"]["left"]["band0"]
    band["mode"] = "RLC (BT)"
    preset["output"]["limiter#0"] = {"bypass": False}
    taken = read_eq(json.dumps(preset))
    assert taken is not None
    assert str(taken.bands) == str(STEREO[0])
    assert any("limiter#0" in note for note in taken.notes)
    assert any("RLC (BT)" in note for note in taken.notes)


def test_a_preset_of_version_6_is_taken() -> None:
    band = {
        "frequency": 200.0,
        "gain": -3.0,
        "mode": "APO (DR)",
        "mute": False,
        "q": 1.0,
        "slope": "x1",
        "type": "Bell",
    }
    equalizer = {"left": {"band0": band}, "num-bands": 1, "split-channels": False}
    taken = read_eq(json.dumps({"output": {"equalizer": equalizer}}))
    assert taken is not None
    assert str(taken.bands) == "PK 200 -3 Q1"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"Bell"', '"Resonance"', "output/equalizer#0/left/band.* 'Resonance'"),
        ('"gain": -4.0', '"gain": NaN', "gain of 'nan'"),
        ('"gain": -4.0', '"gain": 1e999', "gain of 'inf'"),
        ('"gain": -4.0', '"gain": "loud"', "gain of 'loud'"),
        ('"gain": -4.0', '"gain": -4.0,,', "not valid JSON"),
        ('"num-bands": 2', '"num-bands": 1000', "up to 32"),
        ('"equalizer#0": {', '"equalizer#1": {"left": {}}, "equalizer#0": {', "holds 2 equalizers"),
        ('"bypass": false', '"bypass": true', "is bypassed"),
        ('"gain": -4.0', '"gain": ' + "[" * 5000, "nested more than"),
    ],
)
def test_what_cant_be_taken_is_named(old: str, new: str, says: str) -> None:
    assert old in EXPORTED
    with pytest.raises(UsageError, match=says):
        FORMAT.read(EXPORTED.replace(old, new))


@given(st.integers(0, len(EXPORTED)), st.text(max_size=20), st.integers(0, 30))
def test_what_is_damaged_is_an_error_or_an_eq(at: int, what: str, length: int) -> None:
    with contextlib.suppress(UsageError):
        FORMAT.read(EXPORTED[:at] + what + EXPORTED[at + length :])


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3)
    )
)
def test_any_value_in_any_place_is_an_error_or_an_eq(value: Any) -> None:
    for old in ('"Bell"', '"APO (DR)"', "1000.0", '"x1"', "false", "2"):
        with contextlib.suppress(UsageError):
            FORMAT.read(EXPORTED.replace(old, json.dumps(value), 1))


def test_bands_that_dont_count_are_said() -> None:
    preset = write_eq(Bands.parse("PK 1000 -3; PK 2000 -3; PK 3000 -3"), FORMAT).data.decode()
    taken = read_eq(preset.replace('"num-bands": 3', '"num-bands": 1'))
    assert taken is not None
    assert taken.bands == Bands.parse("PK 1000 -3")
    assert taken.notes == ("output/equalizer#0/left/band1 and what follows are left out: its num-bands is 1",)
