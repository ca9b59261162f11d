"""Parts of the spectrum in a clause: what it is about, or where what it is about is said to be."""

from __future__ import annotations

import math

from eqmorph.language.clause import STATING, Clause, Item
from eqmorph.language.cursor import Cursor
from eqmorph.language.lexicon import Kind
from eqmorph.language.qualities import LEVELS, is_noun
from eqmorph.language.regions import HIGHEST_HZ, LOWEST_HZ, edges_hz, range_name
from eqmorph.language.symbols import Problem, Symbol
from eqmorph.language.verbs import AMOUNTS, NOUN_VERBS
from eqmorph.words import plain

__all__ = ["PlaceReader"]


class PlaceReader(Cursor):
    """Tells what a part of the spectrum is in its clause, and reads "around 3 kHz" and "in the highs"."""

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
            name in STATING
            or (name == "WISH" and ("be" in following.text or "sound" in following.text or "feel" in following.text))
            or following.text == "sound"
        ):
            return True
        if said:
            return False
        if name == "NOT" and self._is_word(self._peek(ahead + 1)):
            return True  # "treble not soft enough"
        ahead = self._after(ahead, Kind.DEGREE, Kind.ARTICLE, Kind.FILLER)
        following = self._peek(ahead)
        if following is not None and following.text in AMOUNTS and self._is(self._peek(ahead + 1), Kind.VERB):
            ahead += 1
            following = self._peek(ahead)
        if clause.is_wish and following is not None and following.text in NOUN_VERBS:
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
        level = LEVELS.get(following.text) or LEVELS.get(plain(self._word(following) or ""))
        if level and not clause.is_wish and not is_noun(following.text):
            symbol = self._peek()
            start = symbol.start if symbol is not None else following.start
            raise Problem("this could be how it sounds, or how it should", start, following.end)  # "highs low"
        if self._is_fault(following) and not is_noun(following.text) and not clause.is_wish:
            clause.operators.append("STATE")
            return True
        return False

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
                clause.items.append(Item.of_region(region, target.text, target.start, target.end))
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
