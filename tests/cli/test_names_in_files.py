"""Names in reports, journals, presets and tags say where nothing is written: only the command line does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eqmorph.cli import run
from tests.audio.tagged_files import full_source
from tests.support import make_audio

EVIL = ("../../evil", "/tmp/evil-by-eqmorph", "..", "a/../../evil", "sub/../../../evil", "\0", "~/evil")
BANDS = [{"kind": "low_shelf", "freq_hz": 120.0, "gain_db": 3.0, "q": 0.71}]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder that a run is in; whatever is written beside it was written elsewhere."""
    folder = tmp_path / "a" / "b" / "place"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


def outside(place: Path) -> list[str]:
    """Name what is beside a folder, and beside those that it is in."""
    top = place.parents[1]
    found = [path for path in top.rglob("*") if place not in path.parents and path not in (place, place.parent)]
    return [str(path) for path in [*found, *Path("/tmp").glob("evil-by-eqmorph*")]]


def record(name: str) -> dict[str, Any]:
    return {"input": f"{name}.wav", "output": f"{name}.wav", "status": "done", "bands": BANDS, "notes": [name]}


@pytest.mark.parametrize("name", EVIL)
def test_of_reports(place: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("report.jsonl").write_text(json.dumps(record(name)) + "\n" + json.dumps(record("b")) + "\n", encoding="utf-8")
    assert run(["export", "--from", "report.jsonl", "--to", "apo", "-o", "eqs/"]) in (0, 1, 2)
    assert run(["report", "report.jsonl", "--out", "page.html"]) in (0, 1, 2)
    assert run(["export", "--from", "report.jsonl", "--file", name, "--to", "apo", "-o", "one.txt"]) in (0, 1, 2)
    assert outside(place) == []
    assert Path("page.html").exists()
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("name", EVIL)
def test_of_journals(place: Path, name: str) -> None:
    """A journal that claims files elsewhere has none of them touched, and none of them kept from being done."""
    make_audio("in/a.wav", frames=2000)
    kept = make_audio(place.parent / "victim.wav", frames=500)
    before = kept.read_bytes()
    assert run(["apply", "in", "out", "--bands", "LS 120 +3", "-q"]) == 0
    journal = Path("out/.eqmorph-journal.jsonl")
    lines = journal.read_text(encoding="utf-8").splitlines()
    entry = next(json.loads(line) for line in lines if "output" in json.loads(line))
    hostile = [{**entry, "output": other, "input": other, "place": other} for other in (name, "../../victim.wav")]
    journal.write_text("\n".join([*map(json.dumps, hostile * 1200), *lines]) + "\n", encoding="utf-8")
    make_audio("in/b.wav", frames=2000)
    assert run(["apply", "in", "out", "--bands", "LS 120 +3", "-q", "--resume"]) == 0
    assert run(["status", "out"]) in (0, 1)
    assert sorted(path.name for path in Path("out").glob("*.wav")) == ["a.wav", "b.wav"]
    assert kept.read_bytes() == before
    kept.unlink()
    assert outside(place) == []


@pytest.mark.parametrize("name", EVIL)
def test_of_presets(place: Path, name: str, own_presets: Path) -> None:
    toml = f"name = {json.dumps(name)}\ntarget = 'warm:0.5'\n"
    Path("p.toml").write_text(toml, encoding="utf-8")
    make_audio("in/a.wav", frames=2000)
    assert run(["apply", "in", "out", "--preset", "p.toml", "-q"]) == 0
    assert run(["export", "--preset", "p.toml", "--to", "apo", "-o", "eqs.txt"]) in (0, 1, 2)
    if "\0" not in name:
        assert run(["presets", "save", name, "--target", "warm"]) == 2
    assert list(own_presets.iterdir()) == []
    assert [path for path in outside(place) if not Path(path).is_relative_to(own_presets.parent)] == []


@pytest.mark.parametrize("kind", ["FLAC", "WAV", "MP3"])
def test_of_tags(place: Path, kind: str) -> None:
    import mutagen

    source = full_source(Path(f"in.{kind.lower()}"), kind)
    if kind == "FLAC":
        file = mutagen.File(source)
        for field in ("TITLE", "ALBUM", "FILENAME"):
            file.tags[field] = "../../evil"
        file.save()
    else:
        data = source.read_bytes()
        source.write_bytes(data.replace("Größe – 音".encode(), b"../../../../evil"))
    assert run(["apply", str(source), "out/", "--target", "warm", "-q"]) == 0
    assert sorted(path.name for path in Path("out").iterdir() if not path.name.startswith(".")) == [
        source.name,
        f"{source.name}.trajectory.json",
    ]
    assert outside(place) == []
