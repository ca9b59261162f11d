"""Trajectories read again: what was written comes back, and what is damaged is refused by name."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from eqmorph.analysis import Ear, listen, trajectory, write_trajectory
from eqmorph.analysis.courses import over_time, section_starts
from eqmorph.analysis.stored import is_trajectory, read_trajectory
from eqmorph.audio.read import AudioInfo
from eqmorph.bands import Bands, Ride, Station
from eqmorph.errors import InputError

RATE = 22_050
RIDE = Ride((Station(0, 4, Bands.parse("LS 200 +6")), Station(8, 12, Bands.parse("LS 200 -6"))))


@pytest.fixture(scope="module")
def data(ear: Ear) -> Any:
    noise = np.random.default_rng(1).standard_normal((1, 12 * RATE)).astype(np.float32) * 0.1
    info = AudioInfo(Path("song.wav"), RATE, 1, noise.shape[1], "WAV", "PCM_16")
    applied = {"target": "warm", "bands": Bands.parse("LS 200 +6").to_list(), "ride": RIDE.to_dict()}
    return trajectory(ear, listen([noise], RATE), info, words=["warm", "bright"], applied=applied, ride=RIDE)


def test_what_was_written_is_read(data: Any, tmp_path: Path) -> None:
    path = tmp_path / "song.wav.trajectory.json"
    write_trajectory(path, data, overwrite=False)
    assert is_trajectory(path)
    assert not is_trajectory(Path("song.wav"))
    assert read_trajectory(path) == json.loads(json.dumps(data))


def test_the_picture_has_courses_and_the_eq_over_time(data: Any) -> None:
    picture = over_time(data)
    assert [course.word for course in picture.courses] == ["warm", "bright"]
    after = picture.courses[0].after
    assert after is not None
    change = after - picture.courses[0].before
    assert change[0] > 0.01
    assert change[-1] < -0.01
    assert picture.sections_s == section_starts(data)
    ribbon = picture.ribbon
    assert ribbon is not None
    assert ribbon.gain_db[[0, -1], 0] == pytest.approx([6, -6], abs=0.3)


def test_an_eq_that_stays_is_a_ribbon_too(data: Any) -> None:
    still = copy.deepcopy(data)
    still["applied"]["ride"] = None
    ribbon = over_time(still).ribbon
    assert ribbon is not None
    assert np.ptp(ribbon.gain_db, axis=0) == pytest.approx(0)
    still["applied"] = None
    assert over_time(still).ribbon is None


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda data: data.pop("windows"), "it lacks windows"),
        (lambda data: data.update(format="eqmorph-trajectory/2"), "another version"),
        (lambda data: data.update(format="else"), "not a trajectory"),
        (lambda data: data["windows"][2].update(weight="much"), "windows[2].weight has the wrong type"),
        (lambda data: data["windows"][2]["percentiles"].pop(), "not one for each word"),
        (lambda data: data["windows"][2]["percentiles"].__setitem__(0, 3.0), "out of range"),
        (lambda data: data["applied"].pop("ride"), "applied lacks"),
        (lambda data: data["applied"]["ride"]["stations"][0].update(from_s=99), "applied: a ride has stations"),
        (lambda data: data["applied"]["ride"]["stations"][0]["bands"].append({"kind": "odd"}), "applied"),
    ],
)
def test_what_is_damaged_is_refused(data: Any, tmp_path: Path, damage: Callable[[Any], Any], said: str) -> None:
    bad = copy.deepcopy(data)
    damage(bad)
    path = tmp_path / "song.wav.trajectory.json"
    path.write_text(json.dumps(bad))
    with pytest.raises(InputError) as raised:
        read_trajectory(path)
    assert said in raised.value.problem
    assert raised.value.path == path


def test_texts_in_it_can_not_reach_the_terminal(data: Any, tmp_path: Path) -> None:
    path = tmp_path / "song.wav.trajectory.json"
    path.write_text(json.dumps({**data, "words": ["\x1b[31mred", "bright"]}))
    assert read_trajectory(path)["words"][0] == "\\x1b[31mred"
    path.write_text("{")
    with pytest.raises(InputError, match="not JSON"):
        read_trajectory(path)
