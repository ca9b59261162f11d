"""The trajectory: valid against its schema, and every field says what it promises."""

from __future__ import annotations

import json
import math
import re
import tracemalloc
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf

from eqmorph import __version__
from eqmorph._typing import Float32
from eqmorph.analysis import MAIN_WORDS, Ear, flowing_trajectory, listen, ranked, suggest, trajectory, write_trajectory
from eqmorph.analysis.trajectory import SCHEMA, json_parts
from eqmorph.audio.read import AudioInfo
from eqmorph.audio.windows import Spectra, grid_at
from eqmorph.errors import OutputError
from eqmorph.kind import Kind
from eqmorph.model.reference import FORMAT as REFERENCE_FORMAT

RATE = 44_100
SCHEMA_DATA = json.loads(SCHEMA.read_text(encoding="utf-8"))
KINDS = {
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str),
    "boolean": lambda v: isinstance(v, bool),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "number": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool) and math.isfinite(v),
    "null": lambda v: v is None,
}
SAID = {"$schema", "title", "description", "$defs"}


def problems(value: Any, schema: dict[str, Any], at: str = "$") -> list[str]:
    """Return what a value lacks to be valid: as much of JSON Schema as ours uses, and an error for anything beyond."""
    if "$ref" in schema:
        target = SCHEMA_DATA["$defs"][schema["$ref"].removeprefix("#/$defs/")]
        return problems(value, target | {k: v for k, v in schema.items() if k not in ("$ref", "description")}, at)
    kinds = [schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type", list(KINDS))
    if not any(KINDS[kind](value) for kind in kinds):
        return [f"{at} is no {' or '.join(kinds)}: {value!r}"]
    found: list[str] = []
    for key, limit in schema.items():
        if key in SAID or key == "type":
            continue
        if key == "const":
            found += [f"{at} is not {limit}"] * (value != limit)
        elif key == "enum":
            found += [f"{at} is none of {limit}"] * (value not in limit)
        elif key == "pattern":
            found += [f"{at} does not match"] * (re.search(limit, value) is None)
        elif value is None:
            continue
        elif key == "required":
            found += [f"{at} lacks {name}" for name in limit if name not in value]
        elif key == "additionalProperties":
            found += [
                f"{at}.{name} is unknown" for name in value if limit is False and name not in schema["properties"]
            ]
        elif key == "properties":
            for name, inner in limit.items():
                found += problems(value[name], inner, f"{at}.{name}") if name in value else []
        elif key == "items":
            for number, item in enumerate(value):
                found += problems(item, limit, f"{at}[{number}]")
        elif key in ("minItems", "maxItems"):
            found += [f"{at} has {len(value)}"] * (len(value) < limit if key == "minItems" else len(value) > limit)
        elif key in ("minimum", "maximum", "exclusiveMinimum"):
            wrong = {"minimum": value < limit, "maximum": value > limit, "exclusiveMinimum": value <= limit}[key]
            found += [f"{at} is {value}"] * wrong
        else:
            raise NotImplementedError(key)
    return found


def info(channels: int = 2, rate: int = RATE) -> AudioInfo:
    return AudioInfo(Path("some") / "song.wav", rate, channels, 0, "WAV", "PCM_16")


@pytest.fixture
def spectra(music: Float32) -> Spectra:
    return listen([np.concatenate([music, np.zeros((2, 3 * RATE), np.float32)], axis=1)], RATE, window_s=2.0)


@pytest.fixture
def data(ear: Ear, spectra: Spectra) -> dict[str, Any]:
    return trajectory(ear, spectra, info())


def test_it_is_valid(data: dict[str, Any]) -> None:
    assert problems(data, SCHEMA_DATA) == []


@pytest.mark.parametrize("kind", [*Kind, None])
def test_it_says_of_which_kind_the_sound_is_and_which_others_it_was_heard_against(
    ear: Ear, spectra: Spectra, kind: Kind | None
) -> None:
    data = trajectory(ear.of(kind), spectra, info())
    assert data["kind"] == (kind.value if kind is not None else None)
    assert data["reference"]["sha256"] == ear.reference.of(kind).digest
    assert data["reference"]["sounds"] == len(ear.reference.of(kind).weights)
    assert problems(dict(data), SCHEMA_DATA) == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d.update(format="eqmorph-trajectory/1"),
        lambda d: d.pop("summary"),
        lambda d: d.update(more=1),
        lambda d: d["file"].update(sample_rate=0),
        lambda d: d["windows"][0].update(weight=1.5),
        lambda d: d["windows"][0].update(energy_db=math.nan),
        lambda d: d["windows"][0]["pca"].append(1.0),
        lambda d: d["summary"]["strongest"][0].pop("percentile"),
        lambda d: d["model"].update(sha256="abc"),
        lambda d: d.update(kind="song"),
        lambda d: d.pop("kind"),
    ],
)
def test_the_schema_refuses_what_is_wrong(spoil: Any, data: dict[str, Any]) -> None:
    spoil(data)
    assert problems(data, SCHEMA_DATA)


