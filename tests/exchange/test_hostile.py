"""Whatever a text holds, a reader takes it or says what is wrong: it never crashes, and never takes long."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eqmorph.bands import Bands
from eqmorph.errors import UsageError
from eqmorph.exchange import FORMATS, Format, format_of, read_eq, write_eq

READABLE = [fmt for fmt in FORMATS if fmt.read is not None]
EQ = Bands.parse("LS 120 +3; PK 1000 -2 Q0.7; HS 8k -3")
PIECES = [
    *("Filter 1: ON PK Fc ", "Hz Gain ", " dB Q ", "Preamp: ", "GraphicEQ: ", "; ", "Channel: L", "\n", " ", ",", ":"),
    *(
        "equalizer=",
        "f=",
        "t=q",
        ":w=",
        ":g=",
        "bass ",
        "treble ",
        "equalizer ",
        "1q",
        "-3",
        "+3",
        "1e999",
        "nan",
        "inf",
    ),
    *(
        '{"bands": [',
        '{"kind": "bell", ',
        '"freq_hz": 1e400}',
        "]}",
        '"parametric": true',
        "[",
        "]",
        "{",
        "}",
        "'",
        '"',
    ),
    *("kind,freq_hz,gain_db,q\n", "bell,", "100", "-1", "0", "LSC 12 dB", "BW Oct 1", "9" * 400, "\x00", "٣", "½"),
]


def read_with(fmt: Format, text: str) -> None:
    assert fmt.read is not None
    fmt.recognizes(text)
    with contextlib.suppress(UsageError):
        fmt.read(text)


@pytest.mark.parametrize("fmt", READABLE, ids=lambda fmt: fmt.name)
@settings(max_examples=100, deadline=None)
@given(pieces=st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=14))
def test_no_text_breaks_a_reader(fmt: Format, pieces: list[str]) -> None:
    read_with(fmt, "".join(pieces))


@pytest.mark.parametrize("fmt", READABLE, ids=lambda fmt: fmt.name)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_no_damage_breaks_a_reader(fmt: Format, data: st.DataObject) -> None:
    text = write_eq(EQ, fmt).data.decode()[:1500]
    at = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(at, min(len(text), at + 40)))
    read_with(fmt, text[:at] + data.draw(st.sampled_from([*PIECES, ""])) + text[end:])
    read_with(fmt, text[:at])


@pytest.mark.parametrize("fmt", READABLE, ids=lambda fmt: fmt.name)
def test_each_text_is_known_for_what_it_is(fmt: Format) -> None:
    assert format_of(write_eq(EQ, fmt).data.decode()) is fmt


@pytest.mark.parametrize("text", ["LS 120 +3; HS 8k -3", "PK 1000 -2 Q0.7", "flat", "", "warm:0.7", "# comment"])
def test_our_own_notation_is_nobody_elses(text: str) -> None:
    assert format_of(text) is None


def test_what_is_too_long_is_not_looked_at() -> None:
    assert read_eq("Filter 1: ON PK Fc 100 Hz Gain 3 dB Q 1\n" * 100_000) is None
