"""What is asked for, in words or by a reference, before any sound is heard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from eqmorph.bands import GAIN_RANGE_DB
from eqmorph.errors import UsageError

if TYPE_CHECKING:
    from eqmorph.balance import Balance
    from eqmorph.target import Target, Weighted

__all__ = ["LEAST_GAIN_DB", "MAX_AMOUNT", "USUAL_ALBUM_GAIN_DB", "USUAL_GAIN_DB", "Goal", "check_ranges"]

MAX_AMOUNT = 2.0
#: How far any frequency is moved unless more is asked for: what engineers do to a sound, and to an album.
USUAL_GAIN_DB, USUAL_ALBUM_GAIN_DB = 6.0, 3.0
_MUCH = 0.7  # the percentile from which a sound is as a word says; its mirror image where less of it is asked for
LEAST_GAIN_DB = 0.1  # the smallest maximum gain: bands below it are noise


def check_ranges(amount: float, max_gain_db: float, to_percentile: float | None) -> None:
    """Refuse what no goal can have.

    Raises:
        UsageError: a value is out of range.
    """
    if not 0 <= amount <= MAX_AMOUNT:
        raise UsageError(f"amount {amount:g} is out of range", hint=f"An amount lies between 0 and {MAX_AMOUNT:g}.")
    if not LEAST_GAIN_DB <= max_gain_db <= GAIN_RANGE_DB[1]:
        raise UsageError(
            f"a maximum gain of {max_gain_db:g} dB is out of range",
            hint=f"It lies between {LEAST_GAIN_DB:g} and {GAIN_RANGE_DB[1]:g} dB.",
        )
    if to_percentile is not None and not 0 < to_percentile < 1:
        raise UsageError(
            f"percentile {to_percentile:g} is out of range",
            hint="It lies between 0 and 1: 0.5 is usual, 0.9 is a lot.",
        )


@dataclass(frozen=True, slots=True)
class Goal:
    """A target, a reference or both, and how they are to be met by each sound.

    Attributes:
        target: words with weights; none where a reference is all that is asked for.
        amount: 0 leaves every sound as it is, 1 does what the words say.
        max_gain_db: no frequency is changed by more than this.
        to_percentile: the percentile of the main word that each result is to reach; the amount follows.
        refine: improve the bands by what they make of the very sound.
        reference: the tonal balance that each result is to come near; words then say what is to differ from it.
    """

    target: Target
    amount: float = 1.0
    max_gain_db: float = USUAL_GAIN_DB
    to_percentile: float | None = None
    refine: bool = False
    reference: Balance | None = None

    def __post_init__(self) -> None:
        check_ranges(self.amount, self.max_gain_db, self.to_percentile)
        if self.to_percentile is not None and not self.terms:
            raise UsageError(
                f"{self.target} asks for nothing that could reach a percentile",
                hint="Give a word a weight other than 0.",
            )

    @property
    def terms(self) -> tuple[Weighted, ...]:
        """The words that count."""
        return tuple(term for term in self.target.terms if term.weight != 0)

    @staticmethod
    def is_met(term: Weighted, percentile: float) -> bool:
        """Tell whether a sound at a percentile of a word is already as the word asks."""
        return percentile >= _MUCH if term.weight > 0 else percentile <= 1 - _MUCH

    @property
    def asks_for_nothing(self) -> bool:
        """Whether every sound stays as it is."""
        wants = self.terms or self.reference is not None
        return not wants or (self.amount == 0 and self.to_percentile is None)

    @property
    def main_word(self) -> str:
        """The word of the largest weight, the first of equals; empty where there is none."""
        return self._main_term.word if self.target.terms else ""

    def lack(self, percentile: float) -> float:
        """Return how far this percentile of the main word is from the one asked for; below 0 if it is beyond."""
        if self.to_percentile is None:
            return 0.0
        missing = self.to_percentile - percentile
        return missing if self.main_weight > 0 else -missing

    @property
    def main_weight(self) -> float:
        return self._main_term.weight

    @property
    def _main_term(self) -> Weighted:
        return max(self.target.terms, key=lambda term: abs(term.weight))
