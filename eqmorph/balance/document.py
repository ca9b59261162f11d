"""The file that a tonal balance is kept in: a small JSON document, which may come from anybody."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from eqmorph._typing import Float64
from eqmorph.balance.balance import Balance
from eqmorph.errors import InputError, UsageError
from eqmorph.kind import Kind
from eqmorph.model import GRID_HZ
from eqmorph.own_files import checked_name, read_text

__all__ = ["SCHEMA", "SUFFIX", "format_balance", "read_balance"]

SCHEMA = "eqmorph-reference/1"
SUFFIX = ".json"
_KEYS = ("schema", "name", "description", "kind", "files", "per", "freqs_hz", "levels_db")
_PER = ("hz", "third-octave")  # what a level is of: of each Hz, or of a band whose width goes with its frequency
_FEWEST, _MOST = 8, 1024  # points of a curve
_LOWEST_HZ, _HIGHEST_HZ, _LARGEST_DB = 1.0, 200_000.0, 300.0
_REACHES_HZ = (200.0, 5000.0)  # a balance that tells less than that tells nothing
_NEARLY = 1.13  # a sixth of an octave: as far as the level of a third-octave reaches
_MOST_FILES = 1_000_000_000
_LONGEST_TEXT = 1000
_HINT = "`eqmorph reference save` writes such files; docs/references.md says what is in them."


def format_balance(balance: Balance) -> str:
    """Return the JSON from which `read_balance` reads the same balance."""
    document = {
        "schema": SCHEMA,
        "name": balance.name,
        "description": balance.description,
        "kind": balance.kind,
        "files": balance.files,
        "per": "hz",
        "freqs_hz": [round(float(hz), 6) for hz in GRID_HZ],
        "levels_db": list(balance.levels_db),
    }
    return json.dumps(document, indent=1) + "\n"


def read_balance(path: Path) -> Balance:
    """Read a balance from a JSON file.

    Raises:
        InputError: it can't be read, or is not such a document; the error says where.
    """
    _check_is_plain_file(path)
    text = read_text(path, what="a reference in JSON", hint=_HINT)
    try:
        data = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise InputError(f"is not valid JSON: {error}", hint=_HINT, path=path) from error
    try:
        return _balance(data, path)
    except _Wrong as wrong:
        raise InputError(str(wrong), hint=_HINT, path=path) from wrong


class _Wrong(Exception):
    """What is wrong with a document."""


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def _check_is_plain_file(path: Path) -> None:
    """Refuse what may lead anywhere or never end: links, folders, pipes and devices."""
    try:
        is_link, is_file, exists = path.is_symlink(), path.is_file(), path.exists()
    except (OSError, ValueError) as error:
        raise InputError("can't be looked at", hint="Check the name.", path=path) from error
    if is_link:
        raise InputError("is a link, not a file", hint="Name the file that it leads to.", path=path)
    if exists and not is_file:
        raise InputError("is not a file", hint=_HINT, path=path)


def _balance(data: Any, path: Path) -> Balance:
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise _Wrong(f"is not a reference: its schema is not {SCHEMA!r}")
    unknown = [key for key in data if key not in _KEYS]
    if unknown:
        raise _Wrong(f"holds {unknown[0][:40]!r}, which no reference has")
    name = _text(data, "name", path.stem)
    try:
        checked_name(name, "reference", SUFFIX)
    except UsageError as error:
        raise _Wrong(str(error.message)[:120]) from error
    kind = data.get("kind")
    if kind is not None and kind not in [one.value for one in Kind]:
        raise _Wrong("has a kind that is neither null nor mix, speech or instrument")
    files = data.get("files", 1)
    if isinstance(files, bool) or not isinstance(files, int) or not 1 <= files <= _MOST_FILES:
        raise _Wrong("files must be a whole number from 1")
    per = data.get("per", "hz")
    if per not in _PER:
        raise _Wrong(f"per must be one of {', '.join(_PER)}")
    levels = _on_grid(_freqs(data.get("freqs_hz")), data.get("levels_db"), is_density=per == "hz")
    return Balance.of(name, levels, kind, files, _text(data, "description", ""))


def _text(data: dict[str, Any], key: str, usual: str) -> str:
    value = data.get(key, usual)
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
        raise _Wrong(f"{key} must be text of up to {_LONGEST_TEXT} characters")
    return value


def _freqs(rows: Any) -> Float64:
    if not isinstance(rows, list) or not _FEWEST <= len(rows) <= _MOST:
        raise _Wrong(f"freqs_hz must be a list of {_FEWEST} to {_MOST} frequencies")
    freqs = np.array([_number(value, "freqs_hz", _HIGHEST_HZ) for value in rows])
    if freqs[0] < _LOWEST_HZ or not np.all(np.diff(freqs) > 0):
        raise _Wrong(f"freqs_hz must ascend, from {_LOWEST_HZ:g} Hz or above")
    return freqs


def _on_grid(freqs: Float64, rows: Any, *, is_density: bool) -> Float64:
    """Return levels at `GRID_HZ` (64,), NaN where nothing is known."""
    if not isinstance(rows, list) or len(rows) != len(freqs):
        raise _Wrong("levels_db must be a list of as many levels as there are frequencies")
    is_known = np.array([value is not None for value in rows])
    known_hz = freqs[is_known]
    if len(known_hz) < _FEWEST or known_hz[0] > _REACHES_HZ[0] or known_hz[-1] < _REACHES_HZ[1]:
        raise _Wrong(
            f"must have {_FEWEST} levels at least, from {_REACHES_HZ[0]:g} Hz or below to {_REACHES_HZ[1]:g} or above"
        )
    levels = np.array([_number(value, "levels_db", _LARGEST_DB) for value in rows if value is not None])
    if not is_density:  # a band whose width goes with its frequency
        levels = levels - 10 * np.log10(known_hz)
    found = np.interp(np.log(GRID_HZ), np.log(known_hz), levels)
    beyond = (known_hz[0] > _NEARLY * GRID_HZ) | (known_hz[-1] * _NEARLY < GRID_HZ)
    return np.where(beyond, np.nan, found)


def _number(value: Any, key: str, largest: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _Wrong(f"{key} must hold numbers only")
    if isinstance(value, float) and not math.isfinite(value):
        raise _Wrong(f"{key} must hold finite numbers only")
    if not -largest <= value <= largest:
        raise _Wrong(f"{key} holds a number out of range: they lie within {largest:g}")
    return float(value)
