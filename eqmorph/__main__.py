"""``python -m eqmorph`` and the ``eqmorph`` command."""

from __future__ import annotations

import sys


def main() -> None:
    from eqmorph.cli import run

    sys.exit(run())


if __name__ == "__main__":
    main()
