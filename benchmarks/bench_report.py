"""The page of a large report: how long it takes to write, how large it is, and how fast a browser shows and filters it.

The lines and trajectories are made up, of four-minute songs with spectra and two words, a few of them failed. Needs
Chromium for the second part.

    python benchmarks/bench_report.py --files 2000
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from eqmorph.analysis.trajectory import FORMAT, trajectory_path
from eqmorph.model import GRID_HZ
from tests.chromium import Page, chromium

_WORDS = (
    "warm",
    "full",
    "boomy",
    "muddy",
    "boxy",
    "mellow",
    "dark",
    "clear",
    "bright",
    "airy",
    "thin",
    "tinny",
    "harsh",
)
_WINDOWS = 240
_KEYSTROKE = """(async () => {
  const box = document.getElementById("filter"), times = [];
  box.focus();
  for (const text of ["s", "so", "son", "song", "song ", "song 1", "song 17", "song 1", "song", "", "lifts", "fail"]) {
    box.value = text;
    await new Promise((done) => requestAnimationFrame(done));
    const start = performance.now();
    box.dispatchEvent(new Event("input", { bubbles: true }));
    document.body.getBoundingClientRect();
    await new Promise((done) => requestAnimationFrame(() => {
      const channel = new MessageChannel();  // comes after the paint
      channel.port1.onmessage = done;
      channel.port2.postMessage(0);
    }));
    times.push(performance.now() - start);
  }
  return times;
})()"""


def made_up(folder: Path, files: int) -> Path:
    """Write a report of so many files, their trajectories, and an empty file for each sound."""
    rng = np.random.default_rng(0)
    report = folder / "report.jsonl"
    (folder / "in").mkdir()
    (folder / "out").mkdir()
    with report.open("w") as lines:
        for number in range(files):
            source, output = folder / f"in/song {number:04}.wav", folder / f"out/song {number:04}.wav"
            source.touch()
            if number % 200 == 17:
                record = {"input": str(source), "output": str(output), "status": "failed"}
                lines.write(json.dumps({**record, "reason": None, "error": "failed: no audio", "hint": None}) + "\n")
                continue
            output.touch()
            decision, bands = _decision(rng)
            record = _record(str(source), str(output), decision, bands, rng)
            lines.write(json.dumps(record) + "\n")
            trajectory = _trajectory(output.name, {**decision, "bands": bands, "ride": None}, rng)
            trajectory_path(output).write_text(json.dumps(trajectory, separators=(",", ":")))
    return report


def _decision(rng: np.random.Generator) -> tuple[dict[str, object], list[dict[str, object]]]:
    def word(name: str, weight: float) -> dict[str, object]:
        place = float(rng.uniform(0.05, 0.8))
        after = min(0.99, place + float(rng.uniform(0, 0.2)))
        limit = {"limit": "audible", "took_db": 2.1, "at_hz": 9000.0, "share": 0.4}
        places = {f"percentile_{when}": p for when, p in (("before", place), ("predicted", after), ("reached", after))}
        scores = {f"score_{when}": 0.5 for when in ("before", "predicted", "reached")}
        more = {"contributes_db": 3.2, "at_hz": 210.0, "kept": 0.9, "limits": [limit]}
        return {"word": name, "weight": weight, **scores, **places, **more}

    bands: list[dict[str, object]] = [
        {"kind": "low_shelf", "freq_hz": 120.0, "gain_db": float(rng.normal(0, 2)), "q": 0.71},
        {"kind": "bell", "freq_hz": 310.0, "gain_db": float(rng.normal(0, 3)), "q": 0.8},
        {"kind": "bell", "freq_hz": 1900.0, "gain_db": float(rng.normal(0, 2)), "q": 0.9},
        {"kind": "bell", "freq_hz": 4200.0, "gain_db": float(rng.normal(0, 2)), "q": 1.1},
        {"kind": "high_shelf", "freq_hz": 8000.0, "gain_db": float(rng.normal(0, 2)), "q": 0.71},
    ]
    largest = max(abs(float(str(band["gain_db"]))) for band in bands)
    return {
        **{"target": "warm:0.7 + clear:0.3", "amount": 1.0, "to_percentile": None, "is_reached": None},
        **{"is_silent": False, "description": "lifts 310 Hz by 3 dB", "largest_db": largest, "limit_db": 6.0},
        "words": [word("warm", 0.7), word("clear", 0.3)],
        **{"is_album": False, "is_album_reached": None, "confidence": 0.5, "conflicts": [], "futile": []},
        "limits": [{"limit": "audible", "took_db": 2.1, "at_hz": 9000.0, "share": 0.4}],
        **{"kind": "mix", "reference": None, "sections": [], "over_time": None},
    }, bands


def _record(
    source: str, output: str, decision: dict[str, object], bands: list[dict[str, object]], rng: np.random.Generator
) -> dict[str, object]:
    spectrum = np.round(-30 - np.arange(64) / 3 + rng.normal(0, 2, 64), 1).tolist()
    return {
        **{"input": source, "output": output, "status": "done", "bands": bands, "phase": "minimum", "hum": None},
        **{"level_trim_db": float(rng.normal(0, 0.5)), "ceiling_trim_db": 0.0, "quieter_db": 0.0},
        **{
            "loudness_in_lufs": -14.2,
            "loudness_out_lufs": -14.2,
            "true_peak_in_dbtp": -1.0,
            "true_peak_out_dbtp": -1.2,
        },
        **{"format": "WAV", "subtype": "PCM_16", "sample_rate": 44_100, "channels": 2, "duration_s": 240.0},
        **{"seconds": 1.5, "decision": decision, "notes": []},
        "spectrum": {"freqs_hz": np.round(GRID_HZ, 1).tolist(), "before_db": spectrum, "after_db": spectrum},
        **{"reason": None, "error": None, "hint": None},
    }


def _trajectory(name: str, applied: dict[str, object], rng: np.random.Generator) -> dict[str, object]:
    places = np.round(rng.uniform(0, 1, (_WINDOWS, 2, len(_WORDS))), 3).tolist()
    latent = np.round(rng.normal(0, 1, 40), 3).tolist()
    return {
        **{"format": FORMAT, "file": {"name": name, "duration_s": 240.0, "sample_rate": 44_100, "channels": 2}},
        **{"words": _WORDS, "sections": [{"start_s": at, "end_s": at + 40} for at in range(0, 240, 40)]},
        "applied": applied,
        "windows": [
            {
                **{"start_s": float(at), "length_s": 2.0, "energy_db": -14.0, "weight": 1 / _WINDOWS, "scores": before},
                **{"percentiles": before, "percentiles_after": after, "pca": [0.1, 0.2], "latent": latent},
            }
            for at, (before, after) in enumerate(places)
        ],
    }


def in_browser(path: Path, rounds: int) -> dict[str, float]:
    """Return the medians of first paint and of keystrokes, and the slowest keystroke, in ms."""
    paints, keys = [], []
    with tempfile.TemporaryDirectory() as profile, chromium(Path(profile)) as browser:
        page: Page = browser.page(Path(profile))
        page.size(1400, 900)
        for _ in range(rounds):
            page.open(path, ready="!!window.eqmorphReport")
            page.wait("performance.getEntriesByType('paint').length > 1")
            paints.append(max(page.eval("performance.getEntriesByType('paint').map((one) => one.startTime)")))
            keys += page.eval(_KEYSTROKE)
        opened = page.eval(
            "(() => { const from = performance.now(); eqmorphReport.show(7); return performance.now() - from; })()"
        )
        assert page.problems == []
    return {
        "first contentful paint, ms": statistics.median(paints),
        "keystroke to paint, median, ms": statistics.median(keys),
        "keystroke to paint, slowest, ms": max(keys),
        "a file opened the first time, ms": opened,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        report = made_up(Path(name), arguments.files)
        page = report.with_suffix(".html")
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "eqmorph", "report", report, "-o", page], check=True)
        print(f"written in {time.perf_counter() - started:.1f} s, {page.stat().st_size / 2**20:.1f} MiB")
        for what, value in in_browser(page, arguments.rounds).items():
            print(f"{what}: {value:.1f}")


if __name__ == "__main__":
    main()
