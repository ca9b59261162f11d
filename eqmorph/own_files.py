"""The small text files that a user keeps by name in the config folder: presets and references."""

from __future__ import annotations

import re
from pathlib import Path

from eqmorph.errors import InputError, OutputError, UsageError
from eqmorph.user_folders import user_folder
from eqmorph.wording import Phrase

__all__ = [
    "checked_name",
    "own_files",
    "own_folder",
    "read_text",
    "remove_file",
    "shipped_preset_folder",
    "write_text",
]

_NAME = re.compile(r"\w[\w .-]{,59}")  # whatever the letters, a file can be called so
_LARGEST_FILE = 1 << 20  # bytes; nothing that is kept so comes near
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # what PowerShell 5 makes of whatever goes into a file


def own_folder(what: str) -> Path:
    """Return the folder of a user's own ``presets`` or ``references``, which may not exist."""
    return user_folder("config") / what


def own_files(what: str, suffix: str) -> dict[str, Path]:
    """Return the files of a user's own ``presets`` or ``references``, sorted by name."""
    return dict(sorted((path.stem, path) for path in own_folder(what).glob(f"*{suffix}")))


def shipped_preset_folder() -> Path:
    """Return the folder of the shipped presets: inside an installed package, next to the package in a checkout."""
    package = Path(__file__).parent
    installed = package / "shipped_presets"
    return installed if installed.is_dir() else package.parent / "presets"


def checked_name(name: str, what: str, suffix: str) -> str:
    """Return a name that a preset or a reference can have.

    Raises:
        UsageError: it can't.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} is not a name for a {what}",
            hint="Use up to 60 letters, digits, spaces, dots, - and _, beginning with a letter or digit.",
        )
    if name.lower().endswith(suffix):
        raise UsageError(f"{name!r} would be taken for a file", hint="Leave off the extension.")
    return name


def read_text(path: Path, *, what: str, hint: str | Phrase) -> str:
    """Read a text file of a size that a person could have written; ``what`` it should be, and what to do if it isn't.

    Raises:
        InputError: it can't be read, or is no such file.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_FILE + 1)
    except FileNotFoundError:
        raise InputError("doesn't exist", path=path) from None
    except OSError as error:
        raise InputError(f"can't be read: {error.strerror or error}", path=path) from error
    try:
        text = data.decode("utf-16" if data.startswith(_UTF_16) else "utf-8-sig")
    except UnicodeDecodeError:
        text = ""
    if len(data) > _LARGEST_FILE or (data and not text):
        raise InputError(f"is not {what}", hint=hint, path=path)
    return text


def write_text(path: Path, text: str, *, overwrite: bool, is_private: bool = False) -> Path:
    """Write a file that appears only when it is whole; return where it is. A private one only its owner may read.

    Raises:
        OutputError: it exists and may not be overwritten, or the disk refuses.
    """
    from eqmorph.audio.atomic import AtomicFile, explain_os_error

    with AtomicFile(path, overwrite=overwrite, is_private=is_private) as out:
        try:
            out.temp.write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise explain_os_error(error, path) from error
        out.commit()
    return path


def remove_file(path: Path) -> bool:
    """Delete a file; return whether there was one.

    Raises:
        OutputError: the disk refuses.
    """
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise OutputError(f"can't be deleted: {error.strerror or error}", path=path) from error
    return True
