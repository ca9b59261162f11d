"""Defaults for options that a user sets: ``EQMORPH_*`` variables and ``config.toml``.

What is typed comes before a variable, a variable before the file, what is set for one command before what is set for
all. A setting gives way to a typed option, or to a setting that counts for more, where only one of the two can be had.
It is checked by the very option that it sets, and an error names where it was set.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click
from click.core import ParameterSource

from eqmorph.cli.grouped import OptionalValueOption, with_values
from eqmorph.errors import EqmorphError, UsageError

__all__ = [
    "ONLY_TYPED",
    "OWN_VARIABLES",
    "Setting",
    "Settings",
    "all_commands",
    "called",
    "check_names",
    "found_settings",
    "is_help",
    "is_typed",
    "option_name",
    "options_of",
    "set_options",
    "variables",
]

#: What must be typed each time, and why: a file or the surroundings could otherwise do what nobody asked for.
ONLY_TYPED = {
    "force": "overwriting is asked for each time",
    "resume": "it replaces outdated results, which is asked for each time",
    "root": "which folders a language model may change is said where it is started",
    "read-only": "which folders a language model may read is said where it is started",
    "osc": "a port is opened only where that is asked for",
    "osc-host": "who can reach a port is said where it is opened",
}
# Variables that are there already, with a meaning of their own.
_OWN = ("MODEL", "CACHE", "STATE", "CONFIG", "FFMPEG", "DATA", "GOLDEN", "PICTURES")
OWN_VARIABLES = {f"EQMORPH_{name}" for name in _OWN}
_ONE_OF = (
    ("target", "reference", "preset", "bands"),
    ("skip-existing", "resume", "force"),
    ("search", "like"),
    ("json", "csv", "m3u"),
    ("from", "preset", "bands"),
    ("from", "amount"),
)
# What bands and a reference can't have: for them, settings of these don't count.
_OF_WORDS = ("mode", "to", "max-gain", "refine", "follow", "rate", "kind", "encoder", "model")
_NOT_OF_REFERENCES = ("mode", "refine", "encoder")
_APP = ("theme", "keys")  # of [tui], which are no options
_TYPED_RANK = 0


class Setting(NamedTuple):
    """What an option is set to, and where; the lower its rank, the more it counts."""

    name: str
    value: Any
    where: str
    rank: int


class Settings:
    """The settings for one command, by the names of its parameters."""

    def __init__(self, path: tuple[str, ...] = (), by_param: dict[str, Setting] | None = None) -> None:
        self.path = path
        self.by_param = by_param or {}

    @property
    def default_map(self) -> dict[str, Any]:
        """The same as click takes it."""
        found: dict[str, Any] = {name: setting.value for name, setting in self.by_param.items()}
        for name in reversed(self.path):
            found = {name: found}
        return found

    def about(self, text: str, path: str | Path | None = None) -> str:
        """Say where the options were set that a text names, or that name a path or a folder of it; empty if typed."""
        return " ".join(
            f"--{setting.name} is set by {setting.where}."
            for setting in self.by_param.values()
            if re.search(rf"(?<![\w-])--{re.escape(setting.name)}(?![\w-])", text) or _leads_to(setting.value, path)
        )


def _leads_to(value: object, path: str | Path | None) -> bool:
    if path is None or not isinstance(value, str | Path) or Path(value) == Path():
        return False
    return Path(value) in (Path(path), *Path(path).parents)


def is_typed(context: click.Context, name: str) -> bool:
    """Tell whether a parameter was given on the command line. What a setting says is a default, as good as any."""
    return context.get_parameter_source(name) is ParameterSource.COMMANDLINE


def option_name(option: click.Option) -> str:
    """Return what an option is called in settings: ``bit-depth`` for ``--bit-depth``."""
    return max(option.opts, key=len).lstrip("-")


def options_of(command: click.Command) -> dict[str, click.Option]:
    """Return the options that can be set beforehand, by their names in settings."""
    refused = getattr(command, "unlisted", ())
    options = [param for param in command.params if isinstance(param, click.Option) and param.name not in refused]
    return {option_name(o): o for o in options if option_name(o) not in ("help", "version", *ONLY_TYPED)}


def variables(path: Sequence[str], name: str) -> list[str]:
    """Return the variables that set an option of a command, those that count most first."""
    ending = name.upper().replace("-", "_")
    own = "_".join(("EQMORPH", *path, ending)).upper().replace("-", "_")
    return [own, *({f"EQMORPH_{ending}"} - OWN_VARIABLES)]


def set_options(path: tuple[str, ...], command: click.Command, config: dict[str, Any]) -> Iterator[tuple[str, Setting]]:
    """Yield the settings for a command, with the names of the parameters that they set, whether they count or not."""
    from eqmorph.user_config import config_path, find

    file = path_name.name if (path_name := config_path()) is not None else ""
    for name, option in options_of(command).items():
        for rank, variable in enumerate(variables(path, name), start=1):
            if text := os.environ.get(variable):
                yield str(option.name), Setting(name, _of_text(option, text, variable), variable, rank)
        for rank, (table, where) in enumerate(((path, f"[{'.'.join(path)}] "), ((), "")), start=3):
            value = find(config, (*table, name))
            if value is not None and not (isinstance(value, dict) and not table):  # at the top, a table is a command's
                where = f"{where}{name} in {file}"
                yield str(option.name), Setting(name, _of_toml(option, value, where), where, rank)


def found_settings(main: click.Group, words: Sequence[str]) -> Settings:
    """Return the settings for the command that a command line calls; none for a page of help.

    Raises:
        UsageError: a setting has a name that no option has, or no value that an option could have.
    """
    path, command, rest = called(main, words)
    if command is None or path[0] == "config" or is_help(words):
        return Settings()
    from eqmorph.user_config import read_config

    config = read_config()
    check_names(main, config, path)
    typed = _typed(main, command, rest)
    found: dict[str, Setting] = {}
    for param, setting in set_options(path, command, config):
        if param not in found or setting.rank < found[param].rank:
            found[param] = setting
    ranks = {setting.name: setting.rank for setting in found.values()}
    ranks |= dict.fromkeys(typed, _TYPED_RANK)
    if "model" in ranks and os.environ.get("EQMORPH_MODEL"):  # which is a variable too, and read by the model
        ranks["model"] = min(ranks["model"], 2)
        found = {param: s for param, s in found.items() if s.name != "model" or s.rank < 3}
    found = {param: s for param, s in found.items() if s.name not in typed and not _gives_way(s, ranks)}
    unfit = _unfit(typed | {setting.name: setting.value for setting in found.values()})
    found = {param: s for param, s in found.items() if s.name not in unfit}
    for setting in found.values():
        _check(command, setting)
    return Settings(path, found)


def is_help(words: Sequence[str]) -> bool:
    """Tell whether a command line asks for a page of help."""
    return bool({"-h", "--help"} & set(words[: words.index("--")] if "--" in words else words))


def called(main: click.Group, words: Sequence[str]) -> tuple[tuple[str, ...], click.Command | None, Sequence[str]]:
    """Return the names that lead to the command that is called, it (None if there is none), and its own words."""
    command: click.Command = main
    path: list[str] = []
    for at, word in enumerate(words):
        if not isinstance(command, click.Group):
            return tuple(path), command, words[at:]
        if word.startswith("-"):
            continue
        inner = command.get_command(click.Context(command), word)
        if inner is None:
            return tuple(path), None, ()
        command, path = inner, [*path, word]
    return tuple(path), command if path else None, ()


def _typed(main: click.Group, command: click.Command, words: Sequence[str]) -> dict[str, Any]:
    """Return what is typed, by the names of settings; a target in words too where a command takes it without a name."""
    parent = click.Context(main, **main.context_settings)  # which knows of -h
    context = click.Context(command, parent, resilient_parsing=True, **command.context_settings)
    given = command.make_parser(context).parse_args(with_values(words, command.params))[0]
    found: dict[str, Any] = {}
    for param in command.params:
        value = given.get(str(param.name))
        if isinstance(param, click.Option) and str(param.name) in given:
            found[option_name(param)] = value
        elif param.name == "target" and isinstance(value, str):
            found["target"] = value
    return found


def _gives_way(setting: Setting, ranks: dict[str, int]) -> bool:
    rivals = {name for row in _ONE_OF if setting.name in row for name in row} - {setting.name}
    return any(ranks.get(name, setting.rank) < setting.rank for name in rivals)


def _unfit(chosen: dict[str, Any]) -> Sequence[str]:
    """Return the settings that don't count beside what is chosen: what only words can have, where there are none."""
    if "target" in chosen:
        return _NOT_OF_REFERENCES if "reference" in chosen else ()
    if "reference" in chosen:
        return _NOT_OF_REFERENCES
    if "preset" in chosen:
        return _OF_WORDS if _holds_bands(str(chosen["preset"])) else ()
    return _OF_WORDS if {"bands", "dehum"} & set(chosen) else ()


