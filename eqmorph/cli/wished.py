"""The options that say how words are to be met, and the EQ that follows from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from eqmorph.cli.chosen import Chosen
from eqmorph.cli.options import ANALYTIC, encoder_option
from eqmorph.errors import UsageError

if TYPE_CHECKING:
    from eqmorph.adapt import AdaptiveEq, FixedEq
    from eqmorph.bands import Bands

__all__ = ["Wishes", "wish_options", "wished_eq"]

_LEAST_DB, _MOST_DB = 0.1, 12.0
_MOST_AMOUNT = 2.0


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the options say; None where nothing was said."""

    mode: str | None
    max_gain_db: float | None
    to_percentile: float | None
    album: bool
    refine: bool
    encoder: str

    @property
    def named(self) -> list[str]:
        """The options that were given."""
        given = {
            "--mode": self.mode is not None,
            "--max-gain": self.max_gain_db is not None,
            "--to": self.to_percentile is not None,
            "--album": self.album,
            "--refine": self.refine,
            "--encoder": self.encoder != ANALYTIC,
        }
        return [name for name, is_given in given.items() if is_given]


def wish_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options that are the fields of `Wishes`."""
    options: list[Callable[..., Any]] = [
        click.option(
            "--mode",
            type=click.Choice(["adaptive", "fixed"]),
            help="Give each file what it lacks of the words, or every file the words' own EQ. [default: adaptive]",
        ),
        click.option(
            "--max-gain",
            "max_gain_db",
            type=click.FloatRange(_LEAST_DB, _MOST_DB),
            metavar="DB",
            help="Change no frequency by more. [default: 12]",
        ),
        click.option(
            "--to",
            "to_percentile",
            type=click.FloatRange(0, 1, min_open=True, max_open=True),
            metavar="P",
            help="Give each file as much as brings it to this percentile of the reference: 0.5 is as usual, 0.9 much.",
        ),
        click.option("--album", is_flag=True, help="Listen to all files first and give them one EQ."),
        click.option("--refine", is_flag=True, help="Tune the bands further toward what is wanted. Takes longer."),
        encoder_option,
    ]
    for option in reversed(options):
        function = option(function)
    return function


def wished_eq(chosen: Chosen, wishes: Wishes, amount: float, model_folder: Path | None) -> Bands | FixedEq | AdaptiveEq:
    """What becomes of an EQ that was chosen: words adapt unless they shall not, bands never do."""
    if chosen.words is None:
        if wishes.named:
            raise UsageError(
                f"{wishes.named[0]} goes with words, and bands are the same for every file",
                hint='Ask in words: --target "warm:0.7".',
            )
        return chosen.bands
    if amount * chosen.amount > _MOST_AMOUNT:
        raise UsageError(
            f"--amount {amount:g} of a preset whose amount is {chosen.amount:g} is too much",
            hint=f"Together they go up to {_MOST_AMOUNT:g}.",
        )
    target = chosen.words.target
    most_db = _MOST_DB if wishes.max_gain_db is None else wishes.max_gain_db
    if wishes.mode == "fixed":
        only_adaptive = [name for name in wishes.named if name in ("--to", "--album", "--refine", "--encoder")]
        if only_adaptive:
            raise UsageError(f"{only_adaptive[0]} needs --mode adaptive", hint="Leave --mode out: it is the default.")
        from eqmorph.adapt import Goal, fixed_eq
        from eqmorph.model import load_space

        return fixed_eq(load_space(model_folder), Goal(target, amount * chosen.amount, most_db))
    if wishes.to_percentile is not None and amount != 1:
        raise UsageError("--to finds the amount itself", hint="Leave out --amount, or --to.")
    from eqmorph.adapt import AdaptiveEq, Goal
    from eqmorph.analysis import load_ear

    given = 1.0 if wishes.to_percentile is not None else amount * chosen.amount
    goal = Goal(target, given, most_db, wishes.to_percentile, wishes.refine)
    return AdaptiveEq(load_ear(model_folder, wishes.encoder), goal)
