"""What was heard comes back from its bytes number by number; anything else comes back as nothing."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqmorph.analysis import listen
from eqmorph.audio.read import AudioInfo
from eqmorph.audio.windows import Spectra, as_one_window
from eqmorph.heard.packed import Heard, pack, unpack
from tests.support import noise_block

KEY, PATH, RATE = b"k" * 32, Path("song.wav"), 22_050


def heard(seconds: float = 6.0) -> Heard:
    info = AudioInfo(PATH, RATE, 2, int(seconds * RATE), "WAVEX", "PCM_24", 3)
    return Heard(info, listen([noise_block(info.frames)], RATE), ("muted 2 invalid samples",))


def arrays(spectra: Spectra) -> list[bytes]:
    found = [spectra.start_s, spectra.length_s, spectra.power, spectra.energy, spectra.quiet_power, spectra.traits]
    return [b"" if array is None else str(array.dtype).encode() + array.tobytes() for array in found]


@pytest.mark.parametrize("whole", [False, True])
def test_everything_comes_back_exactly(whole: bool) -> None:
    given = heard()
    if whole:
        given = replace(given, spectra=as_one_window(given.spectra))
    back = unpack(pack(given, KEY), KEY, Path("elsewhere.wav"))
    assert back is not None
    assert (back.info, back.notes) == (replace(given.info, path=Path("elsewhere.wav")), given.notes)
    assert arrays(back.spectra) == arrays(given.spectra)
    assert back.spectra.power.shape == given.spectra.power.shape
    facts = ("sample_rate", "frames", "window_s", "hop_s")
    assert [getattr(back.spectra, name) for name in facts] == [getattr(given.spectra, name) for name in facts]
    assert back.spectra.power.flags.writeable  # a copy, as when it is listened to


def test_what_was_not_measured_stays_so() -> None:
    given = heard()
    bare = replace(given, spectra=replace(given.spectra, quiet_power=None, traits=None))
    back = unpack(pack(bare, KEY), KEY, PATH)
    assert back is not None
    assert (back.spectra.quiet_power, back.spectra.traits) == (None, None)


def test_bytes_of_another_key_are_nothing() -> None:
    assert unpack(pack(heard(), KEY), b"j" * 32, PATH) is None


@given(st.data())
def test_damaged_bytes_are_nothing(data: st.DataObject) -> None:
    whole = bytearray(PACKED)
    at = data.draw(st.integers(0, len(whole) - 1))
    if data.draw(st.booleans()):
        whole[at] ^= data.draw(st.integers(1, 255))
        assert unpack(bytes(whole), KEY, PATH) is None
    else:
        assert unpack(bytes(whole[:at]), KEY, PATH) is None


PACKED = pack(heard(), KEY)


def forged(**changes: object) -> bytes:
    """Return bytes with a valid seal whose facts are others than was heard."""
    head, _, rest = PACKED[16:].partition(b"\n")
    body = json.dumps({**json.loads(head), **changes}).encode() + b"\n" + rest
    return hashlib.blake2b(body, key=KEY, digest_size=16).digest() + body


@pytest.mark.parametrize(
    "changes",
    [
        {"windows": 10**15},
        {"windows": -1},
        {"windows": 2.0},
        {"windows": "5"},
        {"sound": [44_100, 1, 2.0, 1.0]},
        {"sound": [10**12, 1, 2.0, 1.0]},
        {"sound": [0, 1, 2.0, 1.0]},
        {"sound": [RATE, 1, float("nan"), 1.0]},
        {"sound": [RATE, -1, 2.0, 1.0]},
        {"sound": []},
        {"info": [2, 1, "WAV", "PCM_16", "3"]},
        {"info": [2, 1, 5, "PCM_16", None]},
        {"info": [10**9, 1, "WAV", "PCM_16", None]},
        {"info": None},
        {"notes": [1]},
        {"notes": 7},
        {"has": [True]},
        {"has": [False, False]},
    ],
    ids=str,
)
def test_facts_that_no_file_has_are_nothing(changes: dict[str, object]) -> None:
    assert unpack(forged(), KEY, PATH) is not None
    assert unpack(forged(**changes), KEY, PATH) is None


@pytest.mark.parametrize("name", ["power", "energy", "start_s", "length_s", "quiet_power"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -1.0])
def test_numbers_that_nothing_measures_are_nothing(name: str, value: float) -> None:
    good = heard()
    array = getattr(good.spectra, name).copy()
    array.flat[0] = value
    assert unpack(pack(replace(good, spectra=replace(good.spectra, **{name: array})), KEY), KEY, PATH) is None


@pytest.mark.parametrize("body", [b"", b"\n", b"{}\n", b"[]\n", b"null", b"[" * 70_000 + b"\n", b"\xff\n"])
def test_sealed_rubbish_is_nothing(body: bytes) -> None:
    assert unpack(hashlib.blake2b(body, key=KEY, digest_size=16).digest() + body, KEY, PATH) is None
