"""The tools ``files`` and ``words``: what there is to work on, and what can be asked for."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

from eqmorph.agents.session import Session
from eqmorph.agents.tool import Answer, Tool, a_list, a_map, integer, maybe, number, text
from eqmorph.agents.work import Work
from eqmorph.audio.formats import AUDIO_SUFFIXES
from eqmorph.errors import InputError, UsageError
from eqmorph.model import SemanticSpace, Term
from eqmorph.model.describe import describe_curve

__all__ = ["FILES", "WORDS", "meaning_of"]

_MOST_SHOWN = 200
_MOST_LOOKED_AT = 100_000


def _files(session: Session, work: Work, *, path: str | None = None, limit: int = 50) -> Answer:
    roots = session.roots
    if path is None and len(roots.roots) > 1:
        named = [{"path": root.label, "write": root.may_write} for root in roots.roots]
        return Answer({"path": "", "folders": named, "files": [], "total_files": 0, "notes": []})
    folder = roots.existing(path) if path is not None else roots.roots[0].path
    if not folder.is_dir():
        folder = folder.parent
    try:
        names = sorted(entry.name for entry in os.scandir(folder))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(
            f"{roots.shown(folder)} can't be looked into: {reason}", hint="Check who may read it."
        ) from None
    folders: list[str] = []
    files: list[dict[str, Any]] = []
    outside = 0
    for name in names[:_MOST_LOOKED_AT]:
        work.check()
        inside = str(folder / name)
        if name.startswith("."):
            continue
        if not roots.may_follow(inside):
            outside += 1
            continue
        try:
            status = Path(inside).stat()
        except OSError:
            continue
        if stat.S_ISDIR(status.st_mode):
            folders.append(inside)
        elif stat.S_ISREG(status.st_mode) and Path(name).suffix.lower() in AUDIO_SUFFIXES:
            files.append({"path": roots.shown(inside), "bytes": status.st_size})
    may_write = roots.may_write(folder)
    notes = [f"{outside} links that lead outside are left out"] if outside else []
    if len(folders) > limit:
        notes.append(f"{len(folders) - limit} more folders")
    return Answer(
        {
            "path": roots.shown(folder),
            "folders": [{"path": roots.shown(inside), "write": may_write} for inside in folders[:limit]],
            "files": files[:limit],
            "total_files": len(files),
            "notes": notes,
        }
    )


FILES = Tool(
    name="files",
    title="List audio files",
    description=(
        "List the audio files and folders in a folder, without listening to them. Without a path: the folders that "
        "may be used, or what is in the only one. The other tools take a whole folder as well as a file."
    ),
    arguments={
        "path": maybe(text("a folder")),
        "limit": integer("how many to list", default=50, minimum=1, maximum=_MOST_SHOWN),
    },
    answer=a_map(
        {
            "path": text(),
            "folders": a_list(a_map({"path": text(), "write": {"type": "boolean"}})),
            "files": a_list(a_map({"path": text(), "bytes": integer()})),
            "total_files": integer("how many there are right in this folder"),
            "notes": a_list(text()),
        }
    ),
    run=_files,
)


def meaning_of(term: Term) -> str:
    """Say what a word does."""
    return describe_curve(term.curve_db)


def _words(session: Session, work: Work, *, query: str, limit: int = 8) -> Answer:  # noqa: ARG001
    space = session.ear.space
    data: dict[str, Any] = {"found": [], "reading": [], "exactly": None, "notes": []}
    problem = ""
    try:
        reading = space.read(query)
        data["exactly"] = str(reading.target)
        data["reading"] = [
            {
                "text": " ".join(piece.text.split()),
                "words": ", ".join(f"{word}:{weight:g}" for word, weight in piece.terms)
                or f"{', '.join(piece.kept)} kept",
                "why": piece.why,
            }
            for piece in reading.pieces
        ]
        found = [space.terms[term.word] for term in reading.target.terms]
    except UsageError as error:
        problem, found = str(error.problem), []
    if not found or len(found) == 1:
        also = _alike(space, found[0]) if found else []
        found += [term for term in [*space.search(query), *also] if term.word not in {one.word for one in found}]
    if problem:
        if not found:
            raise UsageError(problem, hint='Ask for a word such as "warm", or read eqmorph://vocabulary.')
        data["notes"].append(f"{problem}; these are the nearest")
    data["found"] = [_about(space, term) for term in found[:limit]]
    return Answer(data)


def _alike(space: SemanticSpace, term: Term) -> list[Term]:
    return [space.terms[word] for word, _ in space.neighbours(term.word, 5)]


def _about(space: SemanticSpace, term: Term) -> dict[str, Any]:
    opposite, _ = space.opposite(term.word)
    return {
        "word": term.word,
        "language": term.language,
        "does": meaning_of(term),
        "confidence": round(term.confidence, 2),
        "evidence": ", ".join(
            [
                *([f"{term.people} people asked"] if term.people else []),
                *([f"{term.rows} saved settings"] if term.rows else []),
                *([f"charts: {', '.join(term.charts)}"] if term.charts else []),
                *([f"through {', '.join(term.through)}"] if term.through else []),
            ]
        ),
        "doubt": term.doubt,
        "nearest": [word for word, _ in space.neighbours(term.word, 4)],
        "opposite": opposite,
    }


WORDS = Tool(
    name="words",
    title="Look up words",
    description=(
        "Look up words for sound: what each does to a spectrum, the evidence for it, words of nearly its meaning, and "
        "its opposite. A whole wish is read part by part, without a file. Unknown words are answered with the nearest."
    ),
    arguments={
        "query": text("a word such as 'warm' or 'velvety', part of one, or a wish", minLength=1, maxLength=2000),
        "limit": integer("how many words to explain", default=8, minimum=1, maximum=40),
    },
    required=("query",),
    answer=a_map(
        {
            "found": a_list(
                a_map(
                    {
                        "word": text(),
                        "language": text(),
                        "does": text(),
                        "confidence": number("0 to 1: how well it is expected to agree with the next person asked"),
                        "evidence": text(),
                        "doubt": maybe(text("what should be said before anybody relies on it")),
                        "nearest": a_list(text()),
                        "opposite": text(),
                    }
                )
            ),
            "reading": a_list(a_map({"text": text(), "words": text(), "why": text()})),
            "exactly": maybe(text("the query as words with weights, if it can be read as a wish")),
            "notes": a_list(text()),
        }
    ),
    run=_words,
)
