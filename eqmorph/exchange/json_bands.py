"""eqmorph's own JSON: the bands to the last digit."""

from __future__ import annotations

import json
from typing import Any

from eqmorph.bands import Bands, Taken
from eqmorph.errors import UsageError
from eqmorph.exchange.format import ANYTHING, Format, Outgoing, Written
from eqmorph.exchange.limits import checked_count, parse_json

__all__ = ["FORMAT", "read_json"]

_KIND, _VERSION = "eqmorph-bands", 1


def _write(eq: Outgoing) -> Written:
    document = {"format": _KIND, "version": _VERSION, "name": eq.name, "bands": eq.bands.to_list()}
    return Written((json.dumps(document, indent=2) + "\n").encode())


def read_json(text: str) -> Taken:
    """Read a list of bands, or an object that has one."""
    data = parse_json(text)
    if isinstance(data, dict):
        version = data.get("version", _VERSION)
        if data.get("format", _KIND) == _KIND and version != _VERSION:
            raise UsageError(f"is of version {version!r}, which this eqmorph doesn't know", hint="Update eqmorph.")
    rows: Any = data.get("bands") if isinstance(data, dict) else data
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UsageError("holds no bands", hint='As in: {"bands": [{"kind": "bell", "freq_hz": 1000, "gain_db": -2}]}')
    return Taken(Bands.from_list(checked_count(rows)))


def _recognizes(text: str) -> bool:
    """Tell whether it is ours; a bare list or object with bands is, too."""
    return text.lstrip()[:1] in ("{", "[") and ('"bands"' in text or '"freq_hz"' in text)


FORMAT = Format("json", "eqmorph's own JSON, to the last digit", ".json", _write, read_json, _recognizes, ANYTHING)
