"""What can be set has a name at each front door, and no message below them uses another's."""

from __future__ import annotations

import ast
import re
import sys
import traceback
from pathlib import Path

import pytest

from eqmorph.agents.wording import TOOLS
from eqmorph.cli.wording import OPTIONS
from eqmorph.errors import EqmorphError, UsageError
from eqmorph.tui.wording import APP
from eqmorph.wording import PYTHON, Means, Phrase, Words, worded

PACKAGE = Path(__file__).parents[1] / "eqmorph"
FRONT_DOORS = ("cli", "tui", "agents", "__main__.py", "wording.py")
OPTION = re.compile(r"(?<![\w-])--[a-z]{2,}|eqmorph (apply|analyze|eq|terms|presets|train|tui|morph)\b")


@pytest.mark.parametrize("words", [PYTHON, OPTIONS, APP, TOOLS], ids=["python", "options", "app", "tools"])
def test_every_front_door_words_all_means(words: Words) -> None:
    assert set(words) == set(Means)
    assert all(text or means is Means.OR_STDIN for means, text in words.items())


def test_options_that_are_named_exist() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (PACKAGE / "cli").glob("*.py"))
    for option in {option for text in OPTIONS.values() for option in re.findall(r"--[a-z-]+", text)}:
        assert re.search(rf'["/]{option}["/]', source), option


def strings(path: Path) -> list[tuple[int, str]]:
    """Return all text in a module but for docstrings, with its line."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation
    ]


def test_no_message_below_the_front_doors_names_an_option() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}:{line}: {text}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if path.relative_to(PACKAGE).parts[0] not in FRONT_DOORS
        for line, text in strings(path)
        if OPTION.search(text)
    ]
    assert found == []


def test_a_phrase_is_worded_by_whoever_shows_it() -> None:
    phrase = Phrase("Choose another container with {}.", Means.FORMAT)
    assert str(phrase) == "Choose another container with format."
    assert phrase.worded(OPTIONS) == "Choose another container with --format."
    assert worded("plain {text}", OPTIONS) == "plain {text}"


def test_phrases_add_up_whatever_stands_in_the_text() -> None:
    phrase = Phrase("") + "a {brace} " + Phrase("{} and", Means.PRESET) + Phrase(" {}", Means.USE_PRESET.named("{x}"))
    assert phrase.worded(OPTIONS) == "a {brace} --preset and --preset {x}"


def test_an_error_speaks_each_front_doors_language() -> None:
    error = UsageError(Phrase("{} needs words", Means.ALBUM), hint=Phrase("Leave out {}.", Means.MODE), path="a.wav")
    assert (str(error), error.hint) == ("a.wav: album needs words", "Leave out mode.")
    assert (error.worded(OPTIONS), error.hint_worded(OPTIONS)) == ("a.wav: --album needs words", "Leave out --mode.")


@pytest.mark.skipif(sys.version_info < (3, 11), reason="exceptions have no notes before Python 3.11")
def test_a_traceback_shows_the_remedy() -> None:
    error = EqmorphError("is bad", hint=Phrase("Try {}.", Means.REPAIR))
    assert "Try repair=True." in "".join(traceback.format_exception(error))
