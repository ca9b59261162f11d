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
from eqmorph.language.cursor import ENDS, Cursor, key_of
from eqmorph.language.lexicon import ALSO_WORDS, DEFINITE, Kind
from eqmorph.language.qualities import LEVELS, OPINIONS, is_noun
from eqmorph.language.regions import HIGHEST_HZ, LOWEST_HZ, edges_hz, range_name
from eqmorph.language.symbols import Problem, Symbol
from eqmorph.language.tokens import words_of
from eqmorph.language.verbs import VERBS
from eqmorph.words import plain

__all__ = ["clauses"]

_STATING = ("STATE", "EXIST", "LACK", "NEED")
#: In front of "boost" or "cut"; elsewhere they are words of sound.
_ADJECTIVES_OF_AMOUNT = {
    **dict.fromkeys(words_of("small tiny light gentle subtle slight"), 0.4),
    **dict.fromkeys(words_of("big large strong heavy"), 1.5),
    **dict.fromkeys(words_of("dramatic huge"), 1.75),
    "massive": 2.0,
}
_NOUN_VERBS = words_of("boost cut lift bump dip scoop increase decrease reduction reduce push")
_BINDING = frozenset(("of", "to", "de", "que", "do"))
_MODALS = words_of("could should can must to would please might let lets and then just")
_STARTS = ("start", "comma", "and", "plus", "stop")
_PRETTY = frozenset(("pretty", "even"))
_VERY = 1.2  # a degree above this is a strong one
_WHOLE = 1.0  # a degree below this is a weak one


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


