"""A command's options under headings: each once, and nothing else."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

import click
import pytest

from eqmorph.cli import run
from eqmorph.cli.apply import command as apply
from eqmorph.cli.grouped import GroupedCommand, OptionalValueOption


def sections(help_text: str) -> dict[str, list[str]]:
    """Return the long names of the options under each heading, and whatever else begins a line there."""
    found: dict[str, list[str]] = {}
    for line in help_text.splitlines():
        if heading := re.fullmatch(r"(\S.*):", line):
            found[heading[1]] = []
        elif found and (entry := re.match(r"  (?=\S)(?:-\w, )?(\S+)", line)):
            list(found.values())[-1].append(entry[1])
    return found


def test_each_option_of_apply_stands_under_exactly_one_heading(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["apply", "--help"]) == 0
    shown = Counter(name for names in sections(capsys.readouterr().out).values() for name in names)
    options = [param for param in apply.params if isinstance(param, click.Option)]
    names = {next(name for name in option.opts if name.startswith("--")) for option in options} | {"--help"}
    assert {name.split("/")[0].rstrip(",") for name in shown} == names
    assert set(shown.values()) == {1}


def test_no_argument_of_apply_is_listed_among_its_options(capsys: pytest.CaptureFixture[str]) -> None:
    run(["apply", "--help"])
    listed = sections(capsys.readouterr().out)
    assert listed["Other"] == ["--help"]
    assert not {"INPUT...", "OUTPUT"} & {name for names in listed.values() for name in names}


def grouped(headings: Mapping[str, Sequence[str]]) -> click.Command:
    @click.command(cls=GroupedCommand, headings=headings)
    @click.argument("file")
    @click.option("--loud", is_flag=True)
    @click.option("--soft", is_flag=True)
    @click.option("--secret", is_flag=True, hidden=True)
    def command(**_: object) -> None:
        pass

    return command


def test_what_has_no_heading_comes_last() -> None:
    command = grouped({"Level": ["soft"]})
    assert sections(command.get_help(click.Context(command))) == {"Level": ["--soft"], "Other": ["--loud", "--help"]}


@pytest.mark.parametrize(
    ("args", "read"),
    [
        (["in.wav", "--follow"], ("in.wav", "all")),
        (["--follow", "in.wav"], ("in.wav", "all")),
        (["--follow", "12", "in.wav"], ("in.wav", "12")),
        (["--follow=12", "in.wav"], ("in.wav", "12")),
        (["--follow", "--loud", "in.wav"], ("in.wav", "all")),
        (["--", "--follow"], ("--follow", None)),
        (["in.wav"], ("in.wav", None)),
    ],
)
def test_a_value_that_is_left_out_is_not_taken_from_what_follows(args: list[str], read: tuple[str, str | None]) -> None:
    found: list[tuple[str, str | None]] = []

    @click.command(cls=GroupedCommand, headings={})
    @click.argument("file")
    @click.option("--follow", cls=OptionalValueOption, is_flag=False, flag_value="all", is_value=str.isdigit)
    @click.option("--loud", is_flag=True)
    def command(file: str, follow: str | None, loud: bool) -> None:  # noqa: ARG001
        found.append((file, follow))

    command.main(args, standalone_mode=False)
    assert found == [read]
