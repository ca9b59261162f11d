"""A place in a row of symbols, and what can be told of those that follow."""

from __future__ import annotations

from collections.abc import Callable

from eqmorph.language.lexicon import ALSO_WORDS, Kind
from eqmorph.language.qualities import FAULTS, is_noun
from eqmorph.language.symbols import Symbol
from eqmorph.words import plain

__all__ = ["ENDS", "Cursor", "key_of"]

ENDS = (Kind.BREAK, Kind.JOIN)  #: what ends a clause


class Cursor:
    """Looks at symbols from the present one on.

    Args:
        symbols: of the whole text.
        look_up: returns the word of the vocabulary that a word is a form of, or None.
    """

    def __init__(self, symbols: list[Symbol], look_up: Callable[[str], str | None]) -> None:
        self._symbols = symbols
        self._look_up = look_up
        self._at = 0

    def _peek(self, ahead: int = 0) -> Symbol | None:
        at = self._at + ahead
        return self._symbols[at] if at < len(self._symbols) else None

    def _is(self, symbol: Symbol | None, *kinds: Kind) -> bool:
        return symbol is not None and symbol.may_be(*kinds)

    def _is_end(self, symbol: Symbol | None) -> bool:
        return symbol is None or symbol.may_be(*ENDS)

    def _after(self, ahead: int, *kinds: Kind) -> int:
        """Return how far ahead the first symbol stands that is none of these kinds."""
        while self._is(self._peek(ahead), *kinds):
            ahead += 1
        return ahead

    def _word(self, symbol: Symbol | None) -> str | None:
        """Return the word of the vocabulary that a symbol is, if grammar leaves it to the vocabulary."""
        if symbol is None or (
            symbol.entries and not symbol.may_be(Kind.WORD) and symbol.text not in (*ALSO_WORDS, "bass")
        ):
            return None
        return self._look_up(key_of(symbol))

    def _is_word(self, symbol: Symbol | None) -> bool:
        """Tell whether a symbol is left to the vocabulary, known or not."""
        return symbol is not None and (
            not symbol.entries
            or symbol.may_be(Kind.WORD)
            or (symbol.text in ALSO_WORDS and self._word(symbol) is not None)
        )

    def _is_fault(self, symbol: Symbol | None) -> bool:
        if symbol is None:
            return False
        word = self._word(symbol)
        return word is not None and (plain(word) in FAULTS or symbol.text in FAULTS)

    def _comparative(self, symbol: Symbol, word: str | None) -> bool:
        text = symbol.text
        return word is not None and text.endswith(("er", "est")) and text != plain(word) and not is_noun(text)


def key_of(symbol: Symbol) -> str:
    """Return what a symbol is looked up as."""
    return str(symbol.value(Kind.WORD) or symbol.text)
