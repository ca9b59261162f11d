"""Words as people write them, folded to the form the vocabulary holds.

`fold` takes care of case, spaces, accents typed or not, spelling slips seen in the data and inflections: "Brighter",
"brightness" and "brite" are all "bright". It changes nothing it does not know.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

__all__ = ["Vocabulary", "base_form", "by_spelling", "fold", "is_slip", "plain", "stems"]

# Irregular forms: nouns, verbs and slips that stand for a quality people hear.
_FORMS = {
    "air": "airy", "airier": "airy", "bass": "bassy", "bassic": "bassy", "beef": "beefy", "beefiness": "beefy",
    "bite": "biting", "body": "full", "boom": "boomy", "boxed": "boxy", "box": "boxy", "brite": "bright",
    "brght": "bright", "birght": "bright", "brights": "bright", "brighten": "bright", "brightens": "bright",
    "brillant": "brilliant", "agressive": "aggressive", "clarity": "clear", "click": "clicky", "crispy": "crisp",
    "crunch": "crunchy", "darkness": "dark", "darken": "dark", "depth": "deep", "edge": "edgy", "fatt": "fat",
    "grit": "gritty", "hiss": "hissy", "hum": "hummy", "phat": "fat", "plosives": "plosive", "rumble": "rumbly",
    "sibilance": "sibilant", "thickness": "thick",
    "fizz": "fizzy", "hollowed": "hollow", "honk": "honky", "lofi": "lo-fi", "mud": "muddy", "presence": "present",
    "punch": "punchy", "punches": "punchy", "shimmer": "shimmering", "shimmery": "shimmering", "sizzle": "sizzling",
    "sizzly": "sizzling", "snap": "snappy", "sparkle": "sparkling", "sparkles": "sparkling", "sparkly": "sparkling",
    "thicky": "thick", "thicken": "thick", "thump": "thumpy", "top": "toppy", "twang": "twangy", "warn": "warm",
    "warmth": "warm", "warth": "warm", "wawrm": "warm", "weight": "weighty", "soften": "soft", "sharpen": "sharp",
    "smoothen": "smooth", "mellowness": "mellow",
}  # fmt: skip
_NOT_INFLECTED = frozenset({"power", "powerful", "bitter", "clever", "tender", "slower", "super", "ladder"})
_ENDINGS = (("iness", "y"), ("iest", "y"), ("ier", "y"), ("ness", ""), ("est", ""), ("er", ""))


def plain(word: str) -> str:
    """Return a word in lower case, one space between parts, no accents: what two spellings have in common."""
    decomposed = unicodedata.normalize("NFD", word.casefold())
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^\w\s'-]", " ", letters).split())


def stems(word: str) -> list[str]:
    """Return what ``word`` may be a form of, best first; the word itself, in plain letters, comes first."""
    base = plain(word)
    found = [base]
    if base in _FORMS:
        found.append(_FORMS[base])
    if base not in _NOT_INFLECTED:
        for ending, replacement in _ENDINGS:
            stem = base[: -len(ending)]
            if base.endswith(ending) and len(stem) >= 3:
                found += [stem + replacement]
                if not replacement:
                    found += [stem + "e", *([stem[:-1]] if stem[-1] == stem[-2] else [])]
                    found += [_FORMS[stem]] if stem in _FORMS else []
                break
    return list(dict.fromkeys(found))


class Vocabulary(Mapping[str, str]):
    """Words by their plain letters, as `fold` looks them up: made once, since there are hundreds.

    ``derived`` are tens of thousands more, in plain letters, looked up where no form of a word is one of these. Only
    its ``qualities`` are understood in a sentence: any noun or verb there may be about something else.
    """

    def __init__(
        self,
        words: Iterable[str],
        derived: Collection[str] = (),
        qualities: Callable[[], Collection[str]] | None = None,
    ) -> None:
        self._words = {plain(word): word for word in words}
        self._derived = derived
        self._qualities = qualities if qualities is not None else lambda: derived

    def derived(self, word: str, *, in_sentence: bool = False) -> str | None:
        """Return the derived word that a word is a form of, or None."""
        return fold(word, self._qualities() if in_sentence else self._derived)

    def __getitem__(self, letters: str) -> str:
        return self._words[letters]

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)


def base_form(word: str) -> str:
    """Return the quality that an irregular form stands for ("punch": "punchy"); any other word in plain letters."""
    base = plain(word)
    return _FORMS.get(base, base)


def fold(word: str, vocabulary: Collection[str]) -> str | None:
    """Return the word of ``vocabulary`` (in plain letters) that ``word`` is a form of, or None.

    A known irregular form wins over the word itself: "punch" is "punchy".
    """
    base = base_form(word)
    if base in vocabulary:
        return base
    return next((stem for stem in stems(word) if stem in vocabulary), None)


def by_spelling(word: str, vocabulary: Iterable[str], count: int = 3) -> list[str]:
    """Return the words of the vocabulary spelled most like ``word``, best first."""
    known = list(vocabulary)
    close = [close for stem in stems(word) for close in difflib.get_close_matches(stem, known, count, 0.6)]
    return list(dict.fromkeys(close))[:count]


def is_slip(written: str, word: str) -> bool:
    """Tell whether ``written`` is ``word`` but for one letter: one more, one less, another, or two swapped."""
    a, b = plain(written), plain(word)
    same = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    a, b = a[same:], b[same:]
    return a[1:] in (b, b[1:]) or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
