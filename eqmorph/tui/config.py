"""What a user has set: the theme and the keys, in ``tui.toml`` in the config folder. And the files opened last."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eqmorph.audio.atomic import AtomicFile
from eqmorph.errors import EqmorphError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["Config", "config_path", "read_config", "recent_files", "remember_file"]

_MOST_RECENT = 12


@dataclass(frozen=True, slots=True)
class Config:
    """``keys`` are keys by the name of what they do; ``problems`` say what in the file could not be used, and why."""

    theme: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def config_path() -> Path:
    """Where a user's settings are; there may be none."""
    import platformdirs

    return Path(platformdirs.user_config_dir("eqmorph")) / "tui.toml"


def read_config(*, actions: Collection[str], themes: Collection[str], key_names: Collection[str] = ()) -> Config:
    """The settings, as far as they can be used; what can't be is named, and nothing ever raises.

    Args:
        actions: what a key can be given to.
        themes: the themes there are.
        key_names: names of keys, beside single characters.
    """
    path = config_path()
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return Config()
    except OSError as error:
        return Config(problems=(f"{path} can't be read: {error.strerror or error}",))
    except (ValueError, RecursionError) as error:  # no UTF-8, no TOML
        return Config(problems=(f"{path.name} is no TOML and was left aside: {error}",))
    problems = [f"{path.name}: there is no setting {name!r}" for name in data if name not in ("theme", "keys")]
    theme = data.get("theme", "")
    if theme and theme not in themes:
        problems.append(f"{path.name}: there is no theme {theme!r}")
        theme = ""
    table = data.get("keys", {})
    if not isinstance(table, dict):
        problems.append(f"{path.name}: keys must be a table, as in [keys]")
        table = {}
    keys: dict[str, str] = {}
    for action, wanted in _flat(table):
        written = wanted if isinstance(wanted, list) else [wanted]
        if action not in actions:
            problems.append(f"{path.name}: there is nothing called {action!r} to give a key to")
        elif not written or not all(isinstance(key, str) and _is_key(key, key_names) for key in written):
            problems.append(f"{path.name}: {wanted!r} for {action!r} is no key")
        else:
            keys[action] = ",".join(written)
    return Config(theme, keys, tuple(problems))


def _flat(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Entries by their whole name: TOML takes the dot in slider.less for a table."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield above + name, value


def _is_key(key: str, names: Collection[str]) -> bool:
    *modifiers, last = key.split("+") if key != "+" else [key]
    return all(modifier in ("ctrl", "shift", "alt", "super") for modifier in modifiers) and (
        len(last) == 1 or last in names
    )


def recent_files() -> list[Path]:
    """The files opened last that are still there, the latest first."""
    try:
        names = json.loads(_recent_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    paths = [Path(name) for name in names if isinstance(name, str)] if isinstance(names, list) else []
    return [path for path in paths if _is_file(path)]


def remember_file(path: Path) -> None:
    """Put a file first among the recent ones. Where that can't be kept, nothing is lost."""
    path = path.absolute()
    names = [str(path), *(str(other) for other in recent_files() if other != path)][:_MOST_RECENT]
    try:
        with AtomicFile(_recent_path(), overwrite=True) as out:
            out.temp.write_text(json.dumps(names, indent=1), encoding="utf-8")
            out.commit()
    except (OSError, EqmorphError):
        return


def _recent_path() -> Path:
    import platformdirs

    return Path(platformdirs.user_state_dir("eqmorph")) / "recent.json"


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
