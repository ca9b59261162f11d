from pathlib import Path

import pytest

from eqmorph.errors import InputError, OutputError
from eqmorph.evaluate.output import insert_between_marks, places_in, write_report


def test_what_stands_between_the_marks_is_replaced(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- evaluation: start -->old<!-- evaluation: end -->\nafter\n")
    insert_between_marks(page, "| new |\n")
    assert page.read_text() == "before\n<!-- evaluation: start -->\n| new |\n<!-- evaluation: end -->\nafter\n"


def test_a_page_without_marks_is_refused_and_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("no marks")
    with pytest.raises(InputError, match="has no place"):
        insert_between_marks(page, "x")
    assert page.read_text() == "no marks"


def test_a_page_may_have_some_of_the_places(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- moves: start --><!-- moves: end -->\n<!-- audio: start -->", encoding="utf-8")
    assert places_in(page, ["audio", "moves"]) == ["moves"]
    with pytest.raises(InputError, match="has no place") as refused:
        places_in(page, ["audio", "people"])
    assert "<!-- audio: end -->" in str(refused.value.hint)


def test_a_report_that_can_not_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(OutputError, match="can't write the report"):
        write_report(tmp_path / "file", "audio", {}, "")
