"""Colors: as the terminal has it, unless somebody wants none, or wants them."""

from __future__ import annotations

import pytest

from eqmorph.cli.color import color_wanted
from tests.support import shown

VARIABLES = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TERM")
ESCAPE = "\x1b["


@pytest.mark.parametrize(
    ("variables", "wanted"),
    [
        ({}, None),
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": ""}, None),
        ({"NO_COLOR": "0"}, False),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "0"}, None),
        ({"FORCE_COLOR": ""}, None),
        ({"CLICOLOR_FORCE": "1"}, True),
        ({"CLICOLOR": "0"}, False),
        ({"CLICOLOR": "1"}, None),
        ({"TERM": "dumb"}, False),
    ],
    ids=str,
)
def test_what_is_wanted(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], wanted: bool | None) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert color_wanted() is wanted
    from eqmorph.cli.output import paint

    assert (ESCAPE in paint("text", fg="red")) == (wanted is not False)


@pytest.mark.parametrize("arguments", [("eq", "warm"), ("apply", "--help"), ("eq", "xyzzy"), ("--help",)], ids=str)
def test_everything_is_plain_or_colored_as_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    code = 2 if "xyzzy" in arguments else 0
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("NO_COLOR", "1")
    assert ESCAPE not in shown(capsys, *arguments, code=code)
    monkeypatch.undo()
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    assert (ESCAPE in shown(capsys, *arguments, code=code)) == ("--help" not in arguments)
