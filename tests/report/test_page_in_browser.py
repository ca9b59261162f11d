"""The page in a real browser: by keyboard, in sync, thousands of rows, and whatever files are called."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from eqmorph.report import find_report, make_report
from tests.chromium import Page, chromium
from tests.report.support import RATE, line, processed, written
from tests.support import make_audio

READY = "!!window.eqmorphReport"
NAMED = "a#b?c%20 ü' \"&amp;<script>alert(1)<b>x.wav"
FRAME_S = 1 / 60
RECORD = """(async () => {
  const pair = eqmorphReport.pair, context = new AudioContext(), heard = [];
  const recorder = context.createScriptProcessor(256, 1, 1);
  recorder.onaudioprocess = (event) => heard.push(...event.inputBuffer.getChannelData(0));
  for (const sound of Object.values(pair.sounds)) context.createMediaElementSource(sound).connect(recorder);
  recorder.connect(context.destination);
  await context.resume();
  await pair.play();
  await new Promise((done) => setTimeout(done, 900));
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "x", bubbles: true }));
  await new Promise((done) => setTimeout(done, 700));
  pair.stop();
  recorder.disconnect();
  return [context.sampleRate, heard.map((level) => Math.round(1e4 * level) / 1e4)];
})()"""


@pytest.fixture
def page(tab: Page) -> Page:
    tab.forget()
    return tab


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with chromium(tmp_path_factory.mktemp("profile")) as browser:
        tab = browser.page(tmp_path_factory.mktemp("downloads"))
        tab.size(1280, 900)
        yield tab


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page of three sounds that were processed, and of one that could not be."""
    folder = tmp_path_factory.mktemp("small")
    make_audio(folder / "in" / NAMED, frames=3 * RATE, seed=7)
    report = processed(folder, "--target", "warm:0.7 + airy:0.3", "--level", "keep")
    return make_report(find_report(report), folder / "report.html", title="<script>alert(2)</script> & more").page


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page of 2,000 lines that were made up."""
    folder = tmp_path_factory.mktemp("large")
    rng = np.random.default_rng(0)
    records = [line(f"song {i:04}.wav", before=float(rng.uniform(0.2, 0.5))) for i in range(1999)]
    records.append(line("odd.wav", after=0.05))
    return make_report(find_report(written(folder / "report.jsonl", records)), folder / "report.html").page


def names(page: Page) -> list[str]:
    """Return what the table's rows say of files, as far as they are there."""
    found: list[str] = page.eval(
        "[...document.querySelectorAll('#body tr[data-at]:not([hidden])')].map((tr) => tr.children[0].textContent)"
    )
    return found


def open_named(page: Page, name: str) -> None:
    page.eval(f"eqmorphReport.show(eqmorphReport.report.rows.findIndex((row) => row.n === {name!r}))")


