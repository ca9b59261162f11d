"""The page in a real browser: by keyboard alone, gapless and in sync, with answers that are scored."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from eqmorph.cli import run
from eqmorph.study.make import MadeStudy
from tests.chromium import Page, chromium
from tests.study.support import RATE, made
from tests.study.test_make import sounds
from tests.support import wait_until

_SWITCH_FRAMES = round(0.012 * RATE)

# Play A, switch to B after half a second and on to X after another, with the page's own player on a context that
# renders instead of playing; return what would be heard.
RECORD = """(async () => {
  const { Player, bytesOf } = eqmorphStudy;
  const context = new OfflineAudioContext(2, 1.5 * %(rate)d, %(rate)d);
  const codes = { A: "%(a)s", B: "%(b)s", X: "%(a)s" };
  const buffers = new Map();
  for (const [name, code] of Object.entries(codes)) buffers.set(name, await context.decodeAudioData(bytesOf(code)));
  const player = new Player(context);
  player.load(buffers);
  player.seek(0.25);
  player.play();
  context.suspend(0.5).then(() => { player.select("B"); context.resume(); });
  context.suspend(1.0).then(() => { player.select("X"); context.resume(); });
  const heard = await context.startRendering();
  const bytes = new Uint8Array(heard.getChannelData(0).buffer);
  let text = "";
  for (let i = 0; i < bytes.length; i += 4096) text += String.fromCharCode(...bytes.subarray(i, i + 4096));
  return btoa(text);
})()"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> MadeStudy:
    return made(tmp_path_factory.mktemp("made"))


