"""The gallery: its page is what the script writes, every picture is there, and together they are small."""

from __future__ import annotations

import importlib.util
import re
import shlex
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.support import need_extras

need_extras("plot")

DOCS = Path(__file__).parents[2] / "docs"
MOST_BYTES = 1_500_000


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_gallery", DOCS / "pictures" / "make_gallery.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_gallery"] = module  # dataclasses look for it there
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_the_script_writes(script: ModuleType) -> None:
    assert (DOCS / "gallery.md").read_text(encoding="utf-8") == script.page()


def test_every_picture_of_the_page_is_there_and_no_other(script: ModuleType) -> None:
    named = {DOCS / path for path in re.findall(r"!\[[^]]*\]\(([^)]+)\)", script.page())}
    drawn = {*(DOCS / "pictures" / "gallery").iterdir(), *(DOCS / "figures").glob("*.png")}
    assert named == drawn


def test_pictures_are_small(script: ModuleType) -> None:
    assert sum(path.stat().st_size for path in script.GALLERY.iterdir()) < MOST_BYTES


def test_each_command_draws_the_picture_that_is_shown_under_it(script: ModuleType) -> None:
    for picture in script.PICTURES:
        words = shlex.split(picture.command)
        assert words[words.index("--plot") + 1] == f"{picture.name}.png"


def test_the_script_draws_what_it_is_asked_for(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(script, "GALLERY", tmp_path / "gallery")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EQMORPH_CACHE", str(tmp_path / "cache"))
    script.draw(["morph"])
    assert [path.name for path in (tmp_path / "gallery").iterdir()] == ["morph.png"]
