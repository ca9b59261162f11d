"""Samples as streams hold them."""

from __future__ import annotations

import numpy as np
import pytest

from eqmorph.errors import UsageError
from eqmorph.stream.samples import SAMPLE_TYPES, parse_raw


@pytest.mark.parametrize("name", ["u8", "s16", "s24", "f32"])
def test_every_sample_comes_back_unchanged(name: str) -> None:
    kind = SAMPLE_TYPES[name]
    if kind.is_float:
        data = np.random.default_rng(0).standard_normal(600).astype("<f4").tobytes()
    else:
        data = np.random.default_rng(0).integers(0, 256, 600 * kind.width, np.uint8).tobytes()
    assert kind.encode(kind.decode(data, 3)) == (data, 0)


@pytest.mark.parametrize(("name", "step"), [("s32", 2**-24), ("f64", 2**-24)])
def test_of_longer_ones_24_bits_are_kept(name: str, step: float) -> None:
    block = np.random.default_rng(0).uniform(-1, 1, (2, 300)).astype(np.float32)
    kind = SAMPLE_TYPES[name]
    data, clipped = kind.encode(block.copy())
    assert len(data) == 600 * kind.width
    assert clipped == 0
    np.testing.assert_allclose(kind.decode(data, 2), block, atol=step)


@pytest.mark.parametrize("name", ["u8", "s16", "s24", "s32"])
def test_what_is_too_loud_is_clipped_and_counted(name: str) -> None:
    kind = SAMPLE_TYPES[name]
    data, clipped = kind.encode(np.array([[2.0, -2.0, 0.5]], np.float32))
    assert clipped == 2
    np.testing.assert_allclose(kind.decode(data, 1), [[1.0, -1.0, 0.5]], atol=2.0 / 2**kind.bits)


def test_raw_formats() -> None:
    form = parse_raw("F32LE:48000:2")
    assert (form.type.name, form.sample_rate, form.channels) == ("f32", 48_000, 2)


@pytest.mark.parametrize("text", ["", "f32", "f16:48000:2", "f32:48000", "s16:x:2", "s16be:44100:2"])
def test_other_texts_are_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match="is no raw format") as caught:
        parse_raw(text)
    assert "f32:48000:2" in caught.value.hint
