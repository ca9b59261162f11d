"""Reports are read back, whoever wrote them and however they ended."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eqmorph.errors import InputError
from eqmorph.report.account import account_of
from eqmorph.report.records import is_record, latest, numbered_records
from tests.report.support import line, processed


def test_the_last_line_of_an_output_counts_unless_it_was_only_skipped() -> None:
    done, again = line("a.wav", after=0.5), line("a.wav", after=0.6)
    skipped = {"input": "in/a.wav", "output": "out/a.wav", "status": "skipped"}
    assert latest([done, again, skipped]) == [again]
    assert latest([skipped, done]) == [done]
    assert latest([skipped]) == [skipped]
    failed = {**skipped, "status": "failed"}
    assert latest([done, failed]) == [failed]


@pytest.mark.parametrize("data", [None, [], "text", {}, {"input": "a", "output": "b"}, {**line("a"), "input": 3}])
def test_what_is_no_record_is_told_apart(data: object) -> None:
    assert not is_record(data)
    assert is_record(line("a.wav"))


def test_a_line_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "report.jsonl"
    path.write_text(json.dumps(line("a.wav")) + '\n{"input": "in/b')
    assert len(numbered_records(path)) == 1
    path.write_text("no JSON")
    with pytest.raises(InputError, match="not a report"):
        numbered_records(path)


def test_what_was_decided_is_said_in_the_same_words_again(tmp_path: Path) -> None:
    report = processed(tmp_path, "--target", "warm:0.7 + airy:0.3", sounds=2)
    for _, record in numbered_records(report):
        if record["status"] == "done":
            account = account_of(record["decision"])
            assert account is not None
            assert json.loads(json.dumps(account.to_dict())) == record["decision"]


def test_a_decision_of_another_release_is_read_as_far_as_it_goes() -> None:
    decision = line("a.wav")["decision"]
    for gone in ("conflicts", "futile", "sections", "over_time", "reference", "kind", "confidence", "is_album"):
        del decision[gone]
    account = account_of({**decision, "a later field": 3})
    assert account is not None
    assert "warm 40% -> 70%" in account.sentence
    del decision["words"]
    assert account_of(decision) is None
    assert account_of("nothing") is None
    assert account_of({"words": [{"word": "warm", "limits": [{"limit": "unknown"}]}]}) is None
