"""The shipped presets are what their readers expect: complete, in range, in order, and each its own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PATHS = sorted((Path(__file__).parents[1] / "presets").glob("*.toml"))
RANGES = {"freq_hz": (20.0, 20_000.0), "gain_db": (-12.0, 12.0), "q": (0.1, 10.0)}
PLACE = {"low_shelf": 0, "bell": 1, "high_shelf": 2}
MODERATE_DB = 6.0

each_preset = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def load(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def test_a_useful_number_of_presets_is_shipped() -> None:
    names = {path.stem for path in PATHS}
    assert len(names) >= 16
    assert {"flat", "de-mud", "air", "telephone", "podcast-voice"} <= names


@each_preset
def test_has_exactly_the_agreed_keys(path: Path) -> None:
    preset = load(path)
    assert set(preset) == {"name", "description", "tags", "bands"}
    assert preset["bands"]
    for band in preset["bands"]:
        assert set(band) == {"kind", "freq_hz", "gain_db", "q"}


@each_preset
def test_is_named_like_its_file(path: Path) -> None:
    assert load(path)["name"] == path.stem
    assert path.stem == path.stem.lower()


@each_preset
def test_describes_itself_in_one_sentence(path: Path) -> None:
    preset = load(path)
    description = preset["description"]
    assert description.endswith(".")
    assert description.count(". ") == 0
    assert 20 <= len(description) <= 110
    assert preset["tags"]
    assert all(isinstance(tag, str) and tag for tag in preset["tags"])
    assert len(set(preset["tags"])) == len(preset["tags"])


@each_preset
def test_numbers_are_floats_in_range(path: Path) -> None:
    for band in load(path)["bands"]:
        assert band["kind"] in PLACE
        for key, (lowest, highest) in RANGES.items():
            assert isinstance(band[key], float), key
            assert lowest <= band[key] <= highest, key


@each_preset
def test_bands_stand_from_low_to_high(path: Path) -> None:
    bands = load(path)["bands"]
    places = [PLACE[band["kind"]] for band in bands]
    assert places == sorted(places)
    for kind in PLACE:
        freqs_hz = [band["freq_hz"] for band in bands if band["kind"] == kind]
        assert freqs_hz == sorted(set(freqs_hz)), kind


@each_preset
def test_only_effects_go_to_extremes(path: Path) -> None:
    preset = load(path)
    if "effect" not in preset["tags"]:
        assert len(preset["bands"]) <= 5
        assert all(abs(band["gain_db"]) <= MODERATE_DB for band in preset["bands"])


@each_preset
def test_only_flat_does_nothing(path: Path) -> None:
    moves = any(band["gain_db"] != 0.0 for band in load(path)["bands"])
    assert moves == (path.stem != "flat")


def test_no_two_presets_are_alike() -> None:
    presets = [load(path) for path in PATHS]
    for key in ("name", "description", "bands"):
        values = [str(preset[key]) for preset in presets]
        assert len(set(values)) == len(values), key