def test_it_names_the_file_as_it_was_read(data: dict[str, Any]) -> None:
    assert data["file"] == {
        "name": "song.wav",
        "container": "WAV",
        "subtype": "PCM_16",
        "sample_rate": RATE,
        "channels": 2,
        "frames": 7 * RATE,
        "duration_s": 7.0,
    }
    assert (data["window_s"], data["hop_s"]) == (2.0, 1.0)
    assert data["program"] == f"eqmorph {__version__}"


def test_it_names_the_model_and_the_reference(data: dict[str, Any], ear: Ear) -> None:
    digest = sha256(json.dumps(ear.space.card["files"], sort_keys=True).encode()).hexdigest()
    assert data["encoder"] == "analytic"
    assert data["model"] == {"format": ear.space.card["format"], "sha256": digest}
    assert data["reference"] == {
        "format": REFERENCE_FORMAT,
        "sha256": ear.reference.digest,
        "corpora": [corpus.name for corpus in ear.reference.corpora],
        "sounds": len(ear.reference.weights),
    }
    np.testing.assert_allclose(data["pca_share"], ear.plane.share, atol=1e-3)


def test_its_windows_are_what_the_ear_hears(data: dict[str, Any], ear: Ear, spectra: Spectra) -> None:
    curves = ear.window_curves(spectra)
    scores, places = ear.words_in(curves, data["words"])
    latents = ear.space.encode(curves)
    assert [window["start_s"] for window in data["windows"]] == [0, 1, 2, 3, 4, 5]
    assert [window["length_s"] for window in data["windows"]] == [2.0] * 6
    for at, window in enumerate(data["windows"][:4]):
        np.testing.assert_allclose(window["scores"], scores[at], atol=0.006)
        np.testing.assert_allclose(window["percentiles"], places[at], atol=0.0006)
        np.testing.assert_allclose(window["latent"], latents[at], atol=0.006)
        np.testing.assert_allclose(window["pca"], ear.plane.place(latents[at]), atol=0.006)
        assert window["energy_db"] == pytest.approx(10 * math.log10(spectra.energy[at]), abs=0.06)
        assert window["weight"] == pytest.approx(spectra.weights[at], rel=1e-3)
    assert sum(window["weight"] for window in data["windows"]) == pytest.approx(1, abs=1e-3)


def test_of_silence_nothing_is_said(data: dict[str, Any]) -> None:
    assert data["windows"][-1]["weight"] == 0
    for name in ("energy_db", "scores", "percentiles", "pca", "latent"):
        assert data["windows"][-1][name] is None


