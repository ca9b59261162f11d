"""The tools as a server of the Model Context Protocol over stdin and stdout, by the official SDK.

Everything that takes time runs in threads, so that the server answers meanwhile. A call that is cancelled, or whose
client is gone, is stopped at the next block of audio, and waited for: nothing goes on behind anybody's back.
"""

from __future__ import annotations

import base64
import contextlib
import json
import logging
import os
import signal
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial
from typing import Any

import anyio
import anyio.to_thread
import jsonschema
import mcp.types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError

from eqmorph.agents import resources, tools
from eqmorph.agents.session import Session
from eqmorph.agents.tool import Answer, Tool
from eqmorph.agents.work import Work
from eqmorph.errors import EqmorphError, Stopped
from eqmorph.version import __version__

__all__ = ["serve"]

_AT_ONCE = 4  # calls; the rest wait
_TELLS_EVERY_S = 0.5
_ENDS_WITHIN_S = 5.0
_INTERRUPTED = 128  # plus the number of the signal
_log = logging.getLogger("eqmorph.agents")


def serve(session: Session) -> None:
    """Serve until stdin is closed or the program is interrupted."""
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    calls = _Calls()
    server = _server(session, calls)
    with _ended_in_order(session, calls):
        anyio.run(partial(_run, server, session))


async def _run(server: Any, session: Session) -> None:
    async with anyio.create_task_group() as group, stdio_server() as (incoming, outgoing):
        group.start_soon(partial(anyio.to_thread.run_sync, session.warm_up, abandon_on_cancel=True))
        await server.run(incoming, outgoing, server.create_initialization_options())
        group.cancel_scope.cancel()


