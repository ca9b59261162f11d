"""Reports read back: what a run told of each file, whether as lines of JSON or as one document."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from eqmorph.errors import InputError
from eqmorph.wording import Means, Phrase

__all__ = ["WHERE_FROM", "is_record", "latest", "numbered_records"]

WHERE_FROM = Phrase("It is what {} writes.", Means.REPORT)

_LARGEST = 1 << 29  # bytes: some hundred thousand files
_AT_ONCE = 1 << 20  # bytes: to ask for all of it would be to reserve as much as there could be

Record = dict[str, Any]


def numbered_records(path: Path) -> list[tuple[int, Any]]:
    """Return all that a report holds, each with its number: that of its line, or its place in a document.

    Raises:
        InputError: it can't be read, or is no report.
    """
    try:
        with path.open("rb") as file:
            data = b"".join(_blocks(file))
    except OSError as error:
        what = "doesn't exist" if isinstance(error, FileNotFoundError) else f"can't be read: {error.strerror or error}"
        raise InputError(what, hint=WHERE_FROM, path=path) from error
    if len(data) > _LARGEST:
        raise InputError("is too large for a report", hint=WHERE_FROM, path=path)
    try:
        return list(_parsed(data.decode("utf-8-sig")))
    except (ValueError, RecursionError) as error:
        raise InputError("is not a report", hint=WHERE_FROM, path=path) from error


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    """Yield what a file holds, and no more of it than shows that it is too large."""
    left = _LARGEST + 1
    while left > 0 and (block := file.read(min(left, _AT_ONCE))):
        left -= len(block)
        yield block


def is_record(data: Any) -> bool:
    """Tell whether something is what a run tells of one file."""
    if not isinstance(data, dict):
        return False
    return all(isinstance(data.get(name), str) and data[name] for name in ("input", "output", "status"))


def latest(records: Iterable[Record]) -> list[Record]:
    """Return one record for each output, the last: but that a file was left as it was is no news of it."""
    found: dict[str, Record] = {}
    for record in records:
        known = found.get(record["output"])
        if known is not None and record["status"] == "skipped" and known["status"] == "done":
            continue
        found[record["output"]] = record
    return list(found.values())


def _parsed(text: str) -> Iterable[tuple[int, Any]]:
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    try:
        return [(number, json.loads(line)) for number, line in lines]
    except ValueError:
        try:
            document = json.loads(text)
        except ValueError:  # a run that was killed may have left its last line unfinished
            if len(lines) < 2:
                raise
            return [(number, json.loads(line)) for number, line in lines[:-1]]
        files = document.get("files") if isinstance(document, dict) else None
        return list(enumerate(files, start=1)) if isinstance(files, list) else []
