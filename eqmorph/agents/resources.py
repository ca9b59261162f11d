"""What a client can read without calling a tool: the vocabulary, the presets and the last report."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from eqmorph.agents.session import Session
from eqmorph.agents.tools.looking import meaning_of
from eqmorph.errors import InputError
from eqmorph.presets import find_preset, list_presets

__all__ = ["ALL", "Resource"]


@dataclass(frozen=True, slots=True)
class Resource:
    """A text that a client can read, in JSON."""

    uri: str
    name: str
    description: str
    read: Callable[[Session], str]


def _vocabulary(session: Session) -> str:
    terms = [term for term in session.ear.space.terms.values() if term.is_offered]
    return _json(
        [
            {
                "word": term.word,
                "language": term.language,
                "does": meaning_of(term),
                "confidence": round(term.confidence, 2),
            }
            for term in sorted(terms, key=lambda term: (term.language, term.word))
        ]
    )


def _presets(session: Session) -> str:  # noqa: ARG001
    found = []
    for name, path in list_presets().items():
        try:
            preset = find_preset(str(path))
        except InputError:
            continue
        found.append(
            {
                "name": name,
                "description": preset.description,
                "tags": list(preset.tags),
                "does": preset.target or str(preset.bands.rounded()),
            }
        )
    return _json(found)


def _report(session: Session) -> str:
    return _json(session.report)


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


ALL = (
    Resource("eqmorph://vocabulary", "vocabulary", "Words that are well known, and what each does.", _vocabulary),
    Resource("eqmorph://presets", "presets", "The presets that plan takes.", _presets),
    Resource("eqmorph://report", "report", "What the last apply did, file by file.", _report),
)
