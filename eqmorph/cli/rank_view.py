"""Show a ranking: a table for people, JSON, CSV, or a playlist. Whatever files are called, each stays one entry."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote_from_bytes

from eqmorph.analysis import percent
from eqmorph.batch.rank import RankedSound, Ranking
from eqmorph.cli.output import say, stop_stdout, table
from eqmorph.cli.wording import OPTIONS
from eqmorph.errors import printable, show_path

__all__ = ["as_csv", "as_json", "as_m3u", "lines", "show", "write"]

_DIGITS = 4
_UNTOLD = "unclear"  # a kind that can't be told
#: What a line of a playlist can't hold, or would be taken for something else than a path.
_NO_LINE = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]|^\s|\s$|^$")
_NO_PATH = re.compile(r"#|[A-Za-z][A-Za-z0-9+.-]*:(?![\\/](?![\\/]))")


def show(part: Ranking, chosen: str | None, *, whole: Ranking) -> None:
    """Print what was asked for of a ranking."""
    if chosen is None:
        for line in lines(part, whole):
            say(line)
        return
    try:
        if sys.stdout.isatty():  # no name of a file may give orders to a terminal
            for line in _text(part, chosen, None).removesuffix("\n").split("\n"):
                say(printable(line))
        else:  # bytes: a name that is not UTF-8 stays what it is
            sys.stdout.flush()
            sys.stdout.buffer.write(_bytes(_text(part, chosen, None)))
            sys.stdout.flush()
    except BrokenPipeError:
        stop_stdout()


def write(part: Ranking, chosen: str, path: Path, *, overwrite: bool) -> None:
    """Write a ranking to a file.

    Raises:
        OutputError: it can't be written, or there is one that must not be overwritten.
    """
    from eqmorph.audio.atomic import AtomicFile, explain_os_error

    with AtomicFile(path, overwrite=overwrite) as out:
        try:
            out.temp.write_bytes(_bytes(_text(part, chosen, path.parent)))
        except OSError as error:
            raise explain_os_error(error, path) from error
        out.commit()


def lines(part: Ranking, whole: Ranking) -> list[str]:
    """Return a table: place, kind and file, and the percentile of each word where there are several."""
    words = [term.word for term in part.target.terms]
    several = words if len(words) > 1 else []
    rows = [["place", *several, "kind", ""]]
    for sound in part.sounds:
        places = [f"{percent(place)}" for place in sound.percentiles] if several else []
        rows.append([f"{percent(sound.place or 0.0)} %", *places, _kind(sound), show_path(sound.path)])
    notes = [f"note: {show_path(s.path)}: {printable(note)}" for s in (*part.sounds, *part.silent) for note in s.notes]
    return [*(table(rows, right=range(1 + len(several))) if part.sounds else []), *notes, _counts(part, whole)]


def _counts(part: Ranking, whole: Ranking) -> str:
    total, shown = len(whole.sounds), len(part.sounds)
    counts = [
        f"{shown} of {total} ranked by {whole.target}" if shown < total else f"{total} ranked by {whole.target}",
        *([f"{len(whole.silent)} silent"] if whole.silent else []),
        *([f"{len(whole.failed)} failed"] if whole.failed else []),
    ]
    known = f" {whole.remembered} known from before." if whole.remembered else ""
    return f"{', '.join(counts)}.{known}"


def as_json(part: Ranking) -> str:
    """Return a ranking as one JSON document, a line for each file."""
    words = [term.word for term in part.target.terms]
    sounds = [
        {
            "input": str(sound.path),
            "place": _rounded(sound.place),
            "kind": sound.kind.value if sound.kind is not None else None,
            "duration_s": _rounded(sound.duration_s),
            "words": [
                {"word": word, "percentile": _rounded(place), "score": _rounded(score)}
                for word, place, score in zip(words, sound.percentiles, sound.scores, strict=True)
            ],
            "notes": list(sound.notes),
        }
        for sound in part.sounds
    ]
    silent = [{"input": str(s.path), "duration_s": _rounded(s.duration_s), "notes": list(s.notes)} for s in part.silent]
    failed = [
        {
            "input": str(unheard.path),
            "error": unheard.error.worded(OPTIONS),
            "hint": unheard.error.hint_worded(OPTIONS) or None,
        }
        for unheard in part.failed
    ]
    by = [{"word": term.word, "weight": term.weight} for term in part.target.terms]
    facts = f'{{"target": {json.dumps(str(part.target))}, "by": {json.dumps(by)},'
    lists: dict[str, Sequence[object]] = {"sounds": sounds, "silent": silent, "failed": failed}
    return f"{facts}\n" + ",\n".join(f'"{name}": {_json_lines(entries)}' for name, entries in lists.items()) + "}\n"


def _json_lines(entries: Sequence[object]) -> str:
    return "[" + ",".join(f"\n{json.dumps(entry, allow_nan=False)}" for entry in entries) + "]"


def as_csv(part: Ranking) -> str:
    """Return a ranking as CSV, with the percentile and the score of each word."""
    words = [term.word for term in part.target.terms]
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(
        ["rank", "place", "kind", "duration_s", *(f"{w} {n}" for w in words for n in ("percentile", "score")), "input"]
    )
    for rank, sound in enumerate(part.sounds, start=1):
        values = [_rounded(v) for pair in zip(sound.percentiles, sound.scores, strict=True) for v in pair]
        kind = sound.kind.value if sound.kind is not None else ""
        rows.writerow([rank, _rounded(sound.place), kind, _rounded(sound.duration_s), *values, str(sound.path)])
    return text.getvalue()


def as_m3u(part: Ranking, folder: Path | None) -> str:
    """Return a ranking as a playlist in UTF-8. Paths are relative to its folder, or absolute if it has none."""
    entries = ["#EXTM3U"]
    for sound in part.sounds:
        entries.append(
            f"#EXTINF:{round(sound.duration_s)},{percent(sound.place or 0.0)} % {show_path(sound.path.name)}"
        )
        entries.append(_playlist_path(sound.path, folder))
    return "\n".join(entries) + "\n"


def _playlist_path(path: Path, folder: Path | None) -> str:
    """Return a path as a line of a playlist; as a URI where it would not be one line, or none that is a path."""
    whole = os.path.abspath(path)  # noqa: PTH100 (links stay)
    text = whole
    if folder is not None:
        try:
            text = os.path.relpath(whole, folder)
        except ValueError:  # on another drive
            text = whole
    if _NO_LINE.search(text):
        return "file://" + quote_from_bytes(os.fsencode(whole))
    return f".{os.sep}{text}" if _NO_PATH.match(text) else text


def _text(part: Ranking, chosen: str, folder: Path | None) -> str:
    if chosen == "json":
        return as_json(part)
    return as_csv(part) if chosen == "csv" else as_m3u(part, folder)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _kind(sound: RankedSound) -> str:
    return sound.kind.value if sound.kind is not None else _UNTOLD


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
