"""What is said about the package agrees: its version, its changes, and what its extras are for."""

from __future__ import annotations

import ast
import re
import sys
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

import eqmorph

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[1]
TOOLS = {"dev", "docs"}  # extras of programs to work with, which nothing imports
IMPORT_NAMES = {
    "scikit-learn": "sklearn",
    "python-osc": "pythonosc",
    "textual-serve": "textual_serve",
    "textual-image": "textual_image",
    "pillow": "PIL",
}
IMPORTED_BY_OTHERS = {
    "onnxscript",  # torch's ONNX exporter needs it, and does not install it
    "s3fs",  # fsspec loads it for s3://
}


@cache
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def required(extra: str) -> set[str]:
    """Return the packages of an extra, by name."""
    requirements = project()["optional-dependencies"][extra]
    return {re.match(r"[\w.-]+", requirement)[0] for requirement in requirements}


@cache
def imported() -> set[str]:
    """Return the top-level names of everything that some module of the package imports."""
    names: set[str] = set()
    for path in (ROOT / "eqmorph").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.partition(".")[0])
    return names


def documented_extras() -> set[str]:
    """Return the extras that the paragraph about them names, each with what it brings."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    paragraph = re.search(r"^Extras:.*?(?=\n\n|\Z)", text, re.DOTALL | re.MULTILINE)
    assert paragraph, "docs/architecture.md has no paragraph that begins with 'Extras:'"
    return set(re.findall(r"`([\w-]+)`\s+\(", paragraph[0]))


def test_the_installed_version_is_that_of_the_code() -> None:
    assert metadata.version("eqmorph") == eqmorph.__version__, "install it again: pip install -e ."


def test_the_version_is_written_in_one_place() -> None:
    assert "version" not in project()
    assert "version" in project()["dynamic"]


def test_the_newest_changes_are_those_of_this_version() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## (\S+)", changes, re.MULTILINE)
    assert newest
    assert newest[1] == eqmorph.__version__


def test_the_citation_names_the_papers_of_the_data() -> None:
    yaml = pytest.importorskip("yaml", reason="comes with the extra dev")
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    for reference in citation["references"]:
        assert {"type", "title", "authors", "year"} <= set(reference)
        assert all({"family-names", "given-names"} == set(author) for author in reference["authors"])
    titles = " ".join(reference["title"] for reference in citation["references"])
    assert all(name in titles for name in ("SAFE", "SocialFX", "Audealize", "Social-EQ"))


def test_the_extras_are_those_that_the_architecture_explains() -> None:
    assert documented_extras() == set(project()["optional-dependencies"])


@pytest.mark.parametrize("extra", sorted(set(project()["optional-dependencies"]) - TOOLS))
def test_code_uses_what_an_extra_brings(extra: str) -> None:
    names = imported()
    used = {package for package in required(extra) if IMPORT_NAMES.get(package, package) in names}
    assert used
    assert required(extra) - used <= IMPORTED_BY_OTHERS
