"""The same options write the same samples as ever: ten settings over the demo sounds, against a record.

The record (``data/golden_apply.json``) is made by ``EQMORPH_GOLDEN=new pytest tests/test_golden.py``, and only where a
change of the sound is meant. On the machine that made it the digests agree (``EQMORPH_GOLDEN=exact`` insists on that).
Another processor may round otherwise, and with it a band by its last digit: there, samples picked from all over each
file may differ by a hundredth of its peak.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf

from eqmorph.cli import run
from eqmorph.demo import write_demo_sounds

RECORD = Path(__file__).parent / "data" / "golden_apply.json"
PICKED = 61  # samples of each file
NEAR = 0.01  # of the peak
WORDS_PRESET = 'name = "words"\ntarget = "warm:0.4 + clear:0.4"\namount = 0.8\n'

SETTINGS = {
    "words": ["--target", "warm:0.7"],
    "sentence": ["--target", "brighter, a bit less harsh", "--amount", "1.4"],
    "album": ["--target", "warm:0.5 + airy:0.3", "--album"],
    "percentile": ["--target", "clear", "--to", "0.8"],
    "fixed": ["--target", "bright:0.6 + punchy:-0.4", "--mode", "fixed", "--max-gain", "7"],
    "refined": ["--target", "dark", "--max-gain", "4", "--refine"],
    "bands": ["--bands", "LS 120 +3; PK 1000 -2 Q0.7; HS 8k -3", "--amount", "0.5"],
    "preset": ["--preset", "de-mud", "--level", "keep", "--amount", "1.7"],
    "loudness": ["--preset", "air", "--level", "-16", "--ceiling", "-2"],
    "words preset": ["--preset", "PRESET", "--format", "flac", "--bit-depth", "24"],
}


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("golden")
    write_demo_sounds(folder / "in")
    (folder / "words.toml").write_text(WORDS_PRESET)
    return folder


def written_by(options: list[str], sounds: Path, output: Path) -> dict[str, Any]:
    named = [str(sounds / "words.toml") if option == "PRESET" else option for option in options]
    assert run(["apply", str(sounds / "in"), str(output), *named, "-q", "--no-trajectory"]) == 0
    return {path.name: described(path) for path in sorted(output.glob("[!.]*"))}


def described(path: Path) -> dict[str, Any]:
    audio, rate = sf.read(path, dtype="int32", always_2d=True)
    places = np.linspace(0, audio.size - 1, PICKED).astype(int)
    return {
        "format": f"{sf.info(path).subtype} {rate} {audio.shape}",
        "digest": hashlib.sha256(audio.tobytes()).hexdigest()[:16],
        "samples": (audio.ravel()[places] >> 8).tolist(),
    }


@pytest.mark.parametrize("name", SETTINGS)
def test_the_same_options_write_the_same_samples(name: str, sounds: Path, tmp_path: Path) -> None:
    found = written_by(SETTINGS[name], sounds, tmp_path / "out")
    if os.environ.get("EQMORPH_GOLDEN") == "new":
        record = json.loads(RECORD.read_text()) if RECORD.exists() else {}
        RECORD.write_text(json.dumps(record | {name: found}, indent=None, sort_keys=True).replace('"}, "', '"},\n"'))
    golden = json.loads(RECORD.read_text())[name]
    assert found.keys() == golden.keys()
    for file, facts in found.items():
        assert facts["format"] == golden[file]["format"]
        if os.environ.get("EQMORPH_GOLDEN") == "exact":
            assert facts["digest"] == golden[file]["digest"], f"{file} differs"
        apart = np.abs(np.subtract(facts["samples"], golden[file]["samples"]))
        assert apart.max() <= NEAR * np.abs(golden[file]["samples"]).max(), f"{file} sounds different"
