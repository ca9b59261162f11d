"""The neutral reference: what music and speech are like at large, against which a sound is heard.

One safetensors file: the neutral spectrum, the curves of the reference's own sounds with their weights (each corpus
weighs the same), and, as metadata, which corpora they are. Percentiles of any vocabulary follow from the curves. It
carries its own seal, a SHA-256 of all that: a damaged one is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from eqmorph._typing import Float64
from eqmorph.errors import InputError
from eqmorph.model.files import shipped_folder
from eqmorph.model.frontend import FARTHEST_DB
from eqmorph.model.settings import POINTS
from eqmorph.wording import Means, Phrase

__all__ = ["FORMAT", "REFERENCE", "Reference", "ReferenceCorpus", "load_reference", "write_reference"]


REFERENCE = "reference.safetensors"
FORMAT = "eqmorph-reference/1"  # raised whenever the front end no longer gives the same curves
_HINT = Phrase("Build one with {}, or use the shipped one.", Means.TRAIN_REFERENCE)


@dataclass(frozen=True, slots=True)
class ReferenceCorpus:
    """One of the reference's sources. ``sha256`` is over the sorted digests of its files."""

    name: str
    kind: str
    source: str
    license: str
    files: int
    seconds: float
    sha256: str


@dataclass(frozen=True)
class Reference:
    """What is usual.

    Attributes:
        neutral_db: the neutral spectrum (64,), level without meaning.
        curves_db: the curves of the reference's sounds against it (n, 64).
        weights: how much each counts (n,), 1 in all.
        corpora: where they come from.
    """

    neutral_db: Float64
    curves_db: Float64
    weights: Float64
    corpora: tuple[ReferenceCorpus, ...]

    @cached_property
    def digest(self) -> str:
        """Identifies it: SHA-256 of its arrays."""
        arrays = (self.neutral_db, self.curves_db, self.weights)
        return sha256(b"".join(array.astype("<f4").tobytes() for array in arrays)).hexdigest()


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
        reference = Reference(arrays["neutral_db"], arrays["curves_db"], arrays["weights"], corpora)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"the reference is damaged: {error}", hint=_HINT, path=path) from None
    _check(reference, path)
    if facts.get("sha256") != _seal(reference, facts):
        raise InputError("the reference is damaged: it was changed after it was sealed", hint=_HINT, path=path)
    return reference


def _seal(reference: Reference, facts: Mapping[str, str]) -> str:
    """Return the SHA-256 of everything in a reference's file except itself."""
    return sha256("\n".join([reference.digest, facts["format"], facts["corpora"]]).encode()).hexdigest()


def _check(reference: Reference, path: Path) -> None:
    curves, weights = reference.curves_db, reference.weights
    well = (
        reference.neutral_db.shape == (POINTS,)
        and curves.shape == (len(weights), POINTS)
        and len(weights) > 0
        and all(np.isfinite(a).all() for a in (reference.neutral_db, curves, weights))
        and np.abs(curves).max() <= FARTHEST_DB + 1e-3
        and weights.min() >= 0
        and abs(weights.sum() - 1) < 1e-3
    )
    if not well:
        raise InputError("the reference is damaged: its arrays are not valid", hint=_HINT, path=path)


def write_reference(path: Path, reference: Reference) -> None:
    """Write a reference; the same one gives the same bytes."""
    from safetensors.numpy import save

    from eqmorph.audio.atomic import AtomicFile

    arrays: dict[str, Any] = {
        "neutral_db": reference.neutral_db.astype(np.float32),
        "curves_db": reference.curves_db.astype(np.float32),
        "weights": reference.weights.astype(np.float32),
    }
    corpora = [{name: getattr(corpus, name) for name in ReferenceCorpus.__slots__} for corpus in reference.corpora]
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
