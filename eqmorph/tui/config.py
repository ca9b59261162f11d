"""The app's settings: the theme and the keys, ``[tui]`` in the user's config. And the files opened last."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from textual.binding import Binding

from eqmorph.audio.atomic import AtomicFile
from eqmorph.errors import EqmorphError
from eqmorph.tui.paths import is_file, tidy
from eqmorph.user_config import find, read_config
from eqmorph.user_folders import user_folder

__all__ = ["Config", "known_themes", "read_settings", "recent_files", "remember_file"]

_MAX_RECENT = 12
_MODIFIERS = ("ctrl", "shift", "alt", "super")
_WRITTEN_BY_NAME = {",": "comma", " ": "space"}  # a comma separates keys, and spaces around them are dropped
# Keys that can't be remapped, by the names used in messages.
_FIXED_KEYS = {
    "slider.number": "1,2,3,4,5,6,7,8,9",
    "bands.number": "1,2,3,4,5,6,7,8,9",
    "the palette": "ctrl+p",
    "the next part": "tab,shift+tab",
}
_DIALOGS = ("browse", "picker", "form", "question", "presets", "results", "why", "slots", "blind", "sessions", "files")
# By the prefix of an action's name: the place around the one where its keys work. "" is the session, whose names have
# no dot.
_OUTER_PLACE = {
    "slider": "blend",
    "mode": "blend",
    "blend": "",
    "bands": "",
    "timeline": "",
    **dict.fromkeys(_DIALOGS, "dialog"),
}


@dataclass(frozen=True, slots=True)
class Config:
    """``keys`` maps actions to keys; ``problems`` says what in the file could not be used, and why."""

    theme: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def known_themes() -> Collection[str]:
    """Return the themes that the app has."""
    from textual.theme import BUILTIN_THEMES

    return BUILTIN_THEMES.keys()


def read_settings(*, actions: Mapping[str, str], themes: Collection[str], key_names: Collection[str] = ()) -> Config:
    """Return the settings that can be used, and name the problems with the others; never raise.

    Args:
        actions: the actions and their usual keys.
        themes: the themes.
        key_names: names of keys, in addition to characters and their names.
    """
    try:
        data = find(read_config(), ("tui",))
    except EqmorphError as error:
        return Config(problems=(f"{error} {error.hint}",))
    data = data if isinstance(data, dict) else {}
    problems = []
    theme = data.get("theme", "")
    if theme and not (isinstance(theme, str) and theme in themes):
        problems.append(f"config: there is no theme {theme!r}")
        theme = ""
    table = data.get("keys", {})
    if not isinstance(table, dict):
        problems.append("config: keys must be a table, as in [tui.keys]")
        table = {}
    keys: dict[str, list[str]] = {}
    for action, wanted in _flatten(table):
        written = wanted if isinstance(wanted, list) else [wanted]
        if action not in actions:
            problems.append(f"config: there is no action {action!r}")
        elif not written or not all(isinstance(key, str) and _is_key(key, key_names) for key in written):
            problems.append(f"config: {wanted!r} for {action!r} is not a key{_name_hint(written)}")
        else:
            keys[action] = written
    problems += [f"config: {clash}" for clash in _drop_clashes(keys, actions)]
    return Config(theme, {action: ",".join(written) for action, written in keys.items()}, tuple(problems))


def _name_hint(keys: Sequence[object]) -> str:
    names = [f"write {name!r} for {character!r}" for character, name in _WRITTEN_BY_NAME.items() if character in keys]
    names += [f"write {key[-1].upper()!r}" for key in keys if isinstance(key, str) and _is_shifted_letter(key)]
    return ": " * bool(names) + ", ".join(names)


def _drop_clashes(wanted: dict[str, list[str]], usual: Mapping[str, str]) -> Iterator[str]:
    """Drop actions whose keys are taken by others in the same place, the last ones first, and yield a problem for each.

    A dropped action has its usual keys again, so that another may clash with these.
    """
    have = {action: _textual_names(keys.split(",")) for action, keys in {**usual, **_FIXED_KEYS}.items()}
    while clash := _clash(wanted, have):
        action, key, other = clash
        del wanted[action]
        yield f"{key!r} for {action!r} is already a key of {other!r}"


def _clash(wanted: Mapping[str, Sequence[str]], usual: Mapping[str, Collection[str]]) -> tuple[str, str, str] | None:
    have = {**usual, **{action: _textual_names(keys) for action, keys in wanted.items()}}
    for action in reversed(list(wanted)):
        for key in have[action]:
            for other, keys in have.items():
                if other != action and key in keys and _can_clash(action, other):
                    return action, key, other
    return None


def _can_clash(action: str, other: str) -> bool:
    """Tell whether the keys of both can work at the same time."""
    places, others = _places(action), _places(other)
    return places[0] in others or others[0] in places


def _places(action: str) -> list[str]:
    """Return the places where an action's keys work, the innermost first."""
    above, dot, _ = action.partition(".")
    places = [above if dot else ""]
    while places[-1] in _OUTER_PLACE:
        places.append(_OUTER_PLACE[places[-1]])
    return places


def _textual_names(keys: Sequence[str]) -> list[str]:
    """Return keys by Textual's names: ? is question_mark."""
    return [
        _WRITTEN_BY_NAME.get(key) or binding.key
        for key in keys
        for binding in Binding.make_bindings([Binding(key, "")])
    ]


def _flatten(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Yield entries by their full names: TOML takes the dot in slider.less for a table."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{above}{name}.")
        else:
            yield above + name, value


def _is_shifted_letter(key: str) -> bool:
    """Tell whether a key stands for a capital letter, which terminals send as such."""
    return len(key) == len("shift+x") and key.startswith("shift+") and key[-1].isalpha()


def _is_key(key: str, names: Collection[str]) -> bool:
    *modifiers, last = key.split("+") if key != "+" else [key]
    if _is_shifted_letter(key) or not all(modifier in _MODIFIERS for modifier in modifiers):
        return False
    if len(last) == 1:
        return last.isprintable() and not last.isspace() and last not in _WRITTEN_BY_NAME
    return last in names or _is_character(last)


def _is_character(name: str) -> bool:
    """Tell whether this is Textual's name of a character, such as comma or question_mark."""
    try:
        character = unicodedata.lookup(name.replace("_", " "))
    except KeyError:
        return False
    return name in _WRITTEN_BY_NAME.values() or (
        character.isascii() and not character.isspace() and _textual_names([character]) == [name]
    )


def recent_files() -> list[Path]:
    """Return the files opened last that still exist, the latest first."""
    try:
        names = json.loads(_recent_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    paths = [tidy(Path(name)) for name in names if isinstance(name, str)] if isinstance(names, list) else []
    return list(dict.fromkeys(path for path in paths if is_file(path)))


def remember_file(path: Path) -> None:
    """Put a file first among the recent ones; if they can't be saved, that is no loss.

    A pipe such as ``/dev/fd/63`` is not there any more another time.
    """
    if not is_file(path):
        return
    path = tidy(path)
    names = [str(path), *(str(other) for other in recent_files() if other != path)][:_MAX_RECENT]
    with suppress(OSError, EqmorphError), AtomicFile(_recent_path(), overwrite=True) as out:
        out.temp.write_text(json.dumps(names, indent=1), encoding="utf-8")
        out.commit()


def _recent_path() -> Path:
    return user_folder("state") / "recent.json"
