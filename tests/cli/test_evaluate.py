import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from eqmorph.cli import evaluate as evaluate_command
from eqmorph.errors import InputError, OutputError
from tests.support import need_extras


@pytest.mark.parametrize("option", ["--insert", "--out"])
@pytest.mark.parametrize("what", ["eq", "audio", "people"])
def test_where_a_report_goes_is_checked_before_the_work(
    what: str, option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need_extras(*["train"] * (what == "eq"), *["plot"] * (option == "--out"))

    def work(*_: object, **__: object) -> None:
        pytest.fail("it began")

    monkeypatch.setattr(f"eqmorph.evaluate.{what}.run.evaluate_{what}", work)
    (tmp_path / "taken").touch()
    data = {
        "eq": ["--synthetic", "80"],
        "audio": ["--music", f"songs={tmp_path}"],
        "people": ["--contributions", str(tmp_path / "answers.csv")],
    }[what]
    place = tmp_path / ("missing.md" if option == "--insert" else "taken/out")
    result = CliRunner().invoke(getattr(evaluate_command, what), [*data, option, str(place)])
    assert isinstance(result.exception, (InputError, OutputError))


def test_people_judge_words_from_the_command_line(tmp_path: Path) -> None:
    head = ",".join(["word", "language", "stimulus", *map(str, range(40))])
    lines = [
        f"{word},English,{7 + person % 3},0.5,"
        + ",".join(str(sign * (band + person * (band % 3)) / 10) for band in range(40))
        for word, sign in (("warm", -1), ("bright", 1))
        for person in range(7)
    ]
    (tmp_path / "answers.csv").write_text("\n".join([head, *lines]) + "\n")
    page = tmp_path / "page.md"
    page.write_text("<!-- people: start --><!-- people: end -->\n")
    arguments = ["--contributions", str(tmp_path / "answers.csv"), "--splits", "2", "--insert", str(page), "--json"]
    result = CliRunner().invoke(evaluate_command.people, arguments)
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert report["words"] == {"bright": 7, "warm": 7}
    assert report["figures"]["ours"]["warm"]["correlation"] > 0.8
    assert "**Bars**" in page.read_text()


@pytest.mark.parametrize(("subcommand", "extra"), [((), "plot"), ((), "train"), (("audio",), "onnx")])
def test_help_names_the_extras(subcommand: tuple[str, ...], extra: str) -> None:
    shown = CliRunner().invoke(evaluate_command.command, [*subcommand, "--help"]).output
    assert f'"eqmorph[{extra}]"' in shown
