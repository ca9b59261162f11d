"""Bands and profile, as text."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from eqmorph.bands import Bands
from eqmorph.tui.widgets.bands import BandTable
from eqmorph.tui.widgets.profile import ProfileRow, ProfileView

Shown = Callable[..., list[str]]

ROWS = [
    ProfileRow("warm", 0.42, 0.71),
    ProfileRow("bright", 0.6, 0.35),
    ProfileRow("airy", 0.5, 0.52),
    ProfileRow("nothing", float("nan"), 2.0),
]


def at_rest(eq: Bands) -> BandTable:
    """Return a table that has no focus, and so no band in hand."""
    table = BandTable(eq)
    table.can_focus = False
    return table


def test_each_band_has_its_line(shown: Shown, eq: Bands) -> None:
    lines = [line.split("   ┃")[0].split() for line in shown(at_rest(eq), size=(44, 20))]
    assert lines == [
        ["kind", "Hz", "dB", "Q"],
        ["1", "low", "shelf", "120", "+6.0", "0.71"],
        ["2", "bell", "500", "-3.0", "0.71"],
        ["3", "bell", "3k", "+4.0", "3.00"],
        ["4", "bell", "5k", "0.0", "0.71"],
        ["5", "high", "shelf", "8k", "-5.0", "0.71"],
    ]


def test_where_there_is_room_gains_are_bars(shown: Shown, eq: Bands) -> None:
    lines = shown(at_rest(eq), size=(60, 20))
    middles = {line.index("│") for line in lines[1:]}
    assert len(middles) == 1
    bars = [line[line.index("│") - 6 :].rstrip() for line in lines[1:]]
    assert bars == ["      │━━━", "    ╺━│", "      │━━", "      │", "   ╺━━│"]


@pytest.mark.parametrize("width", [21, 26, 30, 37])
def test_a_narrow_one_has_short_names(shown: Shown, eq: Bands, width: int) -> None:
    lines = shown(at_rest(eq), size=(width, 20))
    assert [line.split()[1] for line in lines[1:]] == ["LS", "PK", "PK", "PK", "HS"]
    assert lines[3].split() == ["3", "PK", "3k", "+4.0", "3.00"]


def test_passes_and_notches_show_what_they_have(shown: Shown) -> None:
    eq = Bands.parse("HP 80; HP 40 24dB; NT 50; NT 100 -14 Q60 | S: HS 8k +2")
    lines = shown(at_rest(eq), size=(44, 20))
    assert [line.split("   ┃")[0].split() for line in lines[1:]] == [
        ["1", "high-pass", "40", "24/oct"],
        ["2", "high-pass", "80", "12/oct", "0.71"],
        ["3", "notch", "50", "30.0"],
        ["4", "notch", "100", "-14.0", "60.0"],
        ["5", "S", "high", "shelf", "8k", "+2.0", "0.71"],
    ]
    short = shown(at_rest(eq), size=(30, 20))
    assert [line.split()[1] for line in short[1:]] == ["HP", "HP", "NT", "NT", "S"]


def test_a_flat_eq_says_so(shown: Shown) -> None:
    assert shown(at_rest(Bands()))[1].strip() == "flat: nothing is changed"


@pytest.mark.parametrize("height", [4, 20])
def test_each_word_has_a_line_at_every_height(shown: Shown, height: int) -> None:
    view = ProfileView(ROWS)
    view.styles.height = height
    lines = shown(view, size=(60, 20))
    first = lines[0]
    assert first.index("○") < first.index("─") < first.index("●")
    assert lines[1].index("●") < lines[1].index("○")
    assert [line.split()[0] for line in lines[:4]] == [row.word for row in ROWS]
    assert [line.rstrip()[-2:] for line in lines[:4]] == ["▲▲", "▼▼", "52", "▲▲"]
    assert lines[3].rstrip().endswith("100 ▲▲")
    assert not any(line.strip() for line in lines[4:])


def test_places_of_a_word_are_where_its_scores_are(shown: Shown) -> None:
    (line,) = shown(ProfileView([ProfileRow("warm", 0.0, 1.0)]), size=(60, 1))
    assert line.index("○") == len("warm ")
    assert line.index("●") == 60 - len(" 100 ▲▲") - 1
    middle = shown(ProfileView([ProfileRow("warm", 0.1, 0.1)]), size=(60, 1))[0].index("┊")
    assert middle == pytest.approx((line.index("○") + line.index("●")) / 2, abs=1)


def test_a_wide_one_has_words_side_by_side(shown: Shown) -> None:
    view = ProfileView([ProfileRow(f"word{number}", 0.2, 0.4) for number in range(7)])
    view.styles.height = 4
    lines = shown(view, size=(90, 4))
    assert [[part for part in line.split() if part.startswith("word")] for line in lines] == [
        ["word0", "word4"],
        ["word1", "word5"],
        ["word2", "word6"],
        ["word3"],
    ]


def test_a_narrow_one_has_room_for_its_bars(shown: Shown) -> None:
    (line,) = shown(ProfileView([ProfileRow("muddy", 0.1, 0.6)]), size=(21, 1))
    assert line.rstrip().endswith("60 ▲")
    assert line.index("●") - line.index("○") >= 4


def test_long_words_are_cut(shown: Shown) -> None:
    lines = shown(ProfileView([ProfileRow("incomprehensible", 0.5, 0.5)]), size=(30, 4))
    assert lines[0].startswith("incompreh… ")
    assert [len(line) for line in lines] == [30]


def test_where_there_is_nothing_yet_it_says_what_belongs_there(shown: Shown) -> None:
    profile, table = ProfileView(), BandTable()
    profile.note = "what the sound is like"
    assert shown(profile, size=(30, 4))[0].strip() == "what the sound is like"
    assert shown(table, size=(30, 4))[1].strip() == "flat: nothing is changed"
    assert shown(at_rest(Bands()), size=(21, 4))[1].strip() == "flat"