def test_its_summary_is_of_the_whole(data: dict[str, Any], ear: Ear, spectra: Spectra) -> None:
    profile = ear.hear(spectra)
    summary = data["summary"]
    assert not summary["silent"]
    assert [entry["word"] for entry in summary["words"]] == data["words"]
    for entry in [*summary["words"], *summary["strongest"], *summary["weakest"]]:
        assert entry["score"] == pytest.approx(profile.score(entry["word"]), abs=1e-3)
        assert entry["percentile"] == pytest.approx(profile.percentile(entry["word"]), abs=1e-3)
    np.testing.assert_allclose(summary["latent"], profile.latent, atol=1e-3)
    np.testing.assert_allclose(summary["pca"], ear.plane.place(profile.latent), atol=1e-3)
    assert summary["suggestion"] == suggest(ear, profile, MAIN_WORDS).to_dict()


def test_strongest_and_weakest_are_the_ends_of_one_order(data: dict[str, Any], ear: Ear, spectra: Spectra) -> None:
    order = [entry.word for entry in ranked(ear, ear.hear(spectra))]
    assert [entry["word"] for entry in data["summary"]["strongest"]] == order[:8]
    assert [entry["word"] for entry in data["summary"]["weakest"]] == order[::-1][:8]
    places = [entry.percentile for entry in ranked(ear, ear.hear(spectra))]
    assert places == sorted(places, reverse=True)
    assert all(ear.space.terms[word].language == "en" for word in order)
    assert all(ear.space.terms[word].confidence >= 0.4 for word in order)


def test_no_word_is_both_strong_and_weak(ear: Ear, spectra: Spectra) -> None:
    summary = trajectory(ear, spectra, info(), top=1000)["summary"]
    strongest = {entry["word"] for entry in summary["strongest"]}
    assert len(strongest) > 20
    assert not strongest & {entry["word"] for entry in summary["weakest"]}


def test_main_words_are_known_and_have_evidence(ear: Ear, data: dict[str, Any]) -> None:
    assert data["words"] == list(MAIN_WORDS)
    assert 10 <= len(MAIN_WORDS) <= 14
    assert all(ear.space.terms[word].confidence > 0.2 for word in MAIN_WORDS)


def test_other_words_can_be_followed_and_unknown_ones_are_left_out(ear: Ear, spectra: Spectra) -> None:
    data = trajectory(ear, spectra, info(), words=["calm", "no such word", "warm"])
    assert data["words"] == ["calm", "warm"]
    assert len(data["windows"][0]["scores"]) == 2
    assert problems(trajectory(ear, spectra, info(), words=[]), SCHEMA_DATA) == []


def test_what_was_applied_is_kept(ear: Ear, spectra: Spectra, data: dict[str, Any]) -> None:
    applied = {"target": "warm:0.7", "bands": [{"kind": "bell"}]}
    assert trajectory(ear, spectra, info(), applied=applied)["applied"] == applied
    assert data["applied"] is None


