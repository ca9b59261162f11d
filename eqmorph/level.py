"""How loud a result is to be, and the one gain that makes it so: of a sound, or of a set. There is no limiter."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from eqmorph._typing import Float64
from eqmorph.errors import UsageError
from eqmorph.wording import Means, Phrase

__all__ = [
    "DEFAULT_CEILING_DB",
    "Level",
    "Loudness",
    "Measured",
    "Moment",
    "SetTrim",
    "Sharing",
    "Trim",
    "choose_sharing",
    "decide_set_trim",
    "decide_trim",
    "moved_most",
    "parse_level",
    "quieter_by",
    "trim_in_set",
]

#: What the sounds of a set share: nothing; one ``gain``, as the tracks of an album; or, as the sounds of a kit, only
#: what the ``ceiling`` asks for, each being matched to its own source.
Sharing = Literal["nothing", "gain", "ceiling"]

DEFAULT_CEILING_DB = -1.0
_LUFS_RANGE = (-70.0, 0.0)
_HEARD_LU, _SHORT_TERM_STEP_S = 20.0, 0.1
_LEAST_QUIETER_DB = 0.05  # less can't be told from nothing


@dataclass(frozen=True, slots=True)
class Level:
    """The loudness asked for: ``match`` the input's, ``keep`` what the EQ makes of it, or reach ``lufs``."""

    mode: Literal["match", "keep", "lufs"] = "match"
    lufs: float | None = None

    def __str__(self) -> str:
        return self.mode if self.lufs is None else f"{self.lufs:g}"


@dataclass(frozen=True, slots=True)
class Loudness:
    """The measurements of one signal.

    ``lufs`` is None for silence and for less than 0.4 s. ``power_db`` is the ungated K-weighted mean power, which any
    sound has that isn't silent. ``true_peak_db`` (dBTP) and ``sample_peak_db`` (dBFS) are None for digital silence.
    """

    lufs: float | None
    power_db: float | None
    true_peak_db: float | None
    sample_peak_db: float | None

    def louder_by(self, gain_db: float) -> Loudness:
        """Return what would be measured after a gain."""
        values = (self.lufs, self.power_db, self.true_peak_db, self.sample_peak_db)
        return Loudness(*(None if value is None else value + gain_db for value in values))


@dataclass(frozen=True, slots=True)
class Moment:
    """The 3 s of a sound that became loudest or softest against the rest: when, and by how many LU."""

    at_s: float
    louder_lu: float


def moved_most(before: Float64, after: Float64, source: Loudness, result: Loudness) -> Moment | None:
    """Return the moment that moved most against the whole, of those within 20 LU of the loudest; None if there is none.

    Args:
        before, after: the loudness of each 3 s, one every 100 ms (n,).
        source, result: what the whole was like, and has become.
    """
    if not len(before) or source.lufs is None or result.lufs is None:
        return None
    heard = np.flatnonzero((before > before.max() - _HEARD_LU) & np.isfinite(before) & np.isfinite(after))
    if not len(heard):
        return None
    louder_lu = after[heard] - before[heard] - (result.lufs - source.lufs)
    most = int(np.abs(louder_lu).argmax())
    return Moment(_SHORT_TERM_STEP_S * float(heard[most]), float(louder_lu[most]))


@dataclass(frozen=True, slots=True)
class Trim:
    """The gain of a result: ``level_db`` for its loudness, ``ceiling_db`` (zero or below) for its peaks."""

    level_db: float = 0.0
    ceiling_db: float = 0.0

    @property
    def total_db(self) -> float:
        return self.level_db + self.ceiling_db


@dataclass(frozen=True, slots=True)
class Measured:
    """What a set's gain follows from: one of its sounds as it came and after its EQ.

    ``name`` is for people. ``full_scale_db`` is the largest sample of the format written, None if it has no such bound.
    """

    name: str
    before: Loudness
    after: Loudness
    full_scale_db: float | None = None


@dataclass(frozen=True, slots=True)
class SetTrim:
    """The gain that all sounds of a set share: ``level_db`` for loudness, ``ceiling_db`` (zero or below) for peaks.

    ``loudest`` names the sound that decided on the first, ``tightest`` the one that decided on the second, if any did.
    """

    level_db: float = 0.0
    ceiling_db: float = 0.0
    loudest: str = ""
    tightest: str = ""

    @property
    def total_db(self) -> float:
        return self.level_db + self.ceiling_db


def choose_sharing(*, album: bool, together: bool) -> Sharing:
    """Return what sounds share: one gain in an album, the trim for the ceiling where they belong ``together``."""
    if album and together:
        raise UsageError(
            Phrase("{} and {} can't be combined", Means.ALBUM, Means.TOGETHER),
            hint=Phrase(
                "{} is one EQ and one gain for all; {} is an EQ for each and one trim for all.",
                Means.ALBUM,
                Means.TOGETHER,
            ),
        )
    return "gain" if album else "ceiling" if together else "nothing"


def parse_level(text: str) -> Level:
    """Parse ``match``, ``keep`` or a loudness in LUFS such as ``-16``."""
    word = text.strip().lower()
    if word == "match":
        return Level("match")
    if word == "keep":
        return Level("keep")
    try:
        lufs = float(word.removesuffix("lufs").strip().replace("\u2212", "-"))
    except ValueError:
        lufs = math.nan
    if not _LUFS_RANGE[0] <= lufs <= _LUFS_RANGE[1]:
        raise UsageError(f"{text!r} is not a level", hint="Use match, keep, or a loudness in LUFS such as -16.")
    return Level("lufs", lufs)