def test_it_is_worked_by_keyboard_alone(page: Page, small: Path) -> None:
    page.open(small, ready=READY)
    assert names(page)[0] == "bad.wav"  # what failed stands out
    page.press("/")
    assert page.eval("document.activeElement.id") == "filter"
    page.type("b.wav")
    assert names(page) == ["b.wav"]
    page.press("Enter")  # into the table
    assert page.eval("document.activeElement.matches('#body tr')")
    assert page.eval("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.press("Enter")
    assert page.eval("document.getElementById('name').textContent") == "b.wav"
    assert page.eval("document.activeElement.id") == "name"
    page.wait("eqmorphReport.pair.heard && eqmorphReport.pair.duration > 0")
    page.press(" ")
    page.wait("eqmorphReport.pair.isPlaying && eqmorphReport.pair.position > 0.1")
    for key, pressed in (("x", "b"), ("x", "a"), ("b", "b"), ("a", "a")):
        page.press(key)
        assert page.eval(f"document.getElementById('voice-{pressed}').getAttribute('aria-pressed')") == "true"
    page.press(" ")
    page.wait("!eqmorphReport.pair.isPlaying")
    page.press("Escape")
    assert page.eval("document.getElementById('file').hidden")
    assert page.eval("document.activeElement.matches('#body tr')")
    assert page.problems == []


def test_names_are_text_and_nothing_but_sounds_is_asked_for(page: Page, small: Path) -> None:
    page.open(small, ready=READY)
    page.eval("window.violations = 0; document.addEventListener('securitypolicyviolation', () => violations++)")
    assert page.eval("document.querySelector('h1').textContent") == "<script>alert(2)</script> & more"
    assert NAMED in names(page)
    open_named(page, NAMED)
    assert page.eval("document.getElementById('name').textContent") == NAMED
    page.wait("eqmorphReport.pair.duration > 0")  # both its addresses are understood
    page.wait("eqmorphReport.pair.other.duration > 0")
    known = ".voices b, .odd b, script[id=rows], script[id=details], script[id=rows] + script"
    assert page.eval("document.querySelectorAll('b, script').length") == page.eval(
        f"document.querySelectorAll('{known}').length"
    )
    assert page.eval("violations") == 0
    asked = {request.rsplit("/", 1)[0] for request in page.requests}
    assert asked <= {small.parent.as_uri(), (small.parent / "in").as_uri(), (small.parent / "out").as_uri()}
    assert page.problems == []


def test_a_switch_is_heard_within_a_frame_and_both_stay_in_step(page: Page, small: Path) -> None:
    page.open(small, ready=READY)
    open_named(page, "a.wav")
    page.wait("eqmorphReport.pair.duration > 0 && eqmorphReport.pair.other.duration > 0")
    took, drift, back = page.eval("""(async () => {
      const pair = eqmorphReport.pair, frame = () => new Promise((done) => requestAnimationFrame(done));
      await pair.play();
      pair.other.currentTime = pair.position + 0.05; // as if it had come out of step
      await new Promise((done) => setTimeout(done, 1500));
      const drift = pair.drift, at = pair.position;
      const took = [];
      for (const name of ["b", "a", "b", "a", "b"]) {
        await frame();
        const from = performance.now();
        document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "x", bubbles: true }));
        const isSwitched = !pair.sounds[name].muted && pair.sounds[name === "a" ? "b" : "a"].muted;
        took.push(isSwitched ? (performance.now() - from) / 1000 : 9);
      }
      const back = pair.position - at;
      pair.stop();
      return [took, drift, back];
    })()""")
    assert np.median(took) < FRAME_S
    assert max(took) < 9
    assert abs(drift) < 0.02
    assert -0.02 < back < 0.5  # it goes on from where it is


def test_what_is_really_heard_goes_from_one_to_the_other_without_a_gap(page: Page, tmp_path: Path) -> None:
    """Two tones in place of before and after; what the browser plays of them is recorded on its way out."""
    turns = 2 * np.pi * np.arange(4 * RATE)[:, None] / RATE
    for folder, freq_hz in (("in", 500), ("out", 3000)):
        make_audio(tmp_path / folder / "a.wav", audio=0.3 * np.sin(freq_hz * turns))
    found = find_report(written(tmp_path / "report.jsonl", [line("a.wav")]))
    page.open(make_report(found, tmp_path / "report.html", embed="flac").page, ready=READY)
    page.eval("eqmorphReport.show(0)")
    page.wait("eqmorphReport.pair.duration > 0 && eqmorphReport.pair.other.duration > 0")
    rate, heard = page.eval(RECORD)
    blocks = np.array(heard)[: len(heard) // 128 * 128].reshape(-1, 128)
    # The higher tone changes faster: how fast, against how much, tells which one is heard.
    power, change = (blocks**2).mean(axis=1), (np.diff(blocks, axis=1) ** 2).mean(axis=1)
    share = change / np.maximum(power, 1e-12)
    is_a, is_b = (power > 0.01) & (share < 0.03), (power > 0.01) & (share > 0.1)
    first_b = int(np.flatnonzero(is_b)[0])
    last_a = int(np.flatnonzero(is_a)[-1])
    frame = int(FRAME_S * rate / 128) + 1  # in blocks
    assert first_b - last_a <= frame
    assert is_a[first_b - frame - 20 : first_b - frame].all()
    assert is_b[last_a + frame : last_a + frame + 20].all()
    assert [text for text in page.problems if "ScriptProcessorNode" not in text] == []  # which is the recorder


def test_what_is_louder_is_turned_down_by_what_was_measured(page: Page, small: Path) -> None:
    page.open(small, ready=READY)
    open_named(page, "a.wav")
    levels, volumes = page.eval("""(() => {
      const pair = eqmorphReport.pair;
      const file = JSON.parse(document.getElementById("details").textContent.split("\\n")[eqmorphReport.open]);
      return [file.levels, [pair.sounds.a.volume, pair.sounds.b.volume]];
    })()""")
    over_db = levels[1] - levels[0]
    assert abs(over_db) > 0.2
    assert 20 * np.log10(volumes[0] / volumes[1]) == pytest.approx(over_db, abs=1e-6)
    assert max(volumes) == 1
    assert "equally loud" in page.eval("document.getElementById('level').textContent")


def test_a_sound_that_is_not_there_is_said_to_be_so(page: Page, tmp_path: Path) -> None:
    report = processed(tmp_path, sounds=1)
    made = make_report(find_report(report), tmp_path / "report.html")
    (tmp_path / "out" / "a.wav").unlink()
    page.open(made.page, ready=READY)
    open_named(page, "a.wav")
    page.wait("document.getElementById('level').textContent.includes(\"can't be played\")")
    assert page.eval("document.getElementById('voice-b').disabled")
    assert not page.eval("document.getElementById('voice-a').disabled")


def test_thousands_of_files_sort_and_filter_without_lag(page: Page, large: Path) -> None:
    page.open(large, ready=READY)
    page.wait("performance.getEntriesByType('paint').length > 1")
    paint = page.eval("performance.getEntriesByType('paint').at(-1).startTime")
    assert paint < 1000
    assert names(page)[0] == "odd.wav"
    assert page.eval("document.querySelectorAll('#body tr').length") < 100
    times = page.eval("""[..."song 17"].map((_, at, all) => {
      const box = document.getElementById("filter");
      box.value = "song 17".slice(0, at + 1);
      const from = performance.now();
      box.dispatchEvent(new Event("input", { bubbles: true }));
      document.body.getBoundingClientRect();
      return performance.now() - from;
    })""")
    assert np.median(times) < 50
    assert (
        page.eval("document.getElementById('count').textContent")
        == f"{sum('17' in f'{i:04}' for i in range(1999))} of 2,000 files"
    )
    page.eval("document.querySelector('[data-id=after] button').click()")
    places = page.eval("eqmorphReport.shown.map((at) => eqmorphReport.report.rows[at].w[0][1])")
    assert places == sorted(places, reverse=True)
    assert page.eval("document.querySelector('[data-id=after]').getAttribute('aria-sort')") == "descending"


def test_the_last_of_thousands_is_reached_by_keyboard(page: Page, large: Path) -> None:
    page.open(large, ready=READY)
    page.eval("document.querySelector('[data-id=name] button').click()")
    page.eval("document.querySelector('#body tr[data-at]').focus()")
    page.press("End")
    assert page.eval("document.activeElement.children[0].textContent") == "song 1998.wav"
    assert page.eval("document.activeElement.getAttribute('aria-rowindex')") == "2001"
    box, inside = page.eval("""[document.activeElement.getBoundingClientRect().bottom,
      document.getElementById("scroll").getBoundingClientRect().bottom]""")
    assert box <= inside + 1


@pytest.mark.parametrize("is_open", [False, True])
def test_it_fits_a_phone(page: Page, small: Path, is_open: bool) -> None:
    page.open(small, ready=READY)
    page.size(360, 740, dark=True)
    try:
        if is_open:
            open_named(page, "a.wav")
            assert page.eval("document.getElementById('file').scrollWidth") <= 360
        assert page.eval("document.documentElement.scrollWidth") <= 360
        assert page.eval("getComputedStyle(document.body).backgroundColor") == "rgb(21, 24, 27)"
        assert page.problems == []
    finally:
        page.size(1280, 900)
