"""Words as their synonyms alone would have them, judged by the people who were asked about them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from eqmorph.evaluate.people.measures import correlations
from eqmorph.evaluate.people.rows import Word
from eqmorph.evaluate.people.splits import mean_answer, on_grids
from eqmorph.model.settings import rms
from eqmorph.train.corpus import Answer

__all__ = ["DerivedFigures", "judge_derived"]

_ENOUGH, _LANGUAGE = 5, "en"
_SURE = 0.5
_FLAT_DB = 0.01


@dataclass(frozen=True, slots=True)
class DerivedFigures:
    """How words that follow from others agree with people.

    Attributes:
        words: English words with five answers or more, each left out in turn.
        coverage: share of them that anything leads to.
        correlation: of a word with the mean of its answers; 0 where nothing leads to it.
        surer_half: the same over the half with more confidence.
        sure_and_wrong: words with a confidence above 0.5 that people meant otherwise.
        by_word: confidence and correlation of each.
    """

    words: int
    coverage: float
    correlation: float
    surer_half: float
    sure_and_wrong: tuple[str, ...]
    by_word: dict[str, tuple[float, float]]

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return asdict(self)


def judge_derived(derived: Mapping[str, Word], answers: Sequence[Answer]) -> DerivedFigures | None:
    """Judge words that knew nothing of their own answers; None where no word has enough."""
    by_word: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        by_word[answer.word].append(answer)
    spoken = {word: Counter(a.language for a in group).most_common(1)[0][0] for word, group in by_word.items()}
    words = [word for word, group in by_word.items() if len(group) >= _ENOUGH and spoken[word] == _LANGUAGE]
    if not words:
        return None
    found: dict[str, tuple[float, float]] = {}
    for word in words:
        known = derived.get(word)
        if known is None or float(rms(known.curve_db)) < _FLAT_DB:
            found[word] = (0.0, 0.0)
            continue
        found[word] = (
            known.confidence,
            float(correlations(known.curve_db, mean_answer(by_word[word], on_grids(by_word[word])))),
        )
    surest = sorted(found.values(), key=lambda pair: -pair[0])
    return DerivedFigures(
        words=len(words),
        coverage=float(np.mean([confidence > 0 for confidence, _ in found.values()])),
        correlation=float(np.mean([r for _, r in found.values()])),
        surer_half=float(np.mean([r for _, r in surest[: max(1, len(surest) // 2)]])),
        sure_and_wrong=tuple(word for word, (confidence, r) in found.items() if confidence > _SURE and r < 0),
        by_word=found,
    )
