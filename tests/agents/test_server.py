"""The server as a client finds it, over stdin and stdout, by the SDK's own client."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from asyncio import CancelledError
from collections.abc import Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
import soundfile as sf

from eqmorph.agents.tool import Tool
from eqmorph.agents.work import Work
from tests.agents.conftest import write
from tests.support import environment, need_extras, noise, posix_only

need_extras("mcp")

import anyio
import jsonschema
from anyio.from_thread import start_blocking_portal
from mcp import ClientSession
from mcp.client.stdio import StdioServerParameters, stdio_client

from eqmorph.agents.server import _call

# The server, with a file that can't be heard without a crash, and one that takes as long as it is let.
SERVER = """
import sys, time
from eqmorph.agents.session import Session
from eqmorph.cli import run

hear = Session.hear

def heard(self, path, work):
    if path.name == "crash.wav":
        print("this must not be taken for an answer")
        raise RuntimeError("secret of /etc/passwd")
    if path.name == "slow.wav":
        while True:
            work.watch(1.0)
            time.sleep(0.02)
    return hear(self, path, work)

Session.hear = heard
sys.exit(run(sys.argv[1:]))
"""


class Client:
    """A client of a server that runs, for tests that wait for each answer."""

    def __init__(self, portal: Any, session: ClientSession, music: Path) -> None:
        self.portal, self.session, self.music = portal, session, music
        self.tools = {tool.name: tool for tool in portal.call(session.list_tools).tools}

    def ask(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Return what a tool answers, which fits its schema and says the same as text."""
        result = self.portal.call(self.session.call_tool, tool, arguments)
        assert not result.is_error, result.content
        jsonschema.validate(result.structured_content, self.tools[tool].output_schema)
        assert json.loads(result.content[0].text) == result.structured_content
        answer: dict[str, Any] = result.structured_content
        return answer

    def refused(self, tool: str, **arguments: Any) -> str:
        """Return why a tool refuses."""
        result = self.portal.call(self.session.call_tool, tool, arguments)
        assert result.is_error, result.content
        (content,) = result.content
        return str(content.text)

    def run(self, function: Any) -> Any:
        return self.portal.call(function)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    place = tmp_path_factory.mktemp("agent")
    music = place / "music"
    write(music / "song.wav", seconds=4, tilt=0.98)
    for number in range(3):
        write(music / "kit" / f"hit{number}.wav", seed=number + 1, tilt=0.3 * number)
    for name in ("crash.wav", "slow.wav"):
        write(music / "odd" / name)
    write(place / "secret" / "other.wav")
    (music / "way-out").symlink_to(place / "secret")
    more = {"EQMORPH_CACHE": str(place / "cache"), "EQMORPH_STATE": str(place / "state")}
    server = StdioServerParameters(
        command=sys.executable, args=["-c", SERVER, "mcp", "--root", str(music)], env=environment(**more)
    )

    @asynccontextmanager
    async def connected() -> Any:
        with (place / "log.txt").open("w", encoding="utf-8") as log:
            async with stdio_client(server, errlog=log) as streams, ClientSession(*streams) as session:
                await session.initialize()
                yield session

    with start_blocking_portal() as portal, portal.wrap_async_context_manager(connected()) as session:
        yield Client(portal, session, music)


def files_below(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_the_tools_say_what_they_are(client: Client) -> None:
    assert len(client.tools) == 9
    for tool in client.tools.values():
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint == (tool.name not in ("apply", "undo"))
        assert tool.annotations.open_world_hint is False
        jsonschema.Draft202012Validator.check_schema(tool.input_schema)
        jsonschema.Draft202012Validator.check_schema(tool.output_schema)
        assert tool.output_schema["type"] == "object"


def test_every_tool_answers(client: Client) -> None:
    before = files_below(client.music)
    assert client.ask("files", path="music")["total_files"] == 1
    assert client.ask("words", query="warm", limit=1)["found"][0]["word"] == "warm"
    assert client.ask("listen", path="song.wav")["sounds"][0]["kind"] in (None, "mix", "speech", "instrument")
    assert client.ask("listen", path="kit")["files"] == 3
    assert client.ask("rank", path="kit", by="dark", top=1)["ranked"][0]["path"] == "music/kit/hit2.wav"
    assert len(client.ask("compare", paths=["song.wav"], wish="warm")["compared"]) == 4
    assert len(client.ask("compare", paths=["song.wav", "kit/hit0.wav"], curve=True)["legend"]) == 2
    plan = client.ask("plan", path="kit", wish="warmer")
    assert client.ask("adjust", change="a bit less", plan=None)["plan"] != plan["plan"]
    assert client.ask("apply", output="out")["dry_run"]
    assert files_below(client.music) == before
    written = client.ask("apply", output="out", dry_run=False)
    assert len(written["written"]) == 3
    assert client.ask("undo", apply=written["apply"])["files"] == 3
    assert files_below(client.music) == before


def test_a_picture_comes_as_one(client: Client) -> None:
    arguments = {"path": "song.wav", "wish": "warm", "curve": True}
    result = client.portal.call(client.session.call_tool, "plan", arguments)
    assert [content.type for content in result.content] == ["text", "image"]
    assert result.content[1].mime_type == "image/png"


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("plan", {}, "'path' is a required property"),
        ("plan", {"path": "song.wav", "wish": "warm", "amount": 3}, "amount: 3 is greater than the maximum of 2"),
        ("plan", {"path": "song.wav", "wish": "warm", "volume": 3}, "Its arguments are path, wish?"),
        ("plan", {"path": ["song.wav"], "wish": "warm"}, "path: "),
        ("plan", {"path": "song.wav", "wish": "wram"}, "Nearest by spelling: warm"),
        ("plan", {"path": "song.wva", "wish": "warm"}, "Did you mean music/song.wav?"),
        ("apply", {"output": "out", "plan": "p0"}, "plan"),
        ("sing", {}, "The tools are files, listen"),
    ],
)
def test_wrong_arguments_are_answered_with_what_is_right(
    client: Client, tool: str, arguments: dict[str, Any], said: str
) -> None:
    assert said in client.refused(tool, **arguments)


