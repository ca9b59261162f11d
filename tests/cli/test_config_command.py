"""Settings: which one counts, what is refused, and that the file stays as people wrote it."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest

from eqmorph.cli import main, run
from eqmorph.cli.settings import ONLY_TYPED, all_commands, options_of, variables
from eqmorph.user_config import config_path
from tests.support import make_audio, shown


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where the settings are in this test; there are none."""
    path = tmp_path / "config.toml"
    monkeypatch.setenv("EQMORPH_CONFIG", str(path))
    return path


def written(capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, object]:
    """Return the facts about an EQ, by which one sees which amount counted."""
    document: dict[str, object] = json.loads(shown(capsys, "eq", "--bands", "LS 120 +3", "--json", *options))
    return document


def test_typed_comes_before_a_variable_before_the_file(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text("amount = 0.1\n[eq]\namount = 0.2\n")
    assert written(capsys)["amount"] == 0.2
    monkeypatch.setenv("EQMORPH_AMOUNT", "0.3")
    assert written(capsys)["amount"] == 0.3
    monkeypatch.setenv("EQMORPH_EQ_AMOUNT", "0.4")
    assert written(capsys)["amount"] == 0.4
    assert written(capsys, "--amount", "0.5")["amount"] == 0.5
    monkeypatch.setenv("EQMORPH_CONFIG", "")
    monkeypatch.delenv("EQMORPH_AMOUNT")
    monkeypatch.delenv("EQMORPH_EQ_AMOUNT")
    assert written(capsys)["amount"] == 1


def test_a_flag_and_an_option_that_is_repeated(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make_audio(tmp_path / "a.wav")
    config.write_text('json = true\n[analyze]\nword = ["warm", "airy"]\n')
    data = json.loads(shown(capsys, "analyze", tmp_path / "a.wav"))
    assert '"words": ["warm", "airy"]' in json.dumps(data)
    monkeypatch.setenv("EQMORPH_ANALYZE_JSON", "no")
    assert not shown(capsys, "analyze", tmp_path / "a.wav").startswith("{")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("eq.amont = 1", "there is no setting 'eq.amont'. Did you mean amount?"),
        ("amont = 1", "there is no setting 'amont'. Did you mean amount or about?"),
        ("eq.amount = 3", "[eq] amount in config.toml: 3.0 is not in the range"),
        ("eq.amount = true", "needs a value, not true"),
        ("eq.amount = [1]", "no value for --amount"),
        ("eq.json = 'maybe'", "'maybe' is not a valid boolean"),
        ("eq.force = true", "overwriting is asked for each time"),
        ("eq.amount = ", "not valid TOML"),
    ],
)
def test_what_can_not_be_is_refused_by_name(
    config: Path, capsys: pytest.CaptureFixture[str], text: str, problem: str
) -> None:
    config.write_text(text)
    assert problem in shown(capsys, "eq", "--bands", "LS 120 +3", code=2)
    assert run(["eq", "--help"]) == run(["--version"]) == run(["config", "path"]) == 0


