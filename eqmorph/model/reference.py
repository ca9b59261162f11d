"""The neutral reference: what music and speech are like at large, and each kind of sound by itself.

One safetensors file: a neutral spectrum and the curves of the reference's own sounds with their weights, of all sounds
together and of each kind; what tells kinds; and, as metadata, which corpora the sounds are from. Percentiles of any
vocabulary follow from the curves. It carries its own seal, a SHA-256 of all that: a damaged one is refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from eqmorph._typing import Float64
from eqmorph.audio.course import TRAITS
from eqmorph.errors import InputError
from eqmorph.kind import Kind
from eqmorph.model.files import shipped_folder
from eqmorph.model.frontend import FARTHEST_DB
from eqmorph.model.settings import POINTS
from eqmorph.model.teller import KindTeller
from eqmorph.wording import Means, Phrase

__all__ = ["FORMAT", "REFERENCE", "Reference", "ReferenceCorpus", "load_reference", "write_reference"]


REFERENCE = "reference.safetensors"
FORMAT = "eqmorph-reference/2"  # raised whenever the front end no longer gives the same curves
_ARRAYS = ("neutral_db", "curves_db", "weights")
_TELLER, _TELLER_ARRAYS = "teller.", ("middle", "spread", "weights", "offset")
_HINT = Phrase("Build one with {}, or use the shipped one.", Means.TRAIN_REFERENCE)


@dataclass(frozen=True, slots=True)
class ReferenceCorpus:
    """One of the reference's sources. ``sha256`` is over the sorted digests of its files.

    ``kind`` is for people to read; ``sound`` is one of `Kind` by name, or empty where it holds several.
    """

    name: str
    kind: str
    source: str
    license: str
    files: int
    seconds: float
    sha256: str
    sound: str = ""


@dataclass(frozen=True)
class Reference:
    """What is usual.

    Attributes:
        neutral_db: the neutral spectrum (64,), level without meaning.
        curves_db: the curves of the reference's sounds against it (n, 64).
        weights: how much each counts (n,), 1 in all.
        corpora: where they come from.
        kinds: what is usual of each kind of sound; nothing where kinds are not told apart.
        teller: tells the kinds, if there are any.
    """

    neutral_db: Float64
    curves_db: Float64
    weights: Float64
    corpora: tuple[ReferenceCorpus, ...]
    kinds: Mapping[Kind, Reference] = field(default_factory=dict)
    teller: KindTeller | None = None

    def of(self, kind: Kind | None) -> Reference:
        """Return what is usual of a kind; of all sounds, where the kind can't be told or nothing is known of it."""
        return self.kinds.get(kind, self) if kind is not None else self

    @cached_property
    def digest(self) -> str:
        """Identifies it: SHA-256 of its arrays."""
        return sha256(b"".join(array.astype("<f4").tobytes() for _, array in self._arrays())).hexdigest()

    def _arrays(self) -> Iterator[tuple[str, Float64]]:
        """Yield all arrays by their names in a file, always in the same order."""
        for name in _ARRAYS:
            yield name, getattr(self, name)
        for kind in Kind:
            if kind in self.kinds:
                yield from ((f"{kind.value}.{name}", array) for name, array in self.kinds[kind]._arrays())
        if self.teller is not None:
            yield from ((f"{_TELLER}{name}", getattr(self.teller, name)) for name in _TELLER_ARRAYS)


def load_reference(folder: Path | None = None) -> Reference:
    """Load the reference in a model folder or, where that has none, the shipped one; read once.

    Raises:
        InputError: the file is damaged or of another version.
    """
    own = folder / REFERENCE if folder is not None else None
    return _load(own if own is not None and own.exists() else shipped_folder() / REFERENCE)


