"""The timeline: scrubbing, loops, and what its columns show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from textual.pilot import Pilot

from eqmorph.tui.widgets.timeline import RIBBON_HZ, Timeline, TimelineData

Act = Callable[..., list[Any]]
Shown = Callable[..., list[str]]


def pressing(*keys: str) -> Any:
    async def press(pilot: Pilot[None]) -> None:
        pilot.app.query_one(Timeline).focus()
        await pilot.press(*keys)

    return press


@pytest.mark.parametrize(
    ("keys", "seconds"),
    [
        (["l"], 61),
        (["right", "right"], 62),
        (["h"], 59),
        (["left"], 59),
        (["L"], 70),
        (["shift+left"], 50),
        (["home"], 0),
        (["end"], 207),
        (["home", "h"], 0),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, list) else "",
)
def test_keys_seek(act: Act, timeline_data: TimelineData, keys: list[str], seconds: float) -> None:
    timeline = Timeline(timeline_data)
    timeline.set_reactive(Timeline.position_s, 60.0)
    heard = act(timeline, pressing(*keys))
    assert [type(message) for message in heard] == [Timeline.Seek] * len(keys)
    assert heard[-1].seconds == timeline.position_s == seconds
    assert heard[-1].control is timeline


def test_the_mouse_scrubs(act: Act, timeline_data: TimelineData) -> None:
    timeline = Timeline(timeline_data)

    async def drag(pilot: Pilot[None]) -> None:
        await pilot.mouse_down(Timeline, offset=(46, 1))
        await pilot.hover(Timeline, offset=(60, 1))
        await pilot.mouse_up(Timeline, offset=(79, 1))
        await pilot.hover(Timeline, offset=(20, 1))

    heard = act(timeline, drag)
    places = [message.seconds for message in heard]
    assert places[0] == pytest.approx(207 / 2, abs=3)
    assert places == sorted(places)
    assert timeline.position_s == places[-1] > 140


def test_a_loop_is_set_and_cleared_where_playing_is(act: Act, timeline_data: TimelineData) -> None:
    timeline = Timeline(timeline_data)
    timeline.set_reactive(Timeline.position_s, 60.0)
    keys = ["left_square_bracket", "L", "right_square_bracket", "home", "right_square_bracket", "backspace"]
    heard = [message for message in act(timeline, pressing(*keys)) if isinstance(message, Timeline.LoopChanged)]
    assert [message.loop_s for message in heard] == [(60.0, 207.0), (60.0, 70.0), None]
    assert timeline.loop_s is None


def test_the_program_moves_it_without_messages(act: Act, timeline_data: TimelineData) -> None:
    timeline = Timeline()

    async def move(_: Pilot[None]) -> None:
        timeline.data = timeline_data
        timeline.position_s = 100.0
        timeline.loop_s = (10.0, 20.0)

    assert act(timeline, move) == []
    assert timeline.duration_s == 207


def test_without_a_file_the_axis_has_no_times(shown: Shown) -> None:
    assert " ".join(shown(Timeline())).split().count("0:00.0") == 1, "the playhead's own"


def test_columns_are_the_loudest_of_their_windows(shown: Shown) -> None:
    level_db = np.full(1000, -60.0)
    level_db[500] = -10.0
    lines = shown(Timeline(TimelineData(10.0, level_db, np.full(1000, 0.5), "warm")), size=(80, 6))
    top = lines[0]
    assert top.count("█") == 1
    assert top.index("█") == pytest.approx(13 + 67 / 2, abs=1)
    assert set(lines[2][14:]) == {"▄"}, "the score's row: half, all along"


@pytest.mark.parametrize(("rows", "each"), [(3, 1), (4, 1), (6, 2), (9, 3)])
def test_before_and_after_have_a_graph_each(shown: Shown, rows: int, each: int) -> None:
    loud, half, full = np.zeros(50), np.full(50, 0.5), np.ones(50)
    timeline = Timeline(TimelineData(10.0, loud, half, "warm", full))
    timeline.styles.height = rows + 1
    lines = shown(timeline, size=(80, 12))
    filled = [line.count("█") for line in lines[:rows]]
    assert filled[-each:] == [66] * each
    assert filled[: rows - 2 * each] == [66] * (rows - 2 * each), "the level"
    assert sum(line.startswith("warm ○") for line in lines) == 1
    assert lines[rows - 2 * each].startswith("warm ○")
    assert lines[rows - each].startswith("warm ●")
    heights = [" ▁▂▃▄▅▆▇█".index(line[-1]) for line in lines[rows - 2 * each : rows - each]]
    assert sum(heights) == 4 * each, "half"


def test_few_windows_fill_all_columns(shown: Shown) -> None:
    lines = shown(Timeline(TimelineData(3.0, np.array([-10.0, -10.0, -50.0]), np.array([1.0, 0.0, np.nan]), "airy")))
    assert lines[0].count("█") == pytest.approx(2 / 3 * 67, abs=2)
    assert lines[2].count("█") == pytest.approx(1 / 3 * 67, abs=2)


@pytest.mark.parametrize(
    "timeline_data",
    [
        TimelineData(5.0, np.full(9, -np.inf), np.full(9, np.nan), "warm"),
        TimelineData(0.0, np.array([]), np.array([]), "warm"),
        None,
    ],
    ids=["silence", "nothing", "not yet known"],
)
def test_where_there_is_nothing_it_says_nothing(shown: Shown, timeline_data: TimelineData | None) -> None:
    lines = shown(Timeline(timeline_data, duration_s=5.0))
    assert not set("▁▂▃▄▅▆▇█") & set("".join(lines))


@pytest.mark.parametrize("size", [(30, 3), (40, 4), (80, 6), (200, 9)])
def test_playhead_and_loop_are_where_they_belong(
    shown: Shown, timeline_data: TimelineData, size: tuple[int, int]
) -> None:
    timeline = Timeline(timeline_data)
    timeline.styles.height = size[1]
    timeline.set_reactive(Timeline.position_s, 60.0)
    timeline.set_reactive(Timeline.loop_s, (103.5, 155.25))
    lines = shown(timeline, size=size)
    gutter = 13 if size[0] >= 60 else 6
    columns = size[0] - gutter
    assert all(line.index("┃") == pytest.approx(gutter + 60 / 207 * columns, abs=1) for line in lines[:-1])
    assert lines[-1].startswith("1:00".ljust(gutter) + "0:00")
    assert lines[-1].index("[") == pytest.approx(gutter + 0.5 * columns, abs=1)
    assert lines[-1].index("]") == pytest.approx(gutter + 0.75 * columns, abs=1)
    assert [len(line) for line in lines] == [size[0]] * size[1]


def following(ribbon_db: np.ndarray | None = None) -> Timeline:
    """Return a timeline of ten seconds in two sections: by default lows are cut in the first, raised in the second."""
    if ribbon_db is None:
        ribbon_db = np.where(RIBBON_HZ < 150, 3.0, 0.0) * np.where(np.arange(100) < 50, -1.0, 1.0)[:, None]
    level, score = np.zeros(100), np.full(100, 0.5)
    return Timeline(TimelineData(10.0, level, score, "warm", score, (0.0, 5.0), ribbon_db))


@pytest.mark.parametrize(("height", "rows"), [(12, 4), (8, 4), (6, 2), (4, 0)])
def test_an_eq_over_time_has_rows_as_far_as_there_is_room(shown: Shown, height: int, rows: int) -> None:
    timeline = following()
    timeline.styles.height = height
    lines = shown(timeline, size=(80, 14))[:height]
    drawn = [line for line in lines if "═" in line]
    assert len(drawn) == (rows > 0)
    if rows:
        low = drawn[0][14:]
        assert lines.index(drawn[0]) == height - 2, "the lowest part, above the times"
        assert set(low[:32]) == {"═"}
        assert set(low[34:]) == {"▆"}, "another glyph, not only another color"
        assert set(lines[height - 1 - rows][14:]) == {"·"}, "the highest part: nothing is done"
        labels = [line.split()[0] for line in lines[height - 1 - rows : height - 1]]
        assert labels[-1] == {4: "80", 2: "lows"}[rows]


def test_sections_are_marked_on_the_level(shown: Shown) -> None:
    timeline = following()
    timeline.styles.height = 8
    first = shown(timeline, size=(80, 12))[0]
    assert first.count("┊") == 1
    assert first.index("┊") == pytest.approx(13 + 67 / 2, abs=1)


def test_only_what_looks_otherwise_is_repainted(
    act: Act, timeline_data: TimelineData, monkeypatch: pytest.MonkeyPatch
) -> None:
    timeline = Timeline(timeline_data)
    painted: list[int] = []

    async def play(pilot: Pilot[None]) -> None:
        draw = timeline.render_line

        def count(y: int) -> Any:
            painted.append(y)
            return draw(y)

        monkeypatch.setattr(timeline, "render_line", count)
        timeline.position_s = 60.0
        await pilot.pause()
        painted.clear()
        for step in range(20):  # a second of some seconds a column
            timeline.position_s = 60.0 + step / 20
            await pilot.pause()
        assert not painted
        timeline.position_s = 61.0
        await pilot.pause()

    act(timeline, play)
    assert painted, "the time that is shown is another one"
