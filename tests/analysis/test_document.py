"""The typed trajectory says what the schema says."""

from __future__ import annotations

import json
import typing
from typing import Any

import pytest

from eqmorph.analysis import document
from eqmorph.analysis.trajectory import SCHEMA

SCHEMA_DATA = json.loads(SCHEMA.read_text(encoding="utf-8"))


def described(*path: str) -> dict[str, Any]:
    part = SCHEMA_DATA
    for step in path:
        part = part["properties"][step] if step != "items" else part["items"]
        part = SCHEMA_DATA["$defs"][part["$ref"].rpartition("/")[2]] if "$ref" in part else part
    return part


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        (document.TrajectoryDocument, ()),
        (document.TrajectoryFile, ("file",)),
        (document.TrajectoryModel, ("model",)),
        (document.TrajectoryReference, ("reference",)),
        (document.TrajectorySummary, ("summary",)),
        (document.TrajectorySuggestion, ("summary", "suggestion")),
        (document.RankedWord, ("summary", "words", "items")),
        (document.TrajectoryWindow, ("windows", "items")),
    ],
)
def test_fields_are_those_of_the_schema(kind: type, path: tuple[str, ...]) -> None:
    assert set(typing.get_type_hints(kind)) == set(described(*path)["properties"])


@pytest.mark.parametrize("field", ["energy_db", "scores", "percentiles"])
def test_what_may_be_null_may_be_none(field: str) -> None:
    assert "null" in described("windows", "items", field)["type"]
    assert type(None) in typing.get_args(typing.get_type_hints(document.TrajectoryWindow)[field])
