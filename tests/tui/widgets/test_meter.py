"""The meter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from eqmorph.tui.widgets.meter import Levels, MeterView

Shown = Callable[..., list[str]]
LOUD = Levels(-14.3, -15.06, -3.0, -1.25)


def meter(levels: Levels, height: int) -> MeterView:
    view = MeterView()
    view.set_reactive(MeterView.levels, levels)
    view.styles.height = height
    return view


@pytest.mark.parametrize("height", [4, 8, 10, 18, 36])
def test_the_numbers_are_there_at_every_height(shown: Shown, height: int) -> None:
    lines = shown(meter(LOUD, height), size=(20, 40))
    found = {line.split()[0]: line.split()[1] for line in lines[-7:] if len(line.split()) == 2}
    peak = "max" if height >= 16 else "TP"
    assert {name: found[name] for name in ("M", "S", peak, "head")} == {
        "M": "-14.3",
        "S": "-15.1",
        peak: "-1.2",
        "head": "+0.2",
    }
    assert len(lines) == height


@pytest.mark.parametrize(
    ("true_peak_db", "says"),
    [(None, "idle"), (-6.0, "fits"), (-1.0, "fits"), (-0.9, "high"), (0.0, "high"), (0.1, "OVER")],
)
def test_the_light_says_whether_it_fits(shown: Shown, true_peak_db: float | None, says: str) -> None:
    lines = shown(meter(Levels(true_peak_db=true_peak_db), 12), size=(20, 40))
    assert lines[0].strip() == says


def test_headroom_is_what_is_left_to_the_ceiling() -> None:
    assert Levels(true_peak_db=-4.0, ceiling_db=-1.0).headroom_db == 3.0
    assert Levels().headroom_db is None


def test_bars_are_as_high_as_the_levels(shown: Shown) -> None:
    lines = shown(meter(Levels(-24.0, None, -12.0, -10.0), 36), size=(20, 40))
    bars = [line for line in lines[1:] if "█" in line or "·" in line]
    loudness, peak = (sum(line[at] in "▁▂▃▄▅▆▇█" for line in bars) / len(bars) for at in (0, 3))
    assert loudness == pytest.approx(24 / 48, abs=0.04)
    assert peak == pytest.approx(36 / 48, abs=0.04)
    assert shown(meter(Levels(), 20), size=(20, 40))[5].startswith("·· ··")


def test_only_what_changes_is_painted_anew(act: Callable[..., list[Any]]) -> None:
    view = meter(LOUD, 20)
    painted: list[int] = []

    async def change(_: Pilot[None]) -> None:
        refresh = view.refresh

        def note(*regions: Any, **options: Any) -> Any:
            painted.extend(region.y for region in regions)
            return refresh(*regions, **options)

        view.refresh = note
        view.levels = Levels(-14.3, -15.06, -3.0, -1.45)

    act(view, change)
    assert len(painted) == 2, "the true peak and the headroom"


def test_a_click_asks_for_a_reset(act: Callable[..., list[Any]]) -> None:
    async def click(pilot: Pilot[None]) -> None:
        await pilot.click(MeterView, offset=(3, 3))

    assert [type(message) for message in act(meter(LOUD, 12), click)] == [MeterView.Reset]


@pytest.mark.parametrize(("height", "scale"), [(36, 6), (18, 12), (12, 12), (10, 24)])
def test_the_scale_has_room_between_its_numbers(shown: Shown, height: int, scale: int) -> None:
    lines = shown(meter(LOUD, height), size=(20, 40))
    numbers = [int(line[6:9]) for line in lines[1:-4] if line[6:9].strip().lstrip("-").isdigit()]
    assert numbers[:2] == [0, -scale]
