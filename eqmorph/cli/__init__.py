"""The command line. Each command is a module here, loaded only when it is called; errors are printed only here."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from importlib import import_module

import click

from eqmorph.cli.color import color_wanted
from eqmorph.cli.groups import Group, did_you_mean
from eqmorph.cli.misspelt import misspelt_variables
from eqmorph.cli.settings import Settings, found_settings
from eqmorph.cli.signals import SIGNAL_EXIT_CODE, ended_as_by_ctrl_c
from eqmorph.errors import EqmorphError, UsageError
from eqmorph.version import __version__

__all__ = ["run"]

# What `eqmorph --help` shows; it stands here so that the commands need not be loaded.
_COMMANDS = {
    "apply": "Equalize files and folders.",
    "watch": "Equalize what arrives in a folder.",
    "status": "Show how the runs into a folder stand.",
    "live": "Equalize what is recorded while it plays.",
    "analyze": "Say in words how files sound.",
    "rank": "Order sounds by words.",
    "eq": "Show what words, a preset or bands do.",
    "export": "Write an EQ as other programs keep it.",
    "report": "Write a page that shows and plays what was done.",
    "target": "Show how words are read.",
    "compare": "Show a file beside its versions or a reference, or write them blind.",
    "presets": "List, show, save and remove presets.",
    "reference": "Keep tonal balances to bring sounds near to.",
    "terms": "List the words and what they mean.",
    "morph": "Go from one target to another in even steps.",
    "explore": "Find settings that no word names.",
    "tui": "Hear and see an EQ while you move it.",
    "study": "Make a listening test, and score its answers.",
    "mcp": "Let a language model listen, plan and equalize.",
    "demo": "Write some sounds, make them warmer, and show what was done.",
    "cache": "Show or clear what was heard and is kept.",
    "model": "Show the model in use.",
    "config": "Show and set defaults for options.",
    "schema": "Print the shape of what --json prints.",
    "completion": "Print a script for your shell's Tab key.",
    "train": "Train models and inspect data.",
    "evaluate": "Compare models on held-out data.",
}
_INTERRUPTED = 130
_IS_VERBOSE = "eqmorph.is_verbose"
_TARGETS = ("target", "text", "start")  # what commands call an argument that may begin with a minus


class _LazyGroup(Group):
    """Commands by name, each imported from ``eqmorph.cli.<name>`` when it is needed."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command = import_module(f"eqmorph.cli.{cmd_name}").command
        return command if isinstance(command, click.Command) else None

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take ``help COMMAND`` and ``--help COMMAND`` for ``COMMAND --help``, as other programs do."""
        ctx.meta[_IS_VERBOSE] = any(word in ("-v", "-vv", "--verbose") for word in args)  # wherever it stands
        first, *rest = args or [""]
        if first in ("help", "--help", "-h") and (not rest or rest[0] in _COMMANDS):
            args = [*rest, "--help"]
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; that a pipe's reader has seen enough is no failure."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            from eqmorph.cli.output import stop_stdout

            stop_stdout()
            return 0

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


def _show_version(context: click.Context, _option: click.Parameter, is_asked: bool) -> None:
    """Print the version and the hash of the shipped model's weights, and end."""
    if not is_asked or context.resilient_parsing:
        return
    from eqmorph.model_folder import shipped_digest

    click.echo(f"eqmorph {__version__} (model {shipped_digest()[:12]})")
    if context.meta[_IS_VERBOSE]:
        from eqmorph.cli.version import helpers

        for line in helpers():
            click.echo(line)
    context.exit()


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "-V",
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Print the version; with -v also what reads and writes audio.",
)
@click.option("-v", "--verbose", is_flag=True, hidden=True, expose_value=False)
def main() -> None:
    """Change how audio feels, by equalizing it: one file or thousands, nothing lost.

    \b
    eqmorph demo                                   what it does, on its own sounds
    eqmorph apply song.wav warm.wav --target warm:0.7
    eqmorph apply in/ out/ --preset air --amount 0.5
    eqmorph analyze song.wav                       how it sounds, in words
    eqmorph eq "warmer, a bit less harsh"          what words do
    eqmorph terms --like warm                      the words there are
    """


