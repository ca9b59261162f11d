"""The figures of moves by name, and the bars that they must reach."""

from __future__ import annotations

from eqmorph.adapt.goal import USUAL_GAIN_DB
from eqmorph.evaluate.audio.kinds import MUSIC
from eqmorph.evaluate.audio.rules import FIXED, OURS
from eqmorph.evaluate.bars import Bar
from eqmorph.model.limit import MOST_DB

__all__ = ["MOVE_LIMITS_DB", "MOVE_RULES", "MOVE_TITLES", "move_bars", "move_key"]

MOVE_LIMITS_DB = (USUAL_GAIN_DB, MOST_DB)
MOVE_RULES = (OURS, FIXED)
#: What figures are, by name: shares of the requests in percent unless they say otherwise.
MOVE_TITLES = {
    "largest_10": "moves over 10 dB",
    "largest_limit": "moves over the limit",
    "faint_2": "boosts over 2 dB, 40 dB below the loudest third-octave",
    "faint_4": "boosts over 4 dB there",
    "faint_levelled_2": "rises over 2 dB there, levels matched",
    "faint_levelled_4": "rises over 4 dB there, levels matched",
    "body_6": "cuts over 6 dB in the body of the sound",
    "fights": "neighboring bands over 3 dB against each other",
    "floor_3": "quiet moments up by over 3 dB, levels matched",
    "make_up_3": "make-up gain over 3 dB",
    "make_up_least": "least make-up gain, dB",
    "make_up_most": "most make-up gain, dB",
    "outside": "negative words: over 1.5 dB outside their lobe",
    "right": "single words moved the right way",
    "still": "single words moved by less than 2 percentiles",
    "served": "words of blends with a third of what they get alone",
    "named": "words of blends named as a conflict",
    "served_or_named": "either of the two",
    "wrong_in_blends": "words of blends moved the wrong way",
    "promised": "warm:0.5 + airy:0.3: both up by 5 percentiles",
    "left.warm.low_mid": "spread of low-mid energy, warm: after / before",
    "left.warm.loud_low_mid": "spread of low-mid loudness, warm: after / before",
    "left.bright.centroid": "spread of the centroid, bright: after / before",
    "left.bright.loud_centroid": "spread of the loudness centroid, bright: after / before",
    "bands": "bands, mean",
    "ms": "decision, ms (median)",
}
_AT_MOST = {
    "faint_2": 0.0,
    "largest_limit": 0.0,
    "body_6": 0.0,
    "fights": 0.0,
    "floor_3": 1.0,
    "make_up_3": 1.0,
    "outside": 5.0,
    "wrong_in_blends": 2.0,
    "ms": 10.0,
}
_AT_LEAST = {"right": 98.0, "served_or_named": 92.0}
_OF_MUSIC = {"left.warm.loud_low_mid": (0.62, 0.42), "left.bright.loud_centroid": (0.68, 0.55)}  # within each limit
_PROMISED = 66.66  # two thirds


def move_key(kind: str, limit_db: float, rule: str, name: str) -> str:
    """Return under which name a figure of moves is reported."""
    return f"moves.{kind}.{limit_db:g}dB.{rule}.{name}"


def move_bars(kind: str) -> list[Bar]:
    """Return the bars that moves in sounds of a kind must reach: at the usual limit, unless they name another."""

    def bar(name: str, limit: float, *, at_least: bool = False, within_db: float = USUAL_GAIN_DB) -> Bar:
        within = "" if within_db == USUAL_GAIN_DB else f" (within {within_db:g} dB)"
        key = move_key(kind, within_db, OURS, name)
        return Bar(f"{MOVE_TITLES[name]}{within}", key, limit, at_least=at_least)

    bars = [bar(name, limit) for name, limit in _AT_MOST.items()]
    bars += [bar(name, limit, at_least=True) for name, limit in _AT_LEAST.items()]
    if kind == MUSIC:
        bars.append(bar("promised", _PROMISED, at_least=True))
        bars += [
            bar(name, limit, within_db=within_db)
            for name, limits in _OF_MUSIC.items()
            for limit, within_db in zip(limits, MOVE_LIMITS_DB, strict=True)
        ]
    return bars
