"""Pages that are written: their policy names the very script and style inside, and data can't leave its place."""

from __future__ import annotations

import base64
import hashlib
import json
import re

import pytest

from eqmorph.webpage import filled_page, json_inside

PARTS = {
    "eqmorph.report": ("MARK", "TITLE", "SUMMARY", "NOTES", "VERSION", "ROWS", "DETAILS"),
    "eqmorph.study": ("TITLE", "STUDY", "SOUNDS"),
}


@pytest.mark.parametrize("room", PARTS)
def test_the_policy_names_the_script_and_the_style_by_digest(room: str) -> None:
    text = filled_page(room, dict.fromkeys(PARTS[room], "x"), allowed="media-src data:").decode()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy.startswith("default-src 'none'")
    assert policy.endswith("; media-src data:")
    for name in ("script", "style"):
        (inside,) = re.findall(rf"<{name}>(.*?)</{name}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    assert "@@" not in text


def test_data_is_one_line_that_nothing_in_it_ends() -> None:
    data = {"a": "</script><!--", "b": ["ü\n", 1.5, None]}
    text = json_inside(data)
    assert "<" not in text
    assert "\n" not in text
    assert json.loads(text) == data
    with pytest.raises(ValueError, match="JSON"):
        json_inside(float("nan"))
