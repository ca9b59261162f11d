"""Poweramp Equalizer's preset."""

from __future__ import annotations

import json

import pytest

from eqmorph.bands import Bands
from eqmorph.errors import UsageError
from eqmorph.exchange import find_format, read_eq, write_eq
from eqmorph.exchange.measure import heard_hz
from tests.exchange.eqs import NEAR_ENOUGH_DB, RATES, off_db, proof_eqs

FORMAT = find_format("poweramp")


def test_it_has_the_shape_of_the_apps_own() -> None:
    text = write_eq(Bands.parse("LS 105.4 +5.5; PK 1000 -3 Q2; HS 10k -2"), FORMAT, name="my own").data.decode()
    (preset,) = json.loads(text)
    assert (preset["name"], preset["preamp"], preset["parametric"]) == ("my own", -5.6, True)
    assert preset["bands"][0] == {"type": 4, "channels": 0, "frequency": 105, "q": 0.71, "gain": 5.5, "color": 0}
    assert [band["type"] for band in preset["bands"]] == [4, 3, 5]
    assert text.startswith('[\n\t{\n\t\t"name"')


@pytest.mark.parametrize("rate", RATES)
def test_what_is_read_back_does_what_is_rendered_here(rate: int) -> None:
    for eq in proof_eqs():
        written = write_eq(eq, FORMAT, sample_rate=rate)
        if any("it can't hold" in note for note in written.notes):
            assert any(band.kind == "notch" or band.slope_db == 6 for band in eq)
            continue
        taken = read_eq(written.data.decode())
        assert taken is not None
        assert off_db(eq, taken.bands.response_db(heard_hz(rate, eq), rate), rate) < NEAR_ENOUGH_DB, str(eq)


def test_whole_frequencies_that_matter_are_said() -> None:
    written = write_eq(Bands.parse("PK 40.5 +9 Q8"), FORMAT)
    assert "differ from what is rendered here by up to" in written.notes[0]


def test_the_apps_own_tone_controls_are_nothing() -> None:
    rows = [{"type": kind, "channels": 0, "frequency": 90, "q": 0.8, "gain": 0.0, "color": 0} for kind in (0, 1)]
    rows.append({"type": 3, "channels": 0, "frequency": 500, "q": 1.0, "gain": -2.0, "color": 0})
    taken = read_eq(json.dumps([{"name": "x", "preamp": 0.0, "parametric": True, "bands": rows}]))
    assert taken is not None
    assert taken.bands == Bands.parse("PK 500 -2 Q1")


@pytest.mark.parametrize(
    ("band", "says"),
    [
        ({"type": 6, "frequency": 90, "q": 1, "gain": 1}, "band 1 is of a kind"),
        ({"type": [3], "frequency": 90, "q": 1, "gain": 1}, "band 1 is of a kind"),
        ({"type": 3, "frequency": "90", "q": 1, "gain": 1}, "band 1 lacks a number"),
        ({"type": 3, "frequency": 90, "q": 1, "gain": 1, "channels": 3}, "band 1 is of a kind"),
        ({"type": 3, "frequency": 10**400, "q": 1, "gain": 1}, "out of range"),
        ("x", "band 1 is no band"),
    ],
)
def test_what_cant_be_taken_is_named(band: object, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        read_eq(json.dumps([{"parametric": True, "bands": [band]}]))