class _Reader(Cursor):
    """Reads symbols one by one, looking ahead where it must."""

    def __init__(self, symbols: list[Symbol], look_up: Callable[[str], str | None]) -> None:
        super().__init__(symbols, look_up)
        self._verb: tuple[str, int, Symbol] | None = None  # a verb whose particle may follow, and its operator's place
        self._particle = ""
        self.found: list[Clause] = []

    # ---- the whole

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
            self._head(clause)
            if clause.items or (self._at < len(self._symbols) and not self._is_end(self._peek())):
                self._content(clause)
            self._finish(clause)
            join = self._join()

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
                clause.operators[place] = _settled(operator, clause)
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
        elif clause.operators == ["LIKE"] and clause.subject:
            return  # "I love it"
        elif clause.operators in (["NO"], ["NOT"]) and self.found and self.found[-1].is_bare and self._is_value(clause):
            self.found[-1].operators.append("NO")
            self.found[-1].words.append("no")
            self.found[-1].end = clause.end
        elif clause.operators or not math.isnan(clause.number) or clause.places:
            raise Problem("what this is about is missing", clause.start, clause.end)
        elif clause.degrees:
            self.found.append(clause)

    def _place_item(self, clause: Clause, name: str) -> Item:
        word = self._look_up("bass") if name == "bass" else None
        if word is not None:
            return Item(word, "bass", clause.start, clause.end, is_noun=True)
        region = "lows" if name == "bass" else name
        return Item(region, region, clause.start, clause.end, is_region=True, is_noun=True)

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

    # ---- the head: everything before what it is about

    def _head(self, clause: Clause) -> None:
        while (symbol := self._peek()) is not None:
            if symbol.may_be(*ENDS):
                return
            if symbol.glued and not (clause.operators or clause.degrees):
                raise Problem(
                    f"{symbol.text!r} could be bound to the word before it in two ways", clause.start, symbol.end
                )
            if symbol.may_be(Kind.MARK):
                if not self._head_mark(clause, symbol):
                    return
                continue
            if symbol.may_be(Kind.NUMBER):
                self._head_number(clause, symbol)
                continue
            if self._head_symbol(clause, symbol):
                continue
            return

    def _head_mark(self, clause: Clause, symbol: Symbol) -> bool:
        """Take a mark in front of words; False where the clause ends there."""
        following = self._peek(1)
        if symbol.text == "-" and symbol.value(Kind.MARK) == "tight" and not clause.operators and not clause.degrees:
            if following is not None and following.may_be(Kind.NUMBER) and clause.join in _STARTS:
                clause.number = -following.number  # "-0.5 harsh"
                self._at += 2
                return True
            if self._is(following, Kind.NUMBER) or (symbol.spaced is False and clause.join == ""):
                raise Problem("the minus could be meant in two ways here", symbol.start, symbol.end)
            clause.operators.append("NO")
            clause.words.append("-")
        elif symbol.text == "+" and not clause.operators and not clause.degrees:
            pass
        elif symbol.text in "([)]" or symbol.text == ":":
            if not (clause.operators or clause.degrees):
                self._at += 1
                return True
            raise Problem(f"{symbol.text!r} means nothing here", symbol.start, symbol.end)
        else:
            raise Problem(f"{symbol.text!r} could be meant in two ways here", symbol.start, symbol.end)
        self._at += 1
        return True

    def _head_number(self, clause: Clause, symbol: Symbol) -> None:
        following = self._peek(1)
        is_amount = self._verb is not None or clause.operators[-1:] in (["MORE"], ["LESS"], ["DEC"], ["INC"])
        is_last = self._is_end(following) or self._is(following, Kind.BY, Kind.DEGREE, Kind.PARTICLE, Kind.FILLER)
        is_place = is_amount and not symbol.unit and 100 <= symbol.number <= 20_000 and is_last
        if clause.join in ("comma", "and", "or") and self.found and self.found[-1].items and self._is_end(following):
            # "cut 250, 500 and 1k"
            before = self.found[-1].items[0]
            is_place = is_place or (before.name.endswith("Hz") and not symbol.unit and 20 <= symbol.number <= 20_000)
        if is_place:
            name = f"{round(symbol.number)}Hz"
            clause.items.append(Item(name, symbol.text, symbol.start, symbol.end, is_region=True, is_noun=True))
        elif math.isnan(clause.number) and not math.isnan(symbol.number):
            clause.number = symbol.number
        else:
            raise Problem(f"{symbol.text!r} is one number too many", symbol.start, symbol.end)
        self._at += 1

    def _head_symbol(self, clause: Clause, symbol: Symbol) -> bool:
        """Take a symbol in front of words; False if the words begin here."""
        following = self._peek(1)
        text = symbol.text
        if symbol.may_be(Kind.BY) and self._is(following, Kind.NUMBER, Kind.DEGREE) and not symbol.may_be(Kind.ARTICLE):
            self._at += 1  # "reduce by 30 % the mud"
            return True
        if not symbol.entries or symbol.may_be(Kind.WORD):
            return False
        if self._verb is not None and self._particle_here(clause, symbol):
            return True
        if (
            clause.subject == "region"
            and clause.places
            and text in LEVELS
            and clause.operators
            and self._is_end(following)
        ):
            return False
        if text == "sound" and self._sounds(clause, following):
            self._at += 1
            return True
        if text in _ADJECTIVES_OF_AMOUNT and self._is(following, Kind.VERB):
            clause.degrees.append(_ADJECTIVES_OF_AMOUNT[text])
            self._at += 1
            return True
        if text in _PRETTY and not (self._is_word(following) or self._is(following, Kind.OPERATOR, Kind.DEGREE)):
            return False
        if (
            text in _ADJECTIVES_OF_AMOUNT
            and self._word(symbol) is not None
            and not (text == "subtle" and self._is_word(following))
        ):
            return False
        if symbol.may_be(Kind.VERB):
            taken = self._head_verb(clause, symbol)
            if taken is not None:
                return taken
        if symbol.may_be(Kind.REGION):
            return self._head_region(clause, symbol)
        if self._particle_here(clause, symbol):
            return True
        if symbol.may_be(Kind.NEAR) and self._near(clause, is_head=True):
            return not clause.items
        if symbol.may_be(Kind.REFUSED) and not symbol.may_be(Kind.OPERATOR, Kind.FILLER):
            if text in ALSO_WORDS and self._word(symbol) is not None:
                return False
            raise Problem(f"{text!r} is beyond this grammar here", symbol.start, symbol.end)
        if symbol.may_be(Kind.OPERATOR):
            return self._head_operator(clause, symbol)
        if symbol.may_be(Kind.DEGREE):
            self._degree(clause, symbol)
        elif symbol.may_be(Kind.SOUND):
            self._subject(clause, str(symbol.value(Kind.SOUND)))
        elif symbol.may_be(Kind.IT):
            clause.subject = clause.subject or "it"
        elif symbol.may_be(Kind.ARTICLE):
            clause.article = "the" if text.split(" ")[-1] in DEFINITE else "some"
        elif not symbol.may_be(Kind.FILLER):
            if text in ALSO_WORDS and self._word(symbol) is not None:
                return False
            raise Problem(f"{text!r} means nothing here", symbol.start, symbol.end)
        self._at += 1
        return True

    def _follows_article(self) -> bool:
        return self._at > 0 and self._symbols[self._at - 1].may_be(Kind.ARTICLE)

    def _sounds(self, clause: Clause, following: Symbol | None) -> bool:
        """Tell whether "sound" is a verb here, and take what it says."""
        if (
            self._follows_article()
            or self._is_end(following)
            or (following is not None and following.value(Kind.OPERATOR) in _STATING)
        ):
            return False
        before = self._symbols[self._at - 1].text if self._at else ""
        if before in ("i", "we", "you", "they") and not clause.is_wish:
            clause.subject = "whole"
        if not clause.subject and not clause.is_wish and not clause.operators:
            clause.subject = "sound"  # "sound thin" may be an order or a complaint
            return True
        if clause.subject and not clause.is_wish and "STATE" not in clause.operators:
            # "the vocals sound thin", "the vocals don't sound bright"
            at = len(clause.operators) - (clause.operators[-1:] == ["NOT"])
            clause.operators.insert(at, "STATE")
        elif "STATE" not in clause.operators:
            clause.is_wish = True
        return True

    def _subject(self, clause: Clause, sound: str) -> None:
        if clause.subject != "region":
            clause.subject = sound

    def _head_operator(self, clause: Clause, symbol: Symbol) -> bool:
        text, name = symbol.text, str(symbol.value(Kind.OPERATOR))
        following = self._peek(1)
        if name == "SO":
            return self._so(clause, symbol)
        if text == "sounds" and self._follows_article() and not clause.operators:
            name = ""
            clause.subject = "whole"
        elif text == "all that" and not clause.operators:
            name = ""
        elif text in ("extra", "quite") or (
            symbol.may_be(Kind.DEGREE)
            and name in ("INC", "STILL")
            and "STATE" not in clause.operators
            and text != "aun"
        ):
            self._degree(clause, symbol)
            name = ""
        elif (
            name == "INC"
            and text == "up"
            and not (self._is(following, Kind.ARTICLE, Kind.REGION) or self._is_word(following))
        ):
            raise Problem("'up' means nothing here", symbol.start, symbol.end)
        is_limit = clause.operators[-1:] == ["NOT"] and bool(self.found)
        if name == "TOO" and self._is_end(following) and not clause.places and not clause.items and not is_limit:
            raise Problem("what is too much is missing", symbol.start, symbol.end)
        if name == "KEEP_IT":
            clause.subject = "it"
        if name == "WISH":
            clause.is_wish = True
            if "STATE" in clause.operators and clause.operators[-1] == "STATE":
                clause.operators.pop()
        elif name == "STATE" and text in ("sounding", "getting", "feeling") and (clause.is_wish or clause.operators):
            pass  # "I want it sounding warm"
        elif name == "MORE" and clause.operators[-1:] == ["MORE"]:
            pass
        elif name:
            clause.operators.append(name)
            clause.words.append(text)
            if name == "HALF":
                clause.degrees.append(0.5)
        self._at += 1
        return True

    def _so(self, clause: Clause, symbol: Symbol) -> bool:
        """Take "so", "that" and "as": operators after "not" and "is", degrees or nothing elsewhere."""
        after = self._after(1, Kind.FILLER, Kind.IT)
        following = self._peek(1)
        if symbol.text in ("as", "as much"):
            tail = self._tail_of_as()
            if tail is not None:
                text, at = tail
                if text in ("as possible", "as it gets", "as can be", "as you can"):
                    clause.degrees.append(2.0)
                    del self._symbols[at]
                elif clause.operators[-1:] == ["NOT"] or clause.operators[-1:] == ["HALF"]:
                    clause.operators.append("SO")
                    del self._symbols[at]
                else:
                    raise Problem("a comparison is beyond this grammar", symbol.start, symbol.end)
            elif clause.operators[-1:] == ["NOT"]:
                clause.operators.append("SO")
            else:
                raise Problem("a comparison is beyond this grammar", symbol.start, symbol.end)
        elif clause.operators[-1:] == ["LESS"] or clause.operators[-1:] == ["MORE"]:
            raise Problem(f"{symbol.text!r} means nothing here", symbol.start, symbol.end)
        elif clause.operators and clause.operators[-1] in (
            "NOT",
            "STATE",
            "EXIST",
            "NO",
            "NEED",
            "HATE",
            "LIKE",
            "NOT_ONLY",
        ):
            if symbol.may_be(Kind.ARTICLE) and clause.operators[-1] not in ("NOT", "STATE"):
                clause.article = "the"
            else:
                clause.operators.append("SO")
                clause.words.append(symbol.text)
        elif symbol.may_be(Kind.ARTICLE):
            clause.article = "the"
        elif self._is_word(following) or self._is(following, Kind.DEGREE):
            clause.degrees.append(1.25)
        elif self._is(self._peek(after), Kind.OPERATOR, Kind.VERB, Kind.ARTICLE, Kind.SOUND, Kind.BREAK, Kind.REGION):
            pass
        else:
            raise Problem(f"{symbol.text!r} means nothing here", symbol.start, symbol.end)
        self._at += 1
        return True

    def _tail_of_as(self) -> tuple[str, int] | None:
        """Find the second part of "as warm as possible": its text and its place."""
        for ahead in range(2, 6):
            symbol = self._peek(ahead)
            if symbol is None or symbol.may_be(*ENDS):
                return None
            if symbol.text.startswith("as ") and symbol.may_be(Kind.FILLER) and symbol.text != "as well":
                return symbol.text, self._at + ahead
        return None

    def _head_verb(self, clause: Clause, symbol: Symbol) -> bool | None:
        """Take a verb; None if it is something else here."""
        verb, text = str(symbol.value(Kind.VERB)), symbol.text
        following = self._peek(1)
        ahead = self._after(1, Kind.PARTICLE)
        has_particle = ahead > 1
        target = self._after(ahead, Kind.ARTICLE, Kind.FILLER)
        item = self._peek(target)
        entry = VERBS[verb]
        if symbol.may_be(Kind.SOUND) and (clause.article or clause.operators or self._is_end(following)):
            return None
        if symbol.may_be(Kind.DEGREE) and not self._is(following, Kind.ARTICLE, Kind.IT):
            return None
        if text in ("gets",) or (
            symbol.may_be(Kind.OPERATOR)
            and text in ("touching", "hurting", "affecting", "changing", "keeping", "contains")
        ):
            return None
        if text == "tones" or (text == "tone" and not self._is(following, Kind.PARTICLE, Kind.IT, Kind.ARTICLE)):
            return None
        if text == "cutting" and not (clause.operators or self._is(following, Kind.ARTICLE, Kind.REGION)):
            return False if self._word(symbol) is not None else None
        if text == "cutting" and self._is_end(following) and self._word(symbol) is not None:
            return False
        dual = {"THIN", "CLEAN", "SOFTEN", "OPEN"} & set(entry.values())
        if dual:
            return self._dual_verb(clause, symbol, next(iter(dual)), item, is_led=target > ahead or has_particle)
        if text in ALSO_WORDS and self._is_end(following) and self._word(symbol) is not None:
            return False
        before = self._symbols[self._at - 1].text if self._at else ""
        is_told = (
            clause.subject and not clause.is_wish and not clause.operators and before.split(" ")[-1] not in _MODALS
        )
        if is_told:
            raise Problem("this could be what it does, or what it should", clause.start, symbol.end)
        if self._verb is not None:
            raise Problem(f"two verbs: {self._verb[2].text!r} and {text!r}", self._verb[2].start, symbol.end)
        clause.has_noun_verb = bool(clause.article)
        self._verb = (verb, len(clause.operators), symbol)
        clause.operators.append("VERB")
        clause.words.append(text)
        self._at += 1
        return True

    def _dual_verb(
        self, clause: Clause, symbol: Symbol, role: str, item: Symbol | None, *, is_led: bool
    ) -> bool | None:
        """Take a verb that is a quality too: "clean up the mud" takes away, "clean it up" makes clean."""
        is_fault_thing = self._is_fault(item) and item is not None and (is_led or is_noun(item.text))
        is_region = self._is(item, Kind.REGION) and is_led
        operator = ""
        if (is_fault_thing and role in ("CLEAN", "SOFTEN", "THIN")) or (is_region and (role in ("CLEAN", "THIN"))):
            operator = "DEC"
        elif is_region and role == "OPEN":
            operator = "INC"
        if not operator:
            return False if self._is_word(symbol) or self._base_of(symbol) else None
        clause.operators.append(operator)
        clause.words.append(symbol.text)
        clause.is_dual = True
        self._at += 1
        while self._is(self._peek(), Kind.PARTICLE):
            self._at += 1
        return True

    def _base_of(self, symbol: Symbol) -> str | None:
        """Return the quality that a verb such as "softens" makes."""
        return self._look_up(symbol.text) or self._look_up(str(symbol.value(Kind.VERB)))

    def _head_region(self, clause: Clause, symbol: Symbol) -> bool:
        """Take a part of the spectrum: what the clause is about (False), or the place of what follows."""
        region = str(symbol.value(Kind.REGION))
        if symbol.text.startswith("lower") and not (
            clause.operators or clause.article or clause.is_wish or clause.places
        ):
            after = self._after(1, Kind.FILLER)
            if self._is_end(self._peek(after)):
                raise Problem(
                    f"{symbol.text!r} could be what to lower or a part of the spectrum", symbol.start, symbol.end
                )
        if self._is_place(clause):
            clause.places.append(region)
            clause.subject = "region"
            self._at += 2 if self._is_colon(self._peek(1)) else 1
            return True
        return False

    def _is_colon(self, symbol: Symbol | None) -> bool:
        return symbol is not None and symbol.text == ":" and symbol.may_be(Kind.BREAK)

    def _is_place(self, clause: Clause) -> bool:
        """Tell whether a part of the spectrum (or "bass") is only where something else is said to be."""
        ahead = self._after(1, Kind.FILLER)
        following = self._peek(ahead)
        if following is None:
            return False
        name = following.value(Kind.OPERATOR)
        said = set(clause.operators) - {"HATE"}
        if self._is_colon(self._peek(1)) and not said:
            return True
        if self._is_word(following) and is_noun(following.text) and following.text != "bass":
            return True  # "low end punch"
        if not said and (
            name in _STATING
            or (name == "WISH" and ("be" in following.text or "sound" in following.text or "feel" in following.text))
            or following.text == "sound"
        ):
            return True
        if said:
            return False
        ahead = self._after(ahead, Kind.DEGREE, Kind.ARTICLE, Kind.FILLER)
        following = self._peek(ahead)
        if (
            following is not None
            and following.text in _ADJECTIVES_OF_AMOUNT
            and self._is(self._peek(ahead + 1), Kind.VERB)
        ):
            ahead += 1
            following = self._peek(ahead)
        if clause.is_wish and following is not None and following.text in _NOUN_VERBS:
            return self._is_end(self._peek(self._after(ahead + 1, Kind.FILLER)))  # "give the lows a boost"
        name = following.value(Kind.OPERATOR) if following is not None else False
        if clause.is_wish and clause.article == "the" and name in ("MORE", "LESS", "TOO", "SO"):
            return self._is_word(self._peek(self._after(ahead + 1, Kind.DEGREE, Kind.ARTICLE)))
        if name in ("MORE", "LESS", "TOO"):
            word = self._peek(ahead + 1)
            return self._is_word(word) and word is not None and not is_noun(word.text)
        if not self._is_word(following) or following is None or following.text == "bass":
            return False
        if clause.is_wish and clause.article == "the":
            return True
        if self._comparative(following, self._word(following)):
            return True
        if self._is_fault(following) and not is_noun(following.text) and not clause.is_wish:
            clause.operators.append("STATE")
            return True
        return False

    def _particle_here(self, clause: Clause, symbol: Symbol) -> bool:
        """Take a particle of the verb before."""
        particle = symbol.value(Kind.PARTICLE)
        if not particle or self._verb is None:
            return False
        if str(particle) not in VERBS[self._verb[0]] or self._particle:
            return False
        if symbol.text == "in" and self._is(self._peek(1), Kind.ARTICLE) and clause.items:
            return False
        self._particle = str(particle)
        self._at += 1
        return True

    # ---- the content: what it is about, and what is said after that

    def _content(self, clause: Clause) -> None:
        if not clause.items:
            self._first_item(clause)
        while (symbol := self._peek()) is not None and not symbol.may_be(*ENDS):
            if not self._after_item(clause, symbol):
                return

    def _first_item(self, clause: Clause) -> None:
        symbol = self._peek()
        if symbol is None:
            return
        if clause.subject == "region" and clause.places and symbol.text in LEVELS:
            clause.items.append(Item(symbol.text, symbol.text, symbol.start, symbol.end))
            self._at += 1
            return
        if symbol.text in OPINIONS and "STATE" in clause.operators:
            clause.items.append(Item(symbol.text, symbol.text, symbol.start, symbol.end))
            self._at += 1
            return
        if symbol.may_be(Kind.REGION) and symbol.text != "bass":
            clause.items.append(_region_item(symbol))
            self._at += 1
            return
        item = self._item(symbol)
        if item.written == "bass" and self._is_place(clause):
            clause.places.append("bass")
            clause.subject = "region"
            self._at += 1
            self._head(clause)
            if self._peek() is not None and not self._is_end(self._peek()):
                self._first_item(clause)
            return
        clause.items.append(item)
        self._at += 1

    def _item(self, symbol: Symbol) -> Item:
        word = self._look_up(key_of(symbol))
        if word is None and symbol.may_be(Kind.VERB):
            word = self._base_of(symbol)
        if word is None and symbol.text == "bass":
            return Item("lows", "bass", symbol.start, symbol.end, is_region=True, is_noun=True)
        if word is None:
            raise Problem(f"unknown word {symbol.text!r}", symbol.start, symbol.end, unknown=symbol.text)
        return Item(
            word,
            symbol.text,
            symbol.start,
            symbol.end,
            is_noun=is_noun(symbol.text),
            is_comparative=self._comparative(symbol, word),
        )

    def _comparative(self, symbol: Symbol, word: str | None) -> bool:
        text = symbol.text
        return word is not None and text.endswith(("er", "est")) and text != plain(word) and not is_noun(text)

    def _after_item(self, clause: Clause, symbol: Symbol) -> bool:
        """Take a symbol after the first item; False where the next clause begins."""
        text = symbol.text
        last = clause.items[-1]
        following = self._peek(1)
        if symbol.may_be(Kind.MARK):
            return self._after_mark(clause, symbol)
        if symbol.may_be(Kind.VERB) and clause.is_bare and self._is_noun_verb(clause, symbol):
            clause.operators.append(VERBS[str(symbol.value(Kind.VERB))][""])  # "bass boost"
            clause.words.append(text)
            self._at += 1
            return True
        if symbol.value(Kind.OPERATOR) == "TASTE":
            return self._taste(clause, symbol)
        if text == "sounding" and (self._is_end(following) or self._is(following, Kind.SOUND)):
            self._at += 1  # "a warm sounding mix"
            return True
        if (
            symbol.value(Kind.OPERATOR) in ("MORE", "LESS")
            and self._is_end(following)
            and clause.is_bare
            and not clause.degrees
        ):
            clause.operators.append(str(symbol.value(Kind.OPERATOR)))  # "air more, mud less"
            clause.words.append(text)
            self._at += 1
            return True
        operator = symbol.value(Kind.OPERATOR)
        if operator == "WISH" and self._is_end(following):
            self._at += 1  # "more air would be nice"
            return True
        if operator in _STATING and not self._is_said_of(symbol):
            raise Problem(f"what {text!r} is said of is not clear", clause.start, symbol.end)
        if operator in _STATING and not (last.is_noun and clause.is_bare):
            raise Problem(f"what {text!r} is said of is not clear", clause.start, symbol.end)
        if text == "free" and clause.is_bare and last.is_noun and len(clause.items) == 1:
            clause.operators.append("NO")
            clause.words.append(text)
            self._at += 1
            return True
        if last.is_noun and clause.is_bare and not clause.operators and self._is_said_of(symbol):
            return self._said_of_thing(clause, symbol)
        if not math.isnan(clause.number) and (symbol.may_be(Kind.REGION) or self._is_word(symbol)):
            return False
        if symbol.may_be(Kind.NUMBER):
            if math.isnan(clause.number) and not math.isnan(symbol.number):
                # "warm 0.5 airy": the number is the word's before it; "20% airy" would come after a comma.
                clause.number = symbol.number
                self._at += 1
                return True
            raise Problem(f"{text!r} is one number too many", symbol.start, symbol.end)
        if self._particle_here(clause, symbol):
            return True
        if text in ("out of", "off of") and self._verb is not None and not self._particle:
            self._particle = "out"  # "take the boom out of the bass"
        is_verb_form = not last.is_noun or (last.written in ("punch", "beef") and self._is(following, Kind.PARTICLE))
        if (
            symbol.may_be(Kind.IT)
            and is_verb_form
            and not last.is_region
            and len(clause.items) == 1
            and not last.is_comparative
        ):
            if clause.operators and clause.operators not in (["NOT"],):
                raise Problem(f"{text!r} means nothing here", symbol.start, symbol.end)
            last.is_verb, last.is_noun = True, False
            self._at += 1
            return True
        if (
            symbol.may_be(Kind.PARTICLE)
            and self._verb is None
            and not self._particle
            and self._takes_particle(clause, symbol)
        ):
            self._particle = str(symbol.value(Kind.PARTICLE))
            self._at += 1
            return True
        if symbol.may_be(Kind.SOUND) and not symbol.glued:
            return self._after_sound(clause, symbol)
        if symbol.may_be(Kind.BY):
            ahead = self._after(1, Kind.FILLER, Kind.ARTICLE)
            amount = self._peek(ahead)
            if self._is(amount, Kind.DEGREE, Kind.NUMBER):
                self._at += ahead
                return True
            if amount is not None and amount.text in ("half", "mitad"):
                clause.degrees.append(0.5)
                self._at += ahead + 1
                return True
        if symbol.may_be(Kind.REGION) and text != "bass":
            if last.is_noun or last.is_region:
                raise Problem(f"how {last.written!r} and {text!r} belong together is not said", last.start, symbol.end)
            clause.places.append(str(symbol.value(Kind.REGION)))
            self._at += 1
            return True
        if text == "bass" and not last.is_noun and not last.is_region:
            clause.places.append("bass")
            self._at += 1
            return True
        if text.startswith("of ") and symbol.may_be(Kind.ARTICLE):
            return self._bound(symbol)
        if symbol.may_be(Kind.ARTICLE) and not symbol.may_be(Kind.OPERATOR):
            return self._verb_use(clause, symbol)
        if symbol.may_be(Kind.NEAR) and self._near(clause, is_head=False):
            return True
        if symbol.may_be(Kind.AS_IS) and (
            clause.operators[-1:] == ["KEEP"] or (self._verb and self._verb[0] in ("leave", "keep"))
        ):
            self._at += 1
            return True
        if symbol.may_be(Kind.OPERATOR) and symbol.value(Kind.OPERATOR) == "ENOUGH":
            clause.operators.append("ENOUGH")
            clause.words.append(text)
            self._at += 1
            return True
        if (
            symbol.may_be(Kind.OPERATOR)
            and symbol.value(Kind.OPERATOR) == "TOO"
            and text == "too"
            and self._is_end(following)
        ):
            self._at += 1  # "more air too"
            return True
        if (
            symbol.may_be(Kind.OPERATOR)
            and symbol.value(Kind.OPERATOR) == "MORE"
            and self._is_end(following)
            and clause.degrees[-1:]
            and last.is_region is False
            and not clause.operators
        ):
            self._at += 1  # "warm it a bit more"
            return True
        if symbol.may_be(Kind.DEGREE) and self._ends_after_degree():
            if not (clause.operators[-1:] == ["NOT"] and len(clause.operators) == 1 and False):
                self._degree(clause, symbol)
            self._at += 1
            return True
        if text in _BINDING:
            return self._bound(symbol)
        if symbol.may_be(Kind.FILLER) and not symbol.may_be(Kind.OPERATOR, Kind.VERB, Kind.DEGREE):
            self._at += 1
            return True
        if self._is_word(symbol) and not symbol.glued:
            return self._next_word(clause, symbol)
        if symbol.glued:
            raise Problem(f"{text!r} could be bound to the word before it in two ways", last.start, symbol.end)
        if symbol.may_be(Kind.REFUSED) and not symbol.may_be(Kind.FILLER, Kind.OPERATOR, Kind.VERB):
            raise Problem(f"{text!r} is beyond this grammar here", symbol.start, symbol.end)
        return not symbol.may_be(Kind.OPERATOR, Kind.VERB, Kind.DEGREE, Kind.WORD) and self._stray(symbol)

    def _is_noun_verb(self, clause: Clause, symbol: Symbol) -> bool:
        """Tell whether a verb stands for a thing that is done to what is named before it: "bass boost"."""
        operator = VERBS[str(symbol.value(Kind.VERB))].get("")
        following = self._peek(1)
        stands_alone = self._is_end(following) or self._is(following, Kind.NEAR, Kind.BY, Kind.NUMBER, Kind.FILLER)
        if operator not in ("INC", "DEC") or not stands_alone or symbol.text not in _NOUN_VERBS:
            return False
        if not clause.items[-1].is_noun:
            raise Problem(f"what {symbol.text!r} is about is not said", clause.start, symbol.end)
        return True

    def _is_said_of(self, symbol: Symbol) -> bool:
        """Tell whether something is said of the thing before: "the harshness is too much"."""
        following = self._peek(1)
        name = symbol.value(Kind.OPERATOR)
        if symbol.may_be(Kind.PARTICLE):
            return False
        return name in ("STATE", "LACK", "NEED") or (
            name == "TOO" and symbol.text in ("too much", "too many") and self._is_end(following)
        )

    def _said_of_thing(self, clause: Clause, symbol: Symbol) -> bool:
        """Take what is said of a thing: "is lacking", "needs taming"."""
        self._head(clause)
        following = self._peek()
        if following is not None and following.text in OPINIONS and clause.operators == ["STATE"]:
            clause.operators[0] = "LIKE"  # "the warmth is great"
            self._at += 1
            following = self._peek()
        if not self._is_end(following) or clause.operators == ["STATE"]:
            raise Problem("what is said of it is beyond this grammar", symbol.start, clause.items[0].end)
        return True

    def _taste(self, clause: Clause, symbol: Symbol) -> bool:
        """Take "for my taste": it makes "a bit dark" a complaint."""
        if not clause.operators:
            if not clause.degrees or clause.is_wish:
                raise Problem("this could be how it sounds, or how it should", clause.start, symbol.end)
            clause.operators.append("STATE")
        self._at += 1
        return True

    def _bound(self, symbol: Symbol) -> bool:
        """Take "of the vocals" after a word; "warm to bright" is a way from one to the other, not a target."""
        ahead = self._after(1, Kind.ARTICLE, Kind.FILLER)
        target = self._peek(ahead)
        if self._is(target, Kind.SOUND, Kind.IT) or (target is None and symbol.may_be(Kind.FILLER)):
            self._at += ahead + (target is not None)
            return True
        raise Problem(f"{symbol.text!r} means nothing here", symbol.start, symbol.end)

    def _stray(self, symbol: Symbol) -> bool:
        raise Problem(f"{symbol.text!r} means nothing here", symbol.start, symbol.end)

    def _takes_particle(self, clause: Clause, symbol: Symbol) -> bool:
        """Tell whether "up" or "out" belongs to the word before it."""
        if symbol.may_be(Kind.NEAR):
            return self._is_end(self._peek(1)) and (clause.items[-1].is_verb or clause.items[-1].is_noun)
        following = self._peek(1)
        return self._is_end(following) or self._is(
            following,
            *(Kind.DEGREE, Kind.FILLER, Kind.ARTICLE, Kind.NUMBER, Kind.BY, Kind.SOUND, Kind.REGION, Kind.IT),
            *(Kind.OPERATOR, Kind.NEAR, Kind.VERB),
        )

    def _after_mark(self, clause: Clause, symbol: Symbol) -> bool:
        following = self._peek(1)
        if symbol.text in "+-\u2013\u2014" and self._is_end(following):
            raise Problem(f"{symbol.text!r} at the end could be meant in two ways", symbol.start, symbol.end)
        if symbol.text in ":=" and self._is(following, Kind.NUMBER) and math.isnan(clause.number):
            self._at += 1
            return True
        if (
            symbol.text in ":="
            and following is not None
            and (following.text in "+-" and self._is(self._peek(2), Kind.NUMBER))
        ):
            self._at += 1
            return True
        if symbol.text == "=" and following is not None and following.text == "no":
            self._at += 1
            return False
        if symbol.text == "(" and (
            self._is(following, Kind.NUMBER)
            or (following is not None and following.text in "+-" and self._is(self._peek(2), Kind.NUMBER))
        ):
            close = self._peek(2) if self._is(following, Kind.NUMBER) else self._peek(3)
            if close is not None and close.text == ")":
                self._at += 1
                return True
        if symbol.text in "+-" and self._is(following, Kind.NUMBER) and math.isnan(clause.number):
            if symbol.value(Kind.MARK) == "loose":
                raise Problem(f"{symbol.text!r} could be a sign or a dash here", symbol.start, symbol.end)
            assert following is not None
            clause.number = -following.number if symbol.text == "-" else following.number
            self._at += 2
            return True
        if symbol.text in ")]":
            self._at += 1
            return True
        if symbol.text == "-" and not symbol.spaced:
            raise Problem("'-' could be a hyphen or a minus here", symbol.start, symbol.end)
        return False

    def _after_sound(self, clause: Clause, symbol: Symbol) -> bool:
        """Take "a warm sound": the sound that an item is said of."""
        following = self._peek(1)
        if symbol.text == "tone" and self._is(following, Kind.PARTICLE):
            return False
        if symbol.may_be(Kind.VERB) and self._is(following, Kind.ARTICLE, Kind.PARTICLE):
            return False
        if clause.items[-1].is_region:
            self._at += 1
            return True
        clause.items[-1].sound = str(symbol.value(Kind.SOUND))
        self._at += 1
        return True

    def _verb_use(self, clause: Clause, symbol: Symbol) -> bool:
        """Take "brighten the vocals": a quality made a verb by what it is done to."""
        item = clause.items[-1]
        after = self._after(1, Kind.ARTICLE, Kind.FILLER)
        target = self._peek(after)
        if self._is(target, Kind.DEGREE, Kind.NUMBER, Kind.BY):
            self._at += after
            return True
        if self._particle and self._is(target, Kind.SOUND):
            self._at += after + 1  # "take the edge off the vocals"
            return True
        allowed = not item.is_noun and not item.is_region and not item.is_comparative and len(clause.items) == 1
        if not allowed or (clause.operators and clause.operators != ["NOT"]):
            raise Problem(f"{symbol.text!r} means nothing here", symbol.start, symbol.end)
        if target is not None and target.may_be(Kind.SOUND):
            item.is_verb = True
            self._at += after + 1
            return True
        if target is not None and (target.may_be(Kind.REGION) or target.text == "bass"):
            item.is_verb = True
            clause.places.append("bass" if target.text == "bass" else "=" + str(target.value(Kind.REGION)))
            self._at += after + 1
            return True
        if self._is_fault(target) and self._is(self._peek(after + 1), Kind.SOUND):
            item.is_verb = True  # "brighten this dull mix": a clause of its own follows
            return False
        raise Problem(f"what {item.written!r} is to do is not said", item.start, symbol.end)

    def _next_word(self, clause: Clause, symbol: Symbol) -> bool:
        """Take a word right after another: a clause of its own, bound by nothing, or a thing with a quality."""
        word = self._word(symbol)
        if word is None:
            raise Problem(f"unknown word {symbol.text!r}", symbol.start, symbol.end, unknown=symbol.text)
        last = clause.items[-1]
        if self._verb is not None and len(clause.items) == 1 and last.is_fault and is_noun(symbol.text):
            clause.items.append(self._item(symbol))  # "take the harsh edge off"
            self._at += 1
            return True
        return False

    def _ends_after_degree(self) -> bool:
        """Tell whether a degree belongs to the word before it: nothing for it to weigh follows."""
        ahead = self._after(1, Kind.DEGREE, Kind.FILLER, Kind.ARTICLE)
        following = self._peek(ahead)
        if following is not None and following.value(Kind.OPERATOR) == "MORE" and self._is_end(self._peek(ahead + 1)):
            return True
        return self._is_end(following) or (
            self._is(following, Kind.NEAR, Kind.MARK) and not self._is(following, Kind.OPERATOR)
        )

    def _near(self, clause: Clause, *, is_head: bool) -> bool:
        """Take "around 3 kHz", "in the highs", "on the vocals"; False if no place follows."""
        symbol = self._peek()
        assert symbol is not None
        kind = str(symbol.value(Kind.NEAR))
        ahead = self._after(1, Kind.ARTICLE, Kind.FILLER, Kind.NEAR)
        target = self._peek(ahead)
        if target is None:
            return False
        if target.may_be(Kind.REGION) or target.text == "bass":
            region = "lows" if target.text == "bass" else str(target.value(Kind.REGION))
            if kind in ("above", "below"):
                low, high = edges_hz(region)
                hertz = round(math.sqrt(low * high)) if region.endswith("Hz") and "-" not in region else 0
                found = range_name(hertz, HIGHEST_HZ) if kind == "above" else range_name(LOWEST_HZ, hertz)
                if not hertz or found is None:
                    raise Problem(f"'{symbol.text} {target.text}' is no part of the spectrum", symbol.start, target.end)
                region = found
            if is_head:
                if symbol.may_be(Kind.FILLER) and not target.unit and symbol.text != "to":
                    return False
                if not clause.operators and kind in ("in", "around") and not clause.has_noun_verb:
                    clause.places.append(region)  # "in the highs, less harsh"
                    self._at += ahead + 1
                    return True
                clause.items.append(Item(region, target.text, target.start, target.end, is_region=True, is_noun=True))
            else:
                if clause.items[-1].is_region:
                    raise Problem(
                        f"how {clause.items[-1].written!r} and {target.text!r} belong together is not said",
                        clause.items[-1].start,
                        target.end,
                    )
                clause.places.append(region)
                clause.is_placed = True
            self._at += ahead + 1
            return True
        if target.may_be(Kind.SOUND, Kind.IT) and kind != "between":
            if is_head and symbol.may_be(Kind.FILLER):
                return False
            self._at += ahead + 1
            return True
        return False

    def _degree(self, clause: Clause, symbol: Symbol) -> None:
        value = float(str(symbol.value(Kind.DEGREE)))
        negated = clause.operators[-1:] in (["NOT"], ["NO"])
        if negated and not clause.items:
            if value < _WHOLE:
                return  # "not a hint of mud" is no mud at all
            if value >= _VERY:
                clause.operators.append("VERY")
                return
        clause.degrees.append(value)


def _region_item(symbol: Symbol) -> Item:
    region = str(symbol.value(Kind.REGION))
    return Item(region, symbol.text, symbol.start, symbol.end, is_region=True, is_noun=True)


def _settled(operator: str, clause: Clause) -> str:
    """Return what a verb of two sides comes to: to thin out a part of the spectrum is to lower it."""
    del clause
    return {"THIN": "DEC", "CLEAN": "DEC", "SOFTEN": "DEC", "OPEN": "INC"}.get(operator, operator)
