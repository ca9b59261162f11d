"""Bands in a line: what is written is read back the same, sloppy writing is understood, and nonsense is named."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from eqmorph.bands import CHANNELS, FREQ_RANGE_HZ, GAIN_RANGE_DB, PASSES, Q_RANGE, SHAPED, SLOPES_DB, Band, format_bands
from eqmorph.bands.notation import parse_bands
from eqmorph.errors import UsageError

any_freq = st.floats(*FREQ_RANGE_HZ) | st.integers(20, 20_000)
any_q = st.floats(*Q_RANGE) | st.just(0.71)
any_channel = st.sampled_from(CHANNELS)
any_pass = st.sampled_from(PASSES)
any_band = (
    st.builds(
        Band,
        st.sampled_from(SHAPED),
        any_freq,
        st.floats(*GAIN_RANGE_DB) | st.integers(-12, 12),
        any_q,
        channel=any_channel,
    )
    | st.builds(Band, any_pass, any_freq, q=any_q, channel=any_channel)
    | st.builds(Band, any_pass, any_freq, slope_db=st.sampled_from(SLOPES_DB), channel=any_channel)
    | st.builds(Band, st.just("band_pass"), any_freq, q=any_q, channel=any_channel)
    | st.builds(Band, st.just("notch"), any_freq, st.floats(-100, 0), st.floats(0.1, 100), channel=any_channel)
)


@given(st.lists(any_band, min_size=1, max_size=8))
@example([Band("bell", 20, -0.0, 0.1)])
@example([Band("bell", 20, 5e-324, 0.1)])
@example([Band("bell", 20, -1e-7, 0.1)])
def test_what_is_written_is_read_back_to_the_last_digit(bands: list[Band]) -> None:
    assert parse_bands(format_bands(bands)) == bands


@given(st.lists(any_band, min_size=1, max_size=8))
def test_a_written_line_is_one_line(bands: list[Band]) -> None:
    assert format_bands(bands).isprintable()


def test_it_is_written_as_a_person_would() -> None:
    bands = [Band("low_shelf", 120, 3), Band("bell", 1000.5, -2, 0.7), Band("high_shelf", 8000, 0)]
    assert format_bands(bands) == "LS 120 +3; PK 1000.5 -2 Q0.7; HS 8000 +0"
    assert format_bands([]) == ""


@pytest.mark.parametrize(
    "text",
    [
        "LS 120 3",
        "LS 120 +3",
        "ls 120hz +3db",
        "Ls 120 Hz +3 dB",
        "LS 0.12k +3",
        "LS .12kHz 3.",
        "LS 1.2e2 +3e0",
        "low_shelf 120 +3",
        "LowShelf 120 +3",
        "LS 120 +3 Q0.71",
        "LS 120 +3 q 0.71",
        "LS 120 +3 Q=0.71",
        "LS 120 +3 Q = .71",
        "LS\t120   +3",
        "  LS 120 +3 ;",
        ";;LS 120 +3;;",
        "LS 120 +3  # more body",
        "# my EQ\n\nLS 120 +3\n",
        "LS 120 +3\r\n",
    ],
)
def test_a_low_shelf_may_be_written_in_many_ways(text: str) -> None:
    assert parse_bands(text) == [Band("low_shelf", 120, 3)]


@pytest.mark.parametrize("sign", ["-", "\u2212", "\u2013"], ids=["hyphen", "minus", "en dash"])
def test_a_minus_may_come_from_a_word_processor(sign: str) -> None:
    assert parse_bands(f"HS 8k {sign}3.5") == [Band("high_shelf", 8000, -3.5)]


@pytest.mark.parametrize(
    ("word", "kind"),
    [("pk", "bell"), ("Bell", "bell"), ("PEAK", "bell"), ("hs", "high_shelf"), ("HighShelf", "high_shelf")],
)
def test_each_kind_has_its_names(word: str, kind: str) -> None:
    assert [band.kind for band in parse_bands(f"{word} 1k 1")] == [kind]


@pytest.mark.parametrize(
    ("text", "band"),
    [
        ("HP 80", Band("high_pass", 80)),
        ("highpass 80 Hz 12dB", Band("high_pass", 80)),
        ("HP 80 24", Band("high_pass", 80, slope_db=24)),
        ("HP 80 24 dB/oct", Band("high_pass", 80, slope_db=24)),
        ("LP 16k 6 dB / octave", Band("low_pass", 16_000, slope_db=6)),
        ("LP 8k Q1.5", Band("low_pass", 8000, q=1.5)),
        ("NT 50", Band("notch", 50, q=30)),
        ("notch 100 -24 Q50", Band("notch", 100, -24, 50)),
        ("BP 1k Q2", Band("band_pass", 1000, q=2)),
        ("m: PK 300 -2", Band("bell", 300, -2, channel="mid")),
        ("Side : HS 8k +2", Band("high_shelf", 8000, 2, channel="side")),
    ],
)
def test_passes_and_notches_say_what_they_have(text: str, band: Band) -> None:
    assert parse_bands(text) == [band]


def test_a_channel_is_meant_as_far_as_the_next_bar() -> None:
    text = "LS 120 +3 | M: PK 300 -2; HP 80\nPK 400 1 | S: HS 8k +2 | PK 1k 1; L: NT 50 | R: NT 60"
    assert [(band.freq_hz, band.channel) for band in parse_bands(text)] == [
        (120, "both"),
        (300, "mid"),
        (80, "mid"),
        (400, "mid"),
        (8000, "side"),
        (1000, "both"),
        (50, "left"),
        (60, "right"),
    ]


def test_lines_and_semicolons_both_part_bands() -> None:
    assert parse_bands("LS 120 +3; PK 1k -2 Q0.7\nHS 8k -3 # end; PK 1 1") == [
        Band("low_shelf", 120, 3),
        Band("bell", 1000, -2, 0.7),
        Band("high_shelf", 8000, -3),
    ]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "no bands given"),
        ("NT 50 0", "a notch of 0 dB does nothing"),
        (" \n; # nothing", "no bands given"),
        ("hello", "'hello' is not a band"),
        ("LS", "'LS' is not a band"),
        ("LS 120", "'LS 120' has no gain"),
        ("LS +3 Q1", "'LS +3 Q1' has no gain"),
        ("120 +3", "'120 +3' is not a band"),
        ("LS 120 +3 +4", "'LS 120 +3 +4' is not a band"),
        ("LS 120 +3 Q", "'LS 120 +3 Q' is not a band"),
        ("LS 120, +3", "'LS 120, +3' is not a band"),
        ("LS 120 3,5", "'LS 120 3,5' is not a band"),
        ("LS 120 + 3", "'LS 120 + 3' is not a band"),
        ("LS 120 nan", "'LS 120 nan' is not a band"),
        ("PK 1000 -2 Q0.7 HS 8k -3", "is not a band"),
        ("LS 120 +3; XX 500 1", "'XX' in 'XX 500 1' is not a kind of band"),
        ("LP 5000 0", "'LP 5000 0': 0 dB per octave is no slope"),
        ("LS 19 +3", "'LS 19 +3': frequency 19 Hz is out of range"),
        ("HS 21k +3", "'HS 21k +3': frequency 21000 Hz is out of range"),
        ("PK 1k -13", "'PK 1k -13': gain -13 dB is out of range"),
        ("PK 1k 1e999", "gain inf dB is out of range"),
        ("PK 1k 3 Q11", "'PK 1k 3 Q11': Q 11 is out of range"),
        ("HP 80 18", "'HP 80 18': 18 dB per octave is no slope"),
        ("PK 100 3dB/oct", "only a high-pass or low-pass has a slope"),
        ("NT 50 +3", "'NT 50 +3': depth 3 dB is out of range"),
        ("BP 1k 3", "'BP 1k 3': a band-pass has no gain"),
        ("HP 80 24 Q2", "a high-pass of 24 dB per octave has no Q"),
        ("X: PK 1k 2", "'X: PK 1k 2' is not a band"),
        ("PK 1k 3 Q0", "Q 0 is out of range"),
    ],
)
def test_what_is_malformed_is_named_with_a_hint(text: str, complaint: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_bands(text)
    assert complaint in str(caught.value)
    assert caught.value.hint


def test_a_complaint_stays_short_and_on_one_line_whatever_was_given() -> None:
    for text in ("x" * 100_000, "a\x00b\x1b[31m\udcff" * 50):
        with pytest.raises(UsageError) as caught:
            parse_bands(text)
        assert len(str(caught.value)) < 400
        assert str(caught.value).isprintable()


@given(st.text(max_size=40))
def test_no_text_does_worse_than_being_refused(text: str) -> None:
    try:
        bands = parse_bands(text)
    except UsageError:
        return
    assert parse_bands(format_bands(bands)) == bands