def run(arguments: list[str] | None = None) -> int:
    """Run a command line and return its exit code.

    It is 0 for success, 1 for failure, 2 for a usage error, and 130, 143 or 129 if Ctrl-C, SIGTERM or SIGHUP ended it.
    """
    with ended_as_by_ctrl_c() as struck:
        code = _run(arguments)
    return SIGNAL_EXIT_CODE + struck[0] if struck and code == _INTERRUPTED else code


def _run(arguments: list[str] | None) -> int:
    # One thread each: our matrices are small, and files run side by side. Read when numpy is first imported.
    for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a name that the terminal or pipe can't show is shown escaped
            stream.reconfigure(errors="backslashreplace")
    if "_EQMORPH_COMPLETE" in os.environ:
        import eqmorph.cli.completion  # noqa: F401  (makes its shells known to click)
    words = sys.argv[1:] if arguments is None else arguments
    settings = Settings()
    try:
        settings = found_settings(main, words)
        for name, meant in misspelt_variables(main, words):
            click.echo(f"note: {name} is no variable of eqmorph's. Did you mean {meant}?", err=True)
        code = main.main(
            arguments,
            prog_name="eqmorph",
            standalone_mode=False,
            default_map=settings.default_map,
            obj=settings,
            color=color_wanted(),
        )
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return error.exit_code
    except click.ClickException as error:
        return _failed(_as_ours(error), error.exit_code, words, settings)
    except EqmorphError as error:
        return _failed(error, error.exit_code, words, settings)
    except (KeyboardInterrupt, click.Abort):
        with contextlib.suppress(OSError):
            click.echo("Interrupted.", err=True)
        return _INTERRUPTED
    except OSError as error:  # of stdout: what else is read and written raises errors of its own
        from eqmorph.cli.output import print_error, stdout_failure, stop_stdout

        print_error(stdout_failure(error))
        stop_stdout()  # what is left to be written would fail again at the end
        return EqmorphError.exit_code
    return code if isinstance(code, int) else 0


def _failed(error: EqmorphError, code: int, words: list[str], settings: Settings) -> int:
    """Print an error, and on stdout as a document where one was asked for; return the exit code."""
    from eqmorph.cli.output import print_error, print_json
    from eqmorph.cli.wording import OPTIONS

    said = ""
    if code == UsageError.exit_code:
        from eqmorph.cli.habits import helped

        error = helped(error, main, words)
        said = f"{error.worded(OPTIONS)} {error.hint_worded(OPTIONS)}"
    if set_by := settings.about(said, error.path):
        hint = " ".join(filter(None, [error.hint_worded(OPTIONS), set_by]))
        error = EqmorphError(error.problem, hint=hint, path=error.path)
    print_error(error)
    is_set = any(setting.name == "json" and setting.value for setting in settings.by_param.values())
    if is_set or "--json" in (words[: words.index("--")] if "--" in words else words):
        with contextlib.suppress(OSError):
            print_json({"error": error.worded(OPTIONS), "hint": error.hint_worded(OPTIONS) or None, "exit_code": code})
    return code


def _as_ours(error: click.ClickException) -> EqmorphError:
    """Say what click finds wrong in the same way as what eqmorph finds wrong."""
    help_hint = f"Help: {error.ctx.command_path} --help" if isinstance(error, click.UsageError) and error.ctx else ""
    if isinstance(error, click.NoSuchOption):  # click's own text of several suggestions doesn't read as a sentence
        hint = did_you_mean((error.possibilities or ())[:2]) or help_hint
        if not error.option_name.startswith("--") and error.ctx is not None and _takes_target(error.ctx.command):
            return EqmorphError(
                f"no such option {error.option_name!r}",
                hint=f'A target that begins with a minus goes after two: {error.ctx.command_path} -- "-harsh".',
            )
        return EqmorphError(f"no such option {error.option_name!r}", hint=hint)
    message = " ".join(error.format_message().split()).rstrip(".")  # click lists choices on lines of their own
    return EqmorphError(message[:1].lower() + message[1:], hint=help_hint)


def _takes_target(command: click.Command) -> bool:
    return any(isinstance(param, click.Argument) and param.name in _TARGETS for param in command.params)
