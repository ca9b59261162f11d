"""A document of thousands of rows on stdout, without all of them in memory."""

from __future__ import annotations

import contextlib
import json
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from eqmorph.audio.atomic import explain_os_error
from eqmorph.cli.output import say_in_parts

__all__ = ["JsonWithRows"]

_IN_MEMORY = 8 << 20  # bytes


class JsonWithRows:
    """A document one of whose lists may be long: what is in it waits in a file, and is printed with the rest."""

    def __init__(self) -> None:
        self._has_rows = False
        self._rows = tempfile.SpooledTemporaryFile(_IN_MEMORY, "w+", encoding="ascii")  # noqa: SIM115  (see close)

    def add(self, row: Any) -> None:
        """Add a row to the list.

        Raises:
            EqmorphError: the temporary folder has no room for it.
        """
        text = json.dumps(row, indent=2, allow_nan=False).replace("\n", "\n    ")
        try:
            self._rows.write(f"{',' if self._has_rows else ''}\n    {text}")
        except OSError as error:
            raise explain_os_error(error, Path(tempfile.gettempdir()) / "results as JSON") from error
        self._has_rows = True

    def print(self, data: dict[str, Any], name: str) -> None:
        """Print a document on stdout, just as `print_json` does, with the rows in its empty list of this name."""
        before, after = json.dumps(data, indent=2, allow_nan=False).split(f'\n  "{name}": []', 1)
        self._rows.seek(0)
        end = "\n  ]" if self._has_rows else "]"
        say_in_parts([before, f'\n  "{name}": [', *iter(partial(self._rows.read, 1 << 20), ""), end, after])

    def close(self) -> None:
        """Remove the file."""
        with contextlib.suppress(OSError):
            self._rows.close()
