"""Groups of commands, and what is said of a name that nothing has."""

from __future__ import annotations

from collections.abc import Iterable

import click

from eqmorph.errors import UsageError

__all__ = ["Group", "did_you_mean"]


class Group(click.Group):
    """A group that answers an unknown command with those nearest to it."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            import difflib  # only here, since `eqmorph --help` needs none

            hint = did_you_mean(difflib.get_close_matches(name, self.list_commands(ctx), n=2))
            raise UsageError(f"unknown command {name!r}", hint=hint or f"See them all with: {ctx.command_path} --help.")
        return super().resolve_command(ctx, args)


def did_you_mean(names: Iterable[str]) -> str:
    """Return a question that offers these names; empty if there are none."""
    offered = " or ".join(names)
    return f"Did you mean {offered}?" if offered else ""
