"""The kinds of sound that can be asked for."""

import pytest

from eqmorph.errors import UsageError
from eqmorph.kind import KINDS, check_kind


def test_all_kinds_and_auto_can_be_asked_for() -> None:
    for name in KINDS:
        check_kind(name)
    assert KINDS == ("auto", "mix", "speech", "instrument")


def test_anything_else_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match="'song'") as caught:
        check_kind("song")
    assert "speech" in str(caught.value.hint)
