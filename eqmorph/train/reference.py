"""Build the neutral reference from folders of audio: one corpus each, of one kind of sound if it says so.

In what is usual of a kind, all its corpora weigh the same; in what is usual at large, mixes weigh as much as speech and
instruments together. Of a corpus with many files an even selection is taken, so that a thousand drum hits take no
longer than forty songs.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from eqmorph._typing import Float64

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

import numpy as np

from eqmorph.analysis import listen_to_file
from eqmorph.audio.windows import Spectra
from eqmorph.batch import find_sources
from eqmorph.errors import InputError, OutputError, UsageError
from eqmorph.kind import Kind
from eqmorph.model.frontend import curves_of_levels, levels_db
from eqmorph.model.reference import REFERENCE, Reference, ReferenceCorpus, write_reference
from eqmorph.train.kinds import KnownTraits, fit_teller, joined_traits, varied_traits
from eqmorph.train.stems import STREAMS, SUFFIX, decoded_stream, stem_files
from eqmorph.wording import Means, Phrase

__all__ = [
    "ABOUT",
    "FEWEST_CORPORA",
    "CorpusFolders",
    "build_reference",
    "check_weights",
    "corpora_table",
    "evenly_chosen",
    "load_about",
    "train_reference",
]

T = TypeVar("T")

ABOUT = Path(__file__).with_name("corpora.toml")  # on what the shipped reference is made from
FEWEST_CORPORA = 2
_FACTS = {"kind", "sound", "source", "license"}
_MOST_FILES = 120  # of a corpus
_ROUNDS = 25
_SETTLED_DB = 1e-3
_DECIMALS = 3  # of a dB: another machine's arithmetic differs by less
_LEAST_KNOWN = 1e-3  # of a reference: what fewer have stays near the neutral that it was
_AT_LARGE = {Kind.MIX.value: 2.0}  # against 1 of any other kind: it is mixes that are equalized most
_SPAN_DB = 70.0  # anything this far below a sound's loudest band is noise


@dataclass(frozen=True, slots=True)
class CorpusFolders:
    """Folders of audio that together are one corpus, and what to say of it in the model card."""

    name: str
    folders: tuple[Path, ...]
    kind: str = ""
    source: str = ""
    license: str = ""
    weight: float = 1.0
    sound: str = ""

    @property
    def kind_of_sound(self) -> Kind | None:
        """One of `Kind`; None for a corpus that says none."""
        return Kind(self.sound) if self.sound else None


def train_reference(
    folders: Sequence[tuple[str, Path]],
    out: Path,
    *,
    about: Path = ABOUT,
    weights: Mapping[str, float] | None = None,
    overwrite: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> Reference:
    """Build the reference of named folders and write it to the folder ``out``: all of `eqmorph train reference`.

    Folders of one name are one corpus, whose weight is 1 where ``weights`` says no other. What ``about`` says of other
    names is ignored.

    Raises:
        UsageError: too few corpora, one without audio, or a weight of none.
        InputError: ``about`` can't be read.
        OutputError: ``out`` can't be written, or holds a reference and ``overwrite`` is not given.
    """
    place = out / REFERENCE
    if place.exists() and not overwrite:
        raise OutputError(
            "already holds a reference",
            hint=Phrase("Choose another folder, or replace it with {}.", Means.REPLACE),
            path=out,
        )
    facts = load_about(about)
    names = dict.fromkeys(name for name, _ in folders)
    weights = weights or {}
    check_weights(weights, list(names))
    corpora = [
        CorpusFolders(
            name,
            tuple(folder for of, folder in folders if of == name),
            **facts.get(name, {}),
            weight=weights.get(name, 1.0),
        )
        for name in names
    ]
    reference = build_reference(corpora, tell=tell)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"can't make the folder: {error.strerror or error}", path=out) from None
    write_reference(place, reference)
    return reference


def check_weights(weights: Mapping[str, float], corpora: Sequence[str]) -> None:
    """Raise a UsageError where a weight is of no corpus, or isn't above 0."""
    for name, weight in weights.items():
        if name not in corpora:
            known = f"Corpora are {', '.join(dict.fromkeys(corpora))}." if corpora else "There is no corpus."
            raise UsageError(f"a weight for {name}, which is no corpus", hint=known)
        if not 0 < weight < float("inf"):
            raise UsageError(f"a weight of {weight:g} for {name}", hint="Give a number above 0.")


