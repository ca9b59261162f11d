"""Named EQs, one TOML file each: the shipped ones, and those that a user keeps in the config folder."""

from __future__ import annotations

import difflib
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eqmorph.bands import Bands, Taken
from eqmorph.errors import EqmorphError, InputError, UsageError
from eqmorph.own_files import (
    checked_name,
    own_files,
    own_folder,
    read_text,
    remove_file,
    shipped_preset_folder,
    write_text,
)
from eqmorph.wording import Means, Phrase

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = [
    "Preset",
    "find_preset",
    "format_preset",
    "list_presets",
    "read_preset",
    "remove_preset",
    "save_preset",
    "take_bands",
    "user_preset_folder",
    "user_preset_path",
]

_KEYS = ("name", "description", "tags", "bands", "target", "amount")
_WHAT, _HINT = "a text file with bands", "Give a preset, lines of bands, or what another program exports as text."
# Files that can be nothing else: what is wrong with one is to be said.


@dataclass(frozen=True, slots=True)
class Preset:
    """A named EQ: bands, or a ``target`` in words and its amount. ``tags`` say what it is for."""

    name: str
    bands: Bands
    description: str = ""
    tags: tuple[str, ...] = ()
    target: str = ""
    amount: float = 1.0


def user_preset_folder() -> Path:
    """Return the folder of a user's own presets, which may not exist."""
    return own_folder("presets")


def list_presets() -> dict[str, Path]:
    """Return the files of all presets, sorted by name; a user's own replaces a shipped one of the same name."""
    found = {path.stem: path for path in shipped_preset_folder().glob("*.toml")}
    found.update(own_files("presets", ".toml"))
    return dict(sorted(found.items()))


def find_preset(name_or_file: str) -> Preset:
    """Find a preset by its name, or read it from a file.

    Raises:
        UsageError: no preset has that name; the hint names the nearest.
        InputError: the file is not a preset.
    """
    path = Path(name_or_file)
    if path.suffix.lower() == ".toml" or _is_file(path):
        return read_preset(path)
    presets = list_presets()
    if name_or_file in presets:
        return read_preset(presets[name_or_file])
    near = difflib.get_close_matches(name_or_file.lower(), presets, n=3, cutoff=0.5)
    raise UsageError(
        f"no preset is called {name_or_file!r}",
        hint=f"Did you mean {', '.join(near)}?" if near else Phrase("See them all with {}.", Means.LIST_PRESETS),
    )


def read_preset(path: Path) -> Preset:
    """Read a preset from a TOML file.

    It holds ``name``, ``description``, ``tags``, and either a ``[[bands]]`` table for each band or a ``target`` in
    words, with an ``amount`` if it isn't 1.
    """
    text = read_text(path, what=_WHAT, hint=_HINT)
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(f"is not valid TOML: {error}", path=path) from error
    unknown = [key for key in data if key not in _KEYS]
    if unknown:
        raise InputError(
            f"holds {', '.join(map(repr, unknown))}, which no preset has",
            hint=f"A preset has {', '.join(_KEYS)}. Options such as the mode are given when the preset is used.",
            path=path,
        )
    name, description, tags = data.get("name", path.stem), data.get("description", ""), data.get("tags", [])
    if not (isinstance(name, str) and isinstance(description, str)):
        raise InputError("name and description must be text", path=path)
    if not (isinstance(tags, list) and all(isinstance(tag, str) for tag in tags)):
        raise InputError("tags must be a list of words", hint='As in: tags = ["voice", "air"]', path=path)
    amount = data.get("amount", 1.0)
    if isinstance(amount, bool) or not (isinstance(amount, int | float) and 0 <= amount <= 2):
        raise InputError("amount must be a number from 0 to 2", hint="As in: amount = 0.8", path=path)
    if "target" not in data:
        if "amount" in data:
            raise InputError(
                "has an amount, which only a target in words can have",
                hint="Multiply the bands' gains instead.",
                path=path,
            )
        return Preset(name, _bands_of(data, path), description, tuple(tags))
    target = data["target"]
    if not (isinstance(target, str) and target.strip()) or "bands" in data:
        raise InputError("must hold either bands or a target", hint='As in: target = "warm:0.7"', path=path)
    return Preset(name, Bands(), description, tuple(tags), target, float(amount))


def user_preset_path(name: str) -> Path:
    """Return where `find_preset` finds a user's preset of this name.

    Raises:
        UsageError: it is not a name for a preset.
    """
    return user_preset_folder() / f"{checked_name(name, 'preset', '.toml')}.toml"


def save_preset(preset: Preset, *, overwrite: bool) -> Path:
    """Write a preset where `find_preset` finds it by its name; return where that is.

    Raises:
        UsageError: it has no name for a preset.
        OutputError: a preset of this name exists and may not be overwritten, or the disk refuses.
    """
    return write_text(user_preset_path(preset.name), format_preset(preset), overwrite=overwrite)


