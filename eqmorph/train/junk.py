"""Which descriptors say how something sounds, and which don't.

The rule, in this order. A descriptor is cut into words at everything that is not a letter or hyphen, and glue words
("and", "more", "adds") fall away. It is junk if

1. it has more than four words: it is a note on a job, not a quality,
2. a word in it has a digit or fewer than three letters (``re27``, ``!st``, ``1``),
3. a word in it is on the lists below: tests and defaults, names, instruments and voices, things and jobs, profanity,
4. SAFE only: the word is used in a single row and Audealize does not know it, so nobody else ever meant anything by it.

What remains is folded (`eqmorph.words.fold`): "brighter", "brite" and "brightness" are "bright".
"""

from __future__ import annotations

import re
from collections.abc import Collection

from eqmorph.words import plain

__all__ = ["GLUE", "JUNK", "junk_reason", "split_words"]

_MOST_WORDS = 4


def _listed(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


GLUE = _listed("a add adds an and bit for in is it little more of some slightly the to too up very with")
JUNK = _listed(
    # tests, defaults and what says nothing
    "test tests test1 testing default reset revision setting settings eq mix time boost cut cuts preset hmm",
    "flat equal balance balanced",
    # names of people, bands, amplifiers and files
    "aeg chriss clinini cocteau compo coso cumbia devil djent eigene epiano eqchi eqchri ferie franks fua giulia hero",
    "hiwatt jammy jams jordan kickclean lv maadh maybe mda mnml raf ralph tele trimble zimbo fgjn jygkujh plicke",
    # instruments, voices and what they play
    "brass guitar guitars guitarriche chitarrini chitarrone chitarriny drum drums drumkit hat hihat horn kick keys",
    "keyboard keyboards pad piano pianoambient sax snare synth trumpet vocal vocals voix vox voice",
    "music musica sound melody noise rock pop metal techno",
    # things, animals, weather and greetings
    "fiesta fire phone radio rain sunshine",
    "apple bear camino car cat chico computer corn cow dog food god hate hello famous lluvia love man mana morning",
    "mother oxygen perro please super taco tiger welcome wow yo",
    # jobs and places on an equalizer, not qualities
    "acoustic atmosphere bas base bottom call damage effective hf lf mid mids midboost notchy nulls picking pieces",
    "strike technical true",
    # profanity
    "bastard bitch crap damn damned dii dio dioporco horny rubbish shit yuk",
)


def split_words(descriptor: str) -> list[str]:
    """Split a descriptor into words in plain letters, glue words left out."""
    words = (word.strip("-") for word in re.split(r"[^\w-]+|_", plain(descriptor)))
    return [word for word in words if word and word not in GLUE]


def junk_reason(words: Collection[str]) -> str | None:
    """Return why a descriptor (its words) means nothing to the ear, or None if it does."""
    if not words:
        return "no words"
    if len(words) > _MOST_WORDS:
        return "a note, not a quality"
    for word in words:
        if any(c.isdigit() for c in word) or len(word) < 3:
            return "digits or too short"
        if word in JUNK:
            return "on the junk list"
    return None
