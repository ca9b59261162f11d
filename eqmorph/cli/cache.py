"""``eqmorph cache``: what was heard and is kept; show how much, or throw it away."""

from __future__ import annotations

import click

from eqmorph.cli.groups import Group
from eqmorph.cli.options import json_option
from eqmorph.errors import OutputError, UsageError, show_path


@click.group(cls=Group, short_help="Show or clear what was heard and is kept.", invoke_without_command=True)
@json_option
@click.pass_context
def command(context: click.Context, as_json: bool) -> int:
    """Show how much is kept of what was heard in files, or throw it away.

    It is kept by content, so that `eqmorph rank` need not listen to a sound twice: numbers that say how a sound is, but
    no audio and no names. It is never larger than 1 GiB: what was used longest ago goes first. EQMORPH_CACHE names
    another folder.

    \b
    eqmorph cache
    eqmorph cache show --json
    eqmorph cache clear
    """
    if context.invoked_subcommand is None:
        return _show(as_json)
    if as_json:
        raise UsageError("--json belongs after the subcommand", hint="For example: eqmorph cache show --json")
    return 0


@command.command(short_help="Show how much is kept.")
@json_option
def show(as_json: bool) -> int:
    """Show where it is kept what was heard, and how much that is."""
    return _show(as_json)


@command.command(short_help="Throw everything away.")
def clear() -> int:
    """Throw away everything that was heard. Nothing is lost but time: files are listened to again."""
    from eqmorph.heard import cache_folder, clear_cache

    folder = cache_folder()
    try:
        freed = clear_cache(folder)
    except OSError as error:
        raise OutputError(
            f"can't be cleared: {error.strerror or error}", hint="Check its permissions.", path=folder
        ) from error
    click.echo(f"Cleared, {_size(freed)} are free again ({show_path(folder)})" if freed else "There was nothing.")
    return 0


def _show(as_json: bool) -> int:
    from eqmorph.cli.output import listing, print_json
    from eqmorph.heard import cache_folder, open_cache

    folder = cache_folder()
    with open_cache(folder) as cache:
        sizes, problem = cache.sizes(), cache.problem
    if as_json:
        kept = {name: sizes.get(name, 0) for name in ("files", "sounds", "windows", "bytes")}
        print_json({"folder": str(folder), "problem": problem or None, **kept, "limit_bytes": cache.limit_bytes})
        return 0
    rows = [("folder", show_path(folder))]
    if problem:
        rows.append(("problem", f"not used: {problem}"))
    else:
        rows += [
            ("sounds", f"{sizes['sounds']}, {sizes['windows']} of them with their course over time"),
            ("size", f"{_size(sizes['bytes'])} of at most {_size(cache.limit_bytes)}"),
        ]
    for line in listing(rows):
        click.echo(line)
    return 0


def _size(count: float) -> str:
    """Format a size for people: ``1.0 GiB``, ``28 KiB``."""
    for unit in ("bytes", "KiB", "MiB"):
        if count < 1024:
            return f"{count:.0f} {unit}"
        count /= 1024
    return f"{count:.1f} GiB"
