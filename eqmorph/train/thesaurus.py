"""How nearly words mean the same, from thesauri and dictionaries as Debian packages them.

* ``th_en_US_v2.dat``, ``th_es_ES_v2.dat`` (`mythes-en-us`, `mythes-es`): the MyThes format. Its first line names the
  encoding; a line ``word|n`` is followed by n lines of a sense each, ``(adj)|synonym|other (similar term)|...``.
* ``freedict-spa-eng.dict.dz`` (`dict-freedict-spa-eng` and the other way round): headwords with their sound in slashes,
  translations below. What was answered in one language so reaches the other.

All become one graph: words of both languages, each with its nearness to others; contraries are negative.
"""

from __future__ import annotations

import gzip
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from eqmorph.errors import InputError
from eqmorph.words import plain

__all__ = ["LANGUAGES", "Thesaurus", "read_thesauri"]

LANGUAGES = ("en", "es")
# How near a related word is. A contrary says as much as a synonym; "generic" is a class ("happy": "emotional").
_RELATIONS = {"": 1.0, "similar": 1.0, "related": 0.5, "generic": 0.1, "antonym": -1.0}
_PARTS_OF_SPEECH = {"adj": 1.0}  # qualities are adjectives; what nouns and verbs share is often something else
_OTHER_PART = 0.4
_SPANISH = 0.3  # its thesaurus lists words of one field rather than synonyms
_TRANSLATION = 4.0
_TERM = re.compile(r"(?P<word>.*?)(?: \((?:(?P<relation>[a-z]+) term|(?P<antonym>antonym))\))?\s*")
_HEADWORD = re.compile(r"(?P<word>[^/]+?) /[^/]*/")
_WHERE = "Debian's packages mythes-en-us, mythes-es, dict-freedict-spa-eng and dict-freedict-eng-spa hold such files."

Key = tuple[str, str]


@dataclass(frozen=True)
class Thesaurus:
    """Words with their language, the pairs among them (n, 2) by place, and how near each pair is (n,).

    ``qualities`` are those that are adjectives, or translate one: what a sentence about sound may say of it.
    """

    words: tuple[Key, ...]
    pairs: Any
    nearness: Any
    files: tuple[str, ...] = ()
    qualities: frozenset[Key] = frozenset()

    @cached_property
    def place(self) -> dict[Key, int]:
        """Where each word is in `words`."""
        return {word: at for at, word in enumerate(self.words)}


def read_thesauri(paths: Iterable[Path]) -> Thesaurus:
    """Read thesauri and dictionaries, known by their names, into one.

    Raises:
        InputError: a file can't be read, or its name doesn't say which it is.
    """
    places: dict[Key, int] = {}
    adjectives: set[Key] = set()
    translated: list[tuple[Key, Key]] = []
    near: dict[tuple[int, int], float] = defaultdict(float)
    files = []
    for path in sorted(paths, key=lambda path: path.name):
        files.append(path.name)
        for a, b, nearness in _relations(path, adjectives):
            if a[0] != b[0]:
                translated += [(a, b), (b, a)]
            if a != b and a[1] and b[1]:
                i, j = (places.setdefault(word, len(places)) for word in (a, b))
                near[min(i, j), max(i, j)] += nearness
    return Thesaurus(
        tuple(places),
        np.array(list(near), dtype=np.int64).reshape(-1, 2),
        np.array(list(near.values()), dtype=np.float64),
        tuple(files),
        frozenset(adjectives | {other for word, other in translated if word in adjectives}),
    )


def _relations(path: Path, adjectives: set[Key]) -> Iterator[tuple[Key, Key, float]]:
    name = path.name
    mythes = re.match(r"th_([a-z]{2})_.*\.dat$", name)
    bilingual = re.match(r"freedict-(eng|spa)-(eng|spa)\.dict(\.dz)?$", name)
    if mythes is not None and mythes[1] in LANGUAGES:
        return _synonyms(path, mythes[1], adjectives)
    if bilingual is not None and bilingual[1] != bilingual[2]:
        return _translations(path, bilingual[1][:2], bilingual[2][:2])
    raise InputError("not a thesaurus or dictionary by its name", hint=_WHERE, path=path)


def _synonyms(path: Path, language: str, adjectives: set[Key]) -> Iterator[tuple[Key, Key, float]]:
    try:
        data = path.read_bytes()
        encoding, _, rest = data.partition(b"\n")
        lines = rest.decode(encoding.decode("ascii").strip() or "utf-8").splitlines()
    except OSError as error:
        raise InputError(error.strerror or str(error), hint=_WHERE, path=path) from None
    except (LookupError, UnicodeDecodeError):
        raise InputError("its first line names no encoding that it is in", hint=_WHERE, path=path) from None
    at = 0
    while at < len(lines):
        head, _, count = lines[at].rpartition("|")
        if not count.isdigit():
            raise InputError(f"line {at + 2}: expected word|number of senses", hint=_WHERE, path=path)
        word = (language, plain(head))
        for line in lines[at + 1 : at + 1 + int(count)]:
            part, *terms = line.split("|")
            if part.strip("()- ") in _PARTS_OF_SPEECH:
                adjectives.add(word)
            weight = _PARTS_OF_SPEECH.get(part.strip("()- "), _OTHER_PART) if language == "en" else _SPANISH
            for term in terms:
                match = _TERM.fullmatch(term)
                if match is not None:
                    relation = match["relation"] or match["antonym"] or ""
                    yield word, (language, plain(match["word"])), weight * _RELATIONS.get(relation, 0.0)
        at += 1 + int(count)


def _translations(path: Path, source: str, target: str) -> Iterator[tuple[Key, Key, float]]:
    source, target = (("es" if language == "sp" else language) for language in (source, target))
    try:
        with gzip.open(path) if path.suffix == ".dz" else path.open("rb") as file:
            lines = file.read().decode("utf-8").splitlines()
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise InputError(f"not a readable dictionary: {error}", hint=_WHERE, path=path) from None
    word: Key | None = None
    for line in lines:
        head = _HEADWORD.match(line)
        if head is not None:
            word = (source, plain(head["word"]))
        elif word is not None and line.strip() and not line.startswith((" ", "00-")):
            for translation in re.split(r"[,;]", line):
                yield word, (target, plain(translation)), _TRANSLATION
