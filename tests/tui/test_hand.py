"""Bands in hand, in the real app: by keys, by the mouse, into everything that is written."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf
from textual import events
from textual.widgets import Input, Static

from eqmorph.bands import Band, Bands
from eqmorph.presets import find_preset, take_bands
from eqmorph.process import Settings, process_file
from eqmorph.request import EqRequest
from eqmorph.tui.by_hand import HeldBand
from eqmorph.tui.help import help_text, key_lines
from eqmorph.tui.screens.form import FormScreen
from eqmorph.tui.screens.session import SessionScreen
from eqmorph.tui.widgets.bands import BandTable
from eqmorph.tui.widgets.blend_panel import BlendPanel
from eqmorph.tui.widgets.curve import CurveView
from eqmorph.tui.widgets.key_bar import KeyBar
from eqmorph.tui.widgets.slider import Slider
from tests.tui.conftest import PacedSink, Stagehand

Drive = Callable[..., Any]
WORDS = "warm:0.4 + airy:0.2"


def rows(hand: Stagehand) -> tuple[HeldBand, ...]:
    return hand.app.session.query_one(BandTable).rows


def heard(hand: Stagehand) -> Bands:
    return hand.controller.preview.bands


def heading(hand: Stagehand) -> str:
    return str(hand.app.session.query_one("#heading").border_title)


def a_bell(hand: Stagehand) -> int:
    """Return the row of a bell."""
    return next(number for number, row in enumerate(rows(hand)) if row.band.kind == "bell")


async def take(hand: Stagehand, number: int) -> Band:
    """Take a band in hand, and return it."""
    await hand.press("g", str(number + 1))
    return rows(hand)[number].band


def test_a_band_is_taken_and_nudged_and_everything_follows(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        session, number = hand.app.session, a_bell(hand)
        before = await take(hand, number)
        assert isinstance(session.focused, BandTable)
        await hand.press("plus", "K", "minus", "l", "L", "full_stop")
        after = rows(hand)[number].band
        assert after.gain_db == pytest.approx(before.gain_db + 0.5)
        assert after.freq_hz == pytest.approx(before.freq_hz * 2 ** (1 / 12 + 1 / 3))
        assert after.q == pytest.approx(before.q * 2**0.25)
        assert after in heard(hand).bands
        assert before not in heard(hand).bands
        assert session.query_one(CurveView).bands == heard(hand)
        assert "•" in hand.shown("BandTable")[1 + number]
        await hand.press("h", "H", "comma", "J")
        assert rows(hand)[number].band == before
        assert not hand.controller.blend.by_hand, "it is where it was"

    drive(act, song, target=WORDS)


def test_numbers_on_the_curve_are_those_of_the_table_and_the_one_in_hand_is_marked(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        curve = hand.app.session.query_one(CurveView)
        assert not any("[" in line for line in hand.shown("CurveView"))
        await hand.press("g", "(")
        number = len(rows(hand)) - 1
        assert any(f"[{number + 1}]" in line for line in hand.shown("CurveView"))
        assert hand.shown("BandTable")[1 + number].startswith(f"{number + 1}▸")
        gain_db = float(curve.sampled.at([40.0])[0])
        assert curve.band_at(*curve.cell_of(40.0, gain_db)) == number
        await hand.press("escape")
        assert not any("[" in line for line in hand.shown("CurveView"))

    drive(act, song, target=WORDS, size=(120, 40))


def test_up_down_and_digits_choose_and_g_goes_back_to_the_slider(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        table, panel = hand.app.session.query_one(BandTable), hand.app.session.query_one(BlendPanel)
        await hand.press("down", "g")
        last = len(rows(hand)) - 1
        assert last >= 2
        await hand.press("k")
        assert table.chosen == last
        await hand.press("j", "down")
        assert table.chosen == 1
        await hand.press("3")
        assert table.chosen == 2
        await hand.press("9")
        assert table.chosen == last
        await hand.press("g")
        assert panel.word == "airy"

    drive(act, song, target=WORDS)


def test_when_words_move_what_was_changed_stays_an_offset(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        number = a_bell(hand)
        await take(hand, number)
        await hand.press("plus", "plus", "plus", "g", "l", "l")
        row = rows(hand)[number]
        assert row.came is not None
        assert row.band.gain_db == pytest.approx(row.came.gain_db + 1.5)
        assert row.came in hand.controller.preview.came.bands
        await hand.press("0", "down", "0")
        assert [row.band.gain_db for row in rows(hand)] == [1.5], "also where there are no words any more"
        assert not heard(hand).is_flat

    drive(act, song, target=WORDS)


def test_what_is_said_of_the_result_has_it_too(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        before = hand.controller.preview
        await hand.press("g", "B", *["plus"] * 8)
        preview, sound = hand.controller.preview, hand.controller.sound
        assert sound is not None
        assert before.after is not None
        assert preview.after is not None
        assert preview.account is not None
        assert preview.after.percentile("warm") != before.after.percentile("warm")
        assert preview.after == sound.ear.hear(sound.spectra, preview.bands)
        assert preview.account.words[0].percentile_after == preview.after.percentile(preview.account.words[0].word)

    drive(act, song, target=WORDS)


def test_the_command_waits_for_bands_that_are_not_known_yet(
    drive: Drive, song: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eqmorph.tui.controller.Controller.listen", lambda *_: None)

    async def act(hand: Stagehand) -> None:
        await hand.press("(", "y")
        assert "being listened to" in hand.message

    drive(act, song, target=WORDS)


def test_a_key_that_is_held_is_one_move_and_undo_covers_all(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        number = a_bell(hand)
        before = await take(hand, number)
        await hand.type_at_once(*["plus"] * 8)
        assert rows(hand)[number].band.gain_db == pytest.approx(before.gain_db + 4)
        await hand.press("M", "(", "u")
        assert len(rows(hand)) == len(hand.controller.preview.came)
        await hand.press("u", "u")
        assert rows(hand)[number].band == before
        assert not hand.controller.blend.by_hand
        await hand.press("U", "U", "U")
        assert rows(hand)[number].is_off
        assert rows(hand)[-1].band.kind == "high_pass"

    drive(act, song, target=WORDS)


def test_one_band_or_all_are_reset(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        came = hand.controller.preview.came
        await hand.press("g", "1", "M", "2", "L", "(", "1", "0")
        assert [row.is_by_hand for row in rows(hand)[:2]] == [False, True]
        await hand.press("0")
        assert "as the words made it" in hand.message
        await hand.press("Z")
        assert heard(hand) == came
        await hand.press("Z")
        assert "nothing was changed by hand" in hand.message

    drive(act, song, target=WORDS)


def test_a_bypassed_band_is_not_heard_and_stays_in_sight(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        number = a_bell(hand)
        band = await take(hand, number)
        await hand.press("M")
        assert band not in heard(hand).bands
        assert len(heard(hand)) == len(hand.controller.preview.came) - 1
        assert "off" in hand.shown("BandTable")[1 + number]
        await hand.press("M")
        assert band in heard(hand).bands

    drive(act, song, target=WORDS)


def test_passes_and_a_bell_are_added_moved_and_removed(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        count = len(rows(hand))
        await hand.press("(")
        assert isinstance(hand.app.session.focused, BandTable), "the new one is in hand"
        await hand.press("L", "plus")
        assert rows(hand)[-1].band == Band("high_pass", 40 * 2 ** (1 / 3))
        assert "no gain" in hand.message
        assert "high-pass at 50 Hz" in heading(hand)
        await hand.press(")", "B", "plus")
        assert [row.band.kind for row in rows(hand)[count:]] == ["high_pass", "low_pass", "bell"]
        assert {"high_pass", "low_pass"} < {band.kind for band in heard(hand)}
        await hand.press("d")
        assert [row.band.kind for row in rows(hand)[count:]] == ["high_pass", "low_pass"]
        await hand.press("1", "d")
        assert len(rows(hand)) == count + 2
        assert "M switches it off" in hand.message

    drive(act, song, target=WORDS)


def test_a_band_is_typed(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        number = a_bell(hand)
        before = await take(hand, number)
        await hand.press("enter", "enter")
        assert rows(hand)[number].band == before, "what stands there has fewer digits"
        await hand.press("enter", *"HP 80", "enter")
        assert isinstance(hand.app.screen, FormScreen)
        assert "This one is a bell" in hand.problem
        hand.app.screen.query_one(Input).value = "PK 500 +3.5 Q2"
        await hand.press("enter")
        band = rows(hand)[number].band
        assert (band.freq_hz, band.gain_db, band.q) == pytest.approx((500, 3.5, 2))
        assert isinstance(hand.app.screen, SessionScreen)

    drive(act, song, target=WORDS)


# The mouse.


def cell(hand: Stagehand, number: int) -> tuple[int, int]:
    """Return where a band's number is on the curve."""
    curve = hand.app.session.query_one(CurveView)
    freq_hz = rows(hand)[number].band.freq_hz
    return curve.cell_of(freq_hz, float(curve.sampled.at([freq_hz])[0]))


