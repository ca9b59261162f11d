"""Many sounds as a picture: a ranking, and what became of a folder."""

from __future__ import annotations

from pathlib import Path

from eqmorph.batch.rank import Ranking
from eqmorph.batch.run import FileResult
from eqmorph.plot.shown import Ranked, SetOutcome, WordMove

__all__ = ["Gathered", "ranked_of"]

_MOST_CURVES = 400  # that are kept to be drawn: more would only be one grey area
_RATE = 48_000


def ranked_of(ranking: Ranking) -> list[Ranked]:
    """Return the sounds of a ranking, each by its file's name, with the folder where names are shared."""
    names = [sound.path.name for sound in ranking.sounds]
    return [
        Ranked(
            sound.path.name if names.count(sound.path.name) == 1 else str(Path(*sound.path.parts[-2:])),
            sound.place or 0.0,
            sound.percentiles,
        )
        for sound in ranking.sounds
    ]


class Gathered:
    """What is to be drawn of a run, gathered as its results come: a few numbers a file."""

    def __init__(self) -> None:
        self.results = 0
        self._eqs: dict[str, FileResult] = {}
        self._moves: dict[str, list[WordMove]] = {}

    def add(self, ended: FileResult) -> None:
        """Take in how a job ended."""
        result = ended.result
        if result is None:
            return
        self.results += 1
        if len(self._eqs) < _MOST_CURVES:
            self._eqs.setdefault(str(result.bands), ended)
        for change in result.account.words if result.account is not None and not result.account.is_silent else ():
            move = WordMove(change.word, change.percentile_before, change.percentile_after, change.weight)
            self._moves.setdefault(change.word, []).append(move)

    def picture(self) -> SetOutcome:
        """Return what became of the files."""
        curves = [
            ended.result.bands.sampled(ended.result.sample_rate or _RATE)
            for ended in self._eqs.values()
            if ended.result is not None
        ]
        return SetOutcome(tuple(curves), {word: tuple(moves) for word, moves in self._moves.items()})
