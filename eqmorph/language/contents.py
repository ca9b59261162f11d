"""The content of a clause: what it is about, and what is said after that."""

from __future__ import annotations

import math
from collections.abc import Callable

from eqmorph.language.clause import STATING, Clause, Item
from eqmorph.language.cursor import ENDS, key_of
from eqmorph.language.heads import HeadReader
from eqmorph.language.lexicon import Kind
from eqmorph.language.qualities import LEVELS, OPINIONS, is_noun
from eqmorph.language.symbols import Problem, Symbol
from eqmorph.language.tokens import words_of
from eqmorph.language.verbs import NOUN_VERBS, VERBS

__all__ = ["ContentReader"]

_PAST = words_of("was sounded had were")  # of "the old mix" it says what another one was like
_POINTING = words_of("this that these those")
_TAIL_OF_HOW = (Kind.ARTICLE, Kind.IT, Kind.SOUND, Kind.OPERATOR)
_BINDING = frozenset(("of", "to", "de", "que", "do"))


class ContentReader(HeadReader):
    """Reads the words of a clause, and what follows them.

    After the first item each symbol goes through `_RULES` in order. A rule takes it (True), ends the clause in front of
    it (False), or leaves it to the next rule (None); what no rule takes begins the next clause, or is refused.
    """

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
        is_level = clause.subject == "region" and bool(clause.places) and symbol.text in LEVELS
        if is_level or (symbol.text in OPINIONS and "STATE" in clause.operators):
            clause.items.append(Item(symbol.text, symbol.text, symbol.start, symbol.end))
            self._at += 1
            return
        if symbol.may_be(Kind.REGION) and symbol.text != "bass":
            region = str(symbol.value(Kind.REGION))
            clause.items.append(Item.of_region(region, symbol.text, symbol.start, symbol.end))
            self._at += 1
            return
        item = self._item(symbol)
        if item.written == "bass" and self._is_place(clause):
            clause.places.append("bass")
            clause.subject = "region"
            self._at += 1
            self._head(clause)
            if not self._is_end(self._peek()):
                self._first_item(clause)
            return
        clause.items.append(item)
        self._at += 1

    def _item(self, symbol: Symbol) -> Item:
        word = self._look_up(key_of(symbol))
        if word is None and symbol.may_be(Kind.VERB):
            word = self._base_of(symbol)
        if word is None and symbol.text == "bass":
            return Item.of_region("lows", "bass", symbol.start, symbol.end)
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
        for rule in self._RULES:
            taken = rule(self, clause, symbol)
            if taken is not None:
                return taken
        if symbol.glued:
            word = clause.items[-1]
            raise Problem(f"{symbol.text!r} could be bound to the word before it in two ways", word.start, symbol.end)
        if symbol.may_be(Kind.REFUSED) and not symbol.may_be(Kind.FILLER, Kind.OPERATOR, Kind.VERB):
            raise Problem(f"{symbol.text!r} is beyond this grammar here", symbol.start, symbol.end)
        if not symbol.may_be(Kind.OPERATOR, Kind.VERB, Kind.DEGREE, Kind.WORD):
            raise Problem(f"{symbol.text!r} means nothing here", symbol.start, symbol.end)
        return False

    def _pass(self, count: int = 1) -> bool:
        self._at += count
        return True

    # ---- marks and numbers

    def _mark(self, clause: Clause, symbol: Symbol) -> bool | None:
        if not symbol.may_be(Kind.MARK):
            return None
        following = self._peek(1)
        is_signed = following is not None and following.text in "+-" and self._is(self._peek(2), Kind.NUMBER)
        is_number = self._is(following, Kind.NUMBER)
        if symbol.text in "+-\u2013\u2014" and self._is_end(following):
            raise Problem(f"{symbol.text!r} at the end could be meant in two ways", symbol.start, symbol.end)
        if symbol.text in ":=" and ((is_number and math.isnan(clause.number)) or is_signed):
            return self._pass()  # "warm: 0.5", "warm = -0.5"
        if symbol.text == "=" and following is not None and following.text == "no":
            self._at += 1
            return False
        if symbol.text == "(" and (is_number or is_signed):
            close = self._peek(2 if is_number else 3)
            if close is not None and close.text == ")":
                return self._pass()
        if symbol.text in "+-" and is_number and math.isnan(clause.number):
            if symbol.value(Kind.MARK) == "loose":
                raise Problem(f"{symbol.text!r} could be a sign or a dash here", symbol.start, symbol.end)
            assert following is not None
            clause.number = -following.number if symbol.text == "-" else following.number
            return self._pass(2)
        if symbol.text in ")]":
            return self._pass()
        if symbol.text == "-" and not symbol.spaced:
            raise Problem("'-' could be a hyphen or a minus here", symbol.start, symbol.end)
        return False

    def _number(self, clause: Clause, symbol: Symbol) -> bool | None:
        """Take "warm 0.5 airy": the number is the word's before it; "20% airy" would come after a comma."""
        if not math.isnan(clause.number) and (symbol.may_be(Kind.REGION) or self._is_word(symbol)):
            return False
        if not symbol.may_be(Kind.NUMBER):
            return None
        if not math.isnan(clause.number) or math.isnan(symbol.number):
            raise Problem(f"{symbol.text!r} is one number too many", symbol.start, symbol.end)
        clause.number = symbol.number
        return self._pass()

    # ---- what is done to the words before

    def _noun_verb(self, clause: Clause, symbol: Symbol) -> bool | None:
        """Take "bass boost": a verb that stands for a thing done to what is named before it."""
        if not (symbol.may_be(Kind.VERB) and clause.is_bare and symbol.text in NOUN_VERBS):
            return None
        operator = VERBS[str(symbol.value(Kind.VERB))].get("")
        following = self._peek(1)
        stands_alone = self._is_end(following) or self._is(following, Kind.NEAR, Kind.BY, Kind.NUMBER, Kind.FILLER)
        if operator not in ("INC", "DEC") or not stands_alone:
            return None
        if not clause.items[-1].is_noun:
            raise Problem(f"what {symbol.text!r} is about is not said", clause.start, symbol.end)
        return self._add_operator(clause, symbol, operator)

    def _more_or_less(self, clause: Clause, symbol: Symbol) -> bool | None:
        """Take "air more, mud less"."""
        operator = str(symbol.value(Kind.OPERATOR))
        is_last = operator in ("MORE", "LESS") and self._is_end(self._peek(1))
        if not (is_last and clause.is_bare and not clause.degrees):
            return None
        return self._add_operator(clause, symbol, operator)

    def _free(self, clause: Clause, symbol: Symbol) -> bool | None:
        """Take "mud-free"."""
        if not (symbol.text == "free" and clause.is_bare and clause.items[-1].is_noun and len(clause.items) == 1):
            return None
        return self._add_operator(clause, symbol, "NO")

    def _enough(self, clause: Clause, symbol: Symbol) -> bool | None:
        """Take "warm enough"."""
        if symbol.value(Kind.OPERATOR) != "ENOUGH":
            return None
        return self._add_operator(clause, symbol, "ENOUGH")

    def _add_operator(self, clause: Clause, symbol: Symbol, operator: str) -> bool:
        clause.operators.append(operator)
        clause.words.append(symbol.text)
        return self._pass()

    def _particle_of_verb(self, clause: Clause, symbol: Symbol) -> bool | None:
        """Take "take the mud out", and "out of the bass" after it."""
        if self._particle_here(clause, symbol):
            return True
        if symbol.text in ("out of", "off of") and self._verb is not None and not self._particle:
            self._particle = "out"
        return None

    def _lone_particle_of_word(self, clause: Clause, symbol: Symbol) -> bool | None:
        """Take "bass up", "mud out"."""
        is_free = symbol.may_be(Kind.PARTICLE) and self._verb is None and not self._particle
        if not (is_free and self._takes_particle(clause, symbol)):
            return None
        self._particle = str(symbol.value(Kind.PARTICLE))
        return self._pass()

    def _takes_particle(self, clause: Clause, symbol: Symbol) -> bool:
        """Tell whether "up" or "out" belongs to the word before it."""
        following = self._peek(1)
        if symbol.may_be(Kind.NEAR):
            return self._is_end(following) and (clause.items[-1].is_verb or clause.items[-1].is_noun)
        return self._is_end(following) or self._is(
            following,
            *(Kind.DEGREE, Kind.FILLER, Kind.ARTICLE, Kind.NUMBER, Kind.BY, Kind.SOUND, Kind.REGION, Kind.IT),
            *(Kind.OPERATOR, Kind.NEAR, Kind.VERB),
        )

    def _verb_of_it(self, clause: Clause, symbol: Symbol) -> bool | None:
        """Take "warm it up": a quality made a verb."""
        last, following = clause.items[-1], self._peek(1)
        is_it = symbol.may_be(Kind.IT) or (
            symbol.text in _POINTING and (self._is_end(following) or self._is(following, Kind.PARTICLE))
        )
        may_be_verb = not last.is_noun or (last.written in ("punch", "beef") and self._is(following, Kind.PARTICLE))
        if not (is_it and may_be_verb) or last.is_region or len(clause.items) > 1 or last.is_comparative:
            return None
        if clause.operators and clause.operators != ["NOT"]:
            raise Problem(f"{symbol.text!r} means nothing here", symbol.start, symbol.end)
        last.is_verb, last.is_noun = True, False
        return self._pass()

    def _verb_of_thing(self, clause: Clause, symbol: Symbol) -> bool | None:
        """Take "brighten the vocals": a quality made a verb by what it is done to."""
        if not symbol.may_be(Kind.ARTICLE) or symbol.may_be(Kind.OPERATOR):
            return None
        item = clause.items[-1]
        after = self._after(1, Kind.ARTICLE, Kind.FILLER)
        target = self._peek(after)
        if self._is(target, Kind.DEGREE, Kind.NUMBER, Kind.BY):
            return self._pass(after)
        if self._particle and self._is(target, Kind.SOUND):
            return self._pass(after + 1)  # "take the edge off the vocals"
        allowed = not item.is_noun and not item.is_region and not item.is_comparative and len(clause.items) == 1
        if not allowed or (clause.operators and clause.operators != ["NOT"]):
            raise Problem(f"{symbol.text!r} means nothing here", symbol.start, symbol.end)
        if target is not None and target.may_be(Kind.SOUND):
            item.is_verb = True
            return self._pass(after + 1)
        if target is not None and (target.may_be(Kind.REGION) or target.text == "bass"):
            item.is_verb = True
            clause.places.append("bass" if target.text == "bass" else "=" + str(target.value(Kind.REGION)))
            return self._pass(after + 1)
        if self._is_fault(target) and self._is(self._peek(after + 1), Kind.SOUND):
            item.is_verb = True  # "brighten this dull mix": a clause of its own follows
            return False
        raise Problem(f"what {item.written!r} is to do is not said", item.start, symbol.end)

    # ---- what is said of the words before

    def _taste(self, clause: Clause, symbol: Symbol) -> bool | None:
        """Take "for my taste": it makes "a bit dark" a complaint."""
        if symbol.value(Kind.OPERATOR) != "TASTE":
            return None
        if not clause.operators:
            if not clause.degrees or clause.is_wish:
                raise Problem("this could be how it sounds, or how it should", clause.start, symbol.end)
            clause.operators.append("STATE")
        return self._pass()

    def _tail_of_how(self, clause: Clause, symbol: Symbol) -> bool | None:
        """Take "it is" in "I hate how harsh it is"."""
        del symbol
        if not (clause.words[-1:] and clause.words[-1].endswith(" how")):
            return None
        last = self._after(0, *_TAIL_OF_HOW)
        return self._pass(last) if last > 1 and self._is_end(self._peek(last)) else None

    def _statement(self, clause: Clause, symbol: Symbol) -> bool | None:
        """Take "the male voice | is too boomy", "the harshness | is too much", "more air | would be nice"."""
        operator, following = symbol.value(Kind.OPERATOR), self._peek(1)
        is_stated = operator in STATING
        is_here = (is_stated and symbol.text not in _PAST) or (symbol.text == "sound" and not self._is_end(following))
        if is_here and self._only_says_which(clause):
            clause.subject = clause.items.pop().sound
            self._head(clause)
            if not self._is_end(self._peek()):
                self._first_item(clause)
            return True
        if operator == "WISH" and self._is_end(following):
            return self._pass()
        is_thing = clause.items[-1].is_noun and clause.is_bare
        if is_stated and not (is_thing and self._is_said_of(symbol)):
            raise Problem(f"what {symbol.text!r} is said of is not clear", clause.start, symbol.end)
        if is_thing and not clause.operators and self._is_said_of(symbol):
            return self._said_of_thing(clause, symbol)
        return None

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

    def _is_said_of(self, symbol: Symbol) -> bool:
        """Tell whether something is said of the thing before: "the harshness is too much"."""
        name = symbol.value(Kind.OPERATOR)
        if symbol.may_be(Kind.PARTICLE):
            return False
        is_too_much = name == "TOO" and symbol.text in ("too much", "too many") and self._is_end(self._peek(1))
        return name in ("STATE", "LACK", "NEED") or is_too_much

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

    # ---- how much, and where

    def _by_how_much(self, clause: Clause, symbol: Symbol) -> bool | None:
        """Take "by a third", "by 20%"."""
        if not symbol.may_be(Kind.BY):
            return None
        ahead = self._after(1, Kind.FILLER, Kind.ARTICLE)
        amount = self._peek(ahead)
        if self._is(amount, Kind.DEGREE, Kind.NUMBER):
            return self._pass(ahead)
        if amount is not None and amount.text in ("half", "mitad"):
            clause.degrees.append(0.5)
            return self._pass(ahead + 1)
        return None

    def _late_degree(self, clause: Clause, symbol: Symbol) -> bool | None:
        """Take "warmer, slightly": nothing for the degree to weigh follows."""
        if not symbol.may_be(Kind.DEGREE):
            return None
        ahead = self._after(1, Kind.DEGREE, Kind.FILLER, Kind.ARTICLE)
        following = self._peek(ahead)
        is_more = following is not None and following.value(Kind.OPERATOR) == "MORE"
        is_before_mark = self._is(following, Kind.NEAR, Kind.MARK) and not self._is(following, Kind.OPERATOR)
        if not (self._is_end(following) or is_before_mark or (is_more and self._is_end(self._peek(ahead + 1)))):
            return None
        self._degree(clause, symbol)
        return self._pass()

    def _place(self, clause: Clause, symbol: Symbol) -> bool | None:
        """Take "warm lows", "clearer in the mids"."""
        last = clause.items[-1]
        is_thing = last.is_noun or last.is_region
        if symbol.may_be(Kind.REGION) and symbol.text != "bass":
            if is_thing:
                how = f"how {last.written!r} and {symbol.text!r} belong together is not said"
                raise Problem(how, last.start, symbol.end)
            clause.places.append(str(symbol.value(Kind.REGION)))
            return self._pass()
        if symbol.text == "bass" and not is_thing:
            clause.places.append("bass")
            return self._pass()
        return None

    def _place_near(self, clause: Clause, symbol: Symbol) -> bool | None:
        """Take "around 3 kHz"."""
        return True if symbol.may_be(Kind.NEAR) and self._near(clause, is_head=False) else None

    # ---- what says nothing more

    def _sounding(self, clause: Clause, symbol: Symbol) -> bool | None:
        """Take "a warm sounding mix"."""
        del clause
        following = self._peek(1)
        is_last = self._is_end(following) or self._is(following, Kind.SOUND)
        return self._pass() if symbol.text == "sounding" and is_last else None

    def _sound_of_item(self, clause: Clause, symbol: Symbol) -> bool | None:
        """Take "a warm sound": the sound that an item is said of."""
        if not symbol.may_be(Kind.SOUND) or symbol.glued:
            return None
        following = self._peek(1)
        if symbol.text == "tone" and self._is(following, Kind.PARTICLE):
            return False
        if symbol.may_be(Kind.VERB) and self._is(following, Kind.ARTICLE, Kind.PARTICLE):
            return False
        if not clause.items[-1].is_region:
            clause.items[-1].sound = str(symbol.value(Kind.SOUND))
            self._note_source(clause, symbol)
        return self._pass()

    def _bound(self, clause: Clause, symbol: Symbol) -> bool | None:
        """Take "of the vocals" after a word; "warm to bright" is a way from one to the other, not a target."""
        del clause
        if symbol.text not in _BINDING and not (symbol.text.startswith("of ") and symbol.may_be(Kind.ARTICLE)):
            return None
        ahead = self._after(1, Kind.ARTICLE, Kind.FILLER)
        target = self._peek(ahead)
        if self._is(target, Kind.SOUND, Kind.IT) or (target is None and symbol.may_be(Kind.FILLER)):
            return self._pass(ahead + (target is not None))
        raise Problem(f"{symbol.text!r} means nothing here", symbol.start, symbol.end)

    def _filler(self, clause: Clause, symbol: Symbol) -> bool | None:
        """Pass "as it is", "more air too", "warm it a bit more", and words that say nothing."""
        operator, is_last = symbol.value(Kind.OPERATOR), self._is_end(self._peek(1))
        is_kept = clause.operators[-1:] == ["KEEP"] or (self._verb is not None and self._verb[0] in ("leave", "keep"))
        is_more = operator == "MORE" and clause.degrees[-1:] and not clause.items[-1].is_region and not clause.operators
        if (
            (symbol.may_be(Kind.AS_IS) and is_kept)
            or (symbol.text == "too" and operator == "TOO" and is_last)
            or (is_more and is_last)
            or (symbol.may_be(Kind.FILLER) and not symbol.may_be(Kind.OPERATOR, Kind.VERB, Kind.DEGREE))
        ):
            return self._pass()
        return None

    def _next_word(self, clause: Clause, symbol: Symbol) -> bool | None:
        """Take a word right after another: a clause of its own, bound by nothing, or a thing with a quality."""
        if not self._is_word(symbol) or symbol.glued:
            return None
        if self._word(symbol) is None:
            raise Problem(f"unknown word {symbol.text!r}", symbol.start, symbol.end, unknown=symbol.text)
        if self._verb is None or len(clause.items) > 1 or not clause.items[-1].is_fault or not is_noun(symbol.text):
            return False
        clause.items.append(self._item(symbol))  # "take the harsh edge off"
        return self._pass()

    _RULES: tuple[Callable[[ContentReader, Clause, Symbol], bool | None], ...] = (
        _mark,
        _noun_verb,
        _taste,
        _sounding,
        _more_or_less,
        _tail_of_how,
        _free,
        _statement,
        _number,
        _particle_of_verb,
        _verb_of_it,
        _lone_particle_of_word,
        _sound_of_item,
        _by_how_much,
        _place,
        _bound,
        _verb_of_thing,
        _place_near,
        _enough,
        _late_degree,
        _filler,
        _next_word,
    )
