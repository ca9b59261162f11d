"""What docs/agents.md shows of settings and calls is as the program has it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from eqmorph.agents.tools import ALL
from eqmorph.cli.mcp import command

PAGE = (Path(__file__).parents[2] / "docs" / "agents.md").read_text(encoding="utf-8")


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