def _holds_bands(preset: str) -> bool:
    from eqmorph.presets import find_preset

    try:
        return not find_preset(preset).target
    except EqmorphError:  # whoever uses it is told what is wrong with it
        return False


def _check(command: click.Command, setting: Setting) -> None:
    """Let an option check what it is set to.

    Raises:
        UsageError: it can't have that value; the error names where it was set.
    """
    from eqmorph.cli.wording import OPTIONS

    option, hint = options_of(command)[setting.name], f"It sets --{setting.name}."
    if option.is_flag:
        return
    try:
        option.process_value(click.Context(command), setting.value)
    except click.BadParameter as error:
        raise UsageError(f"{setting.where}: {error.message.rstrip('.')}", hint=hint) from error
    except EqmorphError as error:
        own = error.hint_worded(OPTIONS)
        raise UsageError(f"{setting.where}: {error.worded(OPTIONS)}", hint=f"{own} {hint}".strip()) from error


def check_names(main: click.Group, config: dict[str, Any], path: Sequence[str] | None = None) -> None:
    """Refuse a setting that no option has: all of them, or those that a command sees.

    Raises:
        UsageError: there is one; the hint names the nearest.
    """
    context = click.Context(main)
    everywhere: set[str] = set()
    for name, value in config.items():
        inner = main.get_command(context, name)
        if isinstance(value, dict) and inner is not None:
            if path is None or path[0] == name:
                _check_table(inner, (name,), value)
            continue
        here = _command_at(main, path) if path else None
        if here is not None and name in options_of(here):
            continue
        everywhere = everywhere or {option for _, command in all_commands(main) for option in options_of(command)}
        if name not in everywhere:
            raise _unknown(name, (), everywhere | set(main.list_commands(context)))


