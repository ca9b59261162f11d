"""Functions for scripts and notebooks: the same chain as the command line, without the terminal."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from eqmorph.adapt import AdaptiveEq, FixedEq, Goal, fixed_eq
from eqmorph.analysis import WINDOW_S, Profile, listen, listen_to_file, load_ear
from eqmorph.analysis.trajectory import trajectory
from eqmorph.audio.atomic import remove_stale
from eqmorph.audio.read import AudioReader
from eqmorph.bands import GAIN_RANGE_DB, Bands
from eqmorph.batch import (
    Existing,
    Journal,
    Outcome,
    album_eq,
    find_sources,
    plan_jobs,
    run_batch,
    usable_cores,
)
from eqmorph.errors import UsageError
from eqmorph.level import Level, parse_level
from eqmorph.model import load_space
from eqmorph.presets import Preset, find_preset, list_presets
from eqmorph.process import ProcessResult, Settings, process_audio, process_file

__all__ = ["Words", "analyze_file", "apply", "apply_file", "apply_folder", "bands_for", "hear"]

_MOST_CHANNELS = 64  # more than there are frames are frames that come first


@dataclass(frozen=True, slots=True)
class Words:
    """A target in words and how it is to be met; a plain string is one with all else as it is here.

    Attributes:
        target: ``warm:0.7 + punchy:-0.3``, or ``warmer, a bit less harsh``.
        mode: ``adaptive`` gives each sound what it lacks, ``fixed`` gives all the words' own EQ.
        max_gain_db: no frequency is changed by more.
        to: the percentile of the reference that the result shall have; the amount then follows.
        refine: tune the bands further toward what is wanted.
    """

    target: str
    mode: Literal["adaptive", "fixed"] = "adaptive"
    max_gain_db: float = GAIN_RANGE_DB[1]
    to: float | None = None
    refine: bool = False

    def __post_init__(self) -> None:
        if self.mode not in ("adaptive", "fixed"):
            raise UsageError(f"unknown mode {self.mode!r}", hint="Modes are adaptive and fixed.")


def bands_for(target: str) -> Bands:
    """The five bands for a target in words: ``warm:0.7 + punchy:-0.3``, or ``warmer, a bit less harsh``.

    Raises:
        UsageError: a word is unknown; the hint names the nearest by spelling and by meaning.
    """
    return load_space().equalizer(target).bands


def hear(audio: ArrayLike, sample_rate: float) -> Profile:
    """What audio in memory, (channels, frames) or (frames,), is like: scores and percentiles of every word."""
    samples = _samples(audio, sample_rate)
    return load_ear().hear(listen([samples], int(sample_rate)))


def analyze_file(source: str | Path, *, window_s: float = WINDOW_S, hop_s: float | None = None) -> dict[str, Any]:
    """What a file is like over time: its trajectory, as ``eqmorph analyze --json`` gives it."""
    with AudioReader(Path(source)) as reader:
        info = reader.info
    return trajectory(load_ear(), listen_to_file(Path(source), window_s=window_s, hop_s=hop_s), info)


def apply(
    audio: ArrayLike,
    sample_rate: float,
    eq: Bands | Preset | Words | str,
    *,
    amount: float = 1.0,
    level: Level | str | float = "match",
    ceiling_db: float | None = None,
) -> NDArray[np.float32]:
    """Equalize audio in memory.

    Args:
        audio: (channels, frames), or (frames,) for mono; floats with full scale at 1. It is left as it is.
        sample_rate: in Hz.
        eq: bands, a preset, a preset's name, or a target in words such as ``warm:0.7 + punchy:-0.3``, which adapts to
            the sound; `Words` says more of how.
        amount: 0 leaves the audio as it is, 1 is the EQ, 2 twice its curve in dB.
        level: ``match`` the loudness of the input, ``keep`` what the EQ makes of it, or a loudness in LUFS.
        ceiling_db: true peak in dBTP that the result stays under; -1 unless the level is ``keep``.

    Returns:
        A new array of the same shape, float32.

    Raises:
        UsageError: the audio is no such array, or holds samples that are no numbers.
    """
    given = np.asarray(audio)
    samples = _samples(given, sample_rate)
    wanted, amount = _wanted(eq, amount)
    settings = Settings(wanted, amount, _level(level), ceiling_db)
    result, _ = process_audio(samples, sample_rate, settings)
    return result.reshape(given.shape)


def apply_file(
    source: str | Path,
    target: str | Path,
    eq: Bands | Preset | Words | str,
    *,
    amount: float = 1.0,
    level: Level | str | float = "match",
    ceiling_db: float | None = None,
    format: str | None = None,
    bit_depth: str | None = None,
    repair: bool = False,
    overwrite: bool = False,
) -> ProcessResult:
    """Equalize a file into another, tags and chunks kept; see `apply` for what is not said here.

    Args:
        source: any audio file that can be read.
        target: appears only when it is whole; its suffix decides the format unless ``format`` does.
        format: ``wav``, ``flac``, ``mp3``, ...; None keeps the source's.
        bit_depth: ``16``, ``24``, ``32``, ``32f``, ...; None keeps the source's.
        repair: mute samples that are no numbers, and take what there is of a truncated file.
        overwrite: whether ``target`` may be replaced. The source never is.
    """
    wanted, amount = _wanted(eq, amount)
    settings = Settings(wanted, amount, _level(level), ceiling_db, format, bit_depth, repair, measure=True)
    jobs = plan_jobs(
        find_sources([source]),
        Path(target),
        into_folder=False,
        format_name=format,
        existing="overwrite" if overwrite else "refuse",
        journal=None,
    )
    remove_stale(jobs[0].target.parent)
    return process_file(jobs[0].source, jobs[0].target, settings, overwrite=overwrite)


def apply_folder(
    source: str | Path,
    target: str | Path,
    eq: Bands | Preset | Words | str,
    *,
    amount: float = 1.0,
    level: Level | str | float = "match",
    ceiling_db: float | None = None,
    format: str | None = None,
    bit_depth: str | None = None,
    repair: bool = False,
    existing: Existing = "refuse",
    album: bool = False,
    trajectories: bool = False,
    jobs: int | None = None,
) -> Outcome:
    """Equalize all audio below a folder into another, relative paths kept; see `apply` and `apply_file`.

    Args:
        existing: what to do about outputs that are there: ``refuse`` to begin, ``overwrite`` or ``skip`` them, or
            ``resume`` where an earlier run stopped.
        album: listen to all files first, and give them one EQ.
        trajectories: write what each input is like over time beside its output, where words adapt.
        jobs: how many files at once; None for all cores.

    Returns:
        What became of each file. A file that fails doesn't stop the rest and raises nothing: look at
        ``outcome.results``.
    """
    if jobs is not None and jobs < 1:
        raise UsageError(f"{jobs} files at once are none", hint="Give 1 or more, or None for all cores.")
    workers = jobs or usable_cores()
    folder = Path(target)
    sources = find_sources([source], leave_out=folder)
    wanted, amount = _wanted(eq, amount)
    if album:
        if not isinstance(wanted, AdaptiveEq):
            raise UsageError("an album needs words that adapt", hint="Bands are one EQ for all files anyway.")
        wanted = album_eq(wanted.ear, wanted.goal, [s.path for s in sources], workers=workers, repair=repair)
    settings = Settings(wanted, amount, _level(level), ceiling_db, format, bit_depth, repair, measure=True)
    journal = Journal(folder, settings)
    planned = plan_jobs(
        sources,
        folder,
        into_folder=True,
        format_name=format,
        existing=existing,
        journal=journal,
        trajectories=trajectories and isinstance(wanted, AdaptiveEq),
    )
    return run_batch(planned, settings, workers=workers, journal=journal, resume=existing == "resume")


def _wanted(eq: Bands | Preset | Words | str, amount: float) -> tuple[Bands | FixedEq | AdaptiveEq, float]:
    """What is to be done, and the amount that is left to scale it by: words take theirs in."""
    if isinstance(eq, str):
        is_preset = eq in list_presets() or Path(eq).suffix.lower() == ".toml"
        eq = find_preset(eq) if is_preset else Words(eq)
    share = 1.0
    if isinstance(eq, Preset):
        if not eq.target:
            return eq.bands, amount
        share, eq = eq.amount, Words(eq.target)
    if isinstance(eq, Bands):
        return eq, amount
    if eq.to is not None and amount != 1:
        raise UsageError("a percentile to reach finds the amount itself", hint="Leave out amount, or to.")
    ear = load_ear()
    goal = Goal(ear.space.target(eq.target), share * amount, eq.max_gain_db, eq.to, eq.refine)
    if eq.mode == "fixed":
        return fixed_eq(ear.space, goal), 1.0
    return AdaptiveEq(ear, goal), 1.0


def _samples(audio: ArrayLike, sample_rate: float) -> NDArray[np.float32]:
    """Audio as (channels, frames), a copy.

    Raises:
        UsageError: it is no such array, or holds samples that are no numbers.
    """
    given = np.asarray(audio)
    if given.dtype.kind != "f":
        raise UsageError(f"audio is {given.dtype}, not floats", hint="Divide integers by their full scale.")
    if given.ndim not in (1, 2) or not len(given):
        raise UsageError(f"audio has the shape {given.shape}", hint="Give (channels, frames), or (frames,) for mono.")
    if given.ndim == 2 and len(given) > max(_MOST_CHANNELS, given.shape[1]):
        raise UsageError(
            f"audio has the shape {given.shape}: {len(given)} channels of {given.shape[1]} frames",
            hint="It goes by (channels, frames): give audio.T.",
        )
    samples = given.astype(np.float32)
    if not np.isfinite(samples).all():
        raise UsageError("audio holds samples that are no numbers", hint="Replace them: numpy.nan_to_num does.")
    if not 0 < sample_rate < math.inf:
        raise UsageError(f"sample rate {sample_rate} is no rate", hint="Give it in Hz, such as 44100.")
    return np.atleast_2d(samples)


def _level(level: Level | str | float) -> Level:
    return level if isinstance(level, Level) else parse_level(str(level))