@pytest.mark.parametrize(
    "path", ["../secret/other.wav", "way-out/other.wav", "/etc/passwd", "~/x.wav", "a\0b", "x" * 2000]
)
def test_no_path_leads_outside(client: Client, path: str) -> None:
    client.ask("plan", path="song.wav", wish="warm")
    for said in (
        client.refused("listen", path=path),
        client.refused("plan", path=path, wish="warm"),
        client.refused("compare", paths=[path, "song.wav"]),
        client.refused("plan", path="song.wav", reference=path),
        client.refused("apply", output=path, dry_run=False),
    ):
        assert str(client.music.parent) not in said
        assert "music (read and write)" in said


def test_an_error_names_a_file_as_the_model_knows_it(client: Client) -> None:
    bad = client.music / "odd" / "bad.wav"
    bad.write_bytes(b"no audio")
    for tool in ("listen", "plan"):
        said = client.refused(tool, path="odd/bad.wav", **({"wish": "warm"} if tool == "plan" else {}))
        assert said.startswith("music/odd/bad.wav: ")
        assert str(client.music.parent) not in said
    bad.unlink()


def test_a_crashed_call_is_an_error_and_the_server_lives_on(client: Client) -> None:
    said = client.refused("listen", path="odd/crash.wav")
    assert "failed unexpectedly (RuntimeError)" in said
    assert "passwd" not in said
    assert client.ask("words", query="warm", limit=1)["found"]
    assert "secret of" in (client.music.parent / "log.txt").read_text()


@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit, CancelledError])
def test_what_ends_a_program_is_no_answer(end: type[BaseException]) -> None:
    def ended(*_: Any) -> Any:
        raise end

    tool = Tool("end", "End", "", {}, {}, ended)
    with pytest.raises(end):
        _call(tool, Mock(), Work(), {})


def test_a_call_is_cancelled_while_others_are_answered_and_told_of_progress(client: Client) -> None:
    told: list[float] = []

    async def progress(done: float, _total: float | None, _message: str | None) -> None:
        told.append(done)

    async def cancelled() -> tuple[Any, bool]:
        async with anyio.create_task_group() as group:
            scope = anyio.CancelScope()

            async def slow() -> None:
                with scope:
                    await client.session.call_tool("listen", {"path": "odd/slow.wav"}, progress_callback=progress)

            group.start_soon(slow)
            meanwhile = await client.session.call_tool("words", {"query": "warm", "limit": 1})
            with anyio.fail_after(20):
                while not told:
                    await anyio.sleep(0.05)
            scope.cancel()
        return meanwhile, scope.cancelled_caught

    meanwhile, was_cancelled = client.run(cancelled)
    assert not meanwhile.is_error
    assert was_cancelled
    assert told[0] > 0
    assert client.ask("words", query="dark", limit=1)["found"]


def test_a_cancelled_apply_leaves_no_half_file(client: Client) -> None:
    long = client.music / "long.wav"
    sf.write(long, noise(8000 * 900, channels=1), 8000)
    client.ask("plan", path="long.wav", wish="warm")
    output = client.music / "half"

    async def cancelled() -> bool:
        async with anyio.create_task_group() as group:
            scope = anyio.CancelScope()

            async def apply() -> None:
                with scope:
                    await client.session.call_tool("apply", {"output": "half", "dry_run": False})

            group.start_soon(apply)
            with anyio.fail_after(20):
                while not output.exists():  # it writes into a temporary file there
                    await anyio.sleep(0.005)
            scope.cancel()
        return scope.cancelled_caught

    assert client.run(cancelled)
    until = time.monotonic() + 20
    while output.exists() and time.monotonic() < until:
        client.ask("words", query="warm", limit=1)
    assert not output.exists()
    long.unlink()


def test_resources_can_be_read(client: Client) -> None:
    listed = client.portal.call(client.session.list_resources).resources
    assert [str(one.uri) for one in listed] == ["eqmorph://vocabulary", "eqmorph://presets", "eqmorph://report"]
    for one in listed:
        contents = client.portal.call(client.session.read_resource, one.uri).contents
        json.loads(contents[0].text)
    with pytest.raises(Exception, match="no such resource"):
        client.portal.call(client.session.read_resource, "eqmorph://secrets")


def start(music: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "eqmorph", "mcp", "--root", str(music)],
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}


@posix_only
def test_it_ends_in_order_when_stdin_is_closed_and_when_it_is_interrupted(tmp_path: Path) -> None:
    music = write(tmp_path / "music" / "song.wav").parent
    closed, struck = start(music), start(music)
    for process in (closed, struck):
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(HELLO) + "\n")
        process.stdin.flush()
        answer = json.loads(process.stdout.readline())
        assert "music (read and write)" in answer["result"]["instructions"]
    assert closed.communicate(timeout=20) == ("", "")
    assert closed.returncode == 0
    os.kill(struck.pid, signal.SIGINT)
    struck.wait(timeout=20)
    assert struck.returncode == 130
    assert struck.communicate() == ("", "")