def _check_table(command: click.Command, path: tuple[str, ...], table: dict[str, Any]) -> None:
    known = set(options_of(command)) | (set(_APP) if path == ("tui",) else set())
    for name, value in table.items():
        inner = command.get_command(click.Context(command), name) if isinstance(command, click.Group) else None
        if isinstance(value, dict) and inner is not None:
            _check_table(inner, (*path, name), value)
        elif name not in known:
            raise _unknown(name, path, known)


def _unknown(name: str, path: tuple[str, ...], known: set[str]) -> UsageError:
    import difflib

    from eqmorph.cli.groups import did_you_mean
    from eqmorph.user_config import config_path

    full = ".".join((*path, name))
    if name in ONLY_TYPED:
        return UsageError(
            f"{full} can't be set beforehand: {ONLY_TYPED[name]}", hint=f"Type --{name} where it is meant."
        )
    near = did_you_mean(difflib.get_close_matches(name.replace("_", "-"), known, n=2))
    return UsageError(
        f"there is no setting {full!r}",
        hint=near or "See them all with: eqmorph config show COMMAND",
        path=config_path(),
    )


def all_commands(main: click.Group) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield all commands and the names that lead to them."""
    for name in main.list_commands(click.Context(main)):
        command = main.get_command(click.Context(main), name)
        if command is not None:
            yield (name,), command
            if isinstance(command, click.Group):
                yield from (((name, *path), inner) for path, inner in all_commands(command))


def _command_at(main: click.Group, path: Sequence[str]) -> click.Command | None:
    return (
        dict(all_commands(main)).get(tuple(path)) if len(path) > 1 else main.get_command(click.Context(main), path[0])
    )


def _of_text(option: click.Option, text: str, where: str) -> Any:
    """Return the value of a variable as click takes it; of several, separated as in PATH."""
    return _as_typed(option, text.split(os.pathsep) if option.multiple and not option.is_flag else text, where)


def _of_toml(option: click.Option, value: Any, where: str) -> Any:
    """Return a value out of the file as it would be typed."""
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(one, str | int | float) for one in values) or (
        isinstance(value, list) and not option.multiple
    ):
        raise UsageError(f"{where}: this is no value for --{option_name(option)}")
    texts = [one if isinstance(one, bool) else str(one) for one in values]
    return _as_typed(option, texts if option.multiple and not option.is_flag else texts[0], where)


def _as_typed(option: click.Option, value: Any, where: str) -> Any:
    if option.is_flag:
        is_on = _is_yes(value, option, where)
        if option.is_bool_flag:
            return is_on
        return [option.flag_value] if is_on else None  # one of several that choose a value, such as --csv
    if not isinstance(value, bool):
        return value
    if option.count:
        return int(value)
    if isinstance(option, OptionalValueOption):
        return option.flag_value if value else None
    raise UsageError(f"{where}: --{option_name(option)} needs a value, not {str(value).lower()}")


def _is_yes(value: Any, option: click.Option, where: str) -> bool:
    try:
        return bool(click.BOOL.convert(value, option, None))
    except click.BadParameter as error:
        raise UsageError(f"{where}: {error.message}") from error