async def drag(hand: Stagehand, start: tuple[int, int], across: int, down: int, *, shift: bool = False) -> None:
    """Drag on the curve, in steps of a cell."""
    curve = hand.app.session.query_one(CurveView)
    await hand.pilot.mouse_down(CurveView, offset=start)
    x, y = curve.content_region.offset
    for step in range(1, max(abs(across), abs(down)) + 1):
        at_x = x + start[0] + round(across * step / max(abs(across), abs(down)))
        at_y = y + start[1] + round(down * step / max(abs(across), abs(down)))
        hand.app.post_message(events.MouseMove(None, at_x, at_y, 0, 0, 1, shift, False, False, at_x, at_y))
        await hand.pilot.pause()
    await hand.pilot.mouse_up(CurveView, offset=(start[0] + across, start[1] + down))
    await hand.settle()


def test_a_number_is_dragged_over_the_curve_as_one_move(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        number, curve = a_bell(hand), hand.app.session.query_one(CurveView)
        before, scale = rows(hand)[number].band, curve.scale
        await drag(hand, cell(hand, number), 6, -2)
        after = rows(hand)[number].band
        assert np.log2(after.freq_hz / before.freq_hz) == pytest.approx(6 / scale.columns * np.log2(1000))
        assert after.gain_db == pytest.approx(before.gain_db + 4 * scale.range_db / (scale.rows - 1))
        assert hand.app.session.query_one(BandTable).chosen == number
        assert isinstance(hand.app.session.focused, BandTable)
        await drag(hand, cell(hand, number), -4, 0, shift=True)
        fine = rows(hand)[number].band
        assert np.log2(fine.freq_hz / after.freq_hz) == pytest.approx(-1 / scale.columns * np.log2(1000))
        await hand.press("u", "u")
        assert rows(hand)[number].band == before

    drive(act, song, target=WORDS, size=(120, 40))


def test_the_wheel_turns_q_and_a_double_click_adds_a_bell(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        curve, number = hand.app.session.query_one(CurveView), a_bell(hand)
        before = await take(hand, number)
        curve.post_message(events.MouseScrollUp(curve, 20, 3, 0, 0, 0, False, False, False, 20, 3))
        await hand.settle()
        assert rows(hand)[number].band.q > before.q
        count = len(rows(hand))
        place = curve.cell_of(60.0, 6.0)
        await hand.pilot.click(CurveView, offset=place, times=2)
        await hand.settle()
        added = rows(hand)[count].band
        assert added.kind == "bell"
        assert (added.freq_hz, added.gain_db) == pytest.approx(curve.point_at(*place))
        await hand.pilot.click(CurveView, offset=curve.cell_of(60.0, -9.0))
        await hand.settle()
        assert len(rows(hand)) == count + 1, "one click adds nothing"

    drive(act, song, target=WORDS, size=(120, 40))


def test_a_click_on_a_line_of_the_table_takes_that_band(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.pilot.click(BandTable, offset=(5, 3))
        await hand.settle()
        assert hand.app.session.query_one(BandTable).chosen == 1
        assert isinstance(hand.app.session.focused, BandTable)

    drive(act, song, target=WORDS)


# Heard alone.


def test_alone_one_hears_only_around_the_band_and_all_is_rendered(drive: Drive, tmp_path: Path) -> None:
    path = tmp_path / "noise.wav"
    noise = np.random.default_rng(3).normal(0, 0.05, (30 * 44_100, 1))
    sf.write(path, noise, 44_100, subtype="PCM_16")

    async def act(hand: Stagehand) -> None:
        file = hand.controller.file
        assert file is not None

        def share() -> float:
            """Return how much of what is played now lies around 1 kHz."""
            power = np.abs(np.fft.rfft(file.player.tap.latest(16_384)[0])) ** 2
            freqs_hz = np.fft.rfftfreq(2 * len(power) - 2, 1 / 44_100)
            return float(power[(freqs_hz > 500) & (freqs_hz < 2000)].sum() / power.sum())

        await hand.press("g", "B", "full_stop", "full_stop", "full_stop", "full_stop", "plus", "space")
        bands = heard(hand)
        await hand.until(lambda: file.player.tap.frames > 30_000)
        assert share() < 0.3
        await hand.press("A")
        await hand.until(lambda: share() > 0.8)
        assert heading(hand).startswith(f"B with EQ, bell {len(rows(hand))} alone: ")
        assert heard(hand) == bands, "what is rendered is all of it"
        await hand.press("escape")
        await hand.until(lambda: share() < 0.3)
        assert heading(hand).startswith("B with EQ: ")

    drive(act, path, target=WORDS, open_sink=PacedSink)


def test_alone_follows_the_hand(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press("g", "1", "A")
        assert hand.controller.solo == 0
        await hand.press("2")
        assert hand.controller.solo == 1
        await hand.press("A")
        assert hand.controller.solo is None
        await hand.press("A", "b", "A", "A")
        assert "heard on B" in hand.message
        hand.app.open_file(song)
        await hand.settle()
        assert hand.controller.solo is None, "another file is heard whole"

    drive(act, song, target=WORDS)


# What is written.


def samples(path: Path) -> Any:
    return sf.read(path, dtype="int32")[0]


@pytest.mark.parametrize("keys", [(), ("t",)], ids=["adaptive", "fixed"])
def test_what_is_rendered_is_what_is_copied_saved_and_exported(
    drive: Drive, song: Path, keys: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[str] = []
    monkeypatch.setattr("eqmorph.tui.app.EqmorphApp.copy_to_clipboard", lambda _, text: copied.append(text))

    async def act(hand: Stagehand) -> None:
        number = a_bell(hand)
        await hand.press(*keys, "g", str(number + 1), "plus", "plus", "L", "full_stop", "(", "plus", "1", "M")
        bands = heard(hand)
        await hand.press("r", "enter")
        await hand.until(lambda: "written" in hand.message)
        await hand.press("y")
        await hand.press("e", "enter")
        await hand.until(lambda: song.with_name("song-eq.toml").exists())
        await hand.press("s")
        assert "changed by hand" in str(hand.app.screen.query_one(".about", Static).render())
        hand.app.screen.query_one(Input).value = "mine"
        await hand.press("enter")
        await hand.until(lambda: "saved" in hand.message)
        assert find_preset("mine").bands == bands
        assert take_bands(str(song.with_name("song-eq.toml"))).bands == bands
        words = shlex.split(copied[0])
        assert words[4] == "--bands"
        assert Bands.parse(words[5]) == bands
        output = song.with_name("again.wav")
        process_file(song, output, Settings(EqRequest(bands=Bands.parse(words[5])).resolve()))
        np.testing.assert_array_equal(samples(song.with_name("song-eqmorph.wav")), samples(output))
        assert not np.array_equal(samples(output), samples(song))

    drive(act, song, target=WORDS)


def test_each_file_of_a_folder_has_its_own_decision_and_the_same_offsets(
    drive: Drive, song: Path, two_halves: Path
) -> None:
    assert song.parent == two_halves.parent

    async def act(hand: Stagehand) -> None:
        number = a_bell(hand)
        await hand.press("g", str(number + 1), "plus", "plus", "(", "R", "enter")
        await hand.until(lambda: "2 done" in hand.message)
        results = song.parent.with_name(f"{song.parent.name}-eqmorph")
        settings = hand.controller.settings(hand.controller.blend)
        made = [process_file(path, path.with_name(f"again-{path.name}"), settings) for path in (song, two_halves)]
        for path, result in zip((song, two_halves), made, strict=True):
            np.testing.assert_array_equal(samples(results / path.name), samples(path.with_name(f"again-{path.name}")))
            assert Band("high_pass", 40.0) in result.bands.bands
        assert made[0].bands != made[1].bands
        await hand.press("R", "enter")
        await hand.until(lambda: "2 skipped" in hand.message)

    drive(act, song, target=WORDS)


def test_a_preset_that_is_loaded_is_as_it_was_saved_and_can_be_taken_in_hand(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press("(", "P", "enter")
        preset = hand.controller.blend.preset
        assert preset is not None or hand.controller.blend.target is not None
        assert not hand.controller.blend.by_hand
        await hand.press("(")
        assert any(band.kind == "high_pass" for band in heard(hand))

    drive(act, song, target=WORDS)


def test_while_it_follows_no_band_is_in_hand_and_it_says_why(drive: Drive, two_halves: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press("(", "f", "minus")
        assert "other bands at each moment" in hand.message
        assert not any(band.kind == "high_pass" for band in heard(hand))
        await hand.press("f")
        assert any(band.kind == "high_pass" for band in heard(hand)), "it was kept"

    drive(act, two_halves, target="bright:1")


# Told.


def test_the_footer_and_the_help_say_the_keys_of_the_bands(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        bar = hand.app.session.query_one(KeyBar)
        assert "g Bands" in bar.render_line(0).text
        await hand.press("g")
        line = bar.render_line(0).text
        for text in ("← → Hz", "+ - dB", ", . Q", "M Off", "A Solo", "0 Reset", "B Bell"):
            assert text in line
        keys = dict(key_lines(hand.app, hand.app.session))
        assert keys["→ l"] == "Move the band up by a semitone"
        assert "offset while words move" in help_text(hand.app.session)
        await hand.press("escape")
        assert isinstance(hand.app.session.focused, Slider)

    drive(act, song, target=WORDS, size=(120, 40))


def test_why_names_what_was_changed_by_hand(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press("g", "1", "M", "(", "w")
        text = " ".join(str(part.render()) for part in hand.app.screen.query(Static))
        kind = rows(hand)[0].band.spoken_kind
        assert f"By hand: 1 {kind} (off), {len(rows(hand))} high-pass." in text

    drive(act, song, target=WORDS)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
def test_at_all_sizes_all_of_it_is_in_sight(drive: Drive, song: Path, size: tuple[int, int]) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press("(", ")", "B", "plus")
        lines = hand.shown("BandTable")
        assert any("▸" in line for line in lines), "the one in hand is in sight, however many there are"
        assert all(len(line) <= hand.app.session.query_one(BandTable).size.width for line in lines)
        assert "12dB" in "".join(lines) if size[0] < 100 else "12/oct" in "".join(lines)

    drive(act, song, target=WORDS, size=size)
