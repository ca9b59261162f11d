"""``python -m eqmorph`` and the ``eqmorph`` command."""

from __future__ import annotations

import os
import sys


def main() -> None:
    if sys.stderr is not None and not _wants_tracebacks(sys.argv[1:]):
        _silence_libraries()
    from eqmorph.cli import run

    sys.exit(run())


def _wants_tracebacks(arguments: list[str]) -> bool:
    """Return whether -v is there twice, in one word or in two."""
    flags = [word for word in arguments if word.startswith("-") and not word.startswith("--")]
    return sum(word.count("v") for word in flags) + arguments.count("--verbose") >= 2


def _silence_libraries() -> None:
    """Keep off stderr what decoders written in C say there: of each bad file we say one line ourselves."""
    try:
        own = os.dup(2)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)
    except OSError:
        return  # stderr is closed
    encoding = sys.stderr.encoding
    sys.stderr = os.fdopen(own, "w", buffering=1, encoding=encoding, errors="backslashreplace")


if __name__ == "__main__":
    main()
