"""A change of mind about a request: "a bit less", "half", "less warm, more airy"."""

from __future__ import annotations

import re
from dataclasses import replace

from eqmorph.adapt.goal import MAX_AMOUNT
from eqmorph.errors import UsageError
from eqmorph.model import SemanticSpace
from eqmorph.request import EqRequest
from eqmorph.target import HIGHEST_WEIGHT, Target

__all__ = ["factor_of", "reworded", "scaled"]

_HINT = 'Say it like "a bit less", "half", "more", or "less warm, a bit more airy".'
_PERCENTILE_STEP = 0.1  # what "less" takes off a percentile that is to be reached
_SHARE = 0.5  # "less" halves; and a word that is new gets half of what a wish would give it
_LEAST = 0.1  # of what there was: "much less" is never nothing
_SAME_AS = {
    **dict.fromkeys(("stronger", "more strongly", "mas fuerte"), "more"),
    **dict.fromkeys(("weaker", "subtler", "more subtle", "more subtly", "less strong", "menos fuerte"), "less"),
}
_TIMES = {"half": 0.5, "halve": 0.5, "la mitad": 0.5, "twice": 2.0, "double": 2.0, "el doble": 2.0}
_TAIL = re.compile(r"[\s.,!]+$|\s*\b(of (it|that|this|everything|all)|in all|overall|please|as much|that|it|de todo)$")
_PERCENT = re.compile(r"(?:at|to|al)?\s*(\d{1,3}(?:\.\d+)?)\s*(?:%|percent|por ciento)")
_SAYS_HOW_MUCH = re.compile(r"\b(more|less|much|bit|touch|m[aá]s|menos|mucho|demasiado)\b")
_PROBE = "warm"  # a word to be said of, where it is said of nothing


def factor_of(change: str, space: SemanticSpace) -> float | None:
    """Return what a change multiplies all of an EQ by; None if it is about single words."""
    text = " ".join(change.lower().split())
    while (shorter := _TAIL.sub("", text)) != text:
        text = shorter
    text = _SAME_AS.get(text, text)
    if text in _TIMES:
        return _TIMES[text]
    percent = _PERCENT.fullmatch(text)
    if percent is not None:
        return float(percent[1]) / 100
    if not _SAYS_HOW_MUCH.search(text) or _is_understood(text, space):
        return None
    try:
        terms = space.target(f"{text} {_PROBE}").terms  # "a bit less" of what? of all of it
    except UsageError:
        return None
    if len(terms) != 1 or terms[0].word != _PROBE:
        return None
    return max(1 + _SHARE * terms[0].weight, _LEAST)


def reworded(request: EqRequest, change: str, space: SemanticSpace) -> EqRequest:
    """Return a request with more or less of the words that a change names.

    Raises:
        UsageError: the change is not understood.
    """
    try:
        wanted = space.target(change)
    except UsageError as error:
        raise UsageError(error.problem, hint=error.remedy + f" {_HINT}") from error
    return _reworded(request, wanted, space)


def scaled(request: EqRequest, factor: float) -> tuple[EqRequest, list[str]]:
    """Return a request for bands, or for a percentile, with more or less of all of it; and notes."""
    if request.to_percentile is not None:
        sign = 1.0 if factor > 1 else -1.0
        step = sign * _PERCENTILE_STEP * min(abs(factor - 1) / _SHARE, 2.0)
        place = min(max(request.to_percentile + step, 0.01), 0.99)
        return replace(request, to_percentile=place), [f"to percentile {100 * place:.0f}"]
    own = request.preset.amount if request.preset is not None else 1.0
    most = MAX_AMOUNT / max(own, 1.0)
    if request.amount * factor > most:
        return replace(request, amount=most), [f"{most:g} is the most that the amount can be"]
    return replace(request, amount=request.amount * factor), []


def _is_understood(text: str, space: SemanticSpace) -> bool:
    try:
        space.target(text)
    except UsageError:
        return False
    return True


def _reworded(request: EqRequest, wanted: Target, space: SemanticSpace) -> EqRequest:
    """Return a request whose words have more or less weight."""
    if request.wanted is None and request.reference is None:
        raise UsageError(
            "bands can't be changed by words", hint='Change all of them ("a bit less"), or plan with a wish.'
        )
    weights = {} if request.wanted is None else {t.word: t.weight for t in request.target_in(space).terms}
    for term in wanted.terms:
        old = weights.get(term.word)
        if old:
            toward = term.weight if old > 0 else -term.weight
            weight = old * max(1 + _SHARE * toward, _LEAST)
        else:
            weight = _SHARE * term.weight
        weights[term.word] = round(max(-HIGHEST_WEIGHT, min(HIGHEST_WEIGHT, weight)), 3)
    return replace(request, words=Target.of(weights.items()), preset=None, amount=request.total_amount)
