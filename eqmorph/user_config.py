"""The user's settings, ``config.toml`` in the config folder: defaults for options, and the app's theme and keys.

What a setting means is known to whoever uses it; here is only the file. One setting is changed in it at a time, and
comments stay.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eqmorph.errors import InputError, UsageError
from eqmorph.own_files import read_text, write_text
from eqmorph.user_folders import user_folder

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["CONFIG_VARIABLE", "config_path", "find", "read_config", "read_config_text", "write_setting"]

#: Names another file; set and empty, none is read.
CONFIG_VARIABLE = "EQMORPH_CONFIG"
_HEADER = re.compile(r"\s*\[+\s*([^\]#]+?)\s*\]")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_BY_HAND = "Change it by hand, with a text editor."


def config_path() -> Path | None:
    """Return where the settings are, a file that need not exist; None if none are wanted."""
    named = os.environ.get(CONFIG_VARIABLE)
    if named is not None:
        return Path(named) if named else None
    return user_folder("config") / "config.toml"


def read_config() -> dict[str, Any]:
    """Return the settings as they are in the file; empty if there is none.

    Raises:
        UsageError: the file can't be read, is not TOML, or was named and isn't there.
    """
    path = config_path()
    if path is not None and os.environ.get(CONFIG_VARIABLE) and not os.path.lexists(path):
        hint = f"eqmorph config set writes it. Without any: {CONFIG_VARIABLE}= eqmorph ..."
        raise UsageError(f"{CONFIG_VARIABLE} names this file, and there is none", hint=hint, path=path)
    return {} if path is None or not os.path.lexists(path) else _parsed(read_config_text(path), path)


def read_config_text(path: Path) -> str:
    """Return what is in the file; empty if there is none.

    Raises:
        UsageError: it can't be read, or is no text.
    """
    if not os.path.lexists(path):
        return ""
    try:
        return read_text(path, what="a text file with settings", hint="It is TOML: eqmorph config set writes it.")
    except InputError as error:  # nothing was touched
        raise UsageError(error.problem, hint=error.remedy, path=path) from error


def find(config: Any, names: Sequence[str]) -> Any:
    """Return what is set under these names, one inside the other; None if nothing is."""
    for name in names:
        config = config.get(name) if isinstance(config, dict) else None
    return config


def write_setting(path: Path, names: Sequence[str], value: Any) -> None:
    """Change one setting in the file and leave all else in it alone; None takes it out.

    Raises:
        UsageError: the file is written in a way in which that can't be done.
        OutputError: the disk refuses.
    """
    text = read_config_text(path)
    wanted = _with(_parsed(text, path), names, value)
    changed = _edited(text, names[:-1], names[-1], value)
    if _parsed(changed, path, or_nothing=True) != wanted:  # an inline table, a value of several lines, a quoted name
        raise UsageError(f"{'.'.join(names)} can't be changed in the file as it is written", hint=_BY_HAND, path=path)
    write_text(path, changed, overwrite=True)


def _parsed(text: str, path: Path, *, or_nothing: bool = False) -> dict[str, Any]:
    try:
        config: dict[str, Any] = tomllib.loads(text)
        return config
    except (ValueError, RecursionError) as error:
        if or_nothing:
            return {}
        quoting = ' In [tui.keys], a name with a dot may need quotes: "mode.switch".' if "keys" in text else ""
        hint = f"Mend it, or leave it out once: {CONFIG_VARIABLE}= eqmorph ...{quoting}"
        raise UsageError(f"is not valid TOML: {error}", hint=hint, path=path) from error


def _with(config: dict[str, Any], names: Sequence[str], value: Any) -> dict[str, Any]:
    """Return settings with one changed; a table that has nothing left stays."""
    first, *rest = names
    if rest:
        inner = config.get(first, {})
        return {**config, first: _with(inner if isinstance(inner, dict) else {}, rest, value)}
    return {**{name: old for name, old in config.items() if name != first}, **({} if value is None else {first: value})}


def _edited(text: str, table: Sequence[str], name: str, value: Any) -> str:
    """Return the text with the line of a setting replaced, added or taken out."""
    lines = text.splitlines()
    start, end = _region(lines, table)
    line = [] if value is None else [f"{name} = {_toml(value)}"]
    own = re.compile(rf"\s*{re.escape(name)}\s*=")
    at = next((at for at in range(start, end) if own.match(lines[at])), None)
    if at is not None:
        lines[at : at + 1] = line
    elif start < 0:
        head = [".".join(part if _BARE.fullmatch(part) else json.dumps(part) for part in table)]
        lines += [*([""] if lines else []), f"[{head[0]}]", *line]
    else:
        while end > start and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
            end -= 1  # what stands before the next table belongs to that
        gap = [""] if line and end < len(lines) and _HEADER.match(lines[end]) else []
        lines[end:end] = line + gap
    return "\n".join([*lines, ""])


def _region(lines: Sequence[str], table: Sequence[str]) -> tuple[int, int]:
    """Return the lines of a table, after its heading; -1 if there is none."""
    heads = [(at, match[1]) for at, line in enumerate(lines) if (match := _HEADER.match(line))]
    ends = [at for at, _ in heads] + [len(lines)]
    if not table:
        return 0, ends[0]
    for number, (at, title) in enumerate(heads):
        if title.replace(" ", "") == ".".join(table):
            return at + 1, ends[number + 1]
    return -1, -1


def _toml(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return json.dumps(value)
