"""The versions of one sound: what each EQ is, what it makes of the words, and how loud it leaves the sound."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from eqmorph.adapt.account import Account
from eqmorph.adapt.eq import Eq
from eqmorph.adapt.fixed import BandsEq, FixedEq
from eqmorph.analysis import MAIN_WORDS, Ear, Profile, listen_to_file, load_ear
from eqmorph.audio.read import AudioInfo, AudioReader
from eqmorph.audio.windows import Spectra
from eqmorph.bands import Bands
from eqmorph.batch.threads import on_threads, until, usable_cores
from eqmorph.compare.levels import DEFAULT_CEILING_DB, equal_trims
from eqmorph.errors import UsageError
from eqmorph.kind import AUTO
from eqmorph.level import Level, Loudness, Measured, Trim
from eqmorph.model import GRID_HZ
from eqmorph.model.describe import describe_curve
from eqmorph.process import Settings, Watch, measure_file, unwatched
from eqmorph.request import EqRequest
from eqmorph.target import Target

__all__ = [
    "ORIGINAL",
    "Ask",
    "Chosen",
    "Comparison",
    "NamedEq",
    "Place",
    "Version",
    "choose_versions",
    "compare_file",
    "resolve",
    "target_of",
]

#: A version that is to be made: its name, mode and amount, and what decides on its bands.
NamedEq = tuple[str, str, float, Eq]

ORIGINAL, FIXED, ADAPTIVE = "original", "fixed", "adaptive"
_MOST_AMOUNTS = 6
_MOST_BESIDE = 3  # words that nobody asked for and that move as well
_LEAST_BESIDE = 0.05  # by how much of the reference they move


@dataclass(frozen=True, slots=True)
class Ask:
    """What is to be compared: a target, and the amounts of it to adapt by. The fields are those of `EqRequest`."""

    words: str | Target
    amounts: tuple[float, ...] = (0.5, 1.0)
    max_gain_db: float | None = None
    refine: bool = False
    kind: str = AUTO
    encoder: str | Path = "analytic"
    model_folder: str | Path | None = None

    def __post_init__(self) -> None:
        if len(self.amounts) > _MOST_AMOUNTS:
            raise UsageError(
                f"{len(self.amounts)} amounts are too many to compare", hint=f"Name {_MOST_AMOUNTS} at most."
            )
        for amount in self.amounts:
            self._adaptive(amount)  # refuses what is out of range, before a sound is heard

    def requests(self) -> list[tuple[str, str, float, EqRequest]]:
        """Return name, mode, amount and request of every version but the original."""
        own = EqRequest(self.words, mode="fixed", max_gain_db=self.max_gain_db, model_folder=self.model_folder)
        by_amount = [
            (ADAPTIVE if amount == 1 else f"{ADAPTIVE} {amount:g}", ADAPTIVE, amount, self._adaptive(amount))
            for amount in sorted(set(self.amounts))
        ]
        return [(FIXED, FIXED, 1.0, own), *by_amount]

    def load_ear(self) -> Ear:
        """Return what hears the sound."""
        return load_ear(None if self.model_folder is None else Path(self.model_folder), self.encoder, self.kind)

    def _adaptive(self, amount: float) -> EqRequest:
        return EqRequest(
            self.words,
            amount=amount,
            max_gain_db=self.max_gain_db,
            refine=self.refine,
            kind=self.kind,
            encoder=self.encoder,
            model_folder=self.model_folder,
        )


@dataclass(frozen=True, slots=True)
class Place:
    """How much of a word is in a version, as its score and its place in the reference, 0..1."""

    word: str
    score: float
    percentile: float


@dataclass(frozen=True, eq=False)
class Chosen:
    """One version as it was decided on, before anything is rendered.

    Attributes:
        name: ``original``, ``fixed``, ``adaptive 0.5``, ``adaptive``.
        mode: ``original``, ``fixed`` or ``adaptive``.
        amount: how much of the EQ; 0 for the original.
        bands: what is rendered.
        predicted: what the result is like, by the power domain.
        description: what the EQ does, in an engineer's words.
        largest_db: the most that it moves any frequency by, with its sign.
        account: what was decided and why; None for the original and the words' own EQ.
        scale: what is left of the words' own EQ within the largest gain, 0..1.
        notes: what else a person should know.
    """

    name: str
    mode: str
    amount: float
    bands: Bands
    predicted: Profile
    description: str
    largest_db: float
    account: Account | None = None
    scale: float = 1.0
    notes: tuple[str, ...] = ()

    def is_same(self, other: Chosen) -> bool:
        """Tell whether both sound the same."""
        return self.bands == other.bands or (self.bands.is_flat and other.bands.is_flat)


@dataclass(frozen=True, eq=False, kw_only=True)
class Version(Chosen):
    """One version, measured.

    Attributes:
        after: as loud as the EQ leaves it.
        trim: the gain that makes all versions equally loud, and what all are trimmed by for the ceiling.
    """

    after: Loudness
    trim: Trim

    @property
    def levelled(self) -> Loudness:
        """As loud as it is written."""
        return self.after.louder_by(self.trim.total_db)


@dataclass(frozen=True, eq=False)
class Comparison:
    """All versions of one sound, the original first."""

    info: AudioInfo
    duration_s: float
    target: str
    kind: str | None
    words: tuple[str, ...]
    beside: tuple[str, ...]
    versions: tuple[Version, ...]
    doubts: tuple[str, ...] = ()
    repair: bool = False

    @property
    def original(self) -> Version:
        return self.versions[0]

    @property
    def is_silent(self) -> bool:
        return self.original.predicted.is_silent

    def places(self, version: Version) -> list[Place]:
        """Return what a version makes of the words asked for, then of those that move beside them."""
        return [
            Place(word, version.predicted.score(word), version.predicted.percentile(word))
            for word in (*self.words, *self.beside)
        ]

    def twin(self, version: Version) -> str:
        """Return the name of an earlier version with the same bands; empty if there is none."""
        for other in self.versions:
            if other is version:
                return ""
            if other.is_same(version):
                return other.name
        return ""


def compare_file(
    path: Path,
    ask: Ask,
    *,
    ceiling_db: float = DEFAULT_CEILING_DB,
    repair: bool = False,
    watch: Watch = unwatched,
) -> Comparison:
    """Listen to a file, decide on every version of it, and measure what each makes of its level. Nothing is written.

    Raises:
        UsageError: a word is unknown, or a value out of range.
        InputError: the file or the model can't be read.
    """
    ear, eqs = resolve(ask)
    with AudioReader(path, repair=repair) as reader:
        info = reader.info
    spectra = listen_to_file(path, repair=repair, watch=watch)
    ear = ear.for_sound(spectra)
    chosen = choose_versions(eqs, ear, spectra, info.sample_rate)
    measured = _measured(path, chosen, repair=repair, watch=watch)
    trims = equal_trims(measured, ceiling_db)
    versions = tuple(
        Version(**vars(one), after=level.after, trim=trim)
        for one, level, trim in zip(chosen, measured, trims, strict=True)
    )
    target, words = target_of(eqs)
    return Comparison(
        info=info,
        duration_s=spectra.frames / info.sample_rate,
        target=target,
        kind=ear.kind.value if ear.kind is not None else None,
        words=words,
        beside=_beside(words, chosen),
        versions=versions,
        doubts=tuple(dict.fromkeys(doubt for *_, eq in eqs for doubt in eq.doubts)),
        repair=repair,
    )


def resolve(ask: Ask) -> tuple[Ear, list[NamedEq]]:
    """Return what listens, and each version's name, mode, amount and EQ, the original left out."""
    ear = ask.load_ear()
    return ear, [(name, mode, amount, request.resolve(ear)) for name, mode, amount, request in ask.requests()]


