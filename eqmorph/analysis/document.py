"""The trajectory as a typed document: what ``schemas/trajectory.json`` says, for type checkers."""

from __future__ import annotations

from typing import Any, TypedDict

__all__ = [
    "RankedWord",
    "TrajectoryDocument",
    "TrajectoryFile",
    "TrajectoryHead",
    "TrajectoryModel",
    "TrajectoryReference",
    "TrajectorySuggestion",
    "TrajectorySummary",
    "TrajectoryWindow",
]


class TrajectoryFile(TypedDict):
    """The sound; ``name`` is - for audio in memory."""

    name: str
    container: str
    subtype: str
    sample_rate: int
    channels: int
    frames: int
    duration_s: float


class TrajectoryModel(TypedDict):
    """The semantic model that was used."""

    format: str
    sha256: str


class TrajectoryReference(TypedDict):
    """What is usual: the sounds that percentiles are places among."""

    format: str
    sha256: str
    corpora: list[str]
    sounds: int


class RankedWord(TypedDict):
    """A word, how much of it there is, and its place among the reference's sounds (0..1)."""

    word: str
    score: float
    percentile: float


class TrajectorySuggestion(TypedDict):
    """What to ask for next."""

    text: str
    excess: str | None
    balance: list[str]


class TrajectorySummary(TypedDict):
    """The sound as a whole."""

    silent: bool
    words: list[RankedWord]
    strongest: list[RankedWord]
    weakest: list[RankedWord]
    suggestion: TrajectorySuggestion
    latent: list[float] | None
    pca: list[float] | None


class TrajectoryWindow(TypedDict):
    """One window, its scores and percentiles in the order of ``words``; what can't be said of silence is None.

    ``percentiles_after`` are what was applied makes of them; None for an analysis.
    """

    start_s: float
    length_s: float
    energy_db: float | None
    weight: float
    scores: list[float] | None
    percentiles: list[float] | None
    percentiles_after: list[float] | None
    pca: list[float] | None
    latent: list[float] | None


class TrajectoryHead(TypedDict):
    """All of a trajectory but its windows."""

    format: str
    program: str
    file: TrajectoryFile
    model: TrajectoryModel
    encoder: str
    kind: str | None
    reference: TrajectoryReference
    window_s: float
    hop_s: float
    words: list[str]
    pca_share: list[float]
    summary: TrajectorySummary
    sections: list[dict[str, float]]
    applied: dict[str, Any] | None


class TrajectoryDocument(TrajectoryHead):
    """What a sound is like, as a whole and over time."""

    windows: list[TrajectoryWindow]
