"""The Dockerfile, as far as it can be read: no rights, the program as entry point, and only files that there are."""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def instructions() -> list[tuple[str, str]]:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1].strip()) for line in lines]


def test_it_ends_as_a_user_without_rights_and_starts_the_program() -> None:
    found = instructions()
    names = [name for name, _ in found]
    assert names[0] == "FROM"
    assert dict(found)["USER"] not in ("root", "0")
    assert names.index("USER") < names.index("ENTRYPOINT")
    assert "RUN" not in names[names.index("USER") :]
    assert json.loads(dict(found)["ENTRYPOINT"]) == ["eqmorph"]
    assert f"useradd --create-home --uid 1000 {dict(found)['USER']}" in " ".join(text for _, text in found)


def test_what_it_copies_is_there_let_through_and_all_that_a_build_needs() -> None:
    copied = {name for command, text in instructions() if command == "COPY" for name in text.split()[:-1]}
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in ignored
    assert copied == {line[1:] for line in ignored if line.startswith("!")}
    for name in copied:
        assert (ROOT / name).exists(), name
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert set(re.findall(r'(?:readme|license-files) = \[?"([^"]+)"', project)) <= copied


def test_its_python_is_one_that_is_tested() -> None:
    version = dict(instructions())["FROM"].removeprefix("python:").removesuffix("-slim")
    assert f'"{version}"' in (ROOT / ".github" / "workflows" / "tests.yml").read_text(encoding="utf-8")
