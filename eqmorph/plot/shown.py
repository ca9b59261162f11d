"""What figures show, as plain numbers: whoever knows a sound or a word fills these in, `eqmorph.figures` draws them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from eqmorph._typing import Float64
from eqmorph.plot.curve import SampledCurve
from eqmorph.plot.over_time import OverTime

__all__ = [
    "Balances",
    "BeforeAfter",
    "Decided",
    "EqPicture",
    "Family",
    "Find",
    "Journey",
    "Map",
    "MapWord",
    "Mark",
    "PeopleOfWord",
    "Place",
    "Ranked",
    "SetOutcome",
    "SoundPicture",
    "Spectrogram",
    "VersionsPicture",
    "WordMove",
]


@dataclass(frozen=True, eq=False)
class EqPicture:
    """An EQ: what it does as a whole, one curve a channel where they differ, and each of its bands by itself."""

    whole: tuple[SampledCurve, ...]
    bands: tuple[SampledCurve, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """A limit that bound: its name, how much it took in dB, and where; None where it held for the whole."""

    name: str
    took_db: float | None
    at_hz: float | None


@dataclass(frozen=True, slots=True)
class WordMove:
    """A word's percentile (0..1) before and after, and its weight; how much of it was asked to be."""

    word: str
    before: float
    after: float
    weight: float = 1.0


@dataclass(frozen=True, eq=False)
class BeforeAfter:
    """Spectra of a sound (n,) in dB before and after an EQ, at ``freqs_hz`` (n,) and equally scaled."""

    freqs_hz: Float64
    before_db: Float64
    after_db: Float64


@dataclass(frozen=True, eq=False)
class Decided:
    """How an EQ came about.

    Attributes:
        freqs_hz: of the curves that were asked and limited (n,).
        asked_db: what all words together ask for (n,).
        limited_db: what is left of it within the limits (n,).
        low_db, high_db: how far the limits let a curve go (n,).
        fitted: what the bands do.
        marks: the limits that bound.
        words: from where to where each word goes.
    """

    freqs_hz: Float64
    asked_db: Float64
    limited_db: Float64
    low_db: Float64
    high_db: Float64
    fitted: SampledCurve
    marks: tuple[Mark, ...] = ()
    words: tuple[WordMove, ...] = ()

    def curves(self, most_db: float) -> list[SampledCurve]:
        """Return all curves by name; what was asked beyond ``most_db`` only as far as it, since it may be anything."""
        asked_db = np.clip(self.asked_db, -most_db, most_db)
        return [
            SampledCurve(self.freqs_hz, asked_db, "asked"),
            SampledCurve(self.freqs_hz, self.limited_db, "limited"),
            SampledCurve(self.fitted.freqs_hz, self.fitted.gain_db, "fitted", self.fitted.marks_hz),
        ]


@dataclass(frozen=True, eq=False)
class SoundPicture:
    """What an EQ does to one sound: its spectra, and either how the EQ was decided on or just what it does."""

    spectra: BeforeAfter
    eq: EqPicture
    decided: Decided | None = None


@dataclass(frozen=True, eq=False)
class Spectrogram:
    """Power in mel bands (bands, t) in dB, at the bands' middles (bands,) and the windows' middles (t,)."""

    freqs_hz: Float64
    times_s: Float64
    power_db: Float64


@dataclass(frozen=True, slots=True)
class Place:
    """A word's place in a plane."""

    word: str
    x: float
    y: float


@dataclass(frozen=True, eq=False)
class Journey:
    """A sound over time, and its way through the latent plane.

    Attributes:
        over_time: its words, sections and EQ over time.
        spectrogram: None where the sound itself is not at hand.
        path: where each window lies in the plane (w, 2), NaN in silence.
        path_s: the middle of each window (w,).
        share: of the variance of sounds along either axis (2,).
        words: where words lie.
    """

    over_time: OverTime
    spectrogram: Spectrogram | None
    path: Float64
    path_s: Float64
    share: tuple[float, ...]
    words: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class MapWord:
    """A word on the map: its place, how many vouch for it, how much they agree (None below two), and its cluster."""

    word: str
    x: float
    y: float
    evidence: int
    agreement: float | None
    cluster: int


@dataclass(frozen=True, eq=False)
class Map:
    """The vocabulary as a map: words alike are near. ``clusters`` are named after the best known word of each.

    ``share`` is how much of how words differ the map's two directions show; ``marked`` are words to point at.
    """

    words: tuple[MapWord, ...]
    clusters: tuple[str, ...]
    share: float
    marked: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Family:
    """Curves on the way from one target to another, each with its place (0..1) on it."""

    start: str
    end: str
    positions: tuple[float, ...]
    curves: tuple[SampledCurve, ...]


@dataclass(frozen=True, eq=False)
class PeopleOfWord:
    """What people did for a word.

    Attributes:
        word: the word.
        freqs_hz: of all curves (n,).
        curves_db: each person's (p, n), means removed.
        in_larger: which of them mean what most do (p,); all of them where people mean one thing.
        word_db: what the word does (n,).
        variations: versions of it, as people would differ.
        answered: which were asked (p,); the others saved a setting.
    """

    word: str
    freqs_hz: Float64
    curves_db: Float64
    in_larger: NDArray[np.bool_]
    word_db: Float64
    variations: tuple[SampledCurve, ...] = ()
    answered: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))


@dataclass(frozen=True, slots=True)
class Ranked:
    """A sound and its place, 0..1, with the percentile of each word."""

    name: str
    place: float
    percentiles: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Find:
    """A setting that no word names: its curve, the words that come nearest with their likeness, the first's curve."""

    curve: SampledCurve
    nearest: tuple[tuple[str, float], ...]
    nearest_curve: SampledCurve | None = None


@dataclass(frozen=True, eq=False)
class VersionsPicture:
    """Versions of one sound: what each EQ does, and what it makes of words (versions, words), 0..1."""

    names: tuple[str, ...]
    curves: tuple[SampledCurve, ...]
    words: tuple[str, ...]
    percentiles: Float64


@dataclass(frozen=True, eq=False)
class Balances:
    """A sound beside a reference by third-octaves (n,) in dB, NaN where unknown, and what the EQ makes of it."""

    freqs_hz: Float64
    sound_db: Float64
    reference_db: Float64
    after_db: Float64
    eq: SampledCurve


@dataclass(frozen=True, eq=False)
class SetOutcome:
    """What became of several files: the EQ of each, or of the first hundreds, and each word's moves (files)."""

    files: int
    curves: tuple[SampledCurve, ...]
    moves: dict[str, tuple[WordMove, ...]]