@lru_cache(maxsize=4)
def _load(path: Path) -> Reference:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            facts = file.metadata() or {}
            arrays = {name: file.get_tensor(name).astype(float) for name in file.keys()}  # noqa: SIM118 (no mapping)
    except (OSError, SafetensorError) as error:
        raise InputError(f"not a reference: {error}", hint=_HINT, path=path) from None
    if facts.get("format") != FORMAT:
        found = facts.get("format")
        raise InputError(f"a reference of another version: {found!r} instead of {FORMAT!r}", hint=_HINT, path=path)
    try:
        corpora = tuple(ReferenceCorpus(**corpus) for corpus in json.loads(facts["corpora"]))
        reference = _of_arrays(arrays, corpora)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"the reference is damaged: {error}", hint=_HINT, path=path) from None
    _check(reference, path)
    if facts.get("sha256") != _seal(reference, facts):
        raise InputError("the reference is damaged: it was changed after it was sealed", hint=_HINT, path=path)
    return reference


def _of_arrays(arrays: Mapping[str, Float64], corpora: tuple[ReferenceCorpus, ...]) -> Reference:
    def part(prefix: str, sources: tuple[ReferenceCorpus, ...]) -> Reference:
        neutral_db, curves_db, weights = (arrays[prefix + name] for name in _ARRAYS)
        return Reference(neutral_db, curves_db, weights, sources)

    kinds = {
        kind: part(f"{kind.value}.", tuple(corpus for corpus in corpora if corpus.sound == kind.value))
        for kind in Kind
        if any(name.startswith(f"{kind.value}.") for name in arrays)
    }
    has_teller = any(name.startswith(_TELLER) for name in arrays)
    teller = KindTeller(*(arrays[_TELLER + name] for name in _TELLER_ARRAYS)) if has_teller else None
    return replace(part("", corpora), kinds=kinds, teller=teller)


def _seal(reference: Reference, facts: Mapping[str, str]) -> str:
    """Return the SHA-256 of everything in a reference's file except itself."""
    return sha256("\n".join([reference.digest, facts["format"], facts["corpora"]]).encode()).hexdigest()


def _check(reference: Reference, path: Path) -> None:
    parts = [reference, *reference.kinds.values()]
    if not (all(map(_is_valid, parts)) and (reference.teller is None or _can_tell(reference.teller))):
        raise InputError("the reference is damaged: its arrays are not valid", hint=_HINT, path=path)


def _is_valid(reference: Reference) -> bool:
    curves, weights = reference.curves_db, reference.weights
    return bool(
        reference.neutral_db.shape == (POINTS,)
        and curves.shape == (len(weights), POINTS)
        and len(weights) > 0
        and all(np.isfinite(a).all() for a in (reference.neutral_db, curves, weights))
        and np.abs(curves).max() <= FARTHEST_DB + 1e-3
        and weights.min() >= 0
        and abs(weights.sum() - 1) < 1e-3
    )


def _can_tell(teller: KindTeller) -> bool:
    return bool(
        teller.middle.shape == teller.spread.shape == (TRAITS,)
        and teller.weights.shape == (len(Kind), TRAITS)
        and teller.offset.shape == (len(Kind),)
        and all(np.isfinite(getattr(teller, name)).all() for name in _TELLER_ARRAYS)
        and teller.spread.min() > 0
    )


def write_reference(path: Path, reference: Reference) -> None:
    """Write a reference; the same one gives the same bytes."""
    from safetensors.numpy import save

    from eqmorph.audio.atomic import AtomicFile

    arrays: dict[str, Any] = {name: array.astype(np.float32) for name, array in reference._arrays()}
    corpora = [asdict(corpus) for corpus in reference.corpora]
    facts = {"format": FORMAT, "corpora": json.dumps(corpora)}
    facts["sha256"] = _seal(reference, facts)
    with AtomicFile(path, overwrite=True) as out:
        out.temp.write_bytes(_in_order(save(arrays, metadata=facts)))
        out.commit()


def _in_order(data: bytes) -> bytes:
    """Sort the header of a safetensors file: the library writes metadata in any order."""
    size = int.from_bytes(data[:8], "little")
    header = json.dumps(json.loads(data[8 : 8 + size]), sort_keys=True, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    return len(header).to_bytes(8, "little") + header + data[8 + size :]
