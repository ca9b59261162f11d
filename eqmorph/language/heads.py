"""The head of a clause: operators, degrees, verbs and places in front of what it is about."""

from __future__ import annotations

import math
from collections.abc import Callable

from eqmorph.language.clause import STATING, Clause, Item
from eqmorph.language.cursor import ENDS
from eqmorph.language.lexicon import ALSO_WORDS, DEFINITE, Kind
from eqmorph.language.places import PlaceReader
from eqmorph.language.qualities import LEVELS, RELATIONS, SOFTENING, is_noun
from eqmorph.language.symbols import Problem, Symbol
from eqmorph.language.tokens import words_of
from eqmorph.language.verbs import AMOUNTS, QUALITIES_TOO, VERBS

__all__ = ["HeadReader"]

_MODALS = words_of("could should can must to would please might let lets and then just")
_ASKING = words_of("is are was does did do should shall")
_ASKERS = words_of("i we you they")
_ANOTHER = words_of("previous former latter last next anterior siguiente")
_MAKING = words_of("make making get give have turn go become render")
_STARTS = ("start", "comma", "and", "plus", "stop")
_PRETTY = frozenset(("pretty", "even"))
_VERY = 1.2  # a degree above this is a strong one
_WHOLE = 1.0  # a degree below this is a weak one


class HeadReader(PlaceReader):
    """Reads what stands in front of the words of a clause."""

    def __init__(self, symbols: list[Symbol], look_up: Callable[[str], str | None]) -> None:
        super().__init__(symbols, look_up)
        self._verb: tuple[str, int, Symbol] | None = None  # a verb whose particle may follow, and its operator's place
        self._particle = ""
        self.found: list[Clause] = []

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
            clause.items.append(Item.of_region(name, symbol.text, symbol.start, symbol.end))
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
        if text in RELATIONS and not symbol.entries and following is not None and following.may_be(Kind.SOUND):
            if text in _ANOTHER and following.value(Kind.SOUND) == "whole":
                raise Problem("what is said of another is not asked for", symbol.start, following.end)
            self._at += 1  # "the second verse"
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
        if text in AMOUNTS and self._is(following, Kind.VERB):
            clause.degrees.append(AMOUNTS[text])
            self._at += 1
            return True
        if text in _PRETTY and not (self._is_word(following) or self._is(following, Kind.OPERATOR, Kind.DEGREE)):
            return False
        if text in AMOUNTS and self._word(symbol) is not None and not (text == "subtle" and self._is_word(following)):
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
            self._note_source(clause, symbol)
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

    def _is_noun_here(self) -> bool:
        """Tell whether "sounds" is a noun: "the sounds", but not "this sounds"."""
        before = self._symbols[self._at - 1].text if self._at else ""
        return self._follows_article() and before.split(" ")[-1] not in ("this", "that")

    def _check_asked(self) -> None:
        """Refuse "is it too dark", "does it sound harsh", "should I add bass": what is asked is not asked for."""
        ahead = 0
        while (symbol := self._peek(ahead)) is not None:
            following = self._peek(ahead + 1)
            if symbol.text in ("is there", "are there"):
                is_asked = True
            elif symbol.text in _ASKING and following is not None:
                is_it = following.may_be(Kind.IT) or following.text.split(" ")[0] == "it"  # "should | it be"
                is_thing = following.text.split(" ")[-1] in DEFINITE
                is_asked = following.text in _ASKERS or (symbol.text != "do" and (is_it or is_thing))
            elif symbol.text in ("will", "would") and following is not None:
                is_asked = following.text in ("it", "it be", "they")  # "would you" is no question
            else:
                is_asked = False
            if is_asked:
                raise Problem("what is asked is not asked for", symbol.start, (following or symbol).end)
            if not symbol.may_be(Kind.FILLER):
                return
            ahead += 1

    def _check_able(self, clause: Clause, symbol: Symbol) -> None:
        """Refuse "I can't make it warm": what doesn't come about may well be wished for."""
        if clause.operators[-1:] != ["NOT"] or symbol.text.split(" ")[0] not in _MAKING:
            return
        ahead = -1
        while (before := self._before(ahead)) is not None and before.text not in ("not", "never"):
            ahead -= 1
        before = self._before(ahead - 1)
        if before is not None and before.text in ("can", "could", "will", "did", "does"):
            raise Problem("this could be how it is, or how it should be", clause.start, symbol.end)

    def _before(self, ahead: int) -> Symbol | None:
        return self._symbols[self._at + ahead] if self._at + ahead >= 0 else None

    def _follows_article(self) -> bool:
        return self._at > 0 and self._symbols[self._at - 1].may_be(Kind.ARTICLE)

    def _sounds(self, clause: Clause, following: Symbol | None) -> bool:
        """Tell whether "sound" is a verb here, and take what it says."""
        if (
            self._follows_article()
            or self._is_end(following)
            or (following is not None and following.value(Kind.OPERATOR) in STATING)
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

    def _note_source(self, clause: Clause, symbol: Symbol) -> None:
        """Remember of which source a clause speaks, if of one alone."""
        if symbol.value(Kind.SOUND) == "source":
            is_voice = any(part in symbol.text for part in ("voc", "voz", "voice", "sing"))
            clause.source = clause.source or ("voice" if is_voice else symbol.text.removesuffix("s"))

    def _subject(self, clause: Clause, sound: str) -> None:
        if clause.subject != "region":
            clause.subject = sound

    def _head_operator(self, clause: Clause, symbol: Symbol) -> bool:
        text, name = symbol.text, str(symbol.value(Kind.OPERATOR))
        following = self._peek(1)
        if name == "SO":
            return self._so(clause, symbol)
        if text == "sounds" and self._is_noun_here() and not clause.operators:
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
            self._check_able(clause, symbol)
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
        if verb in QUALITIES_TOO:
            return self._quality_too(clause, symbol, item, is_led=target > ahead or has_particle)
        if text in ALSO_WORDS and self._is_end(following) and self._word(symbol) is not None:
            return False
        before = self._symbols[self._at - 1].text if self._at else ""
        is_told = (
            clause.subject and not clause.is_wish and not clause.operators and before.split(" ")[-1] not in _MODALS
        )
        if is_told:
            raise Problem("this could be what it does, or what it should", clause.start, symbol.end)
        self._check_able(clause, symbol)
        if self._verb is not None:
            raise Problem(f"two verbs: {self._verb[2].text!r} and {text!r}", self._verb[2].start, symbol.end)
        clause.has_noun_verb = bool(clause.article)
        self._verb = (verb, len(clause.operators), symbol)
        clause.operators.append("VERB")
        clause.words.append(text)
        self._at += 1
        return True

    def _quality_too(self, clause: Clause, symbol: Symbol, item: Symbol | None, *, is_led: bool) -> bool | None:
        """Take a verb that is a quality too: "clean up the mud" takes away, "clean it up" makes clean."""
        operator = QUALITIES_TOO[str(symbol.value(Kind.VERB))]
        is_fault = operator == "DEC" and item is not None and self._is_fault(item) and (is_led or is_noun(item.text))
        keeps_sense = symbol.value(Kind.VERB) in SOFTENING  # "smooth out the lows" is no cut
        if not (is_fault or (is_led and self._is(item, Kind.REGION) and not keeps_sense)):
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
