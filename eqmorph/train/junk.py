"""Which descriptors say how something sounds, and which don't.

The rule, in this order. A descriptor is cut into words at everything that is no letter or hyphen, and glue words ("and",
"more", "adds") fall away. It is junk if

1. a word in it has a digit or fewer than three letters (``re27``, ``!st``, ``1``),
2. it has more than four words: it is a note on a job, not a quality,
3. a word in it is on the lists below: tests and defaults, names, instruments and voices, things and jobs, profanity,
4. SAFE only: the word is used in a single row and Audealize does not know it, so nobody else ever meant anything by it.

What remains is folded (`eqmorph.words.fold`): "brighter", "brite" and "brightness" are "bright".
"""

from __future__ import annotations

import re
from collections.abc import Collection

from eqmorph.words import fold, plain

__all__ = ["GLUE", "JUNK", "junk_reason", "split_words"]

GLUE = frozenset("a add adds an and bit for in is it little low-fi more of some slightly the to too up very with".split())
_TESTS = "test tests testing default reset revision setting settings eq mix time boost cut cuts preset hmm flat equal balance balanced"
_NAMES = (
    "chriss eqchri eqchi franks giulia jordan maybe maadh ralph trimble zimbo cocteau aeg raf rafa eigene hiwatt tele lv "
    "jammy jams fua kickclean clinini coso cumbia ferie djent mnml mda epiano compo devil hero bastard-pop"
)
_INSTRUMENTS = (
    "guitar guitars guitarriche chitarrini chitarrone chitarriny drum drums drumkit hat hihat horn kick keys keyboard "
    "keyboards pad piano pianoambient sax snare synth trumpet vocal vocals voix vox voice music musica sound melody noise"
)
_THINGS = (
    "apple bear box car cat chico computer corn cow dog fire-truck food god hello love hate love-it man mother oxygen "
    "perro piano please super taco tiger trimble welcome wow yo camino mana hot famous lluvia morning rock pop"
)
_JOBS = (
    "bas base atmosphere acoustic low-cut beef-up effective nulls notchy sub mid mids midboost revision lf hf bottom "
    "damage picking pieces strike true plicke jygkujh fgjn technical call"
)
_PROFANITY = "bastard bitch dio dii dioporco damned rubbish shit yuk horny crap"
JUNK = frozenset(" ".join([_TESTS, _NAMES, _INSTRUMENTS, _THINGS, _JOBS, _PROFANITY]).split())


def split_words(descriptor: str) -> list[str]:
    """The words of a descriptor in plain letters, glue words left out."""
    words = re.split(r"[^\w-]+|_", plain(descriptor))
    return [w.strip("-") for w in words if w.strip("-") and w.strip("-") not in GLUE]


def junk_reason(words: Collection[str]) -> str | None:
    """Why a descriptor (its words) means nothing to the ear, or None if it does."""
    if not words:
        return "no words"
    if len(words) > 4:
        return "a note, not a quality"
    for word in words:
        if any(c.isdigit() for c in word) or len(word) < 3:
            return "digits or too short"
        if word in JUNK or (fold(word, JUNK) is not None and word.endswith("s")):
            return "on the junk list"
    return None
