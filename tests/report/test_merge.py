"""Reports of parts become one, and what none of them tells of is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eqmorph.errors import InputError, UsageError
from eqmorph.report.merge import MergedReport
from tests.support import touch


def record(name: str, status: str = "done", **more: Any) -> dict[str, Any]:
    return {"input": f"in/{name}", "output": f"out/{name}", "status": status, **more}


def report(path: Path, *told: dict[str, Any], end: str = "\n") -> Path:
    path.write_text("\n".join(map(json.dumps, told)) + end)
    return path


def merged(*paths: Path) -> MergedReport:
    joined = MergedReport()
    for path in paths:
        joined.add(path)
    return joined


def told(joined: MergedReport) -> list[dict[str, Any]]:
    return [json.loads(line) for line in joined.lines()]


def test_each_output_has_one_record_its_last_in_the_order_of_the_first(tmp_path: Path) -> None:
    one = report(tmp_path / "1.jsonl", record("a"), record("b", "failed", error="x"), record("c"))
    two = report(tmp_path / "2.jsonl", record("b", seconds=2.0), record("d"), record("c", "skipped"))
    joined = merged(one, two)
    assert told(joined) == [record("a"), record("b", seconds=2.0), record("c"), record("d")]
    assert joined.counts == {"done": 4, "skipped": 0, "failed": 0}


def test_parts_without_a_report_are_named_also_where_others_are_empty(tmp_path: Path) -> None:
    parts = [
        report(tmp_path / f"{number}.jsonl", {"shard": f"{number}/4"}, *files)
        for number, files in {1: [record("a")], 2: [], 4: [record("b")]}.items()
    ]
    joined = merged(*parts)
    assert joined.missing().parts == ["3/4"]
    assert joined.missing()
    again = merged(report(tmp_path / "all.jsonl", *told(joined)), report(tmp_path / "3.jsonl", {"shard": "3/4"}))
    assert not again.missing(), "what was joined knows its parts, and can be joined on"
    other = report(tmp_path / "5.jsonl", {"shard": "1/5"})
    with pytest.raises(UsageError, match="into 4 and 5"):
        merged(*parts, other).missing()


def test_files_that_no_report_tells_of_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    touch(tmp_path / "in", "a.wav", "b.wav", "sub/ü.wav")
    joined = merged(report(tmp_path / "1.jsonl", record("a.wav", "failed")))
    assert joined.missing(["in"]).inputs == [str(Path("in/b.wav")), str(Path("in/sub/ü.wav"))]
    assert joined.missing([tmp_path / "in"]).inputs[0] == str(tmp_path / "in" / "b.wav")
    assert not merged(report(tmp_path / "2.jsonl", record("a.wav"), record("b.wav"), record("sub/ü.wav"))).missing(
        ["in"]
    )


def test_what_a_killed_run_left_and_what_json_printed_are_read_too(tmp_path: Path) -> None:
    torn = report(tmp_path / "torn.jsonl", record("a"), end='\n{"input": "in/b"')
    printed = tmp_path / "printed.json"
    printed.write_text(json.dumps({"files": [record("c")], "done": 1}, indent=2))
    on_one_line = tmp_path / "line.json"
    on_one_line.write_text(json.dumps({"files": [record("d")], "done": 1}))
    joined = merged(torn, printed, on_one_line)
    assert [one["output"] for one in told(joined)] == ["out/a", "out/c", "out/d"]
    assert joined.cut_off == [torn]


@pytest.mark.parametrize("text", ["", "[]\n", "no report\n", '{"a": 1}\n', '{"output": "x"}\nrest\n', "\x00\xff" * 99])
def test_what_is_no_report_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(text)
    with pytest.raises(InputError, match=r"report|tells of no file"):
        merged(path)
    with pytest.raises(InputError, match="doesn't exist"):
        merged(tmp_path / "gone.jsonl")


def test_many_are_joined_without_being_in_memory(tmp_path: Path) -> None:
    import tracemalloc

    lines = [record(f"{number:05}.wav", padding="x" * 500) for number in range(5000)]
    path = report(tmp_path / "many.jsonl", *lines)
    del lines
    tracemalloc.start()
    try:
        joined = merged(path)
        assert sum(1 for _ in joined.lines()) == 5000
        assert tracemalloc.get_traced_memory()[1] < path.stat().st_size / 2
    finally:
        tracemalloc.stop()
