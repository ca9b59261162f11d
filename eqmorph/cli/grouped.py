"""A command whose help lists its options under headings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

__all__ = ["GroupedCommand"]


class GroupedCommand(click.Command):
    """A command with headings for its options.

    Args:
        headings: the names of the options under each heading; those under none come last, under "Other".
        unlisted: the names of options that are there only to be answered with what to do instead.
    """

    def __init__(
        self, *args: Any, headings: Mapping[str, Sequence[str]], unlisted: Sequence[str] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._headings = headings
        self._unlisted = unlisted

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        # Options alone: since click 8.2 arguments have records too, which are empty unless given a help text.
        options = {option.name: option for option in self.get_params(ctx) if isinstance(option, click.Option)}
        records = {name: record for name, option in options.items() if (record := option.get_help_record(ctx))}
        for name in self._unlisted:
            del records[name]
        for heading, names in self._headings.items():
            with formatter.section(heading):
                formatter.write_dl([records.pop(name) for name in names])
        if records:
            with formatter.section("Other"):
                formatter.write_dl(list(records.values()))
