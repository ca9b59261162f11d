"""What following is worth, measured on pieces that it was not tuned on, really rendered by the chain for files.

Judges are descriptors that know nothing of the model, the loudness course as the EBU has it, and the model's own
percentiles window by window.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from eqmorph.analysis import Ear
from eqmorph.evaluate.follow.halves import halves_of
from eqmorph.evaluate.follow.pieces import find_pieces, rows_of
from eqmorph.evaluate.follow.report import FollowReport, halves_figures, piece_figures

__all__ = ["evaluate_follow"]


def evaluate_follow(
    corpora: Sequence[tuple[str, Path]],
    ear: Ear,
    *,
    most_pieces: int = 8,
    seed: int = 0,
    say: Callable[[str], None] = lambda _: None,
) -> FollowReport:
    """Measure an EQ that follows on whole pieces of named folders, and on two halves made of each.

    Raises:
        UsageError: a folder holds no piece that is long enough.
        InputError: a piece is damaged.
    """
    started = time.perf_counter()
    pieces = find_pieces(corpora, most=most_pieces, seed=seed, tell=lambda line: say(f"left out: {line}"))
    report = FollowReport(dict(Counter(piece.corpus for piece in pieces)), seed)
    differences: defaultdict[str, list[float]] = defaultdict(list)
    for piece in pieces:
        begun = time.perf_counter()
        samples, rate = piece.read()
        report.rows += rows_of(ear, piece, samples, rate)
        for key, difference in halves_of(ear, samples, rate):
            differences[key].append(difference)
        lasts_s, took_s = samples.shape[1] / rate, time.perf_counter() - begun
        say(f"{piece.corpus}: {piece.path.name}, {lasts_s:.0f} s, took {took_s:.0f} s")
    report.figures = halves_figures(differences) | piece_figures(report.rows)
    report.seconds = time.perf_counter() - started
    return report
