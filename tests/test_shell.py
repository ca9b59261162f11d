"""Command lines come back from a shell as they went in."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from eqmorph.shell import command_line

pytestmark = pytest.mark.skipif(os.name == "nt", reason="about POSIX shells")

WORDS = ["song.wav", "two words.wav", "it's $HOME `x` \\ \".wav", ""]
NO_TEXT = [os.fsdecode(b"caf\xe91.wav"), "new\nline.wav", "bell\x07 and \x1b[31m it's \\.wav", "narrow\u202fspace"]


def words_in(shell: str, line: str) -> list[bytes]:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    script = f"printf '%s\\0' {line}"
    return subprocess.run([shell, "-c", script], capture_output=True, check=True).stdout.split(b"\0")[:-1]


@pytest.mark.parametrize("shell", ["sh", "bash", "zsh"])
def test_words_come_back_the_same(shell: str) -> None:
    assert words_in(shell, command_line(WORDS)) == [os.fsencode(word) for word in WORDS]


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_words_that_are_not_text_come_back_the_same(shell: str) -> None:
    assert words_in(shell, command_line(NO_TEXT)) == [os.fsencode(word) for word in NO_TEXT]


def test_a_line_can_always_be_printed() -> None:
    line = command_line([*WORDS, *NO_TEXT])
    assert line.isprintable()
    line.encode("utf-8")
