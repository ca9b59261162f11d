"""Frozen dataclasses as plain data for JSON, by their fields: one that is added later is kept without another word.

What is read may be of another version, or by another hand. Fields that are not known are passed over, and those that
are missing have their usual values.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from eqmorph.bands import Bands

__all__ = ["from_plain", "to_plain"]

_T = TypeVar("_T")


def to_plain(value: Any) -> Any:
    """Return a value as plain data.

    Raises:
        TypeError: it holds something that no plain data can stand for.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Bands):
        return value.to_list()
    if isinstance(value, tuple):
        return [to_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(name): to_plain(item) for name, item in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in dataclasses.fields(value) if field.init}
    raise TypeError(f"no plain data can stand for {value!r}")


def from_plain(kind: type[_T], data: Any) -> _T:
    """Return the value of a type that plain data stand for.

    Raises:
        ValueError: they don't stand for any.
    """
    try:
        value = _read(kind, data)
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(str(error)) from error
    if not isinstance(value, kind):
        raise ValueError(f"{data!r} is no {kind.__name__}")
    return value


def _read(kind: Any, data: Any) -> Any:
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _read_one_of(parts, data)
    if origin is Literal:
        return _checked(data in parts, data, kind, data)
    if origin is tuple:
        return _read_tuple(parts, _checked(isinstance(data, list), data, kind, data))
    if origin is not None and issubclass(origin, Mapping):
        items = _checked(isinstance(data, dict), data, kind, data).items()
        return {_read(parts[0], name): _read(parts[1], item) for name, item in items}
    if kind is Bands:
        return Bands.from_list(data)
    if kind is Path:
        return Path(_checked(isinstance(data, str) and "\0" not in data, data, kind, data))
    if kind is float:
        is_number = isinstance(data, int | float) and not isinstance(data, bool) and abs(data) < float("inf")
        return float(_checked(is_number, data, kind, data))
    if dataclasses.is_dataclass(kind):
        return _read_fields(kind, _checked(isinstance(data, dict), data, kind, data))
    return _checked(type(data) is kind, data, kind, data)


def _read_one_of(kinds: tuple[Any, ...], data: Any) -> Any:
    if data is None and type(None) in kinds:
        return None
    problems = []
    for kind in kinds:
        if kind is not type(None):
            try:
                return _read(kind, data)
            except (ValueError, TypeError) as error:
                problems.append(str(error))
    raise ValueError("; ".join(problems))


def _read_tuple(kinds: tuple[Any, ...], data: list[Any]) -> tuple[Any, ...]:
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(_read(kinds[0], item) for item in data)
    return tuple(_read(kind, item) for kind, item in zip(kinds, data, strict=True))


def _read_fields(kind: Any, data: Mapping[str, Any]) -> Any:
    hints = _hints(kind)
    known = [field for field in dataclasses.fields(kind) if field.init and field.name in data]
    return kind(**{field.name: _read(hints[field.name], data[field.name]) for field in known})


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _checked(is_so: bool, value: Any, kind: Any, data: Any) -> Any:
    if not is_so:
        raise ValueError(f"{data!r} is no {getattr(kind, '__name__', kind)}")
    return value
