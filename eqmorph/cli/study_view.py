"""Show what the answers to a study say."""

from __future__ import annotations

import click

from eqmorph.cli.output import listing, one_line, paint, table
from eqmorph.study.plan import Study
from eqmorph.study.score import AbxScore, Score, VersionScore

__all__ = ["counted", "show_score"]


def show_score(study: Study, score: Score) -> None:
    """Print win rates, the ranking, and how often X was told."""
    liked = sum(pair.answers for pair in score.pairs)
    facts = f"{counted(score.people, 'participant')}, {counted(liked, 'preference')}, {score.abx_of_all.answers} ABX"
    lines = [paint(one_line(f"{study.target}  {study.question}"), bold=True), facts]
    if score.pairs:
        head = ("", "preferred", "", "95 %", "strength", "95 %")
        lines += ["", *_headed(table([head, *map(_version, score.versions)], right=(1, 2, 3, 4, 5)))]
        pairs = [
            (f"{pair.a} over {pair.b}", f"{pair.wins_a:g} of {pair.answers}", _share(pair.low, pair.high))
            for pair in score.pairs
        ]
        lines += ["", *table(pairs, right=(1, 2))]
    if score.abx:
        told = ("which one is X", "right", "by guessing")
        rows = [*map(_abx, score.abx), *([_abx(score.abx_of_all)] if len(score.abx) > 1 else [])]
        lines += ["", *_headed(table([told, *rows], right=(1, 2)))]
    for line in [*lines, *listing([(f"note: {note}",) for note in score.notes])]:
        click.echo(line)


def _headed(lines: list[str]) -> list[str]:
    return [paint(lines[0], bold=True), *lines[1:]]


def _version(row: VersionScore) -> tuple[str, ...]:
    if row.win_rate is None or row.strength is None:
        return (row.version, "no answers", "", "", "", "")
    is_bounded = row.strength_low is not None and row.strength_high is not None
    return (
        row.version,
        f"{row.wins:g} of {row.answers}",
        f"{row.win_rate:.0%}",
        _share(row.low, row.high),
        f"{row.strength:+.2f}",
        f"{row.strength_low:+.2f} to {row.strength_high:+.2f}" if is_bounded else "–",
    )


def _abx(row: AbxScore) -> tuple[str, str, str]:
    name = f"{row.a} / {row.b}" if row.a else "all"
    return name, f"{row.right} of {row.answers}", f"p {row.p:.3f}" if row.p >= 0.001 else "p < 0.001"


def _share(low: float, high: float) -> str:
    return f"{low:.0%} to {high:.0%}"


def counted(count: int, what: str) -> str:
    """Return a number of things: ``1 sound``, ``2 sounds``."""
    return f"{count} {what}{'s' * (count != 1)}"
