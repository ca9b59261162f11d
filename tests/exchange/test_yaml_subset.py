"""The part of YAML that is read, against a parser of all of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqmorph.errors import UsageError
from eqmorph.exchange.yaml_subset import parse_yaml

WORDS = ("a", "a b", "x: y", "#a", "a #b", "", "null", "true", "1", "-", "it's", '"q"', "ä", "[", ",a", "- x", "key:")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-999, 999) | st.sampled_from((0.5, -1.25)) | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("a", "b c", "d")), inner, max_size=3),
    max_leaves=12,
)


@given(VALUES)
def test_what_a_program_writes_is_read_as_it_was_meant(value: Any) -> None:
    yaml = pytest.importorskip("yaml")
    for style in (False, None):
        text = yaml.safe_dump(value, default_flow_style=style, width=10**6, allow_unicode=True)
        assert parse_yaml(text) == value
    assert parse_yaml(json.dumps(value)) == value


@given(st.text(alphabet="ab:- \n\t[]{}#\"'&*!|>.1,\\", max_size=60))
def test_anything_is_read_or_refused_by_its_line(text: str) -> None:
    said = "line "
    try:
        parse_yaml(text)
    except UsageError as error:
        said = error.message
    assert said.startswith("line ")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: 1\na: 2", "line 2: 'a' is there already"),
        ("a: 1\n---\nb: 2", "line 2: begins another document"),
        ("a: |\n  text", "line 1: .*several lines"),
        ("- " * 5000 + "1", "line 1: is nested more than 32 deep"),
        ("a: " + "[" * 5000, "line 1: is nested more than 32 deep"),
        ("a: 'b", "line 1: a quotation mark is not closed"),
        ("a: 1\n   b: 2", "line 2: is not part of what stands above it"),
    ],
)
def test_what_is_more_than_values_is_refused(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        parse_yaml(text)
