"""A stream that is told otherwise while it runs."""

from __future__ import annotations

import pytest

from eqmorph.adapt.adaptive import AdaptiveEq
from eqmorph.adapt.eq import Eq
from eqmorph.bands import Bands
from eqmorph.request import EqRequest
from eqmorph.stream.controls import Controls


class Stream:
    """Stands in for a `StreamEq`: keeps what it is told."""

    def __init__(self) -> None:
        self.eqs: list[Eq] = []
        self.bypassed: list[bool] = []

    def follow(self, eq: Eq) -> None:
        self.eqs.append(eq)

    def bypass(self, is_on: bool) -> None:
        self.bypassed.append(is_on)

    @property
    def target(self) -> str:
        eq = self.eqs[-1]
        assert isinstance(eq, AdaptiveEq)
        return str(eq.goal.target)


def controls(request: EqRequest | None = None) -> tuple[Controls, Stream, list[str]]:
    stream, said = Stream(), []
    made = Controls(request or EqRequest("warm:0.5"), stream, said.append)
    return made, stream, said


def test_words_join_change_and_leave() -> None:
    made, stream, said = controls()
    made.handle("/eqmorph/airy", [0.3])
    assert stream.target == "warm:0.5 + airy:0.3"
    made.handle("/eqmorph/warm", [-1])
    made.handle("/eqmorph/airy", [0.0])
    assert stream.target == "warm:-1 + airy:0"
    made.handle("/eqmorph/target", ["bright:0.4"])
    assert stream.target == "bright:0.4"
    assert said == []


def test_amount_and_bypass() -> None:
    made, stream, _ = controls()
    made.handle("/eqmorph/amount", [0.8])
    assert isinstance(stream.eqs[-1], AdaptiveEq)
    assert stream.eqs[-1].goal.amount == 0.8
    made.handle("/eqmorph/bypass", [1])
    made.handle("/eqmorph/bypass", [False])
    assert stream.bypassed == [True, False]


@pytest.mark.parametrize(
    ("address", "values"),
    [
        ("/warm", [0.5]),
        ("/eqmorph/", [0.5]),
        ("/eqmorph/notaword", [0.5]),
        ("/eqmorph/warm", []),
        ("/eqmorph/warm", ["0.5"]),
        ("/eqmorph/warm", [float("nan")]),
        ("/eqmorph/warm", [99.0]),
        ("/eqmorph/amount", [0.5, 0.5]),
        ("/eqmorph/target", [1.0]),
        ("/eqmorph/\x1b[2J", [0.5]),
    ],
    ids=str,
)
def test_what_can_not_be_is_said_once_and_changes_nothing(address: str, values: list[object]) -> None:
    made, stream, said = controls()
    made.handle(address, values)
    made.handle(address, values)
    assert (stream.eqs, stream.bypassed, len(said)) == ([], [], 1)
    assert said[0].isprintable()


def test_bands_have_no_words() -> None:
    made, stream, said = controls(EqRequest(bands=Bands.parse("LS 100 +3")))
    made.handle("/eqmorph/warm", [0.5])
    assert stream.eqs == []
    assert "no words" in said[0]
