"""Where a report goes: a folder of its own, or a place between two marks of a Markdown page."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile

from eqmorph.errors import InputError, OutputError, UsageError

__all__ = ["check_folder", "check_page", "insert_between_marks"]


def insert_between_marks(path: Path, text: str, *, name: str = "evaluation") -> None:
    """Put ``text`` between the marks called ``name`` of a Markdown file.

    Raises:
        InputError: it can't be read, or has no marks.
        OutputError: it can't be written.
    """
    page = check_page(path, name=name)
    start, end = _marks(name)
    before, after = page.split(start)[0], page.split(end)[-1]
    try:
        path.write_text(f"{before}{start}\n{text}{end}{after}", encoding="utf-8")
    except OSError as error:
        raise OutputError(f"can't write the page: {error.strerror or error}", path=path) from None


def check_page(path: Path, *, name: str = "evaluation") -> str:
    """A page that has a place for what is called ``name`` and can be written: known before hours of work.

    Raises:
        InputError: it can't be read, or has no marks.
        OutputError: it can't be written.
    """
    start, end = _marks(name)
    try:
        page = path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(error.strerror or str(error), path=path) from None
    except UnicodeDecodeError:
        raise InputError("is no UTF-8 text", path=path) from None
    if start not in page or end not in page:
        raise InputError("has no place for the table", hint=f"Put {start} and {end} into it.", path=path)
    try:
        path.open("a", encoding="utf-8").close()
    except OSError as error:
        raise OutputError(f"can't write the page: {error.strerror or error}", path=path) from None
    return page


def check_folder(path: Path) -> None:
    """Make a folder for a report, and see that files can be written there and figures drawn: known before the work.

    Raises:
        UsageError: matplotlib is missing.
        OutputError: files can't be written.
    """
    if find_spec("matplotlib") is None:
        raise UsageError("figures need matplotlib", hint='Install it with: pip install "eqmorph[plot]"')
    try:
        path.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise OutputError(f"can't write the report: {error.strerror or error}", path=path) from None


def _marks(name: str) -> tuple[str, str]:
    return f"<!-- {name}: start -->", f"<!-- {name}: end -->"
