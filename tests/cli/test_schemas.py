"""Every document that is printed or written is as its schema says: real output of each command, nothing unknown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import click
import numpy as np
import pytest

import eqmorph.cli
from eqmorph.cli import run
from eqmorph.schemas import schema, schema_names
from tests.support import make_audio, noise, shown

jsonschema = pytest.importorskip("jsonschema", reason="jsonschema, which comes with the extra mcp, is not installed")
Capture = pytest.CaptureFixture[str]

#: A command line for each document, or several; FOLDER holds three sounds.
COMMANDS = {
    "analyze": [
        "analyze in --json", "analyze in/a.wav bad.wav --json", "analyze in/silence.wav --word warm --json"
    ],
    "apply": [
        "apply in out --target warm:0.5 --json",
        "apply in out2 --target 'warm + airy' --album --to 0.6 --trajectory --json",
        "apply in out3 --preset air --together --json",
        "apply in out4 --reference in/b.wav --json",
        "apply in/a.wav out5/ --target bright --follow 2s --json",
        "apply in/a.wav bad.wav out6 --bands 'LS 120 +9' --level keep --json",
        "apply hum.wav out9/ --preset air --dehum 50 --json",
        "apply in out7 --target warm --dry-run --json",
        "apply in/a.wav out8/ --bands 'HP 80; NT 50 Q30; M: PK 300 -2' --phase linear --json",
        "apply in/a.wav out/a.wav --preset air --skip-existing --json",
    ],
    "cache": ["cache --json", "cache show --json"],
    "compare": [
        "compare in/a.wav --target warm --json",
        "compare in/a.wav --target warm --render v --json",
        "compare in/silence.wav --target warm --json",
        "compare in/a.wav --target warm --render blind --blind --json",
    ],
    "compare-reference": ["compare in/a.wav --reference in/b.wav --target airy --json"],
    "compare-reveal": ["compare reveal blind --json"],
    "config": ["config show --json", "config show apply --json"],
    "demo": ["demo demo --json", "demo demo --json"],
    "eq": [
        "eq warm --json", "eq velvety:0.5 --amount 0.5 --json", "eq --preset air --json",
        "eq --bands 'HP 80 24dB; NT 50 Q30; S: HS 8k +2; BP 1k Q2' --json",
        "eq --bands 'LS 120 +3' --sample-rate 8k --json", "presets show air --json",
    ],
    "error": ["apply in/a.wav --json", "eq xyzzy --json", "apply a b --json --nonsense"],
    "explore": ["explore -n 2 --json"],
    "model": ["model --json"],
    "morph": ["morph warm bright --steps 3 --json"],
    "presets": ["presets --json", "presets list --json"],
    "rank": ["rank in --by 'warm - harsh' --json", "rank in bad.wav --by warm --json"],
    "reference": ["reference show in/a.wav --json"],
    "references": ["reference list --json"],
    "report-merge": ["report merge rp.jsonl -o merged.jsonl --inputs in --force --json"],
    "report-page": ["report rp --json", "report rp --embed opus --force --json"],
    "study": ["study make in/a.wav in/b.wav --target warm --out study --json"],
    "status": ["status done --json"],
    "target": ["target 'too dark, and keep the warmth' --json", "target warm:0.5 --json"],
    "terms": ["terms --json", "terms --like warm --json", "terms --search velvety --json"],
    "train-data": [
        "train data --synthetic 80 --json",
        "train data --synthetic 80 --contributions answers.csv --min-count 12 --describe --json",
    ],
    "evaluate-eq": ["evaluate eq --synthetic 80 --recipe response --folds 2 --epochs 1 --json"],
    "evaluate-people": [
        "evaluate people --contributions answers.csv --splits 2 --json",
        "evaluate people --contributions answers.csv --thesaurus th_en_US_v2.dat --splits 2 --json",
    ],
    "evaluate-story": ["evaluate story --synthetic 80 --recipe v2 --steps 2 --epochs 1 --json"],
    "variations": ["eq warm --variations 2 --json"],
}  # fmt: skip
#: Tested below, or where they are made.
ELSEWHERE = {"report", "trajectory", "study-score", "evaluate-audio", "evaluate-follow"}


#: What seven people answered to two words, and one who can't be read.
ANSWERS = "\n".join(
    [
        ",".join(["word", "language", "stimulus", *map(str, range(40))]),
        *(
            f"{word},English,{7 + person % 3},0.5,"
            + ",".join(str(sign * (band + person * (band % 3)) / 10) for band in range(40))
            for word, sign in (("warm", -1), ("bright", 1))
            for person in range(7)
        ),
        "warm,English,7,0.5" + ",x" * 40,
    ]
)
THESAURUS = "UTF-8\nwarm|1\n(adj)|toasty|cosy\nbright|1\n(adj)|shiny\ntoasty|1\n(adj)|warm\nshiny|1\n(adj)|bright\n"


def split(line: str) -> list[str]:
    import shlex

    return shlex.split(line)


def check(name: str, document: Any) -> None:
    jsonschema.Draft202012Validator(schema(name)).validate(document)


def commands_with_json() -> set[str]:
    """Return all commands that have --json, as they are typed."""
    found = set()
    for known in iter_modules(eqmorph.cli.__path__):
        module = import_module(f"eqmorph.cli.{known.name}")
        for command in vars(module).values():
            if isinstance(command, click.Command) and any("--json" in option.opts for option in command.params):
                assert command.callback is not None
                if command.callback.__module__ == module.__name__:
                    is_whole = command is module.command
                    found.add(known.name if is_whole else f"{known.name} {command.name}")
    return found


def documented() -> dict[str, set[str]]:
    """Return, for each command that a schema says it is for, which schemas do."""
    found: dict[str, set[str]] = {}
    for name in schema_names():
        for named in re.findall(r"([a-z ]+) (?:--[a-z]+ )*--json(?=[,)])", schema(name)["description"]):
            found.setdefault(named.strip(), set()).add(name)
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("schemas")
    for seed, name in enumerate("ab"):
        make_audio(folder / "in" / f"{name}.wav", frames=3 * 44_100, seed=seed)
    make_audio(folder / "in" / "silence.wav", frames=44_100, amplitude=0)
    turns = 50 * np.arange(10 * 44_100) / 44_100
    tone = sum(0.02 / n * np.sin(2 * np.pi * n * turns) for n in range(1, 9))[:, None]
    make_audio(folder / "hum.wav", audio=noise(10 * 44_100, 1, amplitude=0.002) + tone)
    (folder / "bad.wav").write_text("no audio")
    (folder / "answers.csv").write_text(ANSWERS)
    (folder / "th_en_US_v2.dat").write_text(THESAURUS)
    return folder


@pytest.mark.parametrize("name", COMMANDS)
def test_what_a_command_prints_is_as_its_schema_says(
    name: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(folder)
    if name == "references":
        shown(capsys, "reference", "save", "mine", "in/a.wav", "in/b.wav", "--force")
    if name == "status":
        run(split("apply in bad.wav done --preset air --force"))
        capsys.readouterr()
    if name == "report-merge":
        run(split("apply in rpm --preset air -q --force --shard 1/2 --report rp.jsonl"))
        for line in Path("rp.jsonl").read_text().splitlines():
            check("report", json.loads(line))
    if name == "report-page":
        run(split("apply in rp --target warm -q --force"))
    if name == "compare-reveal" and not Path("blind").exists():
        run(split(COMMANDS["compare"][-1]))
        capsys.readouterr()
    for line in COMMANDS[name]:
        run(split(line))
        check(name, json.loads(capsys.readouterr().out))


@pytest.mark.parametrize("options", ["--target warm", "--preset air --level -16", "--target bright --follow"])
def test_each_line_of_a_report_and_each_trajectory(
    options: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    report = tmp_path / "report.jsonl"
    run(split(f"apply in bad.wav {tmp_path}/out {options} -q --report {report}"))
    lines = [json.loads(line) for line in report.read_text().splitlines()]
    assert {line["status"] for line in lines} == {"done", "failed"}
    for line in lines:
        check("report", line)
    trajectories = list((tmp_path / "out").glob("*.trajectory.json"))
    assert bool(trajectories) == ("--target" in options)
    for path in trajectories:
        check("trajectory", json.loads(path.read_text()))


def test_every_schema_is_tested_listed_and_printed(capsys: Capture) -> None:
    assert set(schema_names()) == set(COMMANDS) | ELSEWHERE
    listed = shown(capsys, "schema")
    for name in schema_names():
        assert f"\n{name} " in f"\n{listed}"
        assert json.loads(shown(capsys, "schema", name)) == schema(name)
    assert "Did you mean apply?" in shown(capsys, "schema", "aply", code=2)


def test_every_command_that_prints_json_has_a_schema_that_its_output_was_held_against() -> None:
    commands, documents = commands_with_json(), documented()
    assert commands >= {"apply", "compare reveal", "presets show", "rank", "train data", "evaluate audio"}
    assert {command for command in commands if command not in documents} == set()
    assert set(documents) <= commands
    for command in commands:
        for name in documents[command] - ELSEWHERE:
            assert any(line.startswith(f"{command} ") for line in COMMANDS[name]), (command, name)


def each_object(node: Any, visit: Callable[[dict[str, Any]], None]) -> None:
    if isinstance(node, dict):
        visit(node)
        node = list(node.values())
    for inner in node if isinstance(node, list) else ():
        each_object(inner, visit)


@pytest.mark.parametrize("name", schema_names())
def test_schemas_are_valid_strict_and_stand_by_themselves(name: str) -> None:
    found = schema(name)
    jsonschema.Draft202012Validator.check_schema(found)
    assert found["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert found["description"]

    def strict(node: dict[str, Any]) -> None:
        if node.get("type") == "object":
            assert "additionalProperties" in node
        if isinstance(reference := node.get("$ref"), str):
            assert reference.removeprefix("#/$defs/") in found["$defs"]

    each_object(found, strict)


def test_what_is_unknown_is_refused() -> None:
    with pytest.raises(jsonschema.ValidationError):
        check("error", {"error": "x", "hint": None, "exit_code": 2, "more": 1})
