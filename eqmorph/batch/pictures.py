"""Many sounds as a picture: a ranking, and what became of a folder."""

from __future__ import annotations

from pathlib import Path

from eqmorph.batch.jobs import Job
from eqmorph.batch.rank import Ranking
from eqmorph.batch.run import FileResult
from eqmorph.plot.curve import SampledCurve
from eqmorph.plot.shown import Ranked, SetOutcome, WordMove
from eqmorph.process import ProcessResult

__all__ = ["Gathered", "ranked_of"]

_MOST_CURVES = 400  # to be drawn: more would only be one grey area


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
        #: The one job that was done, and its result; None of several.
        self.only: tuple[Job, ProcessResult] | None = None
        self._files = 0
        self._curves: list[SampledCurve] = []
        self._moves: dict[str, list[WordMove]] = {}

    def add(self, ended: FileResult) -> None:
        """Take in how a job ended; one that was skipped or failed doesn't count."""
        result = ended.result
        if result is None:
            return
        self._files += 1
        self.only = (ended.job, result) if self._files == 1 else None
        if len(self._curves) < _MOST_CURVES:
            self._curves.append(result.bands.sampled(result.sample_rate))
        account = result.account
        for change in account.words if account is not None and not account.is_silent else ():
            move = WordMove(change.word, change.percentile_before, change.percentile_after, change.weight)
            self._moves.setdefault(change.word, []).append(move)

    def picture(self) -> SetOutcome | None:
        """Return what became of the files; None where nothing was done."""
        if not self._files:
            return None
        moves = {word: tuple(of_word) for word, of_word in self._moves.items()}
        return SetOutcome(self._files, tuple(self._curves), moves)