def test_an_error_in_a_variable_names_it(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("EQMORPH_RANK_TOP", "few")
    assert "EQMORPH_RANK_TOP: 'few' is not a valid integer" in shown(capsys, "rank", "x", "--by", "warm", code=2)
    monkeypatch.setenv("EQMORPH_MODE", "fixed")
    said = shown(capsys, "apply", "x.wav", "y.wav", "--target", "warm", "--follow", code=2)
    assert "--mode is set by EQMORPH_MODE" in said


def test_a_setting_gives_way_to_what_is_typed_instead(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EQMORPH_PRESET", "air")
    assert "air" in shown(capsys, "eq", "--json")
    assert written(capsys)["name"] is None
    for name in ("MAX_GAIN", "TO", "REFINE"):
        monkeypatch.setenv(f"EQMORPH_{name}", "0.5" if name == "TO" else "1")
    assert "doesn't exist" in shown(capsys, "apply", "x.wav", "y.wav", "--bands", "LS 120 +3", code=1)


@pytest.mark.parametrize(
    ("set_to", "typed", "counts"),
    [
        ("preset = 'air'", ["eq", "warm"], '"name": "warm'),
        ("preset = 'air'", ["eq", "--", "-harsh"], '"name": "harsh:-1'),
        ("bands = 'LS 120 +3'", ["eq", "warm"], '"name": "warm'),
        ("bands = 'LS 120 +3'", ["eq", "--preset", "air"], '"name": "air'),
        ("preset = 'air'", ["eq", "--bands", "LS 120 +3"], '"name": null'),
    ],
)
def test_an_eq_that_is_typed_comes_before_any_that_is_set(
    config: Path, capsys: pytest.CaptureFixture[str], set_to: str, typed: list[str], counts: str
) -> None:
    config.write_text(f"json = true\n[eq]\n{set_to}\n")
    assert counts in shown(capsys, *typed)
    config.write_text(f"[export]\n{set_to}\n")
    assert shown(capsys, "export", "--to", "sox", *typed[1:])


def test_an_eq_of_a_report_comes_before_any_that_is_set(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_audio(tmp_path / "a.wav")
    config.write_text("")
    report = str(tmp_path / "report.jsonl")
    shown(capsys, "apply", tmp_path / "a.wav", tmp_path / "b.wav", "--bands", "LS 120 +3", "--report", report)
    config.write_text("preset = 'air'\namount = 0.5\n")
    assert "bass 3 120" in shown(capsys, "export", "--from", report, "--to", "sox")


@pytest.mark.parametrize(
    "eq", [["--preset", "de-mud"], ["--bands", "LS 120 +3"], ["--reference", "a.wav"], ["--dehum", "auto"]]
)
def test_what_is_set_for_words_does_not_count_without_any(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, eq: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    make_audio(tmp_path / "a.wav", frames=2 * 44_100)
    config.write_text("mode = 'fixed'\n")
    shown(capsys, "apply", "a.wav", "b.wav", *eq)
    assert "requires the adaptive mode" in shown(
        capsys, "apply", "a.wav", "c.wav", "--target", "warm", "--follow", code=2
    )


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("level", "banana", "'banana' is not a level. Use match, keep, or a loudness"),
        ("bitrate", "banana", "'banana' is not a bit rate. Write 192k"),
        ("export", "banana", "no format is called 'banana'"),
    ],
)
def test_a_value_is_checked_where_it_is_set(
    config: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
    problem: str,
) -> None:
    assert f"apply.{name} can't be '{value}': {problem}" in shown(
        capsys, "config", "set", f"apply.{name}", value, code=2
    )
    assert not config.exists()
    config.write_text(f"[apply]\n{name} = '{value}'\n")
    said = shown(capsys, "apply", "a.wav", "b.wav", "--preset", "air", code=2)
    assert f"[apply] {name} in config.toml: {problem}" in said
    monkeypatch.setenv(f"EQMORPH_APPLY_{name.upper()}", value)
    said = shown(capsys, "apply", "a.wav", "b.wav", "--preset", "air", code=2)
    assert f"EQMORPH_APPLY_{name.upper()}: {problem}" in said
    assert f"It sets --{name}." in said


def test_where_it_was_set_is_said_of_a_file_that_fails_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make_audio(tmp_path / "a.wav")
    monkeypatch.setenv("EQMORPH_APPLY_BITRATE", "128k")
    said = shown(capsys, "apply", tmp_path / "a.wav", tmp_path / "b.wav", "--preset", "air", code=1)
    assert "--bitrate is set by EQMORPH_APPLY_BITRATE." in said
    monkeypatch.setenv("EQMORPH_APPLY_BITRATE", "")
    typed = ("--preset", "air", "--bitrate", "128k")
    assert "is set by" not in shown(capsys, "apply", tmp_path / "a.wav", tmp_path / "b.wav", *typed, code=1)


def test_where_a_folder_was_set_is_said_where_only_its_path_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make_audio(tmp_path / "a.wav")
    words = ("apply", tmp_path / "a.wav", tmp_path / "b.wav", "--target", "warm")
    monkeypatch.setenv("EQMORPH_ENCODER", str(tmp_path / "gone"))
    assert "--encoder is set by EQMORPH_ENCODER." in shown(capsys, *words, code=2)
    (tmp_path / "gone").mkdir()
    (tmp_path / "gone" / "encoder.json").write_text("{")
    assert "--encoder is set by EQMORPH_ENCODER." in shown(capsys, *words, code=1)
    monkeypatch.setenv("EQMORPH_ENCODER", "")
    assert "is set by" not in shown(capsys, *words, "--encoder", tmp_path / "gone", code=1)


def test_a_file_that_was_named_must_be_there(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = shown(capsys, "eq", "--bands", "LS 120 +3", code=2)
    assert f"{config}: EQMORPH_CONFIG names this file, and there is none" in said
    assert run(["config", "path"]) == run(["eq", "--help"]) == 0
    shown(capsys, "config", "set", "eq.amount", "0.5")
    assert written(capsys)["amount"] == 0.5


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("EQMORPH_APLY_LEVEL", "EQMORPH_APPLY_LEVEL"),
        ("EQMORPH_MODLE", "EQMORPH_MODEL"),
        ("EQMORPH_TRAIN_EQ_EPOCH", "EQMORPH_TRAIN_EQ_EPOCHS"),
        ("EQMORPH_APPLY_LEVEL", None),
        ("EQMORPH_FFMPEG", None),
        ("EQMORPH_SOMETHING_ELSE", None),
    ],
)
def test_a_misspelt_variable_is_told_of_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, meant: str | None
) -> None:
    monkeypatch.setenv(name, "1")
    assert run(["eq", "--bands", "LS 120 +3", "--json"]) == 0
    note = f"note: {name} is no variable of eqmorph's. Did you mean {meant}?\n"
    assert capsys.readouterr().err == (note if meant else "")
    for quiet in (["eq", "--help"], ["--version"]):
        assert run(quiet) == 0
    assert capsys.readouterr().err == ""


