"""Which gain a result is given, as tables: level by level, with and without a ceiling, down to silence."""

from __future__ import annotations

import math

import numpy as np
import pytest

from eqmorph.errors import UsageError
from eqmorph.level import (
    DEFAULT_CEILING_DB,
    Level,
    Loudness,
    Measured,
    Moment,
    Sharing,
    Trim,
    choose_sharing,
    decide_set_trim,
    decide_trim,
    moved_most,
    parse_level,
    quieter_by,
    trim_in_set,
)

MATCH, KEEP, TO_16 = Level("match"), Level("keep"), Level("lufs", -16.0)
SILENCE = Loudness(None, None, None, None)


def sound(lufs: float | None, peak_db: float, power_db: float | None = None) -> Loudness:
    """Return what is measured of a sound whose samples stay 0.5 dB below its true peak."""
    return Loudness(lufs, lufs if power_db is None else power_db, peak_db, peak_db - 0.5)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("match", MATCH),
        (" Match ", MATCH),
        ("KEEP", KEEP),
        ("-16", TO_16),
        ("-16.0", TO_16),
        ("-16 LUFS", TO_16),
        ("-16lufs", TO_16),
        ("\u221216", TO_16),
        ("-23.5", Level("lufs", -23.5)),
        ("-70", Level("lufs", -70.0)),
        ("0", Level("lufs", 0.0)),
    ],
)
def test_levels_are_understood(text: str, level: Level) -> None:
    assert parse_level(text) == level
    assert parse_level(str(level)) == level


@pytest.mark.parametrize(
    "text", ["", "loud", "-16 dB", "nan", "inf", "-inf", "-70.1", "0.1", "16", "match -16", "lufs"]
)
def test_what_is_not_a_level_is_refused_with_what_would_be_one(text: str) -> None:
    with pytest.raises(UsageError, match="is not a level") as caught:
        parse_level(text)
    assert all(word in caught.value.hint for word in ("match", "keep", "LUFS"))


@pytest.mark.parametrize(
    ("level", "before", "after", "level_db"),
    [
        pytest.param(MATCH, sound(-20, -12), sound(-17, -9), -3, id="made louder: back down"),
        pytest.param(MATCH, sound(-20, -12), sound(-26, -15), 6, id="made softer: back up"),
        pytest.param(MATCH, sound(None, -12, -30), sound(None, -9, -28), -2, id="too short for loudness: by power"),
        pytest.param(MATCH, sound(-69, -40, -71), sound(None, -50, -75), 4, id="fell below the gate: by power"),
        pytest.param(MATCH, sound(None, -50, -75), sound(-69, -40, -71), -4, id="rose above the gate: by power"),
        pytest.param(MATCH, SILENCE, SILENCE, 0, id="silence stays"),
        pytest.param(MATCH, sound(-30, -12), SILENCE, 0, id="nothing left to lift"),
        pytest.param(MATCH, SILENCE, sound(-60, -50), 0, id="nothing to match"),
        pytest.param(KEEP, sound(-20, -12), sound(-10, -3), 0, id="kept"),
        pytest.param(TO_16, sound(-20, -12), sound(-18, -10), 2, id="up to a loudness"),
        pytest.param(TO_16, sound(-9, -4), sound(-10, -5), -6, id="down to a loudness"),
        pytest.param(TO_16, sound(None, -12, -30), sound(None, -9, -28), 0, id="too short to have one"),
        pytest.param(TO_16, SILENCE, SILENCE, 0, id="silence has none"),
    ],
)
def test_the_gain_for_a_level(level: Level, before: Loudness, after: Loudness, level_db: float) -> None:
    trim = decide_trim(level, None, before, after)
    assert trim.level_db == pytest.approx(level_db)
    assert trim.ceiling_db == 0
    assert trim.total_db == trim.level_db


