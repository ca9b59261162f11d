"""JSON Schemas of all documents that eqmorph prints or writes, one file each; ``shared.json`` is what several share."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["schema", "schema_file", "schema_names"]

_FOLDER, _SHARED = Path(__file__).parent, "shared"
_REF = "#/$defs/"


def schema_names() -> list[str]:
    """Return the names of all documents."""
    return sorted(path.stem for path in _FOLDER.glob("*.json") if path.stem != _SHARED)


def schema_file(name: str) -> Path:
    """Return the file of a document's schema."""
    return _FOLDER / f"{name}.json"


def schema(name: str) -> dict[str, Any]:
    """Return the schema of a document, which stands by itself: what it shares with others is in its ``$defs``."""
    found: dict[str, Any] = _read(name)
    shared = _read(_SHARED)
    needed: dict[str, Any] = dict(found.get("$defs", {}))
    todo = list(_references(found))
    while todo:
        part = todo.pop()
        if part in needed:
            continue
        if part in shared:
            needed[part] = shared[part]
        else:  # a document inside another
            inner = _read(part)
            needed |= inner.pop("$defs", {})
            needed[part] = {key: value for key, value in inner.items() if key != "$schema"}
        todo += _references(needed[part])
    return {**found, "$defs": dict(sorted(needed.items()))} if needed else found


def _read(name: str) -> Any:
    return json.loads(schema_file(name).read_text(encoding="utf-8"))


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(reference := node.get("$ref"), str):
            yield reference.removeprefix(_REF)
        node = list(node.values())
    if isinstance(node, list):
        for inner in node:
            yield from _references(inner)
