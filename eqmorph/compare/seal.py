"""The key of a blind comparison: encoded so that nobody reads it by accident, with a digest that shows tampering.

This is an envelope, not a lock. The order is written in base64, which anybody can decode who means to. What the key
does promise: it shows nothing at a glance, and whoever was shown its commitment, the SHA-256 of what is inside, can see
whether it was changed. A salt of chance keeps others from trying all orders until the digest fits.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from eqmorph.errors import InputError
from eqmorph.wording import Means, Phrase

__all__ = ["KEY_SUFFIX", "BlindKey", "SealedVersion", "file_digest", "open_key", "sealed_text"]

KEY_SUFFIX = ".blind.json"
_KIND, _VERSION = "eqmorph blind key", 1
_MOST_BYTES = 1 << 20
_ABOUT = (
    "Which file is which version, encoded so that nobody reads it by accident; it is not encrypted. "
    "'eqmorph compare reveal FOLDER' shows it. The commitment is the SHA-256 of what is sealed: "
    "if it is the one that was printed when the files were made, nothing was changed since."
)


@dataclass(frozen=True, slots=True)
class SealedVersion:
    """One file of a blind comparison: its letter and name, what it is, and its SHA-256 as it was written."""

    letter: str
    file: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class BlindKey:
    """Which version is which: of one source, for one target."""

    source: str
    target: str
    versions: tuple[SealedVersion, ...]
    commitment: str = ""


def sealed_text(key: BlindKey) -> tuple[str, str]:
    """Return the text of a key file, and the commitment to be shown."""
    inside = {
        "salt": secrets.token_hex(16),
        "source": key.source,
        "target": key.target,
        "versions": [asdict(version) for version in key.versions],
    }
    payload = json.dumps(inside, sort_keys=True).encode()
    commitment = hashlib.sha256(payload).hexdigest()
    document = {
        "kind": _KIND,
        "version": _VERSION,
        "about": _ABOUT,
        "files": sorted(version.file for version in key.versions),
        "commitment": commitment,
        "sealed": base64.b64encode(payload).decode(),
    }
    return json.dumps(document, indent=2) + "\n", commitment


def open_key(path: Path) -> BlindKey:
    """Read a key file.

    Raises:
        InputError: it is no such key, or what is sealed is not what was committed to.
    """
    document = _document(path)
    sealed, commitment = document.get("sealed"), document.get("commitment")
    if document.get("kind") != _KIND or not isinstance(sealed, str) or not isinstance(commitment, str):
        raise InputError("is not the key of a blind comparison", hint=_MADE_BY, path=path)
    if document.get("version") != _VERSION:
        raise InputError("was made by a newer version of eqmorph", hint="Update eqmorph.", path=path)
    try:
        payload = base64.b64decode(sealed, validate=True)
    except (binascii.Error, ValueError):
        raise _changed(path) from None
    if hashlib.sha256(payload).hexdigest() != commitment:
        raise _changed(path)
    try:
        inside = json.loads(payload)
        versions = tuple(SealedVersion(**_strings(row)) for row in inside["versions"])
        return BlindKey(str(inside["source"]), str(inside["target"]), versions, commitment)
    except (ValueError, TypeError, KeyError, RecursionError):
        raise InputError("what is sealed in it can't be read", hint=_MADE_BY, path=path) from None


_MADE_BY = Phrase("Keys are written by {}.", Means.COMPARE_BLIND)


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _document(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise InputError(f"can't be read: {error.strerror or error}", hint="Check its name.", path=path) from error
    try:
        document = json.loads(data) if len(data) <= _MOST_BYTES else None
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise InputError("is not the key of a blind comparison", hint=_MADE_BY, path=path)
    return document


def _strings(row: Any) -> dict[str, str]:
    if not isinstance(row, dict) or not all(isinstance(value, str) for value in row.values()):
        raise ValueError("not a version")
    return row


def _changed(path: Path) -> InputError:
    return InputError(
        "was changed since it was sealed: its commitment doesn't fit what is inside",
        hint="Take it from a backup, or make the versions again.",
        path=path,
    )
