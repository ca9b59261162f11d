"""Pictures that a command writes beside what it prints."""

from __future__ import annotations

from pathlib import Path

from eqmorph.errors import ExistsError, UsageError, show_path
from eqmorph.wording import Means, Phrase

__all__ = ["check_picture_name", "write_picture"]


def check_picture_name(path: Path, *, overwrite: bool) -> None:
    """Refuse a name that no picture can have, before anything is done."""
    if path.suffix.lower() != ".svg":
        raise UsageError(
            f"{show_path(path)} is not the name of a picture",
            hint="Pictures are written as SVG: use the extension .svg.",
        )
    if path.is_dir():
        raise UsageError(f"{show_path(path)} is a folder", hint="Name a file in it.")
    if path.exists() and not overwrite:
        raise ExistsError("already exists", hint=Phrase("{} overwrites it.", Means.REPLACE), path=path)


def write_picture(path: Path, document: str, *, overwrite: bool) -> None:
    """Write an SVG; it appears when it is complete."""
    from eqmorph.audio.atomic import AtomicFile, explain_os_error

    check_picture_name(path, overwrite=overwrite)
    with AtomicFile(path, overwrite=overwrite) as out:
        try:
            out.temp.write_bytes(document.encode())
        except OSError as error:
            raise explain_os_error(error, path) from error
        out.commit()
