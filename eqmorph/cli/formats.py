"""Other programs' formats as options take them: by name, looked up when they are needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from eqmorph.cli.options import Decorator
from eqmorph.errors import UsageError

if TYPE_CHECKING:
    from eqmorph.exchange import Format
    from eqmorph.request import EqRequest

__all__ = ["FormatListCommand", "format_option", "refuse_following_export", "say_notes"]


def _found(_context: click.Context, _parameter: click.Parameter, name: str | None) -> Format | None:
    from eqmorph.exchange import find_format

    return None if name is None else find_format(name)


def format_option(name: str, parameter: str, help_text: str, **settings: Any) -> Decorator:
    """Return an option that takes a format's name and gives the format."""
    return click.option(name, parameter, callback=_found, metavar="FORMAT", help=help_text, **settings)


class FormatListCommand(click.Command):
    """A command whose help lists the formats."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from eqmorph.exchange import FORMATS

        super().format_options(ctx, formatter)
        with formatter.section("Formats"):
            formatter.write_dl([(fmt.name, fmt.title) for fmt in FORMATS])


def refuse_following_export(fmt: Format | None, request: EqRequest) -> None:
    """Refuse to export EQs that move: no other program keeps those."""
    if fmt is not None and request.following is not None:
        raise UsageError(
            "--export and --follow can't be combined: an EQ that follows a sound is none that a file can hold",
            hint="A trajectory has each section's bands: --trajectory.",
        )


def say_notes(notes: Sequence[str], of: str = "") -> None:
    """Print notes, each once, beside what goes to stdout."""
    for note in dict.fromkeys(notes):
        click.echo(f"note: {of}{note}", err=True)
