"""Symbols read into clauses: operators, degrees, and the words or places that they are about.

    text    = clause { join clause }
    clause  = { filler | article | subject } { operator | degree | verb } word { word } { particle | degree | place }

A clause ends where the next begins: at a comma, at "and", "or", "but" or "with", or at an operator after its words
("more warm | less muddy"). What no rule takes is a `Problem`; nothing is skipped.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from eqmorph.language.clause import Clause, Item
from eqmorph.language.contents import ContentReader
from eqmorph.language.cursor import ENDS
from eqmorph.language.lexicon import Kind
from eqmorph.language.symbols import Problem, Symbol
from eqmorph.language.tokens import words_of
from eqmorph.language.verbs import VERBS

__all__ = ["clauses"]

_WHY = words_of("why por porque")


def clauses(symbols: list[Symbol], look_up: Callable[[str], str | None]) -> list[Clause]:
    """Read symbols into clauses that have items, or only a degree ("just a touch").

    Args:
        symbols: of the whole text.
        look_up: returns the word of the vocabulary that a word is a form of, or None.

    Raises:
        Problem: a part of the text is not understood; its ``done`` holds the clauses before.
    """
    reader = _Reader(symbols, look_up)
    try:
        reader.read()
    except Problem as problem:
        problem.done = reader.found
        raise
    return reader.found


class _Reader(ContentReader):
    """Reads clause by clause, and settles each."""

    def read(self) -> None:
        """Read all clauses."""
        join = "start"
        while self._at < len(self._symbols):
            clause = Clause(join, start=self._symbols[self._at].start)
            if (
                join == "dash"
                and self._is(self._peek(), Kind.NUMBER)
                and self.found
                and not math.isnan(self.found[-1].number)
            ):
                clause.join = "comma"  # "0.5 warm - 0.2 harsh"
                clause.operators.append("NO")
                clause.words.append("-")
            self._verb, self._particle = None, ""
            self._check_asked()
            self._head(clause)
            if clause.items or (self._at < len(self._symbols) and not self._is_end(self._peek())):
                self._content(clause)
            count = len(self.found)
            self._finish(clause)
            self._check_question(clause)
            join = self._join()
            if clause.join == "stop" and len(self.found) == count and join in ("", "comma", "and"):
                join = "stop"  # "too dark. well, and warm": what says nothing binds nothing

    def _check_question(self, clause: Clause) -> None:
        """Refuse "it's too dark?"; "why is it so dark?" is a complaint."""
        mark = self._peek()
        if mark is None or mark.text != "?" or clause.is_wish or clause.operators[:1] not in (["STATE"], ["EXIST"]):
            return
        first = next(symbol.text for symbol in self._symbols if symbol.start >= clause.start)
        if first.split(" ")[0] not in _WHY:
            self.found = [one for one in self.found if one is not clause]
            raise Problem("what is asked is not asked for", clause.start, clause.end)

    def _join(self) -> str:
        """Pass what stands between two clauses and return its name."""
        join = ""
        while (symbol := self._peek()) is not None and symbol.may_be(*ENDS):
            name = str(symbol.value(Kind.JOIN) or symbol.value(Kind.BREAK))
            strength = ("", "comma", "and", "stop", "or", "plus", "with", "but")
            if strength.index(name) > strength.index(join):
                join = name
            self._at += 1
        symbol = self._peek()
        if symbol is not None and symbol.may_be(Kind.MARK):
            if symbol.text in "()[]":
                self._at += 1
                return self._join() or "comma"
            if symbol.text == "+" and not (join == "" and self._is(self._peek(1), Kind.NUMBER)):
                self._at += 1
                return self._join_over(join or "plus")
            if symbol.text in "-\u2013\u2014" and symbol.spaced and symbol.value(Kind.MARK) != "tight":
                self._at += 1
                return self._join_over("dash")
        return join

    def _join_over(self, join: str) -> str:
        after = self._join()
        return after if after and after != "comma" else join

    def _finish(self, clause: Clause) -> None:
        """Settle the verb, and take the clause unless it says nothing."""
        previous = self._symbols[max(self._at - 1, 0)]
        clause.end = previous.end
        if self._verb is not None:
            verb, place, symbol = self._verb
            operator = VERBS[verb].get(self._particle)
            if operator is None:
                raise Problem(f"{symbol.text!r} needs to say which way", symbol.start, clause.end)
            if operator == "WISH":
                clause.operators.pop(place)
                clause.is_wish = True
            else:
                clause.operators[place] = operator
        elif self._particle:
            self._lone_particle(clause)
        if clause.items:
            self.found.append(clause)
        elif clause.places and clause.subject == "region" and clause.operators:
            name = clause.places.pop(0)  # "the highs are lacking", "the lows need a boost"
            clause.items.append(self._place_item(clause, name))
            self.found.append(clause)
        elif (
            clause.operators == ["NOT", "TOO"]
            and self.found
            and clause.words[-1].endswith("much")
            and not clause.is_wish
        ):
            clause.operators.clear()  # "warm, but not too much"
            clause.degrees.append(0.6)
            self.found.append(clause)
        elif clause.operators == ["FIX"]:
            return  # "can you fix that?"
        elif clause.operators == ["LIKE"] and (clause.subject or clause.words[-1].startswith("me ")):
            return  # "I love it"
        elif clause.operators in (["NO"], ["NOT"]) and self.found and self.found[-1].is_bare and self._is_value(clause):
            self.found[-1].operators.append("NO")
            self.found[-1].words.append("no")
            self.found[-1].end = clause.end
        elif clause.places and not self.found and self._peek() is None and clause.places[0].endswith("Hz"):
            clause.items.append(self._place_item(clause, clause.places.pop(0)))  # "around 300 Hz" is "300 Hz"
            self.found.append(clause)
        elif clause.operators or not math.isnan(clause.number) or clause.places:
            raise Problem("what this is about is missing", clause.start, clause.end)
        elif clause.degrees:
            self.found.append(clause)

    def _place_item(self, clause: Clause, name: str) -> Item:
        word = self._look_up("bass") if name == "bass" else None
        if word is not None:
            return Item(word, "bass", clause.start, clause.end, is_noun=True)
        region = "lows" if name == "bass" else name
        return Item.of_region(region, region, clause.start, clause.end)

    def _is_value(self, clause: Clause) -> bool:
        """Tell whether "no" stands where a number would: "harsh: no"."""
        index = next(i for i, symbol in enumerate(self._symbols) if symbol.start >= clause.start)
        return index > 0 and self._symbols[index - 1].text in (":", "=")

    def _lone_particle(self, clause: Clause) -> None:
        """Settle "bass up", "mud out" and "warm it up": a particle without a verb of grammar."""
        item = clause.items[0] if clause.items else None
        if clause.is_dual and self._particle in ("down", "out", "off", "up"):
            return
        goes_up = self._particle in ("up", "in", "forward")
        if item is None or (clause.operators and clause.operators not in (["NOT"], ["NO"])):
            raise Problem(f"{self._particle!r} means nothing here", clause.start, clause.end)
        if item.is_verb or (not item.is_noun and goes_up):
            if self._particle in ("up", "out", "over", "in") or (
                self._particle in ("down", "off") and not item.is_fault
            ):
                return
            raise Problem(f"{self._particle!r} could be meant in two ways here", clause.start, clause.end)
        if not item.is_noun and not item.is_region and not item.sound:
            raise Problem(f"{self._particle!r} could be meant in two ways here", clause.start, clause.end)
        clause.operators.append("INC" if goes_up else "DEC")
        clause.words.append(self._particle)
