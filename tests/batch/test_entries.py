"""What is known of many files: the latest entry of each, in the order of writing."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from eqmorph.batch.entries import Entries, JournalEntry

ENTRY = JournalEntry("a.wav", "/in/a.wav", "../in/a.wav", 1, 2, "settings", 3, "digest", "run 1")


def read(*lines: bytes) -> Entries:
    entries = Entries()
    entries.read(lines)
    return entries


def test_the_last_counts_and_what_is_forgotten_leaves_what_another_run_wrote() -> None:
    other, later = replace(ENTRY, run="run 2", output_size=4), replace(ENTRY, output_size=5)
    forgotten = json.dumps({"forget": "a.wav", "run": "run 2"}).encode()
    assert read(ENTRY.line, other.line)["a.wav"] == other
    assert read(ENTRY.line, other.line, forgotten)["a.wav"] == ENTRY
    assert read(ENTRY.line, other.line, later.line)["a.wav"] == later
    assert len(read(ENTRY.line, other.line)) == 1


def test_it_is_a_mapping_in_the_order_of_writing() -> None:
    names = [f"{number * 7919 % 2503:05}.wav" for number in range(2503)]
    entries = read(*(replace(ENTRY, output=name).line for name in names))
    assert list(entries) == names
    assert [entry.output for entry in entries.values()] == names
    assert (names[0] in entries, "gone" in entries, None in entries) == (True, False, False)
    entries[names[0]] = replace(ENTRY, output=names[0], run="run 2")
    assert list(entries.latest())[-1].run == "run 2"
    assert entries.pop(names[0]).run == "run 2"
    assert entries.get(names[0]) is None
    with pytest.raises(KeyError):
        del entries[names[0]]


def test_names_may_hold_what_is_no_text() -> None:
    odd = replace(ENTRY, output="\udcff\udc80.wav", input="/in/ü\x00")
    assert read(odd.line)[odd.output] == odd


@pytest.mark.parametrize(
    "line", [b"", b"x", b"[]", b"1", b'{"output": 1}', b'{"forget": 1}', b'{"output": "a"}', b"[" * 9999, b'"forget"']
)
def test_what_makes_no_sense_is_left_out(line: bytes) -> None:
    assert dict(read(line, ENTRY.line, line)) == {"a.wav": ENTRY}
