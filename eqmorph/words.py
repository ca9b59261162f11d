"""Words as people write them, folded to the form the vocabulary holds.

`fold` takes care of case, spaces, accents typed or not, spelling slips seen in the data and inflections: "Brighter",
"brightness" and "brite" are all "bright". It changes nothing it does not know.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping

__all__ = ["MEANINGS", "Vocabulary", "base_form", "by_meaning", "by_spelling", "fold", "plain", "stems"]

# Irregular forms: nouns, verbs and slips that stand for a quality people hear.
_FORMS = {
    "air": "airy", "airier": "airy", "bass": "bassy", "bassic": "bassy", "beef": "beefy", "beefiness": "beefy",
    "bite": "biting", "body": "full", "boom": "boomy", "boxed": "boxy", "box": "boxy", "brite": "bright",
    "brght": "bright", "birght": "bright", "brights": "bright", "brighten": "bright", "brightens": "bright",
    "brillant": "brilliant", "agressive": "aggressive", "clarity": "clear", "click": "clicky", "crispy": "crisp",
    "crunch": "crunchy", "darkness": "dark", "darken": "dark", "depth": "deep", "fatt": "fat", "phat": "fat",
    "thickness": "thick",
    "fizz": "fizzy", "hollowed": "hollow", "honk": "honky", "mud": "muddy", "presence": "present", "punch": "punchy",
    "punches": "punchy", "shimmer": "shimmering", "shimmery": "shimmering", "sizzle": "sizzling",
    "sizzly": "sizzling", "snap": "snappy", "sparkle": "sparkling", "sparkles": "sparkling", "sparkly": "sparkling",
    "thicky": "thick", "thicken": "thick", "thump": "thumpy", "top": "toppy", "twang": "twangy", "warn": "warm",
    "warmth": "warm", "warth": "warm", "wawrm": "warm", "weight": "weighty", "soften": "soft", "sharpen": "sharp",
    "smoothen": "smooth", "mellowness": "mellow",
}  # fmt: skip
_NOT_INFLECTED = frozenset({"power", "powerful", "bitter", "clever", "tender", "slower", "super", "ladder"})
_ENDINGS = (("iness", "y"), ("iest", "y"), ("ier", "y"), ("ness", ""), ("est", ""), ("er", ""))

#: What an engineer would try instead of a word the data does not hold.
MEANINGS: dict[str, tuple[str, ...]] = {
    "amber": ("warm", "mellow"), "analog": ("vintage", "warm"), "analogue": ("vintage", "warm"),
    "beefy": ("meaty", "fat"), "blunt": ("dull", "soft"), "breathy": ("airy", "light"),
    "brutal": ("aggressive", "hard"),
    "canny": ("tinny", "metallic"), "clinical": ("clean", "cold"), "cozy": ("warm", "gentle"),
    "cosy": ("warm", "gentle"),
    "creamy": ("smooth", "rich"), "crystalline": ("clear", "crisp"), "crystal": ("clear", "crisp"),
    "dim": ("dark", "muffled"), "edgy": ("harsh", "sharp"), "etched": ("crisp", "sharp"),
    "fierce": ("aggressive", "harsh"),
    "fluffy": ("soft", "light"), "glassy": ("bright", "brittle"), "gloomy": ("dark", "sad"), "golden": ("warm", "rich"),
    "gritty": ("raspy", "grainy"), "honky": ("boxy", "hollow"), "intimate": ("warm", "soft"), "lush": ("rich", "warm"),
    "murky": ("muddy", "dark"), "nasal": ("tinny", "hollow"), "open": ("airy", "clear"), "phone": ("tinny", "hollow"),
    "piercing": ("shrill", "harsh"), "polished": ("clean", "smooth"), "radio": ("tinny", "hollow"),
    "round": ("warm", "full"), "scratchy": ("raspy", "harsh"), "shiny": ("bright", "crisp"),
    "shimmering": ("airy", "bright"),
    "sibilant": ("harsh", "sharp"), "silky": ("smooth", "airy"), "sizzling": ("bright", "harsh"),
    "snappy": ("punchy", "crisp"),
    "sparkling": ("bright", "airy"), "steely": ("metallic", "cold"), "strident": ("harsh", "shrill"),
    "sunny": ("bright", "happy"), "telephone": ("tinny", "hollow"), "thick": ("full", "heavy"),
    "tight": ("punchy", "crisp"),
    "toppy": ("bright", "tinny"), "velvet": ("smooth", "warm"), "velvety": ("smooth", "warm"),
    "vivid": ("bright", "vibrant"),
    "wooly": ("muffled", "muddy"), "woolly": ("muffled", "muddy"),
}  # fmt: skip


def plain(word: str) -> str:
    """Lower case, one space between parts, no accents: what two spellings of one word have in common."""
    decomposed = unicodedata.normalize("NFD", word.casefold())
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^\w\s'-]", " ", letters).split())


def stems(word: str) -> list[str]:
    """What ``word`` may be a form of, best first; the word itself, in plain letters, comes first."""
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
    """Words by their plain letters, as `fold` looks them up: made once, since there are hundreds."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = {plain(word): word for word in words}

    def __getitem__(self, letters: str) -> str:
        return self._words[letters]

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)


def base_form(word: str) -> str:
    """The quality that an irregular form stands for ("punch": "punchy"); any other word in plain letters."""
    base = plain(word)
    return _FORMS.get(base, base)


def fold(word: str, vocabulary: Collection[str]) -> str | None:
    """The word of ``vocabulary`` (in plain letters) that ``word`` is a form of, or None.

    A known irregular form wins over the word itself: "punch" is "punchy".
    """
    base = base_form(word)
    if base in vocabulary:
        return base
    return next((stem for stem in stems(word) if stem in vocabulary), None)


def by_spelling(word: str, vocabulary: Iterable[str], count: int = 3) -> list[str]:
    """Words of the vocabulary written most like ``word``, best first."""
    known = list(vocabulary)
    close = [close for stem in stems(word) for close in difflib.get_close_matches(stem, known, count, 0.6)]
    return list(dict.fromkeys(close))[:count]


def by_meaning(word: str, vocabulary: Collection[str], count: int = 3) -> list[str]:
    """Words of the vocabulary that mean nearly what ``word`` does, from a small thesaurus of sound; may be empty."""
    for stem in stems(word):
        if stem in MEANINGS:
            return [known for known in MEANINGS[stem] if known in vocabulary][:count]
    return []
