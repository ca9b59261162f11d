"""sox's effects, to go behind the names of the files; all are of the cookbook, Qs and all.

Its passes of first order are others than ours, which are so written as coefficients.
"""

from __future__ import annotations

import re
import shlex

from eqmorph.bands import BandKind, Taken
from eqmorph.errors import UsageError
from eqmorph.exchange.decimals import decimal, exact
from eqmorph.exchange.format import Format, Holds, Outgoing, Written
from eqmorph.exchange.limits import finite, hertz, quoted
from eqmorph.exchange.raw import Raw, bands_of
from eqmorph.exchange.sections import Section, coefficients, sections_of
from eqmorph.exchange.widths import q_of_octaves, q_of_slope

__all__ = ["FORMAT", "NAMES"]

#: What the effects are called.
NAMES: dict[BandKind, str] = {
    "high_pass": "highpass",
    "low_shelf": "bass",
    "bell": "equalizer",
    "notch": "bandreject",
    "band_pass": "bandpass",
    "high_shelf": "treble",
    "low_pass": "lowpass",
}
_KINDS: dict[str, BandKind] = {name: kind for kind, name in NAMES.items()}
# What each takes, in its order, and what a width is measured in that doesn't say.
_VALUES = {
    "equalizer": ("freq", "width", "gain"),
    **dict.fromkeys(("bass", "treble"), ("gain", "freq", "width")),
    **dict.fromkeys(("highpass", "lowpass", "bandreject", "bandpass"), ("freq", "width")),
}
_USUAL = {
    "bass": {"freq": "100", "width": "0.5s"},
    "treble": {"freq": "3000", "width": "0.5s"},
    "highpass": {"width": "0.70710678118654752q"},
    "lowpass": {"width": "0.70710678118654752q"},
}
_USUAL_MEASURE = {"bass": "s", "treble": "s", "bandreject": "h", "bandpass": "h"}
_LEVELS = ("gain", "vol", "norm")  # they leave the curve as it is
_OTHERS = ("rate", "dither", "channels", "remix", "trim", "pad", "fade", "stat", "stats", "biquad")
_MOST_BEFORE = 40  # words of a command line before its first effect
_WIDTH = re.compile(r"(.+?)([qohks]?)")
_AS_IN = "As in: equalizer 1000 1q -3, or bass +3"


def _write(eq: Outgoing) -> Written:
    sections = sections_of(eq.bands)
    effects = [f"gain {decimal(eq.preamp_db, 1, 1)}"] if eq.preamp_db else []
    effects += [_effect_text(section, eq.sample_rate) for section in sections]
    has_coefficients = any(section.order == 1 for section in sections)
    notes = (f"its passes of 6 dB per octave are for sounds of {eq.sample_rate} Hz",) if has_coefficients else ()
    return Written((" ".join(effects) + "\n").encode(), notes)


def _effect_text(section: Section, sample_rate: float) -> str:
    if section.order == 1:
        return " ".join(["biquad", *map(exact, coefficients(section, sample_rate))])
    name = NAMES[section.kind]
    values = {"freq": exact(section.freq_hz), "width": f"{exact(section.q)}q", "gain": exact(section.gain_db)}
    return " ".join([name, *(values[value] for value in _VALUES[name])])


def _recognizes(text: str) -> bool:
    words = _effects(text.split(maxsplit=_MOST_BEFORE))
    is_one = len(words) > 1 and words[0] in (*_KINDS, "gain") and "=" not in text.partition("\n")[0]
    return is_one and _is_value(words[1])


def _read(text: str) -> Taken:
    try:
        words = shlex.split(text.replace(";", " "), comments=True)  # as people set effects apart, if not sox
    except ValueError as error:
        raise UsageError(f"is cut off: {error}", hint="Close the quotes.") from None
    words = _effects(words)
    raws: list[Raw] = []
    notes: list[str] = []
    at = 0
    while at < len(words):
        name = words[at]
        end = next((i for i in range(at + 1, len(words)) if not _is_value(words[i])), len(words))
        values, at = words[at + 1 : end], end
        where = f"effect {quoted(' '.join([name, *values]))}"
        if name in _LEVELS:
            notes.append(f"{where} is left out: loudness and peaks are seen to by themselves")
        elif name not in _KINDS:
            raise UsageError(f"{where} can't be taken", hint=f"Effects are {', '.join(_KINDS)}. {_AS_IN}")
        else:
            try:
                raws.append(_effect(name, values, where))
            except UsageError as error:
                raise UsageError(f"{where}: {error.message}", hint=error.hint or _AS_IN) from None
    return bands_of(raws, notes)


def _effects(words: list[str]) -> list[str]:
    """Return what comes behind the names of files, if there is a whole command line."""
    if words[:1] != ["sox"]:
        return words
    return words[next((at for at, word in enumerate(words) if word in (*_KINDS, *_LEVELS)), 0) :]


def _is_value(word: str) -> bool:
    """Tell whether a word is a value or flag of the effect before it, and no effect of its own."""
    return word not in (*_KINDS, *_LEVELS, *_OTHERS) and (word[:1] in "+-.0123456789" or word[1:2].isdigit())


def _effect(name: str, words: list[str], where: str) -> Raw:
    slope_db = 0
    if words[:1] in (["-1"], ["-2"]) and name in ("highpass", "lowpass"):
        slope_db = 6 if words[0] == "-1" else 0
        words = words[1:]
    names = _VALUES[name]
    given = dict(zip(names, words, strict=False))
    given = {**_USUAL.get(name, {}), **given}
    if len(words) > len(names) or given.keys() != set(names):
        raise UsageError(f"has {len(words)} values")
    gain_db = finite(given["gain"]) if "gain" in given else 0.0
    freq_hz = _hertz(given["freq"])
    q = _q(given["width"], freq_hz, gain_db, _USUAL_MEASURE.get(name, "q"))
    if not freq_hz > 0 or not q > 0:
        raise UsageError("has a frequency or width that no filter has")
    return Raw(_KINDS[name], freq_hz, gain_db, q, where, slope_db)


def _hertz(text: str) -> float:
    return finite(text[:-1]) * 1000 if text[-1:] == "k" else hertz(text)


def _q(text: str, freq_hz: float, gain_db: float, usual: str) -> float:
    found = _WIDTH.fullmatch(text)
    if found is None:
        raise UsageError("has no width")
    width, measure = finite(found[1]), found[2] or usual
    if not 0 < width < 1e6 or not 0 < freq_hz < 1e6:
        raise UsageError("has a frequency or width that no filter has")
    if measure == "q":
        return width
    if measure == "o":
        return q_of_octaves(width, freq_hz)
    if measure == "s":
        return q_of_slope(width, gain_db)
    return freq_hz / (width * (1000 if measure == "k" else 1))


FORMAT = Format("sox", "sox's effects", ".txt", _write, _read, _recognizes, Holds(slopes_db=(6, 12, 24)))
