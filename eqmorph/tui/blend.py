"""What the sliders ask for, and its history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from eqmorph.bands import Bands
from eqmorph.presets import Preset
from eqmorph.request import EqRequest
from eqmorph.target import Target, Weighted
from eqmorph.tui.by_hand import ByHand
from eqmorph.tui.hand_eq import HandEq

if TYPE_CHECKING:
    from eqmorph.adapt.eq import Eq
    from eqmorph.analysis import Ear

__all__ = ["HIGHEST_WEIGHT", "LOWEST_WEIGHT", "Blend", "History", "Morph", "weights_out_of_range"]

LOWEST_WEIGHT, HIGHEST_WEIGHT = -1.0, 1.5
_WEIGHT_DIGITS = 9  # of a computed weight, free of rounding noise
_MAX_MOVES = 500


@dataclass(frozen=True, slots=True)
class Morph:
    """A way from one word to another, and the position on it, 0..1."""

    start: str
    end: str
    position: float = 0.0

    @property
    def weights(self) -> tuple[Weighted, ...]:
        return (
            Weighted(self.start, round(1 - self.position, _WEIGHT_DIGITS)),
            Weighted(self.end, round(self.position, _WEIGHT_DIGITS)),
        )


@dataclass(frozen=True, slots=True)
class Blend:
    """Words with weights, their amount, and whether each sound gets what it lacks of them or all get the same.

    While there is a ``morph``, or a ``preset`` of bands, it takes the place of the words; they return when it goes.
    What ``is_following`` follows each sound in the course of time, by its sections, as long as the words adapt.
    ``by_hand`` is what was changed of the bands that come of all that. It rests while the sound is followed: the bands
    are then others at each moment.
    """

    terms: tuple[Weighted, ...] = ()
    morph: Morph | None = None
    amount: float = 1.0
    is_adaptive: bool = True
    is_following: bool = False
    preset: Preset | None = None
    by_hand: ByHand = field(default_factory=ByHand)

    @classmethod
    def of_words(cls, words: Iterable[str]) -> Blend:
        """Return words with no weight yet."""
        return cls(tuple(Weighted(word, 0.0) for word in words))

    @classmethod
    def of_target(cls, target: Target) -> Blend:
        """Return the words of a target, their weights clamped to a slider's range and rounded to its digits."""
        return cls(tuple(Weighted(term.word, round(_clamped(term.weight), _WEIGHT_DIGITS)) for term in target.terms))

    @property
    def words(self) -> list[str]:
        """The words that have a slider."""
        return [term.word for term in self.terms]

    @property
    def wanted(self) -> tuple[Weighted, ...]:
        """The words with a weight: the morph's, if there is one; none where a preset stands in their place."""
        if self.preset is not None:
            return ()
        terms = self.morph.weights if self.morph else self.terms
        return tuple(term for term in terms if term.weight)

    @property
    def target(self) -> Target | None:
        """What is asked for; None if that is nothing."""
        return Target(self.wanted) if self.wanted and self.amount else None

    @property
    def request(self) -> EqRequest:
        """What is asked for, as the command line and Python ask for it."""
        if self.preset is not None:
            return EqRequest(preset=self.preset, amount=self.amount)
        if self.target is None:
            return EqRequest(bands=Bands())
        return EqRequest(
            self.target,
            amount=self.amount,
            mode="adaptive" if self.is_adaptive else "fixed",
            follow="sections" if self.follows else None,
        )

    def eq(self, ear: Ear) -> Eq:
        """Return the EQ, with what was changed by hand."""
        eq = self.request.resolve(ear)
        return HandEq(eq, self.in_hand) if self.in_hand else eq

    @property
    def follows(self) -> bool:
        """Whether the EQ follows the sound: the same for every moment is what fixed means."""
        return self.is_adaptive and self.is_following and self.preset is None

    @property
    def in_hand(self) -> ByHand:
        """What was changed by hand and is heard."""
        return ByHand() if self.has_moving_bands else self.by_hand

    @property
    def has_moving_bands(self) -> bool:
        """Whether the bands are others at each moment."""
        return self.follows and self.target is not None

    def with_by_hand(self, by_hand: ByHand) -> Blend:
        return replace(self, by_hand=by_hand)

    def with_weight(self, word: str, weight: float) -> Blend:
        return replace(self, terms=tuple(Weighted(t.word, weight if t.word == word else t.weight) for t in self.terms))

    def with_word(self, word: str) -> Blend:
        return self if word in self.words else replace(self, terms=(*self.terms, Weighted(word, 0.0)))

    def without_word(self, word: str) -> Blend:
        return replace(self, terms=tuple(term for term in self.terms if term.word != word))

    def with_position(self, position: float) -> Blend:
        return replace(self, morph=replace(self.morph, position=position)) if self.morph else self

    def with_amount(self, amount: float) -> Blend:
        return replace(self, amount=amount)

    def with_mode(self, *, is_adaptive: bool) -> Blend:
        return replace(self, is_adaptive=is_adaptive)

    def with_other_mode(self) -> Blend:
        return self.with_mode(is_adaptive=not self.is_adaptive)

    def with_other_following(self) -> Blend:
        return replace(self, is_following=not self.is_following)

    def with_morph(self, morph: Morph | None) -> Blend:
        return replace(self, morph=morph, preset=None)

    def with_target(self, target: Target) -> Blend:
        """Return this with what a sentence asks for: its words get their weights, and new ones come below."""
        blend = self.with_morph(None)
        for term in Blend.of_target(target).terms:
            blend = blend.with_word(term.word).with_weight(term.word, term.weight)
        return blend

    def with_preset(self, preset: Preset | None, target: Target | None = None) -> Blend:
        """Return this with a preset: its words, as ``target``, in place of these, or its bands until these return."""
        if target is not None and preset is not None:
            words = Blend.of_target(target)
            return replace(words, amount=preset.amount, is_adaptive=self.is_adaptive, is_following=self.is_following)
        amount = 1.0 if preset is not None else self.amount
        return replace(self, preset=preset, morph=None, amount=amount, by_hand=ByHand())