@pytest.mark.parametrize(
    ("before", "after", "ceiling_db", "cut_db"),
    [
        pytest.param(sound(-20, -12), sound(-20, -3), -1.0, 0, id="below it: nothing"),
        pytest.param(sound(-20, -12), sound(-20, -1), -1.0, 0, id="just at it: nothing"),
        pytest.param(sound(-20, -12), sound(-20, 2), -1.0, -3, id="above it: down to it"),
        pytest.param(sound(-20, -12), sound(-26, -3), -1.0, -4, id="above it after the level's gain"),
        pytest.param(sound(-20, -12), sound(-14, 4), -1.0, 0, id="below it after the level's gain"),
        pytest.param(sound(-20, -0.2), sound(-20, 2), -1.0, -2.2, id="the source was hotter: down to the source"),
        pytest.param(sound(-20, -0.2), sound(-20, -0.2), -1.0, 0, id="as hot as the source: nothing"),
        pytest.param(sound(-9, 1.5), sound(-9, 1.4), -1.0, 0, id="the source was above full scale"),
        pytest.param(sound(-20, -12), sound(-20, -3), -6.0, -3, id="a lower ceiling"),
        pytest.param(sound(-20, -12), sound(-20, 5), 3.0, -2, id="a ceiling above full scale"),
        pytest.param(SILENCE, sound(-60, 1), -1.0, -2, id="silence before sets no limit of its own"),
        pytest.param(sound(-20, -12), SILENCE, -1.0, 0, id="silence after needs none"),
        pytest.param(sound(-20, -12), sound(-20, 9), None, 0, id="no ceiling"),
    ],
)
def test_the_cut_for_a_ceiling(before: Loudness, after: Loudness, ceiling_db: float | None, cut_db: float) -> None:
    trim = decide_trim(MATCH, ceiling_db, before, after)
    assert trim.ceiling_db == pytest.approx(cut_db)
    assert trim.total_db == pytest.approx(trim.level_db + cut_db)


@pytest.mark.parametrize("level", [MATCH, KEEP, TO_16], ids=str)
@pytest.mark.parametrize("source_peak_db", [-20.0, -1.0, -0.1, 2.0])
def test_a_ceiling_is_never_stricter_than_the_source_and_never_lifts(level: Level, source_peak_db: float) -> None:
    before = sound(-18, source_peak_db)
    for after_peak_db in (-30.0, -1.0, 0.0, 3.0):
        after = sound(-20, after_peak_db)
        trim = decide_trim(level, DEFAULT_CEILING_DB, before, after)
        peak_db = after.louder_by(trim.total_db).true_peak_db
        assert peak_db is not None
        assert trim.ceiling_db <= 0
        assert peak_db <= max(DEFAULT_CEILING_DB, source_peak_db) + 1e-9
        assert trim.ceiling_db == 0 or peak_db == pytest.approx(max(DEFAULT_CEILING_DB, source_peak_db))


@pytest.mark.parametrize(
    ("before_peak_db", "after_peak_db", "ceiling_db", "cut_db"),
    [
        pytest.param(1.5, 2.0, -1.0, -1.5, id="a clipped source allows more than an integer holds"),
        pytest.param(1.5, 0.4, -1.0, 0, id="samples fit though the true peak is above full scale"),
        pytest.param(-12, 2.0, None, -1.5, id="without a ceiling"),
        pytest.param(-12, 2.0, 3.0, -1.5, id="under a higher ceiling"),
        pytest.param(-12, 2.0, -1.0, -3.0, id="the ceiling is lower"),
        pytest.param(-12, -3.0, -1.0, 0, id="nothing near either"),
    ],
)
def test_integers_are_never_made_to_clip(
    before_peak_db: float, after_peak_db: float, ceiling_db: float | None, cut_db: float
) -> None:
    before, after = sound(-20, before_peak_db), sound(-20, after_peak_db)
    assert decide_trim(MATCH, ceiling_db, before, after, full_scale_db=0.0).ceiling_db == pytest.approx(cut_db)
    assert decide_trim(MATCH, ceiling_db, before, SILENCE, full_scale_db=0.0).ceiling_db == 0


def test_the_largest_sample_counts_after_the_gain_of_the_level() -> None:
    trim = decide_trim(TO_16, None, sound(-30, -10), sound(-26, -4), full_scale_db=-0.1)
    assert trim.level_db == pytest.approx(10)
    assert trim.total_db == pytest.approx(-0.1 + 4.5)