def remove_preset(name: str) -> Path:
    """Delete a user's own preset; return where it was.

    Raises:
        UsageError: the user has no preset of this name; shipped ones stay.
        OutputError: the disk refuses.
    """
    path = user_preset_path(name)
    if remove_file(path):
        return path
    if name in list_presets():
        hint = "It is shipped with eqmorph. A preset of your own with this name would take precedence."
        raise UsageError(f"{name!r} is not a preset of your own", hint=hint)
    raise UsageError(
        f"no preset of your own is called {name!r}", hint=Phrase("See them all with {}.", Means.LIST_PRESETS)
    )


def format_preset(preset: Preset) -> str:
    """Return the TOML from which `read_preset` reads the same preset, to the last digit."""
    lines = [f"name = {_quoted(preset.name)}"]
    if preset.description:
        lines.append(f"description = {_quoted(preset.description)}")
    if preset.tags:
        lines.append(f"tags = [{', '.join(_quoted(tag) for tag in preset.tags)}]")
    if preset.target:
        lines.append(f"target = {_quoted(preset.target)}")
        if preset.amount != 1:
            lines.append(f"amount = {_toml(preset.amount)}")
    elif not len(preset.bands):
        lines.append("bands = []")
    else:
        for row in preset.bands.to_list():
            lines += ["", "[[bands]]", *(f"{field} = {_toml(value)}" for field, value in row.items())]
    return "\n".join(lines) + "\n"


def take_bands(file_or_text: str) -> Taken:
    """Parse bands (``LS 120 +3; HS 8k -3``) or what another program writes, or read them from a file.

    A file may be a preset, lines of bands, or in any format of `eqmorph.exchange`.

    Raises:
        UsageError: the text can't be taken; the message names the line or band.
        InputError: the file can't be.
    """
    path = Path(file_or_text)
    if not _is_file(path):
        return _taken_from(file_or_text)
    if path.suffix.lower() == ".toml":
        preset = read_preset(path)
        if preset.target:
            raise InputError(
                "holds a target in words, not bands",
                hint=Phrase("Use it with {}.", Means.USE_PRESET.named(path)),
                path=path,
            )
        return Taken(preset.bands)
    from eqmorph.exchange import format_of, read_eq, read_json, read_yaml  # all formats, which most runs don't need

    text = read_text(path, what=_WHAT, hint=_HINT)
    try:
        by_suffix = {".json": read_json, ".yaml": read_yaml, ".yml": read_yaml}.get(path.suffix.lower())
        if by_suffix is not None and format_of(text) is None:
            return by_suffix(text)
        taken = read_eq(text)
        return taken if taken is not None else Taken(Bands.parse(text))
    except UsageError as error:
        raise InputError(error.problem, hint=error.remedy, path=path) from error


def _taken_from(text: str) -> Taken:
    """Read what was typed or pasted."""
    try:
        return Taken(Bands.parse(text))
    except UsageError:
        from eqmorph.exchange import FORMATS, read_eq

        if (taken := read_eq(text)) is not None:
            return taken
        path = Path(text)
        if path.suffix.lower() in (".toml", *(fmt.suffix for fmt in FORMATS)):
            raise InputError("doesn't exist", path=path) from None
        _refuse_others(text)
        raise


def _is_file(path: Path) -> bool:
    """Tell whether there is such a file, or a pipe: ``<(command)`` is one."""
    try:
        return path.is_file() or path.is_fifo()
    except (OSError, ValueError):  # too long, or with characters that no path can have
        return False


def _refuse_others(text: str) -> None:
    """Refuse what names something that is there, but no file: to say that it is no band would help nobody."""
    if text == "-":
        raise UsageError("bands aren't read from stdin", hint="Name a file, or write them in quotes.")
    path = Path(text)
    try:
        is_folder, is_there = path.is_dir(), path.exists()
    except (OSError, ValueError):
        return
    if text and is_folder:
        raise InputError("is a folder, not a file with bands", hint="Name one of its files.", path=path)
    if text and is_there:
        raise InputError(f"is not {_WHAT}", hint=_HINT, path=path)


def _bands_of(data: Mapping[str, Any], path: Path) -> Bands:
    rows = data.get("bands")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InputError("holds no bands", hint="Each needs a [[bands]] table, or in JSON a row of a list.", path=path)
    try:
        return Bands.from_list(rows)
    except EqmorphError as error:
        raise InputError(error.problem, hint=error.remedy, path=path) from error


def _toml(value: str | float) -> str:
    return _quoted(value) if isinstance(value, str) else repr(float(value))


def _quoted(text: str) -> str:
    escaped = json.dumps(text, ensure_ascii=False)
    return escaped.replace("\x7f", "\\u007f")  # the one character that TOML escapes and JSON doesn't
