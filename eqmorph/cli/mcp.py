"""``eqmorph mcp``: let a language model listen, plan and equalize."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from eqmorph.cli.options import jobs_option
from eqmorph.cli.output import say
from eqmorph.errors import UsageError


@click.command(short_help="Let a language model listen, plan and equalize.")
@click.option(
    "--root",
    "writable",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="A folder that may be read and written. Repeatable.",
)
@click.option(
    "--read-only",
    "read_only",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="A folder that may only be read. Repeatable.",
)
@click.option("--no-cache", is_flag=True, help="Keep nothing of what was heard.")
@jobs_option
def command(writable: tuple[Path, ...], read_only: tuple[Path, ...], no_cache: bool, jobs: int | None) -> None:
    """Serve tools for language models over stdin and stdout, by the Model Context Protocol (MCP).

    A client starts it: Claude Desktop, an editor, or whatever else speaks MCP; docs/agents.md has their settings. Its
    tools list, listen, plan, apply, adjust, compare, rank and undo, in the named folders and nowhere else, links
    included. Nothing is written unless a plan is applied, nothing that exists is replaced, and undo removes what was
    written. It ends when stdin is closed.

    \b
    eqmorph mcp --root ~/Music
    eqmorph mcp --read-only samples/ --root out/
    eqmorph mcp --root album/ --jobs 2 --no-cache

    Requires `pip install "eqmorph[mcp]"`.
    """
    from eqmorph.agents.roots import Roots

    if not (writable or read_only):
        raise UsageError("no folder is named", hint="Name those that may be used with --root or --read-only.")
    roots = Roots(writable, read_only)
    try:
        from eqmorph.agents.server import serve
    except ImportError as error:
        if error.name is not None and error.name.partition(".")[0] == "eqmorph":
            raise
        raise UsageError(
            "serving language models needs the SDK of MCP", hint='Install it with: pip install "eqmorph[mcp]"'
        ) from error
    from eqmorph.agents.session import Session

    if sys.stdin.isatty():
        say("This waits for a client on stdin: see docs/agents.md. Ctrl-C ends it.", err=True)
    serve(Session(roots, has_cache=not no_cache, workers=jobs))
