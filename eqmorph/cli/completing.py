"""What the Tab key offers for values: words, presets, references, what listens, files. Loads no library for it.

An option or argument names one of these as its ``shell_complete``; what is one of a few (``click.Choice``) or a path
(``click.Path``) needs none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import click
from click.shell_completion import CompletionItem

__all__ = [
    "command_names",
    "documents",
    "encoders",
    "exports",
    "files",
    "own_presets",
    "presets",
    "references",
    "set_settings",
    "setting_values",
    "settings",
    "words",
]

# The last word of a target, which may be empty: not a number after a colon.
_LAST_WORD = re.compile(r"(?:^|[\s+,;(]|(?<=[\s+,;(])-|^-)([^\s+,;:()-]*)$")


def words(_context: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the vocabulary for the last word of a target: ``warm:0.5 + ai``."""
    found = _LAST_WORD.search(incomplete)
    if found is None:
        return []
    before, last = incomplete[: found.start(1)], found[1].lower()
    return [CompletionItem(before + word) for word in _vocabulary() if word.startswith(last)]


def presets(_context: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer all presets by name, and files once a path is begun."""
    from eqmorph.own_files import own_files, shipped_preset_folder

    names = {path.stem for path in shipped_preset_folder().glob("*.toml")} | set(own_files("presets", ".toml"))
    return _named(names, incomplete)


def own_presets(_context: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the presets that can be replaced or removed."""
    from eqmorph.own_files import own_files

    return [CompletionItem(name) for name in own_files("presets", ".toml") if name.startswith(incomplete)]


def references(_context: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the saved references by name, and files."""
    from eqmorph.own_files import own_files

    return _named(own_files("references", ".json"), incomplete)


def encoders(_context: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer what listens: the built-in one by name, and folders."""
    return _named(["analytic"], incomplete)


def exports(_context: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the formats of other programs' EQs."""
    from eqmorph.exchange import FORMATS

    return [CompletionItem(fmt.name, help=fmt.title) for fmt in FORMATS if fmt.name.startswith(incomplete)]


def documents(_context: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the documents that have a schema."""
    from eqmorph.schemas import schema_names

    return [CompletionItem(name) for name in schema_names() if name.startswith(incomplete)]


def settings(context: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the names of settings: for all commands at first, for one too once its name is begun."""
    return [CompletionItem(name) for name in _setting_options(context, incomplete) if name.startswith(incomplete)]


def setting_values(context: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer what the option that a setting is for would offer."""
    name = str(context.params.get("name") or "")
    found = _setting_options(context, name).get(name)
    return [] if found is None else found.shell_complete(context, incomplete)


def set_settings(_context: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the settings that are in the file."""
    from eqmorph.errors import EqmorphError
    from eqmorph.user_config import read_config

    try:
        return [CompletionItem(name) for name in _names_in(read_config()) if name.startswith(incomplete)]
    except EqmorphError:
        return []  # whoever uses the file is told what is wrong with it


def command_names(context: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the commands, and those within the ones that are already named."""
    from eqmorph.cli.settings import all_commands

    before, main = tuple(context.params.get(str(param.name)) or ()), context.find_root().command
    known = [path for path, _ in all_commands(main)] if isinstance(main, click.Group) else []
    return [CompletionItem(path[-1]) for path in known if path[:-1] == before and path[-1].startswith(incomplete)]


def _setting_options(context: click.Context, begun: str) -> dict[str, click.Option]:
    """Return options by the names of settings; those for one command only if a name is begun."""
    from eqmorph.cli.settings import all_commands, options_of

    main = context.find_root().command
    found: dict[str, click.Option] = {}
    for path, command in all_commands(main) if isinstance(main, click.Group) else ():
        for name, option in options_of(command).items():
            found.setdefault(name, option)
            if begun:
                found[".".join((*path, name))] = option
    return found


def _names_in(table: dict[str, object]) -> list[str]:
    names = []
    for name, value in table.items():
        names += [f"{name}.{inner}" for inner in _names_in(value)] if isinstance(value, dict) else [name]
    return names


def files(_context: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Leave it to the shell, which knows files best."""
    return [CompletionItem(incomplete, type="file")]


def _named(names: Iterable[str], incomplete: str) -> list[CompletionItem]:
    found = [CompletionItem(name) for name in sorted(names) if name.startswith(incomplete)]
    return found or [CompletionItem(incomplete, type="file")]


def _vocabulary() -> list[str]:
    """Return the words of the model in use, by its card alone."""
    import json

    from eqmorph.errors import EqmorphError
    from eqmorph.model_folder import locate

    folder, _ = locate()
    try:
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        return sorted(str(term["word"]) for term in card["terms"])
    except (OSError, ValueError, KeyError, TypeError, EqmorphError):
        return []  # whoever uses the model is told what is wrong with it