def test_what_would_be_measured_after_a_gain() -> None:
    assert Loudness(-20, -21, -3, -4).louder_by(-2) == Loudness(-22, -23, -5, -6)
    assert SILENCE.louder_by(6) == SILENCE
    assert Loudness(None, -30, -12, -13).louder_by(1.5) == Loudness(None, -28.5, -10.5, -11.5)


def test_without_a_trim_there_is_no_gain() -> None:
    assert Trim().total_db == 0
    assert math.isclose(Trim(1.5, -2.0).total_db, -0.5)


# --------------------------------------------------------------------------------------------------------- sets

LOUD = Measured("loud", sound(-12, -3), sound(-11, -4))  # 1 dB louder by the EQ
SOFT = Measured("soft", sound(-20, -12), sound(-22, -8))  # 2 dB softer
HOT = Measured("hot", sound(-16, -3), sound(-16, 0.5))  # 1.5 dB above the ceiling
SHORT = Measured("short", sound(None, -6, -30), sound(None, -9, -33))
QUIET = Measured("quiet", SILENCE, SILENCE)


@pytest.mark.parametrize(
    ("sharing", "level", "sounds", "level_db", "loudest"),
    [
        pytest.param("gain", MATCH, [SOFT, LOUD], -1, "loud", id="the loudest as loud as it came"),
        pytest.param("gain", MATCH, [SHORT, SOFT, QUIET], 2, "soft", id="sounds with a loudness first"),
        pytest.param("gain", MATCH, [QUIET, SHORT], 3, "short", id="none has one: by power"),
        pytest.param("gain", MATCH, [QUIET], 0, "", id="silence decides nothing"),
        pytest.param("gain", MATCH, [], 0, "", id="nothing could be read"),
        pytest.param("gain", KEEP, [SOFT, LOUD], 0, "", id="kept"),
        pytest.param("gain", TO_16, [SOFT, LOUD], -5, "loud", id="the loudest reaches a loudness"),
        pytest.param("gain", TO_16, [SHORT, QUIET], 0, "", id="none has a loudness"),
        pytest.param("ceiling", MATCH, [SOFT, LOUD], 0, "", id="each is matched by itself"),
        pytest.param("ceiling", TO_16, [SOFT, LOUD], -4, "loud", id="the loudest, matched, reaches a loudness"),
        pytest.param("ceiling", KEEP, [SOFT, LOUD], 0, "", id="kept, each by itself"),
    ],
)
def test_the_gain_that_a_set_shares(
    sharing: Sharing, level: Level, sounds: list[Measured], level_db: float, loudest: str
) -> None:
    trim = decide_set_trim(sharing, level, None, sounds)
    assert (trim.level_db, trim.loudest) == (pytest.approx(level_db), loudest)
    assert (trim.ceiling_db, trim.tightest) == (0, "")


@pytest.mark.parametrize(
    ("sharing", "level", "ceiling_db", "sounds", "cut_db", "tightest"),
    [
        pytest.param("gain", MATCH, -1.0, [SOFT, LOUD, HOT], -0.5, "hot", id="the worst, after the album's gain"),
        pytest.param("ceiling", MATCH, -1.0, [SOFT, LOUD, HOT], -1.5, "hot", id="the worst, after its own gain"),
        pytest.param("ceiling", MATCH, -7.5, [SOFT, LOUD], -1.5, "soft", id="never stricter than a source"),
        pytest.param("ceiling", MATCH, -8.0, [SOFT], -2, "soft", id="a lower ceiling"),
        pytest.param("gain", KEEP, None, [HOT], 0, "", id="none was asked for"),
        pytest.param("gain", MATCH, -1.0, [], 0, "", id="nothing to hold under it"),
    ],
)
def test_the_cut_that_a_set_shares(
    sharing: Sharing, level: Level, ceiling_db: float | None, sounds: list[Measured], cut_db: float, tightest: str
) -> None:
    trim = decide_set_trim(sharing, level, ceiling_db, sounds)
    assert (trim.ceiling_db, trim.tightest) == (pytest.approx(cut_db), tightest)


def test_integers_of_a_set_are_never_made_to_clip() -> None:
    clipping = Measured("clipping", sound(-12, 3), sound(-12, 2), full_scale_db=0.0)
    assert decide_set_trim("gain", MATCH, -1.0, [SOFT, clipping]).ceiling_db == pytest.approx(-1.5)


