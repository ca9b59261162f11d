"""Where a report goes: a folder of its own, or a place between two marks of a Markdown page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

from eqmorph.errors import InputError, OutputError, UsageError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["check_folder", "check_page", "insert_between_marks", "places_in", "write_report"]


def check_folder(folder: Path, *, figures: bool = True) -> None:
    """Make a folder for a report and check that files can be written and figures drawn, before the work begins.

    Without ``figures`` none are to be drawn.

    Raises:
        UsageError: matplotlib is missing.
        OutputError: files can't be written.
    """
    if figures and find_spec("matplotlib") is None:
        raise UsageError("figures need matplotlib", hint='Install it with: pip install "eqmorph[plot]"')
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise _not_written("report", folder, error) from None


def write_report(
    folder: Path,
    name: str,
    report: Mapping[str, Any],
    markdown: str,
    figures: Mapping[str, Figure] | None = None,
) -> list[Path]:
    """Write ``name.json``, ``name.md`` and figures, as SVG and PNG, into a folder; return the paths written.

    Raises:
        OutputError: a file can't be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        written = [folder / f"{name}.json", folder / f"{name}.md"]
        written[0].write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
        written[1].write_text(markdown, encoding="utf-8")
        return [*written, *_write_figures(folder, figures)] if figures else written
    except OSError as error:
        raise _not_written("report", folder, error) from None


def _write_figures(folder: Path, figures: Mapping[str, Figure]) -> list[Path]:
    from eqmorph.figures.style import STYLES, encoded

    written = []
    for name, figure in figures.items():
        for suffix in (".svg", ".png"):
            written.append(folder / f"{name}{suffix}")
            written[-1].write_bytes(encoded(figure, suffix, STYLES["light"]))
    return written


def check_page(path: Path, *, name: str = "evaluation") -> str:
    """Return the text of a page that has the marks called ``name`` and can be written: known before hours of work.

    Raises:
        InputError: the page can't be read, or has no marks.
        OutputError: the page can't be written.
    """
    places_in(path, [name])
    return path.read_text(encoding="utf-8")


def places_in(path: Path, names: Sequence[str]) -> list[str]:
    """Return which of some marks a page has that can be written.

    Raises:
        InputError: the page can't be read, or has none of the marks.
        OutputError: the page can't be written.
    """
    try:
        page = path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(error.strerror or str(error), path=path) from None
    except UnicodeDecodeError:
        raise InputError("is not UTF-8 text", path=path) from None
    found = [name for name in names if all(mark in page for mark in _marks(name))]
    if not found:
        start, end = _marks(names[0])
        raise InputError("has no place for the table", hint=f"Put {start} and {end} into it.", path=path)
    try:
        path.open("a", encoding="utf-8").close()
    except OSError as error:
        raise _not_written("page", path, error) from None
    return found


def insert_between_marks(path: Path, text: str, *, name: str = "evaluation") -> None:
    """Put ``text`` between the marks called ``name`` of a Markdown file.

    Raises:
        InputError: the page can't be read, or has no marks.
        OutputError: the page can't be written.
    """
    page = check_page(path, name=name)
    start, end = _marks(name)
    before, after = page.split(start)[0], page.split(end)[-1]
    try:
        path.write_text(f"{before}{start}\n{text}{end}{after}", encoding="utf-8")
    except OSError as error:
        raise _not_written("page", path, error) from None


def _marks(name: str) -> tuple[str, str]:
    return f"<!-- {name}: start -->", f"<!-- {name}: end -->"


def _not_written(what: str, path: Path, error: OSError) -> OutputError:
    return OutputError(f"can't write the {what}: {error.strerror or error}", path=path)
