from pathlib import Path

import pytest
from click.testing import CliRunner

from eqmorph.cli import evaluate as evaluate_command
from eqmorph.errors import InputError, OutputError
from tests.support import need_extras


@pytest.mark.parametrize("option", ["--insert", "--out"])
@pytest.mark.parametrize("what", ["eq", "audio"])
def test_where_a_report_goes_is_checked_before_the_work(
    what: str, option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need_extras(*["train"] * (what == "eq"), *["plot"] * (option == "--out"))

    def work(*_: object, **__: object) -> None:
        pytest.fail("it began")

    monkeypatch.setattr(f"eqmorph.evaluate.{what}.run.evaluate_{what}", work)
    (tmp_path / "taken").touch()
    data = ["--synthetic", "80"] if what == "eq" else ["--music", f"songs={tmp_path}"]
    place = tmp_path / ("missing.md" if option == "--insert" else "taken/out")
    result = CliRunner().invoke(getattr(evaluate_command, what), [*data, option, str(place)])
    assert isinstance(result.exception, (InputError, OutputError))


@pytest.mark.parametrize(("subcommand", "extra"), [((), "plot"), ((), "train"), (("audio",), "onnx")])
def test_help_names_the_extras(subcommand: tuple[str, ...], extra: str) -> None:
    shown = CliRunner().invoke(evaluate_command.command, [*subcommand, "--help"]).output
    assert f'"eqmorph[{extra}]"' in shown
