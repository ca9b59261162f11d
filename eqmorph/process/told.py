"""What a person is told of a result: how loud it is, and what each word has of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eqmorph.errors import printable
from eqmorph.process.chain import ProcessResult
from eqmorph.wording import decibels

if TYPE_CHECKING:
    from eqmorph.adapt.account import Account

__all__ = ["level_facts", "word_rows"]


def level_facts(result: ProcessResult) -> list[str]:
    """Return loudness, true peak and trim, as far as they were measured."""
    if result.after is None:
        return []
    return [
        decibels(result.after.lufs, "LUFS"),
        decibels(result.after.true_peak_db, "dBTP"),
        f"trim {decibels(result.trim.total_db, signed=True)}",
    ]


def word_rows(account: Account) -> list[tuple[str, str, str, str]]:
    """Return of each word from where to where it goes, what the EQ does for it, and what kept it back."""
    from eqmorph.analysis import percent  # the model's side, which bands do without

    rows = [
        (
            change.word,
            f"{percent(change.percentile_before):>2}% -> {percent(change.percentile_after):>2}%",
            "{:>5} {}".format(*change.contribution.split(" ", 1)),
            account.reasons(change),
        )
        for change in account.words
    ]
    if (reference := account.reference) is not None:
        rows.append((printable(reference.name), reference.change, reference.contribution, account.reference_reasons))
    return rows
