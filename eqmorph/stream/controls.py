"""What is asked of a stream, changed while it runs: by addresses such as ``/eqmorph/warm``, each with a number."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from eqmorph.errors import EqmorphError, UsageError, printable
from eqmorph.request import EqRequest
from eqmorph.stream.asked import resolve_for_stream
from eqmorph.stream.engine import StreamEq
from eqmorph.target import Target, Weighted

__all__ = ["Controls"]

_ROOT = "/eqmorph/"
_MOST_WEIGHT, _MOST_AMOUNT = 2.0, 2.0
_MOST_WORDS = 16
_MOST_SAID = 100  # different things


class Controls:
    """Changes what a stream is equalized to, for any thread.

    | address | value |
    |---|---|
    | ``/eqmorph/WORD`` | its weight; 0 takes it out |
    | ``/eqmorph/target`` | a text: all words anew |
    | ``/eqmorph/amount`` | 0 to 2 |
    | ``/eqmorph/bypass`` | 1 lets the input through, 0 the EQ again |

    What can't be done is said once and changes nothing.

    Args:
        request: what is asked for at first.
        stream: what is equalized.
        say: told of what can't be done.
    """

    def __init__(self, request: EqRequest, stream: StreamEq, say: Callable[[str], None]) -> None:
        self._request, self._stream, self._say = request, stream, say
        self._said: set[str] = set()
        self._lock = threading.Lock()

    def handle(self, address: str, values: Sequence[object]) -> None:
        """Do what a message asks for."""
        with self._lock:
            try:
                self._do(address, values)
            except EqmorphError as error:
                self._say_once(f"{address}: {error}")

    def _do(self, address: str, values: Sequence[object]) -> None:
        name = address.removeprefix(_ROOT)
        if name == address or not name:
            raise UsageError("unknown address: those that are known begin with /eqmorph/")
        if name == "target":
            self._ask(replace(self._request, words=_text(values), preset=None, bands=None))
        elif name == "amount":
            self._ask(replace(self._request, amount=_number(values, 0.0, _MOST_AMOUNT)))
        elif name == "bypass":
            self._stream.bypass(_number(values, 0.0, 1.0) >= 0.5)
        else:
            self._ask(self._with_word(name, _number(values, -_MOST_WEIGHT, _MOST_WEIGHT)))

    def _with_word(self, word: str, weight: float) -> EqRequest:
        """Return the request with another weight for a word."""
        from eqmorph.model.eq_model import load_model

        request = self._request
        if request.wanted is None and request.reference is None:
            raise UsageError("bands were asked for, which have no words")
        model = load_model(None if request.model_folder is None else Path(request.model_folder))
        (asked,) = model.target(word).terms
        terms = {term.word: term for term in (request.target_in(model).terms if request.wanted is not None else ())}
        terms[asked.word] = Weighted(asked.word, weight)
        if len(terms) > _MOST_WORDS:
            terms = {name: term for name, term in terms.items() if term.weight}
        if len(terms) > _MOST_WORDS:
            raise UsageError(f"more than {_MOST_WORDS} words")
        return replace(request, words=Target(tuple(terms.values())), preset=None, amount=request.total_amount)

    def _ask(self, request: EqRequest) -> None:
        self._stream.follow(resolve_for_stream(request))
        self._request = request

    def _say_once(self, text: str) -> None:
        text = printable(text)[:200]
        if text not in self._said and len(self._said) < _MOST_SAID:
            self._said.add(text)
            self._say(text)


def _number(values: Sequence[object], least: float, most: float) -> float:
    """Return the one number that a message holds."""
    value = values[0] if len(values) == 1 else None
    if not isinstance(value, (bool, int, float)) or not math.isfinite(value) or not least <= value <= most:
        raise UsageError(f"takes one number between {least:g} and {most:g}")
    return float(value)


def _text(values: Sequence[object]) -> str:
    value = values[0] if len(values) == 1 else None
    if not isinstance(value, str):
        raise UsageError("takes one text, such as warm:0.5 + airy:0.3")
    return value
