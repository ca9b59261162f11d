"""A corpus in figures: words, counts, agreement, and what was left out."""

from __future__ import annotations

from collections import Counter
from typing import Any

from eqmorph.train.corpus import Corpus
from eqmorph.train.dataset import training_set, word_means
from eqmorph.train.evidence import correlation

__all__ = ["describe_corpus"]


def describe_corpus(corpus: Corpus) -> dict[str, Any]:
    """Describe a corpus as plain data; words by rows, then by people."""
    rows = Counter(word for setting in corpus.settings for word in setting.words)
    answers = {curve.word: curve for curve in corpus.curves}
    agreement = _agreement(corpus) if corpus.settings else {}
    words: list[dict[str, Any]] = [
        {
            "word": word,
            "language": answers[word].language if word in answers else "en",
            "rows": rows.get(word, 0),
            "people": answers[word].people if word in answers else 0,
            "agreement": agreement.get(word),
        }
        for word in sorted(set(rows) | set(answers))
    ]
    words.sort(key=lambda w: (-w["rows"], -w["people"]))
    left_out = Counter((d.descriptor.lower(), d.reason) for d in corpus.dropped)
    return {
        "settings": len(corpus.settings),
        "crowd_words": len(corpus.curves),
        "dropped": corpus.drop_summary(),
        "sha256": corpus.sha256,
        "words": words,
        "left_out": [{"descriptor": d, "rows": n, "reason": reason} for (d, reason), n in left_out.most_common()],
    }


def _agreement(corpus: Corpus) -> dict[str, float]:
    data = training_set(corpus)
    crowd = dict(zip(data.crowd_words.tolist(), data.crowd, strict=True))
    return {w: round(correlation(mean, crowd[w]), 3) for w, (mean, _) in word_means(data).items() if w in crowd}
