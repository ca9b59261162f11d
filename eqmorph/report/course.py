"""The course of a sound in words, from the trajectory beside its output: as few numbers as a page can show."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from eqmorph._typing import Float64
from eqmorph.analysis.courses import binned_courses, section_starts
from eqmorph.audio.plain import open_plain
from eqmorph.errors import UsageError

__all__ = ["course", "read_loosely"]

_MOST_POINTS = 240
_MOST_WORDS = 4
_LARGEST = 1 << 28  # bytes: of a day of sound
_IF_NONE_ASKED = 3  # words, those that change the most
_UNSEEN = re.compile(rb'\[(?:(?<="scores":\[)|(?<="latent":\[))[^\[\]"]*\]')


def read_loosely(path: Path) -> dict[str, Any] | None:
    """Return what is in a trajectory, unchecked; None if it can't be read. Whoever looks into it allows for anything.

    A page shows thousands of them: to check each against its schema would take minutes, and three quarters of their
    numbers are none that it shows. Those are dropped before anything is made of them.
    """
    try:
        with os.fdopen(open_plain(path, os.O_RDONLY), "rb") as file:
            if os.fstat(file.fileno()).st_size > _LARGEST:
                return None
            data = json.loads(_UNSEEN.sub(b"null", file.read(_LARGEST)))
    except (OSError, UsageError, ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def course(data: dict[str, Any] | None, asked: Sequence[str]) -> dict[str, Any] | None:
    """Return a trajectory as a page shows it, in percent; None if it holds none that can be shown."""
    if data is None:
        return None
    try:
        words = [str(word) for word in data["words"]]
        before, after = binned_courses(data, _MOST_POINTS)
        duration_s = float(data["file"]["duration_s"])
        starts = section_starts(data)
        if len(before) < 2 or before.shape[1] != len(words) or not duration_s > 0:
            return None
        chosen = [words.index(word) for word in asked if word in words] or _most_moved(before, after)
        return {
            "seconds": round(duration_s, 3),
            "sections": [round(start, 2) for start in starts],
            "words": [words[at] for at in chosen[:_MOST_WORDS]],
            "before": [_percents(before[:, at]) for at in chosen[:_MOST_WORDS]],
            "after": [_percents(after[:, at]) for at in chosen[:_MOST_WORDS]],
        }
    except (KeyError, TypeError, ValueError, IndexError):
        return None


def _most_moved(before: Float64, after: Float64) -> list[int]:
    moved = np.nan_to_num(np.abs(after - before)).mean(axis=0)
    return [int(at) for at in np.argsort(-moved, kind="stable")[:_IF_NONE_ASKED]]


def _percents(shares: Float64) -> list[int | None]:
    """Return whole percents; None in silence."""
    return [None if share != share else int(share) for share in np.rint(100 * shares).tolist()]  # NaN is not itself