def load_about(path: Path) -> dict[str, dict[str, str]]:
    """Read what a TOML file says of corpora by name: kind, kind of sound, source and license of each.

    Raises:
        InputError: it can't be read, or says something else.
    """
    try:
        data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(error.strerror or str(error), path=path) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"is not valid TOML: {error}", path=path) from None
    for name, facts in data.items():
        known = isinstance(facts, dict) and set(facts) <= _FACTS and all(isinstance(v, str) for v in facts.values())
        if not known:
            hint = "Give each corpus a table of its own with kind, sound, source and license as text."
            raise InputError(f"says something unexpected of {name!r}", hint=hint, path=path)
        if facts.get("sound", "") not in {"", *(kind.value for kind in Kind)}:
            hint = f"Sounds are {', '.join(kind.value for kind in Kind)}."
            raise InputError(f"names an unknown kind of sound for {name!r}", hint=hint, path=path)
    return data


def corpora_table(corpora: Sequence[ReferenceCorpus]) -> list[list[str]]:
    """Return where a reference comes from as rows of a table, the head first."""
    rows = [["corpus", "sound", "kind", "source", "license", "files", "minutes", "SHA-256"]]
    for corpus in corpora:
        minutes = f"{corpus.seconds / 60:.1f}"
        said = [corpus.name, corpus.sound, corpus.kind, corpus.source, corpus.license]
        rows.append([*said, str(corpus.files), minutes, f"`{corpus.sha256}`"])
    return rows


def build_reference(
    corpora: Sequence[CorpusFolders],
    *,
    most_files: int = _MOST_FILES,
    tell: Callable[[str], None] = lambda _: None,
) -> Reference:
    """Build the reference of some corpora; tell ``tell`` of each file that was left out, and why.

    Raises:
        UsageError: too few corpora, or one without audio.
    """
    if len(corpora) < FEWEST_CORPORA:
        raise UsageError(
            f"{len(corpora)} corpora are too few for a reference",
            hint="Give several kinds of music and speech, a corpus for each.",
        )
    heard = [_hear_corpus(corpus, most_files, tell) for corpus in corpora]
    kinds = [kind for kind in Kind if any(corpus.kind_of_sound is kind for corpus in corpora)]
    groups = [corpus.sound for corpus in corpora]
    of_group = {group: sum(c.weight for c in corpora if c.sound == group) for group in groups}
    shares = [corpus.weight / of_group[corpus.sound] * _AT_LARGE.get(corpus.sound, 1.0) for corpus in corpora]
    reference = _reference(heard, shares)
    if not kinds:
        return reference
    by_kind = {}
    for kind in kinds:
        own = [at for at, corpus in enumerate(corpora) if corpus.kind_of_sound is kind]
        by_kind[kind] = _reference([heard[at] for at in own], [corpora[at].weight for at in own])
    return replace(reference, kinds=by_kind, teller=fit_teller([known for one in heard for known in one.known]))


@dataclass(frozen=True)
class _HeardCorpus:
    """A corpus: what is said of it, the levels of its sounds (n, 64), and their traits where its kind is known."""

    facts: ReferenceCorpus
    levels: Float64
    known: tuple[KnownTraits, ...] = ()


def _reference(heard: Sequence[_HeardCorpus], shares: Sequence[float]) -> Reference:
    """Return what is usual of some corpora, each with its share of the whole."""
    parts = np.array(shares) / sum(shares)
    neutral = _neutral([one.levels for one in heard], parts)
    sizes = [len(one.levels) for one in heard]
    weights = np.repeat(parts / sizes, sizes)
    curves = curves_of_levels(np.concatenate([one.levels for one in heard]), neutral)
    return Reference(neutral, np.round(curves, _DECIMALS), weights, tuple(one.facts for one in heard))