def test_a_setting_is_not_what_somebody_typed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A typed --amount can't be combined with --variations; a default can."""
    monkeypatch.setenv("EQMORPH_EQ_AMOUNT", "0.5")
    shown(capsys, "eq", "warm", "--variations", "1")
    assert "can't be combined" in shown(capsys, "eq", "warm", "--variations", "1", "--amount", "0.5", code=2)


def test_nothing_dangerous_is_taken_from_settings(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make_audio(tmp_path / "a.wav")
    config.write_text("")
    (tmp_path / "b.wav").write_text("mine")
    for name in ("EQMORPH_FORCE", "EQMORPH_APPLY_FORCE", "EQMORPH_RESUME"):
        monkeypatch.setenv(name, "1")
    arguments = ["apply", str(tmp_path / "a.wav"), str(tmp_path / "b.wav"), "--preset", "air"]
    assert "already exists" in shown(capsys, *arguments, code=2)
    assert (tmp_path / "b.wav").read_text() == "mine"
    for name in ONLY_TYPED:
        assert "can't be set beforehand" in shown(capsys, "config", "set", name, "1", code=2)
    assert config.read_text() == ""


def test_every_option_but_those_has_a_variable_of_its_own() -> None:
    seen: dict[str, tuple[str, ...]] = {}
    for path, command in all_commands(main):
        own = [one for one in command.params if isinstance(one, click.Option) and one.name != "help"]
        left_out = {name for one in own for name in one.opts} - {f"--{name}" for name in options_of(command)}
        refused = {opt for one in own if one.name in getattr(command, "unlisted", ()) for opt in one.opts}
        assert {name for name in left_out if name.startswith("--")} <= {f"--{name}" for name in ONLY_TYPED} | refused
        for name in options_of(command):
            variable = variables(path, name)[0]
            assert variable not in seen, (variable, path, seen[variable])
            seen[variable] = path


def test_set_show_and_unset(config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(capsys, "config", "path").strip() == str(config)
    for name, *values in (
        ("jobs", "2"), ("apply.level", "keep"), ("apply.jobs", "3"), ("rank.no-cache", "yes"),
        ("compare.amount", "0.5", "1"), ("tui.theme", "nord"), ("train.eq.epochs", "3"), ("apply.level", "-16"),
    ):  # fmt: skip
        shown(capsys, "config", "set", name, *values)
    assert config.read_text() == (
        'jobs = 2\n\n[apply]\nlevel = "-16"\njobs = 3\n\n[rank]\nno-cache = true\n\n[compare]\namount = [0.5, 1.0]\n\n'
        '[tui]\ntheme = "nord"\n\n[train.eq]\nepochs = 3\n'
    )
    monkeypatch.setenv("EQMORPH_LEVEL", "match")
    said = shown(capsys, "config", "show", "apply")
    assert "apply.level" in said
    rows = {row["name"]: row for row in json.loads(shown(capsys, "config", "show", "apply", "--json"))["settings"]}
    assert rows["apply.level"] == {"name": "apply.level", "value": "match", "from": "EQMORPH_LEVEL"}
    assert rows["apply.jobs"] == {"name": "apply.jobs", "value": "3", "from": "[apply] jobs in config.toml"}
    assert rows["apply.ceiling"]["from"] == "built-in"
    assert "rank.jobs" in shown(capsys, "config", "show")
    shown(capsys, "config", "unset", "apply.jobs")
    assert "jobs = 3" not in config.read_text()
    assert "is not set" in shown(capsys, "config", "unset", "apply.jobs", code=2)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("apply.amount", "9"), "apply.amount can't be '9': 9.0 is not in the range"),
        (("apply.kind", "cat"), "'cat' is not one of"),
        (("apply.level", "a", "b"), "takes one value"),
        (("kidn", "mix"), "Did you mean kind?"),
        (("aply.kind", "mix"), "there is no setting 'aply'. Did you mean apply?"),
        (("tui.theme", "pink"), "there is no theme 'pink'"),
        (("tui.keys.play", "p"), "set in the file by hand"),
        (("a..b", "1"), "is no name of a setting"),
    ],
)
def test_a_value_is_checked_by_the_option_that_it_sets(
    config: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], problem: str
) -> None:
    assert problem in shown(capsys, "config", "set", *arguments, code=2)
    assert not config.exists()


def test_comments_stay_and_what_is_written_otherwise_is_left_alone(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = '# mine\njobs = 2  # few\n\n[apply]  # all of it\nlevel = "keep"\n\n# the app\n[tui.keys]\nplay = "p"\n'
    config.write_text(text)
    shown(capsys, "config", "set", "apply.kind", "mix")
    assert config.read_text() == text.replace('level = "keep"\n', 'level = "keep"\nkind = "mix"\n')
    config.write_text("rank = {top = 3}\n")
    assert "by hand" in shown(capsys, "config", "set", "rank.top", "4", code=2)
    assert config.read_text() == "rank = {top = 3}\n"


def test_the_model_folder_of_the_environment_comes_before_that_of_the_file(
    config: Path, model_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text("model = 'nowhere'\n")
    assert run(["model"]) != 0
    monkeypatch.setenv("EQMORPH_MODEL", str(model_folder))
    capsys.readouterr()
    assert json.loads(shown(capsys, "model", "--json"))["chosen_by"] == "EQMORPH_MODEL"


def test_without_a_home_there_is_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EQMORPH_CONFIG", raising=False)
    path = config_path()
    assert path is not None
    assert path.name == "config.toml"
