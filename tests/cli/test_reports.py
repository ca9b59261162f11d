"""Reports of earlier runs, read back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eqmorph.bands import Bands
from eqmorph.cli.reports import pick_reported, read_report
from eqmorph.errors import InputError, UsageError

EQ = Bands.parse("LS 120 +3; HS 8k -3")


def record(name: str, **more: object) -> dict[str, object]:
    return {"input": f"in/{name}", "output": f"out/{name}", "bands": EQ.to_list(), **more}


def written(folder: Path, text: str) -> Path:
    path = folder / "report.jsonl"
    path.write_text(text)
    return path


def test_lines_and_documents_are_read(tmp_path: Path) -> None:
    records = [record("a.wav"), {"input": "in/x.wav", "output": "out/x.wav", "status": "failed"}, record("b.wav")]
    as_lines = written(tmp_path, "".join(json.dumps(one) + "\n" for one in records))
    found = read_report(as_lines)
    assert [(one.input.name, one.bands) for one in found] == [("a.wav", EQ), ("b.wav", EQ)]
    assert read_report(written(tmp_path, json.dumps({"files": records, "done": 2}, indent=2))) == found


def test_of_two_lines_for_one_output_the_last_counts(tmp_path: Path) -> None:
    later = Bands.parse("PK 1000 -2")
    path = written(tmp_path, json.dumps(record("a.wav")) + "\n" + json.dumps(record("a.wav", bands=later.to_list())))
    assert [one.bands for one in read_report(path)] == [later]


def test_a_line_that_a_killed_run_left_is_no_trouble(tmp_path: Path) -> None:
    assert len(read_report(written(tmp_path, json.dumps(record("a.wav")) + '\n{"input": "in/b'))) == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "tells of no bands"),
        ("hello", "is not a report"),
        ("[1, 2]", "tells of no bands"),
        ("[" * 100_000, "is not a report"),
        ('{"input": 3, "output": "b", "bands": []}', "line 1 is not of a report"),
        ('{"input": "a", "output": "b", "bands": [3]}', "line 1: its bands are none"),
        ('{"input": "a", "output": "b", "bands": [{"kind": "bell", "freq_hz": NaN, "gain_db": 1}]}', "nan Hz"),
    ],
)
def test_what_is_no_report_is_named(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read_report(written(tmp_path, text))


def test_one_file_is_picked_by_any_of_its_names(tmp_path: Path) -> None:
    path = written(tmp_path, "".join(json.dumps(record(name)) + "\n" for name in ("a.wav", "a.flac", "b.wav")))
    found = read_report(path)
    for name in ("in/b.wav", "out/b.wav", "b.wav", "b"):
        assert pick_reported(found, name, path).output == Path("out/b.wav")
    with pytest.raises(UsageError, match="tells of 2 files called 'a'"):
        pick_reported(found, "a", path)
    with pytest.raises(UsageError, match="no file of the report is called 'c'"):
        pick_reported(found, "c", path)
    with pytest.raises(UsageError, match="tells of 3 files"):
        pick_reported(found, None, path)
