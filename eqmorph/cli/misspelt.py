"""Variables of the environment that look like eqmorph's, and set nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

import click

from eqmorph.cli.settings import ONLY_TYPED, OWN_VARIABLES, all_commands, called, is_help, options_of, variables

__all__ = ["misspelt_variables"]

_PREFIX = "EQMORPH_"
_ALIKE = 0.8  # of 1: a letter more or less, or two that changed places


def misspelt_variables(main: click.Group, words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the variables that are nearly one of ours, each with that one; none for help, or where nothing is called.

    The commands are loaded only for a variable that the one called doesn't have.
    """
    path, command, _ = called(main, words)
    if command is None or is_help(words):
        return
    there = {name for name, value in os.environ.items() if name.startswith(_PREFIX) and value}
    unknown = there - OWN_VARIABLES - _variables_of(path, command)
    if not unknown:
        return
    known = OWN_VARIABLES.union(*(_variables_of(path, inner) for path, inner in all_commands(main)))
    refused = tuple("_" + name.upper().replace("-", "_") for name in ONLY_TYPED)
    for name in sorted(unknown - known):
        if not name.endswith(refused):  # which are left out on purpose, and near to others
            yield from ((name, meant) for meant in _nearest(name, known))


def _variables_of(path: Sequence[str], command: click.Command) -> set[str]:
    return {variable for name in options_of(command) for variable in variables(path, name)}


def _nearest(name: str, known: set[str]) -> list[str]:
    import difflib

    for names in (OWN_VARIABLES, known):
        endings = sorted(one.removeprefix(_PREFIX) for one in names)
        if near := difflib.get_close_matches(name.removeprefix(_PREFIX), endings, n=1, cutoff=_ALIKE):
            return [_PREFIX + near[0]]
    return []
