"""sox's effects, to go behind the names of the files; all are of the cookbook, Qs and all."""

from __future__ import annotations

import re
import shlex

from eqmorph.bands import BandKind
from eqmorph.errors import UsageError
from eqmorph.exchange.decimals import decimal, exact
from eqmorph.exchange.format import Format, Outgoing, Taken, Written
from eqmorph.exchange.limits import finite, quoted
from eqmorph.exchange.raw import Raw, bands_of
from eqmorph.exchange.widths import q_of_octaves, q_of_slope

__all__ = ["FORMAT"]

_NAMES: dict[BandKind, str] = {"low_shelf": "bass", "bell": "equalizer", "high_shelf": "treble"}
_KINDS: dict[str, BandKind] = {name: kind for kind, name in _NAMES.items()}
_USUAL_HZ = {"bass": 100.0, "treble": 3000.0}
_USUAL_WIDTH = {"bass": "0.5s", "treble": "0.5s"}
_USUAL_MEASURE = {"bass": "s", "treble": "s", "equalizer": "q"}
_MOST_VALUES = 3
# Effects that leave the curve as it is.
_LEVELS = ("gain", "vol", "norm")
_OTHERS = ("rate", "dither", "channels", "remix", "trim", "pad", "fade", "stat", "stats")
_WIDTH = re.compile(r"(.+?)([qohks]?)")
_AS_IN = "As in: equalizer 1000 1q -3, or bass +3"


def _write(eq: Outgoing) -> Written:
    effects = [f"gain {decimal(eq.preamp_db, 1, 1)}"] if eq.preamp_db else []
    for band in eq.bands:
        freq, q, gain = exact(band.freq_hz), f"{exact(band.q)}q", exact(band.gain_db)
        is_bell = band.kind == "bell"
        effects.append(" ".join([_NAMES[band.kind], *((freq, q, gain) if is_bell else (gain, freq, q))]))
    return Written((" ".join(effects) + "\n").encode())


def _recognizes(text: str) -> bool:
    words = text.split(maxsplit=2)
    return len(words) > 1 and words[0] in (*_KINDS, "gain") and "=" not in text.partition("\n")[0]


def _read(text: str) -> Taken:
    try:
        words = shlex.split(text, comments=True)
    except ValueError as error:
        raise UsageError(f"is cut off: {error}", hint="Close the quotes.") from None
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


def _is_value(word: str) -> bool:
    """Tell whether a word is a value or flag of the effect before it, and no effect of its own."""
    return word not in (*_KINDS, *_LEVELS, *_OTHERS) and (word[:1] in "+-.0123456789" or word[1:2].isdigit())


def _effect(name: str, values: list[str], where: str) -> Raw:
    if not 1 <= len(values) <= _MOST_VALUES or (name == "equalizer" and len(values) != _MOST_VALUES):
        raise UsageError(f"has {len(values)} values")
    if name == "equalizer":
        freq_text, width_text, gain_text = values
    else:
        gain_text, freq_text, width_text = (*values, *("", ""))[:_MOST_VALUES]
    gain_db = finite(gain_text)
    freq_hz = _hertz(freq_text) if freq_text else _USUAL_HZ[name]
    q = _q(width_text or _USUAL_WIDTH[name], freq_hz, gain_db, _USUAL_MEASURE[name])
    if not freq_hz > 0 or not q > 0:
        raise UsageError("has a frequency or width that no filter has")
    return Raw(_KINDS[name], freq_hz, gain_db, q, where)


def _hertz(text: str) -> float:
    return finite(text[:-1]) * 1000 if text[-1:] == "k" else finite(text)


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


FORMAT = Format("sox", "sox's effects", ".txt", _write, _read, _recognizes)
