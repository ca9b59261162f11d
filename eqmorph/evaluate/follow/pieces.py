"""Whole pieces: how evenly they sound of what is asked for, and whether their loudness goes on as it went."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from eqmorph._typing import Float32
from eqmorph.analysis import Ear
from eqmorph.audio.read import AudioReader
from eqmorph.batch import find_sources
from eqmorph.errors import InputError, UsageError
from eqmorph.evaluate.audio.descriptors import describe
from eqmorph.evaluate.follow.asked import JUDGES, MODES, WEIGHTS, render, within
from eqmorph.evaluate.follow.levels import largest_change_lu, loudness_range, short_term

__all__ = ["LENGTHS_S", "Piece", "PieceRow", "find_pieces", "rows_of"]

LENGTHS_S = (60.0, 600.0)
_HEARD = 1e-2  # of the loudest window's power: what is softer says little of how even a piece is


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a corpus."""

    corpus: str
    path: Path

    def read(self) -> tuple[Float32, int]:
        """Return its samples (channels, frames) and their rate."""
        with AudioReader(self.path) as reader:
            return reader.read_at(0, reader.info.frames), reader.info.sample_rate


@dataclass(frozen=True, slots=True)
class PieceRow:
    """What became of a piece after one word of some weight, in one way.

    Attributes:
        spread: how far the word's percentile lies apart over windows of 2 s (standard deviation), in points of 100.
        score: the same of the word's score, which goes on where percentiles end.
        judged: the same of the descriptor that judges the word.
        raised: by how much the word's percentile rises in the piece as a whole, in points of 100.
        moved: by how much what judges the word rises in the piece as a whole.
        range_lu: by how much the loudness range is wider than that of the piece.
        moment_lu: by how much a moment at most became louder or softer against the rest.
        stations: how many EQs it got.
        seconds: what the decision took.
    """

    corpus: str
    piece: str
    word: str
    weight: float
    mode: str
    spread: float
    score: float
    judged: float
    raised: float
    moved: float
    range_lu: float
    moment_lu: float
    stations: int
    seconds: float

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def find_pieces(
    corpora: Sequence[tuple[str, Path]], *, most: int, seed: int = 0, tell: Callable[[str], None] = lambda _: None
) -> list[Piece]:
    """Draw at most ``most`` whole pieces of each folder, within `LENGTHS_S`.

    Raises:
        UsageError: a folder holds none.
    """
    pieces: list[Piece] = []
    rng = np.random.default_rng(seed)
    for corpus, folder in corpora:
        paths = [source.path for source in find_sources([folder]) if _is_piece(source.path, tell)]
        if not paths:
            least_s, most_s = LENGTHS_S
            raise UsageError(f"corpus {corpus} holds no piece of {least_s:g} to {most_s:g} s", path=folder)
        pieces += [Piece(corpus, paths[at]) for at in sorted(rng.permutation(len(paths))[:most])]
    return pieces


def _is_piece(path: Path, tell: Callable[[str], None]) -> bool:
    try:
        with AudioReader(path) as reader:
            seconds = reader.info.frames / reader.info.sample_rate
    except InputError as error:
        tell(str(error))
        return False
    return LENGTHS_S[0] <= seconds <= LENGTHS_S[1]


def rows_of(ear: Ear, piece: Piece, samples: Float32, rate: int) -> Iterator[PieceRow]:
    """Yield what becomes of a piece after each word, weight and way."""
    came = within(samples, rate)
    heard = came.energy > _HEARD * came.energy.max(initial=0.0)
    own_ear = ear.for_sound(came)
    course = short_term(samples, rate)
    heard_before, described_before = own_ear.hear(came), describe(came.mean_power, rate)
    for word, judges in JUDGES.items():
        for weight in WEIGHTS:
            for mode in MODES:
                done = render(ear, samples, rate, word, weight, mode)
                result = within(done.samples, rate)
                after = short_term(done.samples, rate)
                scores, percentiles = own_ear.words_in(own_ear.window_curves(result)[heard], [word])
                yield PieceRow(
                    piece.corpus,
                    piece.path.stem,
                    word,
                    weight,
                    mode,
                    spread=100 * float(percentiles[:, 0].std()),
                    score=float(scores[:, 0].std()),
                    judged=float(describe(result.power[heard], rate)[judges[0]].std()),
                    raised=100 * (own_ear.hear(result).percentile(word) - heard_before.percentile(word)),
                    moved=float(describe(result.mean_power, rate)[judges[0]] - described_before[judges[0]]),
                    range_lu=loudness_range(after) - loudness_range(course),
                    moment_lu=largest_change_lu(course, after),
                    stations=done.stations,
                    seconds=done.seconds,
                )
