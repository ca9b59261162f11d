"""``python -m eqmorph`` and the ``eqmorph`` command."""

from __future__ import annotations

import os
import sys
from typing import TextIO


def main() -> None:
    _open_closed()
    if sys.stderr is not None and not _wants_tracebacks(sys.argv[1:]):
        sys.stderr = _own(2, sys.stderr, buffering=1)
    if sys.stdout is not None and not sys.stdout.isatty():  # a document or audio goes there; a terminal's size is asked
        sys.stdout = _own(1, sys.stdout, buffering=-1)
    from eqmorph.cli import run

    sys.exit(run())


def _open_closed() -> None:
    """Open what the caller has closed (``2>&-``) to nowhere.

    Else the next file to be opened, such as one that is written, would stand where decoders print, and get their words.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free: this one
            if name != "stdin":  # which nobody reads unasked, and says so
                setattr(sys, name, open(number, "w", encoding="utf-8", closefd=False))  # noqa: SIM115


def _wants_tracebacks(arguments: list[str]) -> bool:
    """Return whether -v is there twice, in one word or in two."""
    flags = [word for word in arguments if word.startswith("-") and not word.startswith("--")]
    return sum(word.count("v") for word in flags) + arguments.count("--verbose") >= 2


def _own(number: int, stream: TextIO, *, buffering: int) -> TextIO:
    """Return what writes where a stream did, and keep off it what decoders written in C print there.

    Of each bad file we say one line ourselves.
    """
    try:
        own = os.dup(number)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, number)
        os.close(nowhere)
    except OSError:
        return stream  # it is closed
    return os.fdopen(own, "w", buffering=buffering, encoding=stream.encoding, errors="backslashreplace")


if __name__ == "__main__":
    main()
