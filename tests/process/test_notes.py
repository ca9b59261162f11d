"""What is said of a result: only where it is worth saying."""

from __future__ import annotations

import pytest

from eqmorph.level import Moment
from eqmorph.process.notes import moment_note


@pytest.mark.parametrize(("louder_lu", "said"), [(1.4, "louder"), (-2.0, "softer"), (0.9, ""), (None, "")])
def test_a_moment_that_moved_against_the_rest_is_said_from_one_lu_on(louder_lu: float | None, said: str) -> None:
    moment = None if louder_lu is None else Moment(62.5, louder_lu)
    notes = moment_note(moment)
    place = "moments change against each other: at 1:02.500 it is"
    assert notes == ([f"{place} {abs(louder_lu or 0):.1f} LU {said} than it was"] if said else [])