def _hear_corpus(corpus: CorpusFolders, most_files: int, tell: Callable[[str], None]) -> _HeardCorpus:
    most = most_files // len(corpus.folders)
    folders = [stem_files(folder) or [source.path for source in find_sources([folder])] for folder in corpus.folders]
    chosen = [path for paths in folders for path in evenly_chosen(paths, most)]
    rows: list[Float64] = []
    traits: list[Float64] = []
    digests: list[str] = []
    used: list[Path] = []
    kind = corpus.kind_of_sound
    seconds = 0.0
    for path in chosen:
        try:
            spectra = _listen(path)
        except InputError as error:
            tell(str(error))
            continue
        if spectra.is_silent:
            tell(f"{path}: silent")
            continue
        rows.append(_levels(spectra))
        digests.append(hashlib.sha256(path.read_bytes()).hexdigest())
        seconds += spectra.frames / spectra.sample_rate
        if kind is not None and not path.name.endswith(SUFFIX):
            used.append(path)
            traits += varied_traits(path, kind, int(digests[-1][:8], 16))
    if not rows:
        raise UsageError(f"corpus {corpus.name} holds no audio that can be read", path=corpus.folders[0])
    digest = hashlib.sha256("".join(sorted(digests)).encode()).hexdigest()
    facts = ReferenceCorpus(
        corpus.name, corpus.kind, corpus.source, corpus.license, len(rows), round(seconds, 1), digest, corpus.sound
    )
    if kind is None or not traits:
        return _HeardCorpus(facts, np.array(rows))
    traits += joined_traits(used, kind, int(digest[:8], 16))
    return _HeardCorpus(facts, np.array(rows), (KnownTraits(kind, np.array(traits)),))


def _listen(path: Path) -> Spectra:
    """Listen to a file: of one with stems, to the mixture."""
    if not path.name.endswith(SUFFIX):
        return listen_to_file(path)
    with decoded_stream(path, STREAMS.index("mixture")) as decoded:
        return listen_to_file(decoded)


def evenly_chosen(items: Sequence[T], most: int) -> list[T]:
    """Choose at most ``most`` items, taken at even distances."""
    return [items[at] for at in np.unique(np.linspace(0, len(items) - 1, min(most, len(items))).astype(int))]


def _levels(spectra: Spectra) -> Float64:
    return levels_db(spectra.mean_power, spectra.sample_rate)


def _neutral(corpora: Sequence[Float64], parts: Float64) -> Float64:
    """Find the spectrum from which corpora's curves (each (n, 64)), by their parts, don't depart on balance.

    A sound says nothing of where it has nothing: a telephone's voice nothing of what is above 4 kHz.
    """
    there = [levels > levels.max(axis=1, keepdims=True) - _SPAN_DB for levels in corpora]

    def balance(rows: Sequence[Float64]) -> Float64:
        means = [
            part * np.where(known, row, 0.0).sum(axis=0) / len(row)
            for part, row, known in zip(parts, rows, there, strict=True)
        ]
        counts = [part * known.mean(axis=0) for part, known in zip(parts, there, strict=True)]
        return np.asarray(np.sum(means, axis=0) / np.maximum(np.sum(counts, axis=0), _LEAST_KNOWN))

    held = [np.maximum(levels, levels.max(axis=1, keepdims=True) - _SPAN_DB) for levels in corpora]
    neutral = balance([levels - levels.mean(axis=1, keepdims=True) for levels in held])
    for _ in range(_ROUNDS):
        step = balance([curves_of_levels(levels, neutral) for levels in corpora])
        neutral = neutral + step
        if np.abs(step).max() < _SETTLED_DB:
            break
    return np.asarray(np.round(neutral - neutral.mean(), _DECIMALS))
