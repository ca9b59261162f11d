"""A command whose help lists its options under headings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

__all__ = ["GroupedCommand", "OptionalValueOption", "with_values"]


class OptionalValueOption(click.Option):
    """An option whose value may be left out, whatever comes after it.

    Args:
        is_value: tells whether a text is a value, and not the next argument.
    """

    def __init__(self, *args: Any, is_value: Callable[[str], bool], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_value = is_value


class GroupedCommand(click.Command):
    """A command with headings for its options.

    Args:
        headings: the names of the options under each heading; those under none come last, under "Other".
        unlisted: the names of options that are there only to be answered with what to do instead.
        helps: what options that other commands have too mean in this one, by their names.
    """

    def __init__(
        self,
        *args: Any,
        headings: Mapping[str, Sequence[str]],
        unlisted: Sequence[str] = (),
        helps: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for option in self.params:
            if helps and isinstance(option, click.Option) and option.name in helps:
                option.help = helps[option.name]
        self._headings = headings
        self.unlisted = unlisted

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, with_values(args, self.params))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        # Options alone: since click 8.2 arguments have records too, which are empty unless given a help text.
        options = {option.name: option for option in self.get_params(ctx) if isinstance(option, click.Option)}
        records = {name: record for name, option in options.items() if (record := option.get_help_record(ctx))}
        for name in self.unlisted:
            del records[name]
        for heading, names in self._headings.items():
            with formatter.section(heading):
                formatter.write_dl([records.pop(name) for name in names])
        if records:
            with formatter.section("Other"):
                formatter.write_dl(list(records.values()))


def with_values(args: Sequence[str], params: Sequence[click.Parameter]) -> list[str]:
    """Return arguments in which each option whose value is left out has its usual one.

    click would take the next argument for it.
    """
    named = {name: param for param in params if isinstance(param, OptionalValueOption) for name in param.opts}
    found: list[str] = []
    for at, text in enumerate(args):
        if text == "--":
            return [*found, *args[at:]]
        option = named.get(text)
        if option is None or (at + 1 < len(args) and option.is_value(args[at + 1])):
            found.append(text)
        else:
            found.append(f"{text}={option.flag_value}")
    return found
