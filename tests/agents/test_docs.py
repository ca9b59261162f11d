"""What docs/agents.md shows of settings and calls is as the program has it."""

from __future__ import annotations

import json
import os
import re
import textwrap
from pathlib import Path
from typing import Any

import pytest

from eqmorph.agents.roots import Roots
from eqmorph.agents.session import Session
from eqmorph.agents.tools import ALL
from eqmorph.agents.work import Work
from eqmorph.cli.mcp import command
from eqmorph.demo import write_demo_sounds
from eqmorph.errors import EqmorphError
from tests.doc_blocks import blocks_of

PAGE_FILE = Path(__file__).parents[2] / "docs" / "agents.md"
PAGE = PAGE_FILE.read_text(encoding="utf-8")


def test_settings_of_clients_start_the_program() -> None:
    settings = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
    assert len(settings) == 3
    for setting in settings:
        (servers,) = setting.values()
        name, *arguments = servers["eqmorph"]["args"]
        assert name == "mcp"
        assert command.make_context("mcp", arguments)


def test_all_tools_are_in_the_table() -> None:
    assert re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE) == [tool.name for tool in ALL]


def test_the_calls_of_the_transcript_are_such_that_can_be_made() -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="comes with the extra mcp")
    tools = {tool.name: tool for tool in ALL}
    calls = re.findall(r"^> (\w+) (\{.*\})$", PAGE, re.MULTILINE)
    assert len(calls) >= 6
    for name, arguments in calls:
        jsonschema.validate(json.loads(arguments), tools[name].input_schema)


# The transcript: what is asked is asked again, and the fields that are shown of the answers must be those of today.

_ID = re.compile(r'"([pa])[0-9a-f]{6}"')


def transcript() -> list[tuple[str, str]]:
    """Return what is asked and what is answered, each answer in one line."""
    block = next(block for block in blocks_of(PAGE_FILE) if block.lines[0].startswith("> "))
    turns = re.split(r"^> ", "\n".join(block.lines), flags=re.MULTILINE)[1:]
    pairs = [turn.split("\n", 1) for turn in turns]
    return [(asked, " ".join(line.strip() for line in answer.splitlines()).strip()) for asked, answer in pairs]


def like(shown: Any, answer: Any) -> Any:
    """Return of an answer what is shown of it."""
    if isinstance(shown, dict) and isinstance(answer, dict):
        return {name: like(value, answer.get(name)) for name, value in shown.items()}
    if isinstance(shown, list) and isinstance(answer, list) and len(shown) == len(answer):
        return [like(*pair) for pair in zip(shown, answer, strict=True)]
    return answer


def answered(session: Session, asked: str) -> Any:
    """Return what a tool answers, or says that is wrong."""
    name, arguments = asked.split(" ", 1)
    tool = next(tool for tool in ALL if tool.name == name)
    try:
        return tool.call(session, Work(), json.loads(arguments)).data
    except EqmorphError as error:
        return session.said(error)


def written(asked: str, answer: Any) -> str:
    """Return a turn as the page has it."""
    text = answer if isinstance(answer, str) else json.dumps(answer)
    wrapped = textwrap.wrap(text, 118, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
    return "\n".join([f"> {asked}", *wrapped])


def test_the_answers_of_the_transcript_are_those_of_today(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EQMORPH_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("EQMORPH_CACHE", str(tmp_path / "cache"))
    write_demo_sounds(tmp_path / "eqmorph-demo" / "sounds")
    session = Session(Roots([tmp_path / "eqmorph-demo"]), workers=1)
    shown, now = [], []
    for asked, answer in transcript():
        told = json.loads(answer) if answer.startswith("{") else answer
        shown.append(written(asked, told))
        now.append(written(asked, like(told, answered(session, asked))))
    session.close()
    assert len(shown) >= 10
    if os.environ.get("EQMORPH_DOCS") == "new":
        block = next(block for block in blocks_of(PAGE_FILE) if block.lines[0].startswith("> "))
        lines = PAGE_FILE.read_text(encoding="utf-8").splitlines()
        lines[block.start : block.end] = "\n\n".join(now).splitlines()
        PAGE_FILE.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    else:
        assert [_ID.sub(r'"\1"', turn) for turn in now] == [_ID.sub(r'"\1"', turn) for turn in shown]
