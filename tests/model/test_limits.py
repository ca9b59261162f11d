"""What the run time promises about its form: short modules and imports that go one way."""

import ast
from pathlib import Path

import pytest

import eqmorph.model

PACKAGE = Path(eqmorph.model.__file__).parents[1]
MODULES = [PACKAGE / "words.py", PACKAGE / "target.py", *PACKAGE.glob("model/*.py"), *PACKAGE.glob("train/**/*.py")]
ALLOWED = {
    "words": set(),
    "target": {"errors", "words"},
    "model": {"errors", "words", "target", "bands", "model"},
    "train": {"errors", "words", "bands", "model", "train"},
}


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("eqmorph."):
            found.add(node.module.split(".")[1])
    return found


@pytest.mark.parametrize("room", ALLOWED)
def test_a_room_imports_only_from_those_before_it(room: str) -> None:
    paths = [PACKAGE / f"{room}.py"] if (PACKAGE / f"{room}.py").is_file() else list((PACKAGE / room).rglob("*.py"))
    assert paths
    for path in paths:
        assert imported(path) <= ALLOWED[room], path.name


def test_modules_of_the_model_are_short() -> None:
    assert max(len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES) < 350
