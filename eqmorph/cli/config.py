"""``eqmorph config``: defaults for options, where they are and where each comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from eqmorph.cli import completing
from eqmorph.cli.groups import Group, did_you_mean
from eqmorph.cli.options import json_option
from eqmorph.cli.wording import OPTIONS
from eqmorph.errors import EqmorphError, UsageError, show_path

if TYPE_CHECKING:
    from pathlib import Path

_TUI_BY_HAND = "The app's keys are set in the file by hand: see docs/tui.md."


@click.group(cls=Group, short_help="Show and set defaults for options.")
def command() -> None:
    """Show and set defaults for options, kept in a small TOML file of your own.

    A setting is called by an option's long name, for one command or for all: apply.level, jobs. What you type comes
    before a variable such as EQMORPH_APPLY_LEVEL or EQMORPH_JOBS, and that before the file. What overwrites or lets
    others in is never taken from a setting: --force, --resume, and which folders and ports are opened.

    \b
    eqmorph config set jobs 2
    eqmorph config set apply.level keep
    eqmorph config unset apply.level
    eqmorph config show
    eqmorph config show apply
    EQMORPH_CONFIG= eqmorph apply in.wav out.wav --target warm    without the file
    """


@command.command(short_help="Print where the file is.")
def path() -> None:
    """Print where the file is, which need not exist."""
    click.echo(show_path(_path()))


@command.command(short_help="Show what is set, and where.")
@click.argument("names", metavar="[COMMAND...]", nargs=-1, shell_complete=completing.command_names)
@json_option
@click.pass_context
def show(context: click.Context, names: tuple[str, ...], as_json: bool) -> None:
    """Show all settings, and where each is set; of a COMMAND, all its options, those with their built-in default too.

    \b
    eqmorph config show
    eqmorph config show apply
    eqmorph config show train eq --json
    """
    from eqmorph.cli.output import listing, print_json
    from eqmorph.cli.settings import all_commands, check_names, options_of, set_options
    from eqmorph.user_config import config_path, read_config

    main, config, file = _main(context), read_config(), config_path()
    check_names(main, config)
    commands = dict(all_commands(main))
    if names and names not in commands:
        import difflib

        known = [" ".join(path) for path in commands]
        raise UsageError(
            f"unknown command {' '.join(names)!r}", hint=did_you_mean(difflib.get_close_matches(" ".join(names), known))
        )
    rows = []
    for path, inner in commands.items():
        if names and path != names:
            continue
        found = sorted((setting for _, setting in set_options(path, inner, config)), key=lambda one: one.rank)
        best: dict[str, Any] = {}
        for setting in found:
            best.setdefault(setting.name, setting)
        for name, option in options_of(inner).items():
            if name in best:
                rows.append((".".join((*path, name)), _shown(best[name].value), best[name].where))
            elif names:
                rows.append((".".join((*path, name)), _shown(option.get_default(click.Context(inner))), "built-in"))
    if as_json:
        entries = [{"name": name, "value": value, "from": where} for name, value, where in rows]
        print_json({"file": None if file is None else str(file), "settings": entries})
        return
    for line in listing(rows):
        click.echo(line)
    if not rows:
        click.echo("Nothing is set." if not names else "It has no options.")
    click.echo(f"\nThe file is {show_path(file)}" if file is not None else "\nNo file is read: EQMORPH_CONFIG is empty")


@command.command("set", short_help="Set a default.", context_settings={"ignore_unknown_options": True})
@click.argument("name", shell_complete=completing.settings)
@click.argument("values", metavar="VALUE...", nargs=-1, required=True, shell_complete=completing.setting_values)
@click.pass_context
def set_one(context: click.Context, name: str, values: tuple[str, ...]) -> None:
    """Set NAME to VALUE, for one command (apply.level) or for all that have the option (jobs).

    The option itself says whether it can have that value. Several values are for options that may be repeated.

    \b
    eqmorph config set jobs 2
    eqmorph config set apply.level keep
    eqmorph config set rank.no-cache true
    eqmorph config set tui.theme nord
    """
    from eqmorph.user_config import write_setting

    names = _names(name)
    write_setting(_path(), names, _checked(_main(context), names, list(values)))
    click.echo(f"{name} is set in {show_path(_path())}")


@command.command(short_help="Take a default out again.")
@click.argument("name", shell_complete=completing.set_settings)
def unset(name: str) -> None:
    """Take NAME out of the file, so that the built-in default holds again."""
    from eqmorph.user_config import find, read_config, write_setting

    names = _names(name)
    if find(read_config(), names) is None:
        raise UsageError(f"{name} is not set in the file", hint="What is: eqmorph config show", path=_path())
    write_setting(_path(), names, None)
    click.echo(f"{name} is no longer set in {show_path(_path())}")


def _checked(main: click.Group, names: tuple[str, ...], values: list[str]) -> Any:
    """Return a value as the file holds it, once every option that it would set takes it."""
    from eqmorph.cli.settings import all_commands, check_names, options_of

    if names == ("tui", "theme"):
        from eqmorph.tui.config import known_themes

        if len(values) != 1 or values[0] not in known_themes():
            raise UsageError(f"there is no theme {values[0]!r}", hint=f"Themes: {', '.join(sorted(known_themes()))}.")
        return values[0]
    if names[:2] == ("tui", "keys"):
        raise UsageError("keys are not set by a command", hint=_TUI_BY_HAND)
    check_names(main, _nested(names, "x"))
    *path, name = names
    options = [
        (at, inner, options_of(inner)[name])
        for at, inner in all_commands(main)
        if name in options_of(inner) and (not path or at == tuple(path))
    ]
    problems = []
    for at, inner, option in options:
        try:
            return _value_for(option, click.Context(inner, info_name=" ".join(at)), values)
        except click.BadParameter as error:
            problems.append((error.message, ""))
        except EqmorphError as error:
            problems.append((error.worded(OPTIONS), error.hint_worded(OPTIONS)))
    problem, hint = problems[0]
    raise UsageError(f"{'.'.join(names)} can't be {' '.join(values)!r}: {problem.rstrip('.')}", hint=hint)


def _value_for(option: click.Option, context: click.Context, values: list[str]) -> Any:
    """Return values as TOML holds them: true for a flag, a list where an option may be repeated.

    Raises:
        click.BadParameter, EqmorphError: the option can't have them.
    """
    if option.is_flag:
        return click.BOOL.convert(" ".join(values), option, context)
    if len(values) > 1 and not option.multiple:
        raise click.BadParameter("it takes one value: put one of several words in quotes")
    kept = [_plain(option.type, value) for value in values]
    option.process_value(context, values if option.multiple else values[0])
    return kept if option.multiple else kept[0]


def _plain(kind: object, value: str) -> str | int | float:
    """Return a number as one, where a number is what the option takes."""
    try:
        if isinstance(kind, click.types.IntParamType):
            return int(value)
        return float(value) if isinstance(kind, click.types.FloatParamType) else value
    except ValueError:
        return value  # the option says what is wrong with it


def _names(name: str) -> tuple[str, ...]:
    names = tuple(name.removeprefix("--").split("."))
    if not all(names):
        raise UsageError(f"{name!r} is no name of a setting", hint="As in: apply.level, or jobs")
    return names


def _nested(names: tuple[str, ...], value: Any) -> dict[str, Any]:
    for name in reversed(names):
        value = {name: value}
    return dict(value)


def _shown(value: Any) -> str:
    """Return a value as people would write it; empty for none."""
    if value is not None and not isinstance(value, str | int | float | list | tuple):  # click's word for nothing
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _main(context: click.Context) -> click.Group:
    main = context.find_root().command
    if not isinstance(main, click.Group):  # never so: the root is the program
        raise UsageError("there are no commands")
    return main


def _path() -> Path:
    from eqmorph.user_config import config_path

    path = config_path()
    if path is None:
        raise UsageError("EQMORPH_CONFIG is empty, so that no file is read", hint="Unset it, or let it name a file.")
    return path
