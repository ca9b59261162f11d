"""How many people stand behind a word, and leaving out words that too few stand behind."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from eqmorph.train.corpus import Corpus

__all__ = ["voices", "with_least_voices"]


def voices(corpus: Corpus) -> dict[str, int]:
    """Return for each word how many settings were saved under it and people asked about it, together."""
    count = Counter(word for setting in corpus.settings for word in setting.words)
    for curve in corpus.curves:
        count[curve.word] += curve.people
    return dict(count)


def with_least_voices(corpus: Corpus, least: int) -> tuple[Corpus, list[str]]:
    """Return a corpus without words that fewer than ``least`` stand behind, and those words in alphabetical order.

    A setting that was saved under other words as well keeps those.
    """
    rare = {word for word, count in voices(corpus).items() if count < least}
    settings = (replace(s, words=tuple(w for w in s.words if w not in rare)) for s in corpus.settings)
    kept = replace(
        corpus,
        settings=tuple(s for s in settings if s.words),
        curves=tuple(c for c in corpus.curves if c.word not in rare),
        answers=tuple(a for a in corpus.answers if a.word not in rare),
    )
    return kept, sorted(rare)
