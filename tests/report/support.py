"""Reports of sounds that were really processed, and lines that were made up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from eqmorph.cli import run
from tests.support import make_audio

RATE = 44_100
ODD_NAME = "a#b?c%20 ü </script><b>x.wav"  # as a file system takes it: the slash makes a folder of the front


def processed(folder: Path, *options: str, sounds: int = 3, seconds: float = 3.0) -> Path:
    """Process noise in a folder, and a file that is none; return the report."""
    for seed in range(sounds):
        make_audio(folder / "in" / f"{'abcdefgh'[seed]}.wav", frames=round(seconds * RATE), seed=seed)
    (folder / "in" / "bad.wav").write_text("no audio")
    report = folder / "report.jsonl"
    words = options or ("--target", "warm:0.7 + airy:0.3")
    run(["apply", str(folder / "in"), str(folder / "out"), *words, "--report", str(report), "-q", "--force"])
    return report


def line(name: str, *, before: float = 0.4, after: float = 0.7, **more: Any) -> dict[str, Any]:
    """Return a line of a report: a file that went from one percentile of warm to another."""
    decision = {
        **{"target": "warm:0.7", "amount": 1.0, "to_percentile": None, "is_reached": None, "is_silent": False},
        **{"description": "lifts 210 Hz by 3 dB", "largest_db": 3.0, "limit_db": 6.0, "confidence": 0.5},
        "words": [
            {
                **{"word": "warm", "weight": 0.7, "score_before": 0.1, "score_predicted": 0.6, "score_reached": 0.6},
                **{"percentile_before": before, "percentile_predicted": after, "percentile_reached": after},
                **{"contributes_db": 3.0, "at_hz": 210.0, "kept": 1.0},
                "limits": [{"limit": "audible", "took_db": 2.0, "at_hz": 9000.0, "share": 0.5}],
            }
        ],
        "limits": [{"limit": "audible", "took_db": 2.0, "at_hz": 9000.0, "share": 0.5}],
        **{"is_album": False, "is_album_reached": None, "conflicts": [], "futile": [], "kind": "mix"},
        **{"reference": None, "sections": [], "over_time": None},
    }
    bands = [{"kind": "bell", "freq_hz": 210.0, "gain_db": 3.0, "q": 0.8}]
    return {
        **{"input": f"in/{name}", "output": f"out/{name}", "status": "done", "bands": bands, "phase": "minimum"},
        **{"level_trim_db": -0.5, "ceiling_trim_db": 0.0, "quieter_db": 0.0, "sample_rate": RATE, "channels": 2},
        **{"loudness_in_lufs": -14.0, "loudness_out_lufs": -14.0, "duration_s": 3.0, "decision": decision},
        **{"notes": [], "reason": None, "error": None, "hint": None, **more},
    }


def written(path: Path, records: list[dict[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def inside(page: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the two blocks of data that a page holds: of the table, and of each file."""
    text = page.read_text(encoding="utf-8")

    def block(name: str) -> str:
        return text.split(f'<script type="application/json" id="{name}">')[1].split("</script>")[0]

    return json.loads(block("rows")), [json.loads(one) for one in block("details").split("\n")]
