"""Formats by the names that people have for them."""

from __future__ import annotations

import pytest

from eqmorph.errors import UsageError
from eqmorph.exchange import FORMATS, find_format


@pytest.mark.parametrize(
    ("name", "found"),
    [
        *((fmt.name, fmt.name) for fmt in FORMATS),
        ("autoeq", "apo"),
        ("Equalizer APO", "apo"),
        ("equalizerapo", "apo"),
        ("peace", "apo"),
        ("JamesDSP", "graphiceq"),
        ("wav", "ir"),
        ("fir", "ir"),
        ("convolution", "ir"),
        ("IR_Linear", "ir-linear"),
        ("reaeq", "reaper"),
        ("jsfx", "reaper"),
        ("mpv", "ffmpeg"),
    ],
)
def test_a_format_is_found_by_what_it_is_called(name: str, found: str) -> None:
    assert find_format(name).name == found


def test_what_no_format_is_called_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="no format is called 'xyzzy'") as caught:
        find_format("xyzzy")
    assert "Formats are pipewire, " in str(caught.value.hint)
    with pytest.raises(UsageError) as caught:
        find_format("equalizer")
    assert "apo" in str(caught.value.hint)
