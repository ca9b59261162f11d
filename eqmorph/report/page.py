"""The page as one file: what is seen first comes first, and what is only seen of a file that is chosen comes last.

The table's rows are one block of JSON. What is shown of a file is a line each of another block behind the script, and
read when the file is chosen: so thousands of files cost no time before anything is seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from eqmorph.errors import printable
from eqmorph.model import GRID_HZ
from eqmorph.report.rows import EQ_HZ
from eqmorph.version import __version__
from eqmorph.webpage import filled_page, json_inside

__all__ = ["MARK", "page"]

MARK = '<meta name="generator" content="eqmorph report">'
#: Sounds beside the page, wherever it is opened from, and those inside.
_MEDIA = "media-src 'self' file: data:; img-src data:"


def page(
    title: str,
    words: Sequence[tuple[str, bool]],
    rows: Sequence[dict[str, Any]],
    details: Sequence[dict[str, Any]],
    *,
    target: str = "",
    notes: Sequence[str] = (),
) -> bytes:
    """Return the page.

    Args:
        title: its heading.
        words: the words and references that were asked for, and whether each is a reference.
        rows: of the table; ``details`` are of the same files.
        target: what most of them were asked for, as it was written.
        notes: what there is to say of all.
    """
    data = {
        "words": [{"name": printable(word), "isDistance": is_reference} for word, is_reference in words],
        "eqHz": [round(float(freq), 1) for freq in EQ_HZ],
        "spectrumHz": [round(float(freq), 1) for freq in GRID_HZ],
        "rows": list(rows),
    }
    said = "".join(f'<p class="quiet note">{escape(_sentence(note))}</p>' for note in notes)
    return filled_page(
        "eqmorph.report",
        {
            "MARK": MARK,
            "TITLE": escape(printable(title)),
            "SUMMARY": escape(_summary(rows, target)),
            "NOTES": said,
            "VERSION": escape(__version__),
            "ROWS": json_inside(data),
            "DETAILS": "\n".join(map(json_inside, details)),
        },
        allowed=_MEDIA,
    )


def _summary(rows: Sequence[dict[str, Any]], target: str) -> str:
    counts = {status: sum(row["s"] == status for row in rows) for status in ("done", "planned", "skipped", "failed")}
    told = ", ".join(f"{count:,} {status}" for status, count in counts.items() if count)
    return f"{len(rows):,} file{'s' * (len(rows) != 1)}: {told}.{f' Asked for: {printable(target)}.' if target else ''}"


def _sentence(note: str) -> str:
    text = printable(note)
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
