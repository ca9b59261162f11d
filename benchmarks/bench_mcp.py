"""Time plans for a file of three minutes as a client of `eqmorph mcp` finds them, over stdin and stdout.

    python benchmarks/bench_mcp.py [--seconds 180] [--rounds 20]

Needs the extra `mcp`. The cache is a fresh one in a temporary folder.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import anyio
from bench_apply import write_music
from mcp import ClientSession
from mcp.client.stdio import StdioServerParameters, stdio_client

WISHES = ("warm", "a bit less harsh, more air", "punchy:0.5 + dark:-0.3")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=180)
    parser.add_argument("--rounds", type=int, default=20)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "music").mkdir()
        for number in range(arguments.rounds):
            write_music(folder / "music" / f"{number}.wav", arguments.seconds, seed=number)
        anyio.run(measure, folder, arguments.rounds)


async def measure(folder: Path, rounds: int) -> None:
    places = {"EQMORPH_CACHE": str(folder / "cache"), "EQMORPH_STATE": str(folder / "state")}
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "eqmorph", "mcp", "--root", str(folder / "music")],
        env={**os.environ, **places},
    )
    begun = time.perf_counter()
    async with stdio_client(server) as streams, ClientSession(*streams) as session:
        await session.initialize()
        started = time.perf_counter() - begun
        await session.call_tool("words", {"query": "warm"})  # by now the model is loaded
        heard = [await plan(session, number, 0) for number in range(rounds)]
        known = [await plan(session, number, at) for number in range(rounds) for at in (1, 2)]
    print("| | ms |\n|---|---|")
    print(f"| start, until the client may ask | {1000 * started:.0f} |")
    for name, times in (("plan, file not heard yet", heard), ("plan, file known", known)):
        print(f"| {name}: median of {len(times)} | {1000 * statistics.median(times):.0f} |")
        print(f"| {name}: slowest | {1000 * max(times):.0f} |")


async def plan(session: Any, number: int, wish: int) -> float:
    begun = time.perf_counter()
    result = await session.call_tool("plan", {"path": f"{number}.wav", "wish": WISHES[wish]})
    if result.is_error:
        raise SystemExit(result.content[0].text)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
