"""What a clause is: operators, degrees, and the words or parts of the spectrum that it is about; what it came to."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from eqmorph.language.qualities import FAULTS
from eqmorph.words import plain

__all__ = ["STATING", "Clause", "Item", "Said"]

STATING = ("STATE", "EXIST", "LACK", "NEED")  #: operators that say how something is


@dataclass(slots=True)
class Item:
    """A word of the vocabulary, or a part of the spectrum, that a clause is about."""

    name: str
    written: str
    start: int
    end: int
    is_region: bool = False
    is_noun: bool = False
    is_comparative: bool = False
    sound: str = ""  # "whole" or "source" where it is said of a sound: "a warm voice"
    is_verb: bool = False  # "brighten it"

    @classmethod
    def of_region(cls, region: str, written: str, start: int, end: int) -> Item:
        """Return the item that a part of the spectrum is."""
        return cls(region, written, start, end, is_region=True, is_noun=True)

    @property
    def plain_name(self) -> str:
        """The word in plain letters."""
        return plain(self.name)

    @property
    def is_fault(self) -> bool:
        """Whether nobody states it of a sound that is as it should be."""
        return not self.is_region and (self.plain_name in FAULTS or self.written in FAULTS)


@dataclass(slots=True)
class Clause:
    """What is said about some words at once.

    Attributes:
        join: how it is bound to the one before: ``comma``, ``stop``, ``and``, ``or``, ``but``, ``with``, ``plus``,
            ``dash``, or ``""`` where nothing stands between.
        operators: its operators, in order.
        is_wish: whether it says that something is wished for.
        degrees: its factors, in order.
        number: a weight that is given as a number; NaN for none.
        items: what it is about.
        places: where, as parts of the spectrum.
        subject: what is said to be so: ``it``, ``whole``, ``source``, ``region`` or "".
        article: ``some``, ``the`` or "": what stands in front of the first item.
        start: where it begins in the text.
        end: where it ends.
        words: the operators as they are written.
    """

    join: str
    operators: list[str] = field(default_factory=list)
    is_wish: bool = False
    degrees: list[float] = field(default_factory=list)
    number: float = math.nan
    items: list[Item] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    subject: str = ""
    article: str = ""
    start: int = 0
    end: int = 0
    words: list[str] = field(default_factory=list)
    has_noun_verb: bool = False  # "a boost at 3 kHz"
    is_dual: bool = False  # "calm the harshness down"
    is_placed: bool = False  # "harsh around 3 kHz"
    source: str = ""  # "vocals" in "brighter vocals"

    @property
    def is_bare(self) -> bool:
        """Whether it says nothing of its own about the direction, so that it may belong to the one before."""
        compared = bool(self.items) and self.items[0].is_comparative
        return not (self.operators or self.is_wish or compared or (self.items[:1] and self.items[0].is_verb))


@dataclass(slots=True)
class Said:
    """What a clause was taken for.

    Attributes:
        clause: the clause.
        meaning: a key of `eqmorph.language.chains.EXPLAINED`.
        factor: by how much.
        is_statement: whether it says how it sounds, and not how it should.
        weights: the words it asks for.
        limits: those of which there is not to be too much.
        kept: those that are to stay as they are.
        why: how the weights come about.
    """

    clause: Clause
    meaning: str
    factor: float
    is_statement: bool
    weights: list[tuple[str, float]] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    why: str = ""

    @property
    def item(self) -> Item:
        """The last thing it is about."""
        return self.clause.items[-1]