class _Calls:
    """The calls under way."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._works: set[Work] = set()

    @contextlib.contextmanager
    def one(self) -> Any:
        work = Work()
        with self._lock:
            self._works.add(work)
        try:
            yield work
        finally:
            with self._lock:
                self._works.discard(work)

    def stop(self) -> None:
        for work in list(self._works):
            work.stop.set()

    @property
    def are_over(self) -> bool:
        return not self._works


@contextlib.contextmanager
def _ended_in_order(session: Session, calls: _Calls) -> Any:
    """Have signals stop the work under way, and then the program.

    It is ended from here: a thread that waits for stdin can't be woken, and Python would wait for it.
    """

    def end(number: int) -> None:
        calls.stop()
        until = time.monotonic() + _ENDS_WITHIN_S
        while not calls.are_over and time.monotonic() < until:
            time.sleep(0.01)
        session.close()
        os._exit(_INTERRUPTED + number)

    def struck(number: int, _frame: object) -> None:
        threading.Thread(target=end, args=(number,), daemon=True).start()

    before = {}
    for number in (getattr(signal, name, None) for name in ("SIGINT", "SIGTERM", "SIGHUP")):
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            before[number] = signal.signal(number, struck)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        session.close()


def _server(session: Session, calls: _Calls) -> Any:
    limiter: list[anyio.CapacityLimiter] = []  # made where there is an event loop

    async def in_thread(function: Callable[[], Any]) -> Any:
        if not limiter:
            limiter.append(anyio.CapacityLimiter(_AT_ONCE))
        return await anyio.to_thread.run_sync(function, limiter=limiter[0])

    async def list_tools(_context: Any, _params: Any) -> mcp.types.ListToolsResult:
        return mcp.types.ListToolsResult(tools=[_described(tool) for tool in tools.ALL])

    async def call_tool(context: Any, params: mcp.types.CallToolRequestParams) -> mcp.types.CallToolResult:
        tool = _tools().get(params.name)
        if tool is None:
            return _refused(f"There is no tool {params.name!r}. The tools are {', '.join(_tools())}.")
        given = {name: value for name, value in (params.arguments or {}).items() if value is not None}
        problem = _problem_with(tool, given)
        if problem:
            return _refused(problem)
        with calls.one() as work:
            async with _watched(work, context.session):
                result: mcp.types.CallToolResult = await in_thread(partial(_call, tool, session, work, given))
        return result

    async def list_resources(_context: Any, _params: Any) -> mcp.types.ListResourcesResult:
        return mcp.types.ListResourcesResult(
            resources=[
                mcp.types.Resource(
                    uri=one.uri, name=one.name, description=one.description, mime_type="application/json"
                )
                for one in resources.ALL
            ]
        )

    async def read_resource(_context: Any, params: Any) -> mcp.types.ReadResourceResult:
        for one in resources.ALL:
            if str(params.uri) == one.uri:
                text = await in_thread(partial(one.read, session))
                contents = mcp.types.TextResourceContents(uri=one.uri, mime_type="application/json", text=text)
                return mcp.types.ReadResourceResult(contents=[contents])
        known = ", ".join(one.uri for one in resources.ALL)
        raise MCPError(mcp.types.INVALID_PARAMS, f"there is no such resource; there are {known}")

    return Server(
        "eqmorph",
        version=__version__,
        title="eqmorph",
        instructions=_instructions(session),
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_read_resource=read_resource,
    )


def _instructions(session: Session) -> str:
    return (
        "eqmorph equalizes audio files by words such as warm, harsh or airy, and says what sounds are like. "
        f"It may use these folders: {session.roots.said()}. Paths begin with one of their names. "
        "Usual order: files or listen, then plan with what the person wants, show what it would do, adjust until they "
        "agree, then apply with dry_run false. undo takes back what apply wrote. Percentiles are places among sounds "
        "of the same kind: 50 is as usual. Sources are never changed, and loudness stays as it was, so say what "
        "changed in sound. Words it doesn't know are refused with the nearest ones: choose from these."
    )


def _tools() -> dict[str, Tool]:
    return {tool.name: tool for tool in tools.ALL}


def _described(tool: Tool) -> mcp.types.Tool:
    return mcp.types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.input_schema,
        output_schema=tool.answer,
        annotations=mcp.types.ToolAnnotations(
            title=tool.title,
            read_only_hint=tool.reads_only,
            destructive_hint=tool.destroys,
            idempotent_hint=tool.repeats_safely,
            open_world_hint=False,
        ),
    )


def _problem_with(tool: Tool, given: Mapping[str, Any]) -> str:
    """Say what is wrong with the arguments of a call, and which there are; empty if nothing is."""
    error = next(iter(jsonschema.Draft202012Validator(tool.input_schema).iter_errors(given)), None)
    if error is None:
        return ""
    where = ".".join(str(part) for part in error.absolute_path)
    said = error.message if len(error.message) <= 300 else f"{error.message[:300]}…"
    arguments = ", ".join(f"{name}{'' if name in tool.required else '?'}" for name in tool.arguments)
    return f"{tool.name}: {f'{where}: ' if where else ''}{said}. Its arguments are {arguments}."


def _call(tool: Tool, session: Session, work: Work, given: Mapping[str, Any]) -> mcp.types.CallToolResult:
    """Do what is asked for, in a thread. Whatever goes wrong is an answer, and the server lives on."""
    try:
        try:
            answer = tool.call(session, work, given)
        finally:
            session.rest()
    except Stopped:
        return _refused("Called off. No file is left half done.")
    except EqmorphError as error:
        return _refused(session.said(error))
    # A defect of one tool is no reason to take the others away. What ends a program (KeyboardInterrupt, SystemExit, a
    # cancellation) is no Exception, and passes.
    except Exception as error:
        _log.exception("%s failed", tool.name)
        return _refused(
            f"{tool.name} failed unexpectedly ({type(error).__name__}). This is a defect in eqmorph, whose log says "
            "more; the other tools still work."
        )
    return _answered(answer)


def _answered(answer: Answer) -> mcp.types.CallToolResult:
    text = json.dumps(answer.data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    content: list[Any] = [mcp.types.TextContent(type="text", text=text)]
    if answer.picture is not None:
        data = base64.b64encode(answer.picture).decode("ascii")
        content.append(mcp.types.ImageContent(type="image", data=data, mime_type="image/png"))
    return mcp.types.CallToolResult(content=content, structured_content=answer.data)


def _refused(text: str) -> mcp.types.CallToolResult:
    return mcp.types.CallToolResult(content=[mcp.types.TextContent(type="text", text=text)], is_error=True)


@contextlib.asynccontextmanager
async def _watched(work: Work, connection: Any) -> AsyncIterator[None]:
    """Tell the client how far a call is, and stop its work once it is cancelled."""

    async def tell() -> None:
        told = 0.0
        try:
            while True:
                await anyio.sleep(_TELLS_EVERY_S)
                done, total, said = work.progress()
                if done > told:
                    told = done
                    await connection.report_progress(done, total, said)
        finally:
            if not is_over:
                work.stop.set()

    is_over = False
    async with anyio.create_task_group() as group:
        group.start_soon(tell)
        yield
        is_over = True
        group.cancel_scope.cancel()