@pytest.fixture(scope="module")
def downloads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="module")
def page(study: MadeStudy, downloads: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with chromium(tmp_path_factory.mktemp("profile")) as browser:
        page = browser.page(downloads)
        page.open(study.page, ready="!!window.eqmorphStudy")
        yield page


def test_a_switch_leaves_no_gap_and_stays_in_place(page: Page, study: MadeStudy) -> None:
    a, b = (study.study.items[0].stimuli[i].code for i in (0, 2))
    heard = np.frombuffer(base64.b64decode(page.eval(RECORD % {"rate": RATE, "a": a, "b": b})), np.float32)
    audio = sounds(study.page)
    start = round((0.25 - 0.03) * RATE)  # the player begins 30 ms from when it is asked to

    def part(code: str, first: int, last: int) -> NDArray[np.float32]:
        return audio[code][0, start + first : start + last]

    def at(frames: float) -> int:  # a context is interrupted between blocks of 128 frames
        return int(-(-frames // 128) * 128)

    first, second = at(0.5 * RATE), at(1.0 * RATE)
    for code, begin, end in (
        (a, round(0.06 * RATE), first),
        (b, first + _SWITCH_FRAMES, second),
        (a, second + _SWITCH_FRAMES, len(heard)),
    ):
        np.testing.assert_allclose(heard[begin:end], part(code, begin, end), atol=2e-4)
    # In between, every sample lies between those of both: no gap, no jump.
    one, other = (part(code, first, first + _SWITCH_FRAMES) for code in (a, b))
    between = heard[first : first + _SWITCH_FRAMES]
    assert (between >= np.minimum(one, other) - 2e-4).all()
    assert (between <= np.maximum(one, other) + 2e-4).all()


def test_it_is_answered_by_keyboard_alone_and_scored(
    page: Page, study: MadeStudy, downloads: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page.eval("document.getElementById('participant').focus()")
    page.type("p-01")
    page.press("Tab")
    page.press("Enter")
    done = "!document.getElementById('done').hidden"
    trials = len(study.study.trials)
    kinds_heard: set[int] = set()
    for number in range(1, trials + 1):
        page.wait(f"!document.getElementById('trial').hidden && document.getElementById('bar').value === {number - 1}")
        assert page.eval("document.activeElement.id") == "question"
        page.press("1")
        assert page.eval("document.getElementById('next').disabled")  # not before all were heard
        names = page.eval("Object.keys(eqmorphStudy.trial.heard)")
        if len(names) in kinds_heard:  # one of each kind is really listened to; of the others it is made believe
            page.eval("Object.keys(eqmorphStudy.trial.heard).forEach((name) => eqmorphStudy.trial.heard[name] = 1)")
        kinds_heard.add(len(names))
        for name in names:
            page.press(name.lower())
            assert page.eval(f"document.querySelector('[data-voice={name}]').getAttribute('aria-pressed')") == "true"
            page.wait(f"eqmorphStudy.trial.heard.{name} >= 1")
        page.press("1")
        page.press("Enter")
    page.wait(done)
    page.press("Tab")
    page.press("Enter")
    wait_until(lambda: list(downloads.glob("answers-*.csv")))
    (answers,) = downloads.glob("answers-*.csv")
    assert run(["study", "score", str(answers), "--study", str(study.page.parent), "--json"]) == 0
    score = json.loads(capsys.readouterr().out)
    assert (score["people"], score["sessions"]) == (1, 1)
    assert sum(pair["answers"] for pair in score["pairs"]) == trials / 2
    assert score["abx_of_all"]["answers"] == trials / 2
    assert page.requests == [study.page.resolve().as_uri()]
    assert page.problems == []


def test_a_session_goes_on_after_a_reload(page: Page, study: MadeStudy) -> None:
    page.open(study.page, ready="!!window.eqmorphStudy")
    assert page.eval("document.getElementById('start').textContent") == "Save my answers"
    assert page.eval("document.getElementById('participant').value") == "p-01"


def test_each_session_has_an_order_of_its_own(page: Page) -> None:
    orders = page.eval("[...Array(40).keys()].map((seed) => JSON.stringify(eqmorphStudy.orderFor(seed)))")
    assert len(set(orders)) > 30
    sides = [trial["a"] == trial["x"] for text in orders for trial in json.loads(text) if trial["kind"] == "abx"]
    assert 0.3 < np.mean(sides) < 0.7


def test_stopping_early_offers_to_go_on_and_saves_what_there_is(page: Page) -> None:
    page.eval("document.getElementById('restart').click()")
    page.eval("document.getElementById('start').click()")
    page.wait("!document.getElementById('trial').hidden")
    page.eval("document.getElementById('stop').click()")
    assert not page.eval("document.getElementById('welcome').hidden")  # there is nothing to save yet
    page.eval("document.getElementById('start').click()")
    page.wait("!document.getElementById('trial').hidden")
    page.eval("Object.keys(eqmorphStudy.trial.heard).forEach((name) => eqmorphStudy.trial.heard[name] = 1)")
    for key in ("a", "0", "Enter"):
        page.press(key)
    page.wait("document.getElementById('bar').value === 1")
    page.eval("document.getElementById('stop').click()")
    assert not page.eval("document.getElementById('done').hidden")
    assert page.eval("document.getElementById('again').disabled")  # not before the answer is saved
    assert page.eval("eqmorphStudy.csv()").count("\r\n") == 2
    page.eval("document.getElementById('goon').click()")
    page.wait("!document.getElementById('trial').hidden && document.getElementById('bar').value === 1")


def test_a_jump_and_a_pause_do_not_click(page: Page) -> None:
    """Of a constant, what is heard rises and falls in ramps."""
    steepest = page.eval("""(async () => {
      const context = new OfflineAudioContext(1, 44100, 44100);
      const buffer = new AudioBuffer({ length: 44100, sampleRate: 44100 });
      buffer.getChannelData(0).fill(0.5);
      const player = new eqmorphStudy.Player(context);
      player.load(new Map([["A", buffer]]));
      player.play();
      context.suspend(0.3).then(() => { player.seek(0.6); context.resume(); });
      context.suspend(0.7).then(() => { player.pause(); context.resume(); });
      const heard = (await context.startRendering()).getChannelData(0);
      let steepest = 0;
      for (let i = 1; i < heard.length; i++) steepest = Math.max(steepest, Math.abs(heard[i] - heard[i - 1]));
      return [steepest, heard[22050], heard[44099]];
    })()""")
    assert steepest[0] < 1.1 * 0.5 / (0.02 * RATE)
    assert steepest[1:] == [0.5, 0]


def test_it_fits_a_narrow_screen(page: Page) -> None:
    page.size(320, 700)
    assert page.eval("document.documentElement.scrollWidth") <= 320