def target_of(eqs: Sequence[NamedEq]) -> tuple[str, tuple[str, ...]]:
    """Return the target in the exact notation, and its words, the one with the largest weight first."""
    (own,) = (eq for *_, eq in eqs if isinstance(eq, FixedEq))
    target = own.equalizer.target
    by_weight = sorted(target.terms, key=lambda term: -abs(term.weight))
    return str(target), tuple(dict.fromkeys(term.word for term in by_weight))


def choose_versions(eqs: Sequence[NamedEq], ear: Ear, spectra: Spectra, sample_rate: int) -> list[Chosen]:
    """Decide on every version of a sound that was heard; the original comes first."""
    heard = ear.hear(spectra)
    versions = [Chosen(ORIGINAL, ORIGINAL, 0.0, Bands(), heard, "as it is", 0.0)]
    for name, mode, amount, eq in eqs:
        choice = eq.decide(sample_rate, spectra, heard)
        decision = choice.decision
        curve_db = choice.bands.held_response_db(GRID_HZ, sample_rate)
        versions.append(
            Chosen(
                name,
                mode,
                amount,
                choice.bands,
                predicted=ear.hear(spectra, choice.bands) if decision is None else decision.predicted,
                description=describe_curve(curve_db),
                largest_db=float(curve_db[np.argmax(np.abs(curve_db))]),
                account=None if decision is None else Account.of(decision, sample_rate),
                scale=eq.equalizer.scale if isinstance(eq, FixedEq) else 1.0,
                notes=choice.notes,
            )
        )
    return versions


def _measured(path: Path, chosen: Sequence[Chosen], *, repair: bool, watch: Watch) -> list[Measured]:
    """Measure every version as it will be rendered; those with no bands are measured once."""

    def measure(bands: Bands) -> Measured:
        settings = Settings(BandsEq(bands), Level("keep"), repair=repair)
        return measure_file(path, path, settings, watch=until(stop, watch))

    stop = threading.Event()
    distinct = list(dict.fromkeys(str(one.bands) for one in chosen))
    by_notation = {str(one.bands): one.bands for one in chosen}
    workers = min(usable_cores(), len(distinct))
    done = on_threads(measure, [by_notation[text] for text in distinct], workers=workers, stop=stop, in_order=True)
    with closing(done):
        found = {str(bands): future.result() for bands, future in done}
    return [found[str(one.bands)] for one in chosen]


def _beside(words: Sequence[str], chosen: Sequence[Chosen]) -> tuple[str, ...]:
    """Return the main words that nobody asked for and that some version moves most."""
    before = chosen[0].predicted
    if before.is_silent:
        return ()

    def moved(word: str) -> float:
        return max(abs(one.predicted.percentile(word) - before.percentile(word)) for one in chosen)

    others = [word for word in MAIN_WORDS if word in before.words and word not in words]
    most = sorted(others, key=lambda word: -moved(word))[:_MOST_BESIDE]
    return tuple(word for word in most if moved(word) >= _LEAST_BESIDE)
