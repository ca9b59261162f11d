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


def test_each_band_has_its_line(shown: Shown, eq: Bands) -> None:
    lines = [line.split("   ┃")[0].split() for line in shown(BandTable(eq), size=(44, 20))]
    assert lines == [
        ["kind", "Hz", "dB", "Q"],
        ["low", "shelf", "120", "+6.0", "0.71"],
        ["bell", "500", "-3.0", "0.71"],
        ["bell", "3k", "+4.0", "3.00"],
        ["bell", "5k", "0.0", "0.71"],
        ["high", "shelf", "8k", "-5.0", "0.71"],
    ]


def test_where_there_is_room_gains_are_bars(shown: Shown, eq: Bands) -> None:
    lines = shown(BandTable(eq), size=(60, 20))
    middles = {line.index("│") for line in lines[1:]}
    assert len(middles) == 1
    bars = [line[line.index("│") - 6 :].rstrip() for line in lines[1:]]
    assert bars == ["      │━━━", "    ╺━│", "      │━━", "      │", "   ╺━━│"]


@pytest.mark.parametrize("width", [26, 30, 37])
def test_a_narrow_one_has_short_names(shown: Shown, eq: Bands, width: int) -> None:
    lines = shown(BandTable(eq), size=(width, 20))
    assert [line.split()[0] for line in lines[1:]] == ["LS", "PK", "PK", "PK", "HS"]
    assert lines[3].split() == ["PK", "3k", "+4.0", "3.00"]


def test_passes_and_notches_show_what_they_have(shown: Shown) -> None:
    eq = Bands.parse("HP 80; HP 40 24dB; NT 50; NT 100 -14 Q60 | S: HS 8k +2")
    lines = shown(BandTable(eq), size=(44, 20))
    assert [line.split("   ┃")[0].split() for line in lines[1:]] == [
        ["high-pass", "40", "24/oct"],
        ["high-pass", "80", "12/oct", "0.71"],
        ["notch", "50", "30.00"],
        ["notch", "100", "-14.0", "60.00"],
        ["S", "high", "shelf", "8k", "+2.0", "0.71"],
    ]
    short = shown(BandTable(eq), size=(30, 20))
    assert [line.split()[0] for line in short[1:]] == ["HP", "HP", "NT", "NT", "S"]


def test_a_flat_eq_says_so(shown: Shown) -> None:
    assert shown(BandTable(Bands()))[1].strip() == "flat: nothing is changed"


def test_scores_are_paired_bars(shown: Shown) -> None:
    lines = shown(ProfileView(ROWS), size=(60, 20))
    assert len(lines) == 8
    columns = 60 - 8 - 8
    for number, row in enumerate(ROWS[:3]):
        before, after = lines[2 * number : 2 * number + 2]
        assert before.startswith(row.word)
        assert before.count("░") == pytest.approx(columns * row.before, abs=0.51)
        assert after.count("█") == int(columns * row.after)
        assert before.split()[-1] == f"{100 * row.before:.0f}"
        assert f"{100 * row.after:.0f}" in after
    assert [line.rstrip()[-2:] for line in lines[1::2]] == ["▲▲", "▼▼", "52", "▲▲"]
    assert "┊" in lines[0]


def test_with_less_room_a_word_has_one_line(shown: Shown) -> None:
    view = ProfileView(ROWS)
    view.styles.height = 4
    lines = shown(view, size=(60, 20))
    first = lines[0]
    assert first.index("○") < first.index("─") < first.index("●")
    assert lines[1].index("●") < lines[1].index("○")
    assert lines[3].rstrip().endswith("100 ▲▲")


def test_long_words_are_cut(shown: Shown) -> None:
    lines = shown(ProfileView([ProfileRow("incomprehensible", 0.5, 0.5)]), size=(30, 4))
    assert lines[0].startswith("incompreh… ")
    assert [len(line) for line in lines] == [30, 30]
