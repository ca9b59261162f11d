"""How an EQ follows a piece, as it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real

from eqmorph.errors import UsageError

__all__ = ["USUAL_RATE_DB", "Following"]

USUAL_RATE_DB = 3.0
_SHORTEST_S, _LONGEST_S = 2.0, 600.0
_RATES_DB = (0.1, 60.0)


@dataclass(frozen=True, slots=True)
class Following:
    """How an EQ follows a piece.

    Attributes:
        window_s: looks at so many seconds at a time; None goes by sections.
        rate_db: no frequency moves faster, in dB a second.
    """

    window_s: float | None = None
    rate_db: float = USUAL_RATE_DB

    def __post_init__(self) -> None:
        given: tuple[object, ...] = (self.window_s, self.rate_db)
        for value in given:
            if value is not None and (isinstance(value, bool) or not isinstance(value, Real)):
                raise UsageError(f"{value!r} is no number", hint="An EQ follows so many seconds, by dB a second.")
        if self.window_s is not None and not _SHORTEST_S <= self.window_s <= _LONGEST_S:
            raise UsageError(
                f"{self.window_s:g} s at a time is out of range",
                hint=f"An EQ follows {_SHORTEST_S:g} to {_LONGEST_S:g} s at a time.",
            )
        if not _RATES_DB[0] <= self.rate_db <= _RATES_DB[1]:
            raise UsageError(
                f"a rate of {self.rate_db:g} dB a second is out of range",
                hint="It lies between {:g} and {:g}.".format(*_RATES_DB),
            )
