"""The semantic trajectory: what a sound is like from window to window, as a JSON document.

``schemas/trajectory.json`` says what each field is. Each window has a line of its own, numbers
have only the digits that mean something, and what can't be said of silence is null.

As plain data a window takes ten times the memory of its cells. So `flowing_trajectory` works windows out as they are
asked for, and writing holds one at a time.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eqmorph.analysis.document import (
    RankedWord,
    TrajectoryDocument,
    TrajectoryFile,
    TrajectoryHead,
    TrajectorySummary,
    TrajectoryWindow,
)
from eqmorph.analysis.ear import MAIN_WORDS, Ear, Profile
from eqmorph.analysis.ridden import ridden
from eqmorph.analysis.sections import find_sections
from eqmorph.analysis.suggest import suggest
from eqmorph.audio.atomic import AtomicFile, explain_os_error
from eqmorph.audio.read import AudioInfo
from eqmorph.audio.windows import Spectra
from eqmorph.bands import Ride
from eqmorph.model.reference import FORMAT as REFERENCE_FORMAT
from eqmorph.schemas import schema_file
from eqmorph.version import __version__

__all__ = [
    "FORMAT",
    "SCHEMA",
    "FlowingTrajectory",
    "Ranked",
    "Windows",
    "fill_trajectory",
    "flowing_trajectory",
    "json_parts",
    "model_digest",
    "ranked",
    "trajectory",
    "trajectory_path",
    "write_trajectory",
]


FORMAT = "eqmorph-trajectory/3"
SCHEMA = schema_file("trajectory")
_EVIDENCE = 0.4  # the confidence a word needs to be called the strongest or the weakest


@dataclass(frozen=True, slots=True)
class Ranked:
    """A word with its score and percentile."""

    word: str
    score: float
    percentile: float

    def to_dict(self) -> RankedWord:
        return {"word": self.word, "score": round(self.score, 3), "percentile": round(self.percentile, 3)}


def ranked(ear: Ear, profile: Profile) -> list[Ranked]:
    """Rank the English words with evidence, from the strongest in a sound to the weakest; none for silence."""
    if profile.is_silent:
        return []
    words = [
        Ranked(word, float(score), float(place))
        for word, score, place in zip(profile.words, profile.scores, profile.percentiles, strict=True)
        if ear.space.terms[word].language == "en" and ear.space.terms[word].confidence >= _EVIDENCE
    ]
    return sorted(words, key=lambda entry: (-entry.percentile, -entry.score, entry.word))


def trajectory(
    ear: Ear,
    spectra: Spectra,
    info: AudioInfo,
    *,
    words: Sequence[str] = MAIN_WORDS,
    top: int = 8,
    applied: Mapping[str, Any] | None = None,
    ride: Ride | None = None,
) -> TrajectoryDocument:
    """Return the trajectory of a sound, as plain data for `write_trajectory`.

    Args:
        ear: the model and the reference.
        spectra: the sound's windows.
        info: the file they are of.
        words: the words to follow; those that the model doesn't know are left out.
        top: how many of the strongest and of the weakest words to name.
        applied: what was done to the file, if anything, as plain data.
        ride: the EQ that was applied, over time.
    """
    data = flowing_trajectory(ear, spectra, info, words=words, top=top, applied=applied, ride=ride)
    return {**data, "windows": list(data["windows"])}


def flowing_trajectory(
    ear: Ear,
    spectra: Spectra,
    info: AudioInfo,
    *,
    words: Sequence[str] = MAIN_WORDS,
    top: int = 8,
    applied: Mapping[str, Any] | None = None,
    ride: Ride | None = None,
) -> FlowingTrajectory:
    """Return what `trajectory` does, but with `Windows` that are worked out each time they are iterated over."""
    words = [word for word in words if word in ear.space.terms]
    return {
        "format": FORMAT,
        "program": f"eqmorph {__version__}",
        "file": _file(info, spectra),
        "model": {
            "format": ear.space.card["format"],
            "sha256": model_digest(ear),
        },
        "encoder": ear.encoder.identity,
        "kind": ear.kind.value if ear.kind is not None else None,
        "reference": {
            "format": REFERENCE_FORMAT,
            "sha256": ear.reference.digest,
            "corpora": [corpus.name for corpus in ear.reference.corpora],
            "sounds": len(ear.reference.weights),
        },
        "window_s": spectra.window_s,
        "hop_s": spectra.hop_s,
        "words": words,
        "pca_share": _rounded(ear.plane.share, 3),
        "summary": _summary(ear, ear.hear(spectra), words, top),
        "sections": [section.to_dict() for section in find_sections(ear, spectra)],
        "applied": dict(applied) if applied is not None else None,
        "windows": Windows(ear, spectra, words, ride),
    }


def model_digest(ear: Ear) -> str:
    """Return by what a trajectory knows the model that heard it."""
    return sha256(json.dumps(ear.space.card["files"], sort_keys=True).encode()).hexdigest()


def trajectory_path(audio: Path) -> Path:
    """Return where the trajectory of a sound at ``audio`` goes: ``song.wav.trajectory.json``.

    With the audio's suffix, since song.wav and song.flac may lie in one folder.
    """
    return audio.with_name(f"{audio.name}.trajectory.json")


def write_trajectory(path: Path, data: Mapping[str, Any], *, overwrite: bool) -> None:
    """Write a trajectory; the file appears when it is complete.

    Raises:
        OutputError: the file exists and may not be overwritten, or it can't be written.
    """
    with AtomicFile(path, overwrite=overwrite) as out:
        fill_trajectory(out, data)
        out.commit()


def fill_trajectory(out: AtomicFile, data: Mapping[str, Any]) -> None:
    """Write a trajectory into a file that is not committed yet."""
    try:
        with out.temp.open("w", encoding="ascii", newline="\n") as file:
            file.writelines(json_parts(data, line_end="\n"))
            file.write("\n")
    except OSError as error:
        raise explain_os_error(error, out.final) from error


def json_parts(data: Mapping[str, Any], *, line_end: str = "") -> Iterator[str]:
    """Yield a trajectory as JSON, piece by piece: one field a line and one window a line, if lines have an end."""

    def compact(value: object) -> str:
        return json.dumps(value, separators=(",", ":"), allow_nan=False)

    between = "," + line_end
    yield "{" + line_end
    for name, value in data.items():
        if name != "windows":
            yield f"{compact(name)}:{compact(value)}{between}"
    yield '"windows":[' + line_end
    for number, window in enumerate(data["windows"]):
        yield (between if number else "") + compact(window)
    yield f"{line_end}]{line_end}}}"


@dataclass(frozen=True, slots=True)
class Windows:
    """The windows of a sound as plain data, worked out as they are asked for."""

    ear: Ear
    spectra: Spectra
    words: Sequence[str]
    ride: Ride | None = None

    def __len__(self) -> int:
        return len(self.spectra.power)

    def __iter__(self) -> Iterator[TrajectoryWindow]:
        weights = iter(self.spectra.weights)
        for part in self.spectra.parts():
            curves = self.ear.window_curves(part)
            scores, places = self.ear.words_in(curves, self.words)
            latents = self.ear.space.encode(curves)
            columns = {
                "scores": _rounded(scores, 2),
                "percentiles": _rounded(places, 3),
                "pca": _rounded(self.ear.plane.place(latents), 2),
                "latent": _rounded(latents, 2),
            }
            if self.ride is not None:
                after = self.ear.window_curves(ridden(part, self.ride))
                columns["percentiles_after"] = _rounded(self.ear.words_in(after, self.words)[1], 3)
            else:
                columns["percentiles_after"] = [None] * len(part.power)
            for at, energy in enumerate(part.energy):
                heard = energy > 0
                yield {
                    "start_s": round(float(part.start_s[at]), 6),
                    "length_s": round(float(part.length_s[at]), 6),
                    "energy_db": round(10 * float(np.log10(energy)), 1) if heard else None,
                    "weight": float(f"{next(weights):.4g}"),
                    "scores": columns["scores"][at] if heard else None,
                    "percentiles": columns["percentiles"][at] if heard else None,
                    "percentiles_after": columns["percentiles_after"][at] if heard else None,
                    "pca": columns["pca"][at] if heard else None,
                    "latent": columns["latent"][at] if heard else None,
                }


class FlowingTrajectory(TrajectoryHead):
    """A trajectory whose windows are worked out as they are asked for."""

    windows: Windows


def _file(info: AudioInfo, spectra: Spectra) -> TrajectoryFile:
    return {
        "name": info.path.name,
        "container": info.format,
        "subtype": info.subtype,
        "sample_rate": info.sample_rate,
        "channels": info.channels,
        "frames": spectra.frames,  # as read: headers may not say
        "duration_s": round(spectra.frames / info.sample_rate, 3),
    }


def _summary(ear: Ear, profile: Profile, words: Sequence[str], top: int) -> TrajectorySummary:
    heard = not profile.is_silent
    order = ranked(ear, profile)
    main = [word for word in MAIN_WORDS if word in ear.space.terms]
    followed = [Ranked(word, profile.score(word), profile.percentile(word)) for word in words] if heard else []
    return {
        "silent": profile.is_silent,
        "words": [entry.to_dict() for entry in followed],
        "strongest": [entry.to_dict() for entry in order[:top]],
        "weakest": [entry.to_dict() for entry in reversed(order[max(top, len(order) - top) :])],
        "suggestion": suggest(ear, profile, main).to_dict(),
        "latent": _rounded(profile.latent, 3) if heard else None,
        "pca": _rounded(ear.plane.place(profile.latent), 3) if heard else None,
    }


def _rounded(values: NDArray[np.floating[Any]], digits: int) -> list[Any]:
    """Return plain numbers, or lists of them, rounded to ``digits`` decimals, and never -0."""
    rounded: list[Any] = (np.round(values.astype(float), digits) + 0.0).tolist()
    return rounded