@pytest.mark.parametrize("level", [MATCH, KEEP, TO_16], ids=str)
@pytest.mark.parametrize("sharing", ["gain", "ceiling"])
def test_a_set_keeps_its_levels_and_its_ceiling(sharing: Sharing, level: Level) -> None:
    sounds = [SOFT, LOUD, HOT]
    shared = decide_set_trim(sharing, level, -1.0, sounds)
    steps = []
    for one in sounds:
        trim = trim_in_set(sharing, level, shared, one.before, one.after)
        result = one.after.louder_by(trim.total_db)
        assert result.true_peak_db is not None
        assert result.true_peak_db <= -1 + 1e-9
        # An album keeps what the EQ makes of its levels, other sets the levels that they came with.
        reference = one.after if sharing == "gain" or level is KEEP else one.before
        assert result.lufs is not None
        assert reference.lufs is not None
        steps.append(result.lufs - reference.lufs)
    assert steps == pytest.approx([steps[0]] * 3)


def test_an_album_is_no_other_set() -> None:
    assert choose_sharing(album=True, together=False) == "gain"
    assert choose_sharing(album=False, together=True) == "ceiling"
    assert choose_sharing(album=False, together=False) == "nothing"
    with pytest.raises(UsageError, match="album and together can't be combined"):
        choose_sharing(album=True, together=True)


def test_a_hit_is_matched_by_power_wherever_the_gates_fall() -> None:
    hit = Measured("hit", sound(-20, -6, -26), sound(-19, -6, -28))
    shared = decide_set_trim("ceiling", MATCH, None, [hit])
    assert trim_in_set("ceiling", MATCH, shared, hit.before, hit.after) == Trim(2, 0)


@pytest.mark.parametrize(
    ("sharing", "level", "trim", "before", "after", "lost_db"),
    [
        pytest.param("nothing", MATCH, Trim(2, -1.5), sound(-20, -5), sound(-21.5, -1), 1.5, id="for the ceiling"),
        pytest.param("gain", MATCH, Trim(-1, 0), sound(-20, -5), sound(-20.7, -5), 0.7, id="for an album's gain"),
        pytest.param("gain", MATCH, Trim(-1, -2), sound(-20, -5), sound(-19, -5), 0, id="louder all the same"),
        pytest.param("gain", MATCH, Trim(), sound(-20, -5), sound(-20.04, -5), 0, id="too little to be told"),
        pytest.param("ceiling", MATCH, Trim(2, -1), sound(-20, -5), sound(-18, -5), 1, id="whatever its gates say"),
        pytest.param("nothing", KEEP, Trim(0, -1), sound(-20, -5), sound(-24, -5), 1, id="kept: what the ceiling took"),
        pytest.param("nothing", TO_16, Trim(-4, 0), sound(-12, -5), sound(-16, -9), 0, id="as asked"),
        pytest.param("gain", TO_16, Trim(6, -2), sound(-20, -5), sound(-18, -1), 0, id="louder, if less than asked"),
        pytest.param("ceiling", MATCH, Trim(0, -2), sound(None, -5, -30), sound(None, -1, -32), 2, id="short"),
        pytest.param("ceiling", MATCH, Trim(0, -2), SILENCE, SILENCE, 0, id="silence"),
    ],
)
def test_what_ended_quieter_than_it_came(
    sharing: Sharing, level: Level, trim: Trim, before: Loudness, after: Loudness, lost_db: float
) -> None:
    assert quieter_by(sharing, level, trim, before, after) == pytest.approx(lost_db)


def test_the_moment_that_moved_most_is_told_against_the_whole() -> None:
    source, result = (Loudness(lufs, lufs, 0.0, 0.0) for lufs in (-20.0, -18.0))
    before = np.array([-20.0, -19.0, -60.0, -np.inf, -21.0])
    after = before + np.array([2.0, 2.5, 9.0, 0.0, 0.5])
    assert moved_most(before, after, source, result) == Moment(pytest.approx(0.4), pytest.approx(-1.5))
    nothing = np.zeros(0)
    assert moved_most(nothing, nothing, source, result) is None
    assert moved_most(before, after, Loudness(None, None, None, None), result) is None