def weights_out_of_range(target: Target) -> list[str]:
    """Return a note for each word of a target whose weight is beyond a slider's range."""
    return [
        f"{term.word} is limited to {_clamped(term.weight):g} here"
        for term in target.terms
        if term.weight != _clamped(term.weight)
    ]


def _clamped(weight: float) -> float:
    return min(max(weight, LOWEST_WEIGHT), HIGHEST_WEIGHT)


class History:
    """The moves, to be undone and redone. A gesture, such as a drag, is one move."""

    def __init__(self, blend: Blend) -> None:
        self._done = [blend]
        self._undone: list[Blend] = []
        self._gesture: object = None

    @property
    def blend(self) -> Blend:
        """The blend as it is now."""
        return self._done[-1]

    def move(self, blend: Blend, gesture: object = None) -> bool:
        """Record a move; one of the same ``gesture`` replaces the last. Return False if nothing changes."""
        if blend == self.blend:
            return False
        if gesture is not None and gesture == self._gesture and len(self._done) > 1:
            self._done.pop()
        self._gesture = gesture
        if blend != self.blend:  # a drag may end where it began
            self._done = [*self._done, blend][-_MAX_MOVES:]
        self._undone.clear()
        return True

    def undo(self) -> bool:
        """Undo the last move; return False if there is none."""
        self._gesture = None
        if len(self._done) == 1:
            return False
        self._undone.append(self._done.pop())
        return True

    def redo(self) -> bool:
        """Redo the move that was undone last; return False if there is none."""
        self._gesture = None
        if not self._undone:
            return False
        self._done.append(self._undone.pop())
        return True
