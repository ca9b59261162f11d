"""Trajectories that were written, read again: checked against their schema, so that whoever uses one can rely on it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from eqmorph.analysis.courses import ride_of
from eqmorph.analysis.trajectory import FORMAT, SCHEMA, trajectory_path
from eqmorph.errors import EqmorphError, InputError, printable

__all__ = ["is_trajectory", "read_trajectory"]

_FAMILY = FORMAT.partition("/")[0]
_ANALYZE_AGAIN = "Analyze the sound again, or apply to it again."
_TYPES: dict[str, Callable[[object], bool]] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}


def is_trajectory(path: Path) -> bool:
    """Tell whether a file is called like a trajectory."""
    return path.name.endswith(trajectory_path(Path("x")).name.removeprefix("x"))


def read_trajectory(path: Path) -> dict[str, Any]:
    """Read a trajectory that `write_trajectory` wrote.

    Raises:
        InputError: it can't be read, or is none of the format that is written now.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"can't be read: {error.strerror or error}", path=path) from error
    except (ValueError, RecursionError) as error:
        raise InputError("not a trajectory: not JSON", hint="Was it cut off or edited?", path=path) from error
    format_ = data.get("format") if isinstance(data, dict) else None
    if not isinstance(format_, str) or format_.partition("/")[0] != _FAMILY:
        raise InputError("not a trajectory", hint=f"One says that its format is {FORMAT}.", path=path)
    if format_ != FORMAT:
        raise InputError(f"a trajectory of another version: {format_}, not {FORMAT}", hint=_ANALYZE_AGAIN, path=path)
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    problem = _problem(data, schema, schema["$defs"], "") or _contradiction(data)
    if problem:
        raise InputError(f"a damaged trajectory: {problem}", hint=_ANALYZE_AGAIN, path=path)
    return {name: _printable(value) for name, value in data.items()}


def _problem(value: Any, schema: Mapping[str, Any], shared: Mapping[str, Any], place: str) -> str:
    """Say what keeps a value from being what a schema says; empty if nothing does. Knows what our schema uses."""
    if "$ref" in schema:
        return _problem(value, shared[schema["$ref"].removeprefix("#/$defs/")], shared, place)
    here = place or "it"
    types = schema.get("type", list(_TYPES))
    if not any(_TYPES[name](value) for name in ([types] if isinstance(types, str) else types)):
        return f"{here} has the wrong type"
    if _TYPES["number"](value) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        return f"{here} is out of range"
    if isinstance(value, dict):
        missing = [name for name in schema.get("required", ()) if name not in value]
        if missing:
            return f"{here} lacks {missing[0]}"
        known = schema.get("properties", {})
        parts = [(f"{place}.{name}".lstrip("."), part, known[name]) for name, part in value.items() if name in known]
    elif isinstance(value, list) and "items" in schema:
        parts = [(f"{place}[{number}]", part, schema["items"]) for number, part in enumerate(value)]
    else:
        parts = []
    return next(filter(None, (_problem(part, inner, shared, name) for name, part, inner in parts)), "")


def _printable(value: Any) -> Any:
    """Return plain data whose texts no terminal obeys."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {name: _printable(part) for name, part in value.items()}
    return [_printable(part) for part in value] if isinstance(value, list) else value


def _contradiction(data: Mapping[str, Any]) -> str:
    """Say what fits the schema and yet can't be used; empty if all can."""
    for number, window in enumerate(data["windows"]):
        for name in ("percentiles", "percentiles_after"):
            if window[name] is not None and len(window[name]) != len(data["words"]):
                return f"windows[{number}].{name} has not one for each word"
    try:
        ride_of(data)
    except (EqmorphError, ValueError, TypeError, KeyError) as error:
        return f"applied: {error}" if isinstance(error, EqmorphError | ValueError) else "applied lacks what its EQ is"
    return ""