def test_one_window_stands_on_each_line(data: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "song.trajectory.json"
    write_trajectory(path, data, overwrite=False)
    text = path.read_bytes().decode("ascii")
    assert json.loads(text) == data
    lines = [line for line in text.splitlines() if line.startswith('{"start_s"')]
    assert [json.loads(line.rstrip(",")) for line in lines] == data["windows"]
    assert max(map(len, lines)) < 900  # three hours at the usual hop: under 10 MB
    assert b"\r" not in path.read_bytes()


def test_what_is_there_is_overwritten_only_when_asked(data: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("mine")
    with pytest.raises(OutputError, match="already exists"):
        write_trajectory(path, data, overwrite=False)
    assert path.read_text() == "mine"
    write_trajectory(path, data, overwrite=True)
    assert json.loads(path.read_text())["format"] == "eqmorph-trajectory/3"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.json"]


def test_no_nan_is_written(data: dict[str, Any], tmp_path: Path) -> None:
    data["applied"] = {"x": math.nan}
    with pytest.raises(ValueError, match="JSON"):
        write_trajectory(tmp_path / "a.json", data, overwrite=False)
    assert list(tmp_path.iterdir()) == []


def _noise(channels: int, frames: int, level: float = 0.1) -> np.ndarray:
    return np.random.default_rng(2).normal(0, level, (channels, frames))


def _tone(rate: int, frames: int, level: float = 0.5) -> np.ndarray:
    return level * np.sin(2 * np.pi * 440 * np.arange(frames) / rate)[None]


ODD = {
    "a pure tone": (RATE, _tone(RATE, RATE)),
    "white noise": (RATE, _noise(2, RATE)),
    "a click of 10 ms": (RATE, _noise(1, 441)),
    "one sample": (RATE, np.ones((1, 1))),
    "a telephone": (8_000, _noise(1, 8_000)),
    "192 kHz": (192_000, _noise(1, 192_000)),
    "12 channels": (48_000, _noise(12, 48_000)),
    "clipped": (RATE, np.clip(_noise(2, RATE, 3.0), -1, 1)),
    "-90 dBFS": (RATE, _tone(RATE, RATE, 10**-4.5)),
    "a low tone at a low rate": (4_000, _tone(4_000, 4_000)),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_sounds_have_a_finite_and_bounded_answer(name: str, ear: Ear, tmp_path: Path) -> None:
    rate, signal = ODD[name]
    spectra = listen([signal.astype(np.float32)], rate)
    data = trajectory(ear, spectra, info(len(signal), rate))
    assert problems(data, SCHEMA_DATA) == []
    write_trajectory(tmp_path / "t.json", data, overwrite=False)
    profile = ear.hear(spectra)
    assert np.abs(profile.curve_db).max() <= 18.0
    assert np.abs(profile.scores).max() < 30
    assert len(data["windows"]) == 1
    assert data["windows"][0]["weight"] == (0 if name == "one sample" else 1)
    assert data["summary"]["silent"] == (name == "one sample")  # which is an offset, no more


@pytest.mark.parametrize("value", [0.0, 0.4])
def test_silence_and_an_offset_say_so(value: float, ear: Ear) -> None:
    data = trajectory(ear, listen([np.full((2, 3 * RATE), value, np.float32)], RATE), info())
    assert problems(data, SCHEMA_DATA) == []
    summary = data["summary"]
    assert summary["silent"]
    assert "silence" in summary["suggestion"]["text"]
    assert summary["words"] == summary["strongest"] == summary["weakest"] == []
    assert summary["latent"] is summary["pca"] is None


def test_a_file_on_disk_is_heard_as_its_samples(ear: Ear, music: Float32, tmp_path: Path) -> None:
    from eqmorph.analysis import listen_to_file

    sf.write(tmp_path / "a.wav", music.T, RATE, subtype="FLOAT")
    on_disk = ear.hear(listen_to_file(tmp_path / "a.wav"))
    np.testing.assert_allclose(on_disk.scores, ear.hear(listen([music], RATE)).scores, atol=1e-4)


def test_writing_takes_no_more_memory_for_more_windows(ear: Ear, tmp_path: Path) -> None:
    def peak(count: int) -> int:
        rng = np.random.default_rng(0)
        power = rng.random((count, len(grid_at(8_000).freq_hz)), np.float32)
        start = np.arange(count) * 0.05
        sound = Spectra(8_000, count * 400, 0.05, 0.05, start, np.full(count, 0.05), power, np.ones(count))
        tracemalloc.start()
        try:
            data = flowing_trajectory(ear, sound, info(1, 8_000))
            write_trajectory(tmp_path / "a.json", data, overwrite=True)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(1_100)  # with what is made once
    assert peak(5_120) < peak(2_048) + 1_000_000  # as plain data the others take 15 MB


def test_flowing_windows_are_those_of_the_whole(data: dict[str, Any], ear: Ear, spectra: Spectra) -> None:
    flowing = flowing_trajectory(ear, spectra, info())
    assert len(flowing["windows"]) == len(data["windows"])
    for _ in range(2):  # they can be gone through again
        assert {**flowing, "windows": list(flowing["windows"])} == data
    assert json.loads("".join(json_parts(flowing))) == data
    assert "\n" not in "".join(json_parts(flowing))