def decide_trim(
    level: Level, ceiling_db: float | None, before: Loudness, after: Loudness, *, full_scale_db: float | None = None
) -> Trim:
    """Decide on the gain of a result measured as ``after``, whose source was measured as ``before``.

    The ceiling is never stricter than the source's own true peak: what came in at -0.2 dBTP may go out at that. A
    clipped source has true peaks above full scale, though, which no integer can hold: ``full_scale_db`` is the largest
    sample of the format written, None if it has no such bound. Sounds too short to have a loudness are matched by their
    K-weighted power.
    """
    level_db = _level_gain(level, before, after)
    return Trim(level_db, _ceiling_gain(ceiling_db, before, after.louder_by(level_db), full_scale_db))


def decide_set_trim(sharing: Sharing, level: Level, ceiling_db: float | None, sounds: Sequence[Measured]) -> SetTrim:
    """Decide on the gain that all sounds of a set share.

    To ``match`` an album's loudness is to match that of the track that came loudest. A loudness in LUFS is what the
    loudest reaches. The sound whose peaks need it most decides how much all are trimmed for the ceiling.
    """
    matched = [sound.after.louder_by(_own_gain(sharing, level, sound.before, sound.after)) for sound in sounds]
    level_db, loudest = 0.0, None
    if level.lufs is not None:
        loudest = _loudest(range(len(sounds)), lambda i: matched[i].lufs)
        if loudest is not None:
            level_db = _level_gain(level, sounds[loudest].before, matched[loudest])
    elif level.mode == "match" and sharing == "gain":
        # Loudness where there is one; in a set of sounds too short for it, their power.
        has_loudness = [i for i, sound in enumerate(sounds) if None not in (sound.before.lufs, sound.after.lufs)]
        loudest = _loudest(has_loudness, lambda i: sounds[i].before.lufs)
        if loudest is None:
            loudest = _loudest(range(len(sounds)), lambda i: sounds[i].before.power_db)
        if loudest is not None:
            level_db = _level_gain(level, sounds[loudest].before, sounds[loudest].after)
    cuts = [
        _ceiling_gain(ceiling_db, sound.before, after.louder_by(level_db), sound.full_scale_db)
        for sound, after in zip(sounds, matched, strict=True)
    ]
    cut_db = min(cuts, default=0.0)
    return SetTrim(
        level_db,
        cut_db,
        loudest="" if loudest is None else sounds[loudest].name,
        tightest=sounds[cuts.index(cut_db)].name if cut_db < 0 else "",
    )


def trim_in_set(sharing: Sharing, level: Level, shared: SetTrim, before: Loudness, after: Loudness) -> Trim:
    """Return the gain of one sound of a set: the shared one, on top of what matches it to its own source."""
    return Trim(_own_gain(sharing, level, before, after) + shared.level_db, shared.ceiling_db)


def quieter_by(sharing: Sharing, level: Level, trim: Trim, before: Loudness, after: Loudness) -> float:
    """Return how much quieter a result ended than its source, in dB, though nobody asked for that; 0 if it didn't.

    Of a track whose album was matched, all of it counts. A sound that was matched by itself lost what the ceiling took;
    where the level was kept or a loudness was asked for, no more than that counts.
    """
    pairs = ((before.lufs, after.lufs), (before.power_db, after.power_db))
    lost_db = next((came - went for came, went in pairs if came is not None and went is not None), None)
    if lost_db is None:
        return 0.0
    if level.mode == "match" and sharing != "gain":
        lost_db = -trim.ceiling_db
    elif level.mode != "match":
        lost_db = min(lost_db, -trim.ceiling_db)
    return lost_db if lost_db >= _LEAST_QUIETER_DB else 0.0


def _own_gain(sharing: Sharing, level: Level, before: Loudness, after: Loudness) -> float:
    """Return what one sound of a set gets besides the shared gain, which alone reaches a loudness in LUFS.

    It is matched by power: the gates of a loudness fall on other parts of a decaying hit after an EQ than before, which
    would move it by up to 3 dB against the others.
    """
    if sharing == "gain" or level.mode == "keep" or before.power_db is None or after.power_db is None:
        return 0.0
    return before.power_db - after.power_db


def _loudest(places: Sequence[int], loudness: Callable[[int], float | None]) -> int | None:
    """Return the place of the largest loudness, the first of equals; None if there is none."""
    return max(
        (place for place in places if loudness(place) is not None),
        key=lambda place: loudness(place) or 0.0,
        default=None,
    )


def _ceiling_gain(ceiling_db: float | None, before: Loudness, levelled: Loudness, full_scale_db: float | None) -> float:
    """Return the gain, zero or below, that keeps a result under the ceiling and within its format."""
    rooms = [0.0]
    if ceiling_db is not None and levelled.true_peak_db is not None:
        allowed = ceiling_db if before.true_peak_db is None else max(ceiling_db, before.true_peak_db)
        rooms.append(allowed - levelled.true_peak_db)
    if full_scale_db is not None and levelled.sample_peak_db is not None:
        rooms.append(full_scale_db - levelled.sample_peak_db)
    return min(rooms)


def _level_gain(level: Level, before: Loudness, after: Loudness) -> float:
    if level.mode == "keep":
        return 0.0
    if level.lufs is not None:
        # Silence and very short sounds have no loudness that could be changed.
        return 0.0 if after.lufs is None else level.lufs - after.lufs
    if before.lufs is not None and after.lufs is not None:
        return before.lufs - after.lufs
    if before.power_db is not None and after.power_db is not None:
        return before.power_db - after.power_db
    return 0.0
