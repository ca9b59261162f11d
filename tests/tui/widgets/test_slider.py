"""The slider by keys, by typing, by mouse, and what its line shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from eqmorph.tui.widgets.slider import Slider

KEY_NAMES = {"\r": "enter", ".": "full_stop", "-": "minus"}

Act = Callable[..., list[Any]]
Shown = Callable[..., list[str]]


def pressing(*keys: str) -> Any:
    async def press(pilot: Pilot[None]) -> None:
        pilot.app.query_one(Slider).focus()
        await pilot.press(*keys)

    return press


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (["l"], 0.25),
        (["right", "right"], 0.3),
        (["h"], 0.15),
        (["left"], 0.15),
        (["L"], 0.45),
        (["shift+right"], 0.45),
        (["H", "H"], -0.3),
        (["shift+left"], -0.05),
        (["0"], 0.0),
        (["L"] * 9, 1.5),
        (["H"] * 9, -1.0),
        (["minus", "full_stop", "4", "enter"], -0.4),
        (["0", "full_stop", "7", "enter"], 0.7),
        (["1", "full_stop", "0", "5", "enter"], 1.05),
        (["plus", "1", "enter"], 1.0),
        (["9", "enter"], 1.5),
        (["1", "backspace", "full_stop", "5", "enter"], 0.5),
        (["1", "escape"], 0.2),
        (["1", "escape", "l"], 0.25),
        (["1", "tab"], 0.2),
        (["minus", "minus", "enter"], 0.2),
        (["1", "l"], 0.25),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, list) else "",
)
def test_keys(act: Act, keys: list[str], value: float) -> None:
    slider = Slider("warm", 0.2)
    act(slider, pressing(*keys))
    assert slider.value == pytest.approx(value, abs=1e-12)
    assert slider.edited == ""


def test_what_is_typed_is_seen_before_it_counts(act: Act) -> None:
    slider = Slider("warm", 0.2)
    lines: list[str] = []

    async def type_it(pilot: Pilot[None]) -> None:
        await pressing("minus", "full_stop", "4")(pilot)
        lines.append(slider.render_line(0).text)

    assert act(slider, type_it) == []
    assert slider.value == 0.2
    assert lines[0].rstrip().endswith("-.4▏")


@pytest.mark.parametrize(("keys", "value"), [("0.35\r", 0.35), ("l.5\r", 0.5), ("-.5\rl0", 0.0), ("1.05\r", 1.05)])
def test_keys_count_in_their_order_however_fast_they_come(act: Act, keys: str, value: float) -> None:
    slider = Slider("warm", 0.8)

    async def type_at_once(pilot: Pilot[None]) -> None:
        slider.focus()
        await pilot.pause()
        for character in keys:
            pilot.app.post_message(events.Key(KEY_NAMES.get(character, character), character))

    act(slider, type_at_once)
    assert slider.value == value


def test_watchers_are_called_at_once(act: Act) -> None:
    slider = Slider("warm", 0.2)

    async def change(pilot: Pilot[None]) -> None:
        told: list[float] = []
        pilot.app.watch(slider, "value", lambda value: told.append(value), init=False)
        slider.action_step(1)
        assert told == [0.25]
        slider.value = 0.7
        slider.value = 0.7
        slider.action_reset()
        assert told == [0.25, 0.7, 0.0]

    act(slider, change)


def test_no_step_leaves_noise_and_no_end_is_passed(act: Act) -> None:
    slider = Slider("warm", -1)
    heard = act(slider, pressing(*["l"] * 55))
    assert heard == [pytest.approx(-1 + 0.05 * n, abs=1e-9) for n in range(1, 51)]
    assert 0.0 in heard


def test_a_click_sets_what_lies_under_it(act: Act, shown: Shown) -> None:
    (line, *_) = shown(Slider("warm", label_width=4), size=(60, 5))
    zero, start, end = line.index("┼"), line.index("├"), line.index("┤")
    for column, value in [(zero, 0.0), (start, -1.0), (end, 1.5), ((zero + end) // 2, 0.75)]:
        slider = Slider("warm", 0.35)

        async def click(pilot: Pilot[None], x: int = column) -> None:
            await pilot.click(Slider, offset=(x, 0))

        act(slider, click, size=(60, 5))
        assert slider.value == pytest.approx(value, abs=0.05)


def test_dragging_follows_the_mouse_beyond_its_ends(act: Act) -> None:
    slider = Slider("warm", 0.0)
    gestures: list[object] = []

    async def drag(pilot: Pilot[None]) -> None:
        await pilot.mouse_down(Slider, offset=(40, 0))
        for x in (45, 50):
            await pilot.hover(Slider, offset=(x, 0))
        gestures.append(slider.gesture)
        await pilot.hover(offset=(70, 10))
        await pilot.hover(Slider, offset=(79, 0))
        gestures.append(slider.gesture)
        await pilot.mouse_up(offset=(79, 0))
        await pilot.hover(Slider, offset=(20, 0))

    values = act(slider, drag)
    assert len(values) == 5
    assert values == sorted(values)
    assert slider.value == 1.5, "after the button is up, it stays"
    assert gestures[0] is not None
    assert gestures[0] == gestures[1]
    assert slider.gesture is None


def test_the_mouse_finds_its_place_inside_a_border(act: Act) -> None:
    slider = Slider("warm", 0.35)
    slider.styles.border = ("round", "white")
    slider.styles.padding = (0, 3)
    slider.styles.height = 3
    place: list[int] = []

    async def click(pilot: Pilot[None]) -> None:
        place.append(slider.render_line(0).text.index("┃"))
        await pilot.click(Slider, offset=(place[0] + 4, 1))

    act(slider, click)
    assert slider.value == 0.0


def test_a_disabled_one_does_nothing(act: Act, shown: Shown) -> None:
    slider = Slider("warm", 0.2, disabled=True)

    async def try_all(pilot: Pilot[None]) -> None:
        await pressing("l", "1", "enter")(pilot)
        await pilot.click(Slider, offset=(60, 0))

    assert act(slider, try_all) == []
    assert "╌" in shown(Slider("warm", 0.2, disabled=True))[0]
    assert "╌" not in shown(Slider("warm", 0.2))[0]


@pytest.mark.parametrize("width", [20, 24, 40, 80, 100])
@pytest.mark.parametrize("value", [-1.0, -0.33, 0.0, 0.01, 0.4, 1.5])
def test_every_width_shows_label_zero_and_number(shown: Shown, width: int, value: float) -> None:
    (line, *_) = shown(Slider("extraordinary", value), size=(width, 5))
    assert len(line) == width
    assert f"{abs(value):.2f}" in line
    assert "extr" in line
    assert ("┼" if value == 0 else "┃") in line
    assert ("…" in line) == (width < 40)


def test_the_bar_is_as_long_as_the_value_to_an_eighth_of_a_column(shown: Shown) -> None:
    def eighths(value: float) -> int:
        line = shown(Slider("w", value), size=(100, 3))[0]
        bar = line[line.index("┃") + 1 :]
        return sum(8 if c == "█" else "▏▎▍▌▋▊▉".find(c) + 1 for c in bar.rstrip("+0123456789. ┤─"))

    full = eighths(1.5)
    assert full % 8 == 0
    for value in (0.1, 0.37, 0.75, 1.2):
        assert eighths(value) == pytest.approx(full * value / 1.5, abs=0.51)


@pytest.mark.parametrize(
    ("minimum", "maximum", "first", "mark"), [(0.0, 2.0, 0, "├"), (-2.0, 0.0, -1, "┤"), (1.0, 5.0, 0, "├")]
)
def test_other_ranges(shown: Shown, minimum: float, maximum: float, first: int, mark: str) -> None:
    """The mark is at the end where zero is, or at the one nearest to it."""
    middle = (minimum + maximum) / 2
    (line, *_) = shown(Slider("x", middle, minimum=minimum, maximum=maximum, default=middle), size=(60, 3))
    track = line.split()[2]
    assert track[first] == "┃"
    assert mark not in track
    assert track.count("█") in range(len(track) // 2 - 2, len(track) // 2 + 2)


def test_an_empty_range_is_refused() -> None:
    with pytest.raises(ValueError, match="range"):
        Slider(minimum=1, maximum=1)


def test_focus_is_a_mark(act: Act) -> None:
    slider = Slider("warm")
    lines: list[str] = []

    async def look(pilot: Pilot[None]) -> None:
        pilot.app.set_focus(None)
        await pilot.pause()
        lines.append(slider.render_line(0).text)
        slider.focus()
        await pilot.pause()
        lines.append(slider.render_line(0).text)

    act(slider, look)
    assert [line[0] for line in lines] == [" ", "▸"]
