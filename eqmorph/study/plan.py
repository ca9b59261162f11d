"""What a study asks: its sounds, their versions under codes, and its trials. Written next to the page, for scoring."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from eqmorph.errors import InputError, UsageError
from eqmorph.wording import Means, Phrase

__all__ = ["KEY_NAME", "PAGE_NAME", "Item", "Stimulus", "Study", "Trial", "TrialKind", "read_study", "study_text"]

PAGE_NAME, KEY_NAME = "study.html", "study.json"
TrialKind = Literal["preference", "abx"]

_SECONDS_A_TRIAL = 25
_KIND, _VERSION = "eqmorph study", 1
_MOST_BYTES = 16 << 20
_CODE = re.compile(r"[0-9a-f]{8,64}")
_MADE_BY = Phrase("Name the folder that {} wrote.", Means.MAKE_STUDY)


@dataclass(frozen=True, slots=True)
class Stimulus:
    """One version of one sound, under the code by which page and answers know it."""

    code: str
    version: str


@dataclass(frozen=True, slots=True)
class Item:
    """One sound: the file, where its excerpt begins and how long it is, and its versions."""

    file: str
    start_s: float
    seconds: float
    stimuli: tuple[Stimulus, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """One question: about two versions of a sound, which the page puts in an order of chance."""

    name: str
    kind: TrialKind
    a: str
    b: str


@dataclass(frozen=True, slots=True)
class Study:
    """All that is needed to score answers. ``versions`` are in the order in which they are told."""

    code: str
    target: str
    question: str
    loudness_lufs: float
    versions: tuple[str, ...]
    items: tuple[Item, ...]
    trials: tuple[Trial, ...]

    @property
    def minutes(self) -> int:
        """About how long it takes to answer."""
        return max(math.ceil(len(self.trials) * _SECONDS_A_TRIAL / 60), 1)

    @property
    def version_of(self) -> dict[str, str]:
        """The version behind each code."""
        return {stimulus.code: stimulus.version for item in self.items for stimulus in item.stimuli}


def study_text(study: Study) -> str:
    """Return the text of a study's key: which code is which version."""
    return json.dumps({"kind": _KIND, "version": _VERSION, **asdict(study)}, indent=1) + "\n"


def read_study(folder: Path) -> Study:
    """Read the key of a study from its folder, or from the file itself.

    Raises:
        UsageError: there is none.
        InputError: it is damaged.
    """
    path = folder / KEY_NAME if folder.is_dir() else folder
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        raise UsageError("there is no study here", hint=_MADE_BY, path=folder) from None
    except OSError as error:
        raise InputError(f"can't be read: {error.strerror or error}", hint="Check its name.", path=path) from error
    try:
        document = json.loads(data) if len(data) <= _MOST_BYTES else None
        if not isinstance(document, dict) or document.get("kind") != _KIND:
            raise InputError("is not the key of a study", hint=_MADE_BY, path=path)
        if document.get("version") != _VERSION:
            raise InputError("was made by a newer version of eqmorph", hint="Update eqmorph.", path=path)
        return _study(document)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise InputError("is damaged", hint="Take it from a backup, or make the study again.", path=path) from None


def _study(document: dict[str, Any]) -> Study:
    items = tuple(
        Item(
            str(item["file"]),
            float(item["start_s"]),
            float(item["seconds"]),
            tuple(Stimulus(_code(row["code"]), _text(row["version"])) for row in item["stimuli"]),
        )
        for item in document["items"]
    )
    trials = tuple(
        Trial(_code(row["name"]), _kind(row["kind"]), _code(row["a"]), _code(row["b"])) for row in document["trials"]
    )
    versions = tuple(_text(name) for name in document["versions"])
    study = Study(
        _code(document["code"]),
        _text(document["target"]),
        _text(document["question"]),
        float(document["loudness_lufs"]),
        versions,
        items,
        trials,
    )
    known = study.version_of
    if not set(known.values()) <= set(versions) or not {t.a for t in trials} | {t.b for t in trials} <= set(known):
        raise ValueError("its parts don't fit each other")
    if _has_twice(trial.name for trial in trials):
        raise ValueError("a trial is there twice")
    return study


def _code(value: object) -> str:
    if not isinstance(value, str) or not _CODE.fullmatch(value):
        raise ValueError("not a code")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value


def _kind(value: object) -> TrialKind:
    if value == "abx":
        return "abx"
    if value == "preference":
        return "preference"
    raise ValueError("not a kind of trial")


def _has_twice(names: Iterable[str]) -> bool:
    listed = list(names)
    return len(set(listed)) < len(listed)
