"""``eqmorph completion``: scripts that make the Tab key know eqmorph, in click's mechanism.

bash and PowerShell have scripts of our own, by which a whole target in quotes is one word: both hand over the line up
to the cursor. Those of zsh and fish are click's.
"""

from __future__ import annotations

import os
import re
import shlex

import click
from click.shell_completion import (
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
)

__all__ = ["COMPLETE_VARIABLE", "command"]

COMPLETE_VARIABLE = "_EQMORPH_COMPLETE"
_SPECIAL = re.compile(r"([^\w@%+=:,./~-])")
_BASH = """\
%(complete_func)s() {
    local IFS=$'\\n' line type value
    COMPREPLY=()
    for line in $(env %(complete_var)s=bash_complete COMP_LINE="${COMP_LINE:0:COMP_POINT}" COMP_WORD="$2" "$1"); do
        type=${line%%%%,*} value=${line#*,}
        case $type in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            *) COMPREPLY+=("$value") ;;
        esac
    done
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""
_POWERSHELL = """\
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $line = $commandAst.ToString().PadRight($cursorPosition - $commandAst.Extent.StartOffset)
    $env:COMP_LINE = $line.Substring(0, $cursorPosition - $commandAst.Extent.StartOffset)
    $env:%(complete_var)s = 'powershell_complete'
    try {
        & %(prog_name)s | ForEach-Object {
            $value, $shown, $help = $_ -split "`t", 3
            [System.Management.Automation.CompletionResult]::new($value, $shown, 'ParameterValue', $help)
        }
    } finally {
        Remove-Item Env:%(complete_var)s, Env:COMP_LINE
    }
}
"""
_SHELLS = ("bash", "zsh", "fish", "powershell")


class _ByLine(ShellComplete):
    """Completion for a shell that hands over its line as it is, up to the cursor."""

    quote = ""  # that is open at the cursor

    def get_completion_args(self) -> tuple[list[str], str]:
        lexer = shlex.shlex(os.environ.get("COMP_LINE", ""), posix=True, punctuation_chars=False)
        lexer.whitespace_split, lexer.commenters = True, ""
        words: list[str] = []
        try:
            words.extend(lexer)
        except ValueError:  # a quote is open, or a backslash is last
            words.append(lexer.token)
            state = getattr(lexer, "state", "")  # the quote that is open, among others
            self.quote = state if state in ("'", '"') else ""
        else:
            if os.environ.get("COMP_LINE", "")[-1:].isspace():
                words.append("")
        return words[1:-1], words[-1] if len(words) > 1 else ""


class _Bash(_ByLine):
    name = "bash"
    source_template = _BASH

    def complete(self) -> str:
        args, incomplete = self.get_completion_args()
        # bash replaces only what it takes for the word: that begins after the last : or = where there is no quote.
        typed = os.environ.get("COMP_WORD", "").lstrip("\"'").replace("\\", "")
        value = incomplete.partition("=")[2] if incomplete.startswith("--") else incomplete  # of --target=warm
        start = len(value) - len(typed) if value.endswith(typed) else 0
        lines = []
        for item in self.get_completions(args, incomplete):
            value = str(item.value)[start:]
            lines.append(f"{item.type},{value if self.quote else _SPECIAL.sub(chr(92) * 2 + chr(92) + '1', value)}")
        return "\n".join(lines)

    def format_completion(self, item: CompletionItem) -> str:
        return f"{item.type},{item.value}"


class _PowerShell(_ByLine):
    name = "powershell"
    source_template = _POWERSHELL

    def complete(self) -> str:
        args, incomplete = self.get_completion_args()
        # Without an answer PowerShell offers files by itself.
        items = [item for item in self.get_completions(args, incomplete) if item.type == "plain"]
        return "\n".join(map(self.format_completion, items))

    def format_completion(self, item: CompletionItem) -> str:
        value = str(item.value)
        quote = self.quote or ("'" if _SPECIAL.search(value) else "")
        return f"{quote}{value.replace(quote, quote * 2) if quote else value}{quote}\t{value}\t{item.help or value}"


_CLASSES = {"bash": _Bash, "zsh": ZshComplete, "fish": FishComplete, "powershell": _PowerShell}
for _class in (_Bash, _PowerShell):
    add_completion_class(_class)


@click.command(short_help="Print a script for your shell's Tab key.")
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the script by which the Tab key completes commands, options, words, presets and references.

    Also in the midst of a target: in "warm:0.5 + ai" it completes the last word. Put the script where your shell finds
    it, and start a new one:

    \b
    eqmorph completion bash > ~/.local/share/bash-completion/completions/eqmorph
    eqmorph completion zsh > ~/.zfunc/_eqmorph
    eqmorph completion fish > ~/.config/fish/completions/eqmorph.fish
    eqmorph completion powershell >> $PROFILE

    zsh looks there once this is in ~/.zshrc:

    \b
    fpath+=~/.zfunc; autoload -Uz compinit; compinit

    \b
    eval "$(eqmorph completion bash)"              for this shell alone
    """
    main = context.find_root().command
    click.echo(_CLASSES[shell](main, {}, "eqmorph", COMPLETE_VARIABLE).source(), nl=False)
