"""`eqmorph mcp` before it serves: which folders, and what is missing. The server is in tests/agents."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.support import shown


def test_a_folder_must_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert "--root" in shown(capsys, "mcp", code=2)


def test_a_folder_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    said = shown(capsys, "mcp", "--root", str(tmp_path / "nowhere"), code=2)
    assert "nowhere: doesn't exist" in said


def test_a_missing_extra_is_said_with_its_cure(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in list(sys.modules):
        if name == "eqmorph.agents.server":
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "mcp", None)
    said = shown(capsys, "mcp", "--root", str(tmp_path), code=2)
    assert 'pip install "eqmorph[mcp]"' in said
