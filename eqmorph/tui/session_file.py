"""Sessions on the disk: what was open and asked for, to go on with at the next start, or by a name.

A file holds paths and settings, and no sound; only its owner may read it. One that can't be read is set aside and told
of, and never keeps the app from starting.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from eqmorph.adapt.goal import MAX_AMOUNT
from eqmorph.errors import EqmorphError, InputError, UsageError, show_path
from eqmorph.model import SemanticSpace
from eqmorph.own_files import checked_name, own_files, own_folder, read_text, remove_file, write_text
from eqmorph.target import Target
from eqmorph.tui.blend import Blend
from eqmorph.tui.plain_data import from_plain, to_plain
from eqmorph.user_folders import user_folder

__all__ = [
    "SavedSession",
    "fitted",
    "last_session_path",
    "named_session_path",
    "named_sessions",
    "read_session",
    "remove_session",
    "take_session",
    "write_session",
]

_WHAT, _SUFFIX, _ASIDE = "session", ".json", ".broken"
_HINT = "It is JSON, as the app saves it."


@dataclass(frozen=True, slots=True)
class SavedSession:
    """What was open and asked for.

    Attributes:
        file: the open file.
        folder: the folder that is gone through.
        slots: what is in each slot; None is empty.
        slot: the one in use.
        loop_s: the loop.
        position_s: the playhead.
    """

    slots: tuple[Blend | None, ...]
    slot: int = 0
    file: Path | None = None
    folder: Path | None = None
    loop_s: tuple[float, float] | None = None
    position_s: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.slot < len(self.slots) or self.slots[self.slot] is None:
            raise ValueError("nothing is in the slot in use")


def last_session_path() -> Path:
    """Return where the session is that ended last."""
    return user_folder("state") / f"last-session{_SUFFIX}"


def named_session_path(name: str) -> Path:
    """Return where a session of this name is, or would be.

    Raises:
        UsageError: it is not a name for a session.
    """
    return own_folder("sessions") / f"{checked_name(name, _WHAT, _SUFFIX)}{_SUFFIX}"


def named_sessions() -> dict[str, Path]:
    """Return the sessions that have names, sorted by them."""
    return own_files("sessions", _SUFFIX)


def write_session(path: Path, session: SavedSession) -> None:
    """Write a session that only its owner may read, in place of the one before.

    Raises:
        OutputError: the disk refuses.
    """
    text = json.dumps(to_plain(session), indent=1, ensure_ascii=False, allow_nan=False)
    write_text(path, text + "\n", overwrite=True, is_private=True)


def read_session(path: Path) -> SavedSession:
    """Read a session.

    Raises:
        InputError: there is none, or it can't be read.
    """
    text = read_text(path, what="a session of the app", hint=_HINT)
    try:
        data: Any = json.loads(text)
        return from_plain(SavedSession, data)
    except (ValueError, EqmorphError, RecursionError) as error:
        raise InputError(f"is not a session of the app: {_short(error)}", hint=_HINT, path=path) from error


def take_session(path: Path) -> tuple[SavedSession | None, str]:
    """Return a session, or None if there is none, and what is to be told; one that can't be read is set aside."""
    if not os.path.lexists(path):
        return None, ""
    try:
        return read_session(path), ""
    except EqmorphError as error:
        aside = path.with_name(path.name + _ASIDE)
        try:
            path.replace(aside)
        except OSError:
            return None, f"{error.problem}. It was left alone: {show_path(path)}"
        return None, f"the saved session {error.problem}. It is set aside as {show_path(aside)}"


def remove_session(name: str) -> None:
    """Delete a session.

    Raises:
        UsageError: there is none of this name.
        OutputError: the disk refuses.
    """
    if not remove_file(named_session_path(name)):
        raise UsageError(f"no session is called {name!r}")


def fitted(session: SavedSession, space: SemanticSpace) -> tuple[SavedSession, list[str]]:
    """Return a session as this model and these sliders can have it, and the words that the model doesn't know."""
    unknown: dict[str, None] = {}

    def is_known(word: str) -> bool:
        if word in space.terms:
            return True
        unknown[word] = None
        return False

    def fit(blend: Blend) -> Blend:
        morph = blend.morph
        if morph is not None:
            ends = [is_known(word) for word in (morph.start, morph.end)]
            morph = replace(morph, position=min(max(morph.position, 0.0), 1.0)) if all(ends) else None
        terms = [term for term in blend.terms if is_known(term.word)]
        words = Blend.of_target(Target(tuple(terms))).terms if terms else ()
        return replace(blend, terms=words, morph=morph, amount=min(max(blend.amount, 0.0), MAX_AMOUNT))

    slots = tuple(blend and fit(blend) for blend in session.slots)
    return replace(session, slots=slots), list(unknown)


def _short(error: Exception) -> str:
    text = error.problem if isinstance(error, EqmorphError) else str(error)
    return str(text) if len(str(text)) <= 100 else f"{str(text)[:100]} ..."
