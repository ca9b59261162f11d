"""What engineering charts say of words: the zones a sound has more of, or less of, for each word.

``charts.toml`` holds facts compiled from published charts and glossaries, which it names. A word there has
``raise_hz`` (zones it is more of, relative to the rest), ``lower_hz`` (zones it is less of) or both, and the sources
that say so. English words are in ``[words]``, those of another language in a table such as ``[words_es]``.
"""

from __future__ import annotations

import itertools
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from eqmorph._typing import Float64
from eqmorph.errors import InputError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["CHARTS", "ChartWord", "Charts", "Zone", "chart_curve", "read_charts"]

Zone = tuple[float, float]

CHARTS = Path(__file__).with_name("charts.toml")
_AUDIBLE_HZ = (20.0, 20_000.0)
_SHOULDER_OCTAVES = 0.5
_OPEN_BELOW_HZ, _OPEN_ABOVE_HZ = 40.0, 12_000.0  # a zone that reaches so far has no shoulder there
_TABLE = re.compile(r"words(?:_([a-z]{2}))?")
_WORD_KEYS = ("raise_hz", "lower_hz", "sources")
_SOURCE_KEYS = ("title", "author", "year", "url", "from")


@dataclass(frozen=True, slots=True)
class ChartWord:
    """What charts say of a word: zones in Hz that it is more of, and less of, and the keys of the sources."""

    word: str
    language: str
    raise_hz: tuple[Zone, ...]
    lower_hz: tuple[Zone, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Charts:
    """All words of a file of charts, and how each source is cited, by its key."""

    words: tuple[ChartWord, ...]
    sources: dict[str, str]


def read_charts(path: Path | None = None) -> Charts:
    """Read a file of charts, by default the one that is shipped.

    Raises:
        InputError: it can't be read, or it doesn't hold what such a file holds.
    """
    path = CHARTS if path is None else path
    try:
        data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(error.strerror or str(error), path=path) from None
    except UnicodeDecodeError:
        raise InputError("is not UTF-8 text", path=path) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(f"is not valid TOML: {error}", path=path) from None
    listed = data.pop("sources", {})
    if not isinstance(listed, dict):
        raise InputError("sources must be a table", hint="As in: [sources.holt]", path=path)
    sources = {key: _citation(path, key, entry) for key, entry in listed.items()}
    words: list[ChartWord] = []
    for name, table in data.items():
        match = _TABLE.fullmatch(name)
        if match is None or not isinstance(table, dict):
            raise InputError(
                f"holds {name!r}, which no file of charts has", hint="Tables: sources, words, words_es.", path=path
            )
        language = match[1] or "en"
        words += [_chart_word(path, word, language, entry, sources) for word, entry in table.items()]
    if not words:
        raise InputError("holds no words", hint="As in: [words.boomy] with raise_hz = [[70, 180]]", path=path)
    return Charts(tuple(words), sources)


def chart_curve(entry: ChartWord, freq_hz: ArrayLike) -> Float64:
    """Return what a word asks for at frequencies: 1 in a zone that it raises, -1 in one that it lowers.

    Outside a zone the curve falls to 0 within half an octave, except where the zone reaches the end of the spectrum.
    Where zones meet, they add up.
    """
    octaves = np.log2(np.asarray(freq_hz, dtype=np.float64))
    curve: Float64 = np.zeros_like(octaves)
    for zone in entry.raise_hz:
        curve += _plateau(zone, octaves)
    for zone in entry.lower_hz:
        curve -= _plateau(zone, octaves)
    return curve


def _plateau(zone: Zone, octaves: Float64) -> Float64:
    low_hz, high_hz = zone
    low = -np.inf if low_hz <= _OPEN_BELOW_HZ else np.log2(low_hz)
    high = np.inf if high_hz >= _OPEN_ABOVE_HZ else np.log2(high_hz)
    outside = np.maximum(np.maximum(low - octaves, octaves - high), 0.0)
    shoulder: Float64 = 0.5 * (1.0 + np.cos(np.pi * np.minimum(outside / _SHOULDER_OCTAVES, 1.0)))
    return shoulder


def _chart_word(path: Path, word: str, language: str, entry: Any, sources: dict[str, str]) -> ChartWord:
    def refuse(reason: str, hint: str = "") -> InputError:
        return InputError(f"{word!r} {reason}", hint=hint, path=path)

    if not word or word != " ".join(word.lower().split()):
        raise refuse("is not a word in lower case")
    if not isinstance(entry, dict):
        raise refuse("must be a table", "As in: [words.boomy]")
    unknown = [key for key in entry if key not in _WORD_KEYS]
    if unknown:
        raise refuse(f"holds {', '.join(map(repr, unknown))}", f"A word has {', '.join(_WORD_KEYS)}.")
    raised, lowered = (_zones(entry.get(key, []), key, refuse) for key in ("raise_hz", "lower_hz"))
    if not raised and not lowered:
        raise refuse("has no zones", "As in: raise_hz = [[70, 180]]")
    if any(_overlap(up, down) for up in raised for down in lowered):
        raise refuse("raises and lowers the same frequencies", "Take the zone that most charts name.")
    named = entry.get("sources", [])
    if not (isinstance(named, list) and named and all(isinstance(key, str) for key in named)):
        raise refuse("names no sources", 'As in: sources = ["holt"]')
    missing = [key for key in named if key not in sources]
    if missing:
        raise refuse(f"names {', '.join(missing)}, which is not among the sources", "Add a table [sources.NAME].")
    return ChartWord(word, language, raised, lowered, tuple(named))


def _zones(value: Any, key: str, refuse: Callable[[str, str], InputError]) -> tuple[Zone, ...]:
    hint = f"As in: {key} = [[70, 180]], from {_AUDIBLE_HZ[0]:g} to {_AUDIBLE_HZ[1]:g} Hz"
    if not isinstance(value, list):
        raise refuse(f"has {key} that is not a list of zones", hint)
    zones: list[Zone] = []
    for pair in value:
        if not (isinstance(pair, list) and len(pair) == 2 and all(_is_number(edge) for edge in pair)):
            raise refuse(f"has a zone in {key} that is not two numbers", hint)
        low, high = pair
        if not _AUDIBLE_HZ[0] <= low < high <= _AUDIBLE_HZ[1]:  # as NaN is not
            raise refuse(f"has a zone in {key} from {low:g} to {high:g} Hz", hint)
        zones.append((float(low), float(high)))
    zones.sort()
    if any(_overlap(lower, upper) for lower, upper in itertools.pairwise(zones)):
        raise refuse(f"has zones in {key} that overlap", "Join them to one.")
    return tuple(zones)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _overlap(one: Zone, other: Zone) -> bool:
    return max(one[0], other[0]) < min(one[1], other[1])


def _citation(path: Path, key: str, entry: Any) -> str:
    """Return a source as it is cited: who, what, when."""
    known = isinstance(entry, dict) and all(name in _SOURCE_KEYS for name in entry)
    if not known or not isinstance(entry.get("title"), str):
        raise InputError(
            f"source {key!r} must have a title and may have {', '.join(_SOURCE_KEYS[1:])}",
            hint='As in: title = "Sounds Like? An Audio Glossary"',
            path=path,
        )
    year = f" ({entry['year']})" if "year" in entry else ""
    return (f"{entry['author']}: " if "author" in entry else "") + f"{entry['title']}{year}"
