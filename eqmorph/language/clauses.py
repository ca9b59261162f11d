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
from eqmorph.language.cursor import ENDS, key_of
from eqmorph.language.heads import HeadReader
from eqmorph.language.lexicon import Kind
from eqmorph.language.qualities import LEVELS, OPINIONS, is_noun
from eqmorph.language.symbols import Problem, Symbol
from eqmorph.language.tokens import words_of
from eqmorph.language.verbs import VERBS

__all__ = ["clauses"]

_STATING = ("STATE", "EXIST", "LACK", "NEED")
_NOUN_VERBS = words_of("boost cut lift bump dip scoop increase decrease reduction reduce push")
_PAST = words_of("was sounded had were")  # of "the old mix" it says what another one was like
_POINTING = words_of("this that these those")
_TAIL_OF_HOW = (Kind.ARTICLE, Kind.IT, Kind.SOUND, Kind.OPERATOR)
_BINDING = frozenset(("of", "to", "de", "que", "do"))


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


class _Reader(HeadReader):
    """Reads clause by clause, and in each what it is about and what follows that."""

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
        if not (clause.words[:1] and clause.words[0].startswith("why")) and first not in ("por", "porque"):
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
        elif clause.operators == ["LIKE"] and (clause.subject or clause.words[-1].startswith("me ")):
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
        if clause.words[-1:] and clause.words[-1].endswith(" how") and self._is_tail_of_how():
            self._at = self._at + self._after(0, *_TAIL_OF_HOW)  # "I hate how harsh it is"
            return True
        is_stated = (operator in _STATING and text not in _PAST) or (text == "sound" and not self._is_end(following))
        if is_stated and self._only_says_which(clause):
            clause.subject = clause.items.pop().sound
            self._head(clause)
            if not self._is_end(self._peek()):
                self._first_item(clause)
            return True
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
        is_it = symbol.may_be(Kind.IT) or (
            text in _POINTING and (self._is_end(following) or self._is(following, Kind.PARTICLE))
        )
        if is_it and is_verb_form and not last.is_region and len(clause.items) == 1 and not last.is_comparative:
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

    def _is_tail_of_how(self) -> bool:
        last = self._after(0, *_TAIL_OF_HOW)
        return last > 1 and self._is_end(self._peek(last))

    def _only_says_which(self, clause: Clause) -> bool:
        """Tell whether a quality only says which sound is meant: "the male voice is too boomy"."""
        item = clause.items[0]
        is_plain = not (item.is_fault or item.is_noun or item.is_region or item.is_comparative)
        says_more = clause.is_wish or clause.degrees or clause.places or not math.isnan(clause.number)
        return (
            is_plain
            and not says_more
            and clause.is_bare
            and clause.article == "the"
            and len(clause.items) == 1
            and bool(item.sound)
            and not self.found
        )

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


def _region_item(symbol: Symbol) -> Item:
    region = str(symbol.value(Kind.REGION))
    return Item(region, symbol.text, symbol.start, symbol.end, is_region=True, is_noun=True)


def _settled(operator: str, clause: Clause) -> str:
    """Return what a verb of two sides comes to: to thin out a part of the spectrum is to lower it."""
    del clause
    return {"THIN": "DEC", "CLEAN": "DEC", "SOFTEN": "DEC", "OPEN": "INC"}.get(operator, operator)
