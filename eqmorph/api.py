"""Functions for scripts and notebooks: the same chain as the command line, without the terminal."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from eqmorph.audio.atomic import remove_stale
from eqmorph.bands import Bands
from eqmorph.batch import Existing, Journal, Outcome, find_sources, plan_jobs, run_batch, usable_cores
from eqmorph.errors import UsageError
from eqmorph.level import Level, parse_level
from eqmorph.morph import MorphResult, Settings, morph_audio, morph_file
from eqmorph.presets import Preset, find_preset, list_presets

__all__ = ["apply", "apply_file", "apply_folder", "bands_for"]


def bands_for(target: str) -> Bands:
    """The five bands for a target in words: ``warm:0.7 + punchy:-0.3``, or ``warmer, a bit less harsh``.

    Raises:
        UsageError: a word is unknown; the hint names the nearest by spelling and by meaning.
    """
    from eqmorph.model import load_space

    return load_space().equalizer(target).bands


def apply(
    audio: ArrayLike,
    sample_rate: float,
    eq: Bands | Preset | str,
    *,
    amount: float = 1.0,
    level: Level | str | float = "match",
    ceiling_db: float | None = None,
) -> NDArray[np.float32]:
    """Equalize audio in memory.

    Args:
        audio: (channels, frames), or (frames,) for mono; floats with full scale at 1. It is left as it is.
        sample_rate: in Hz.
        eq: bands, a preset, a preset's name, or a target in words such as ``warm:0.7 + punchy:-0.3``.
        amount: 0 leaves the audio as it is, 1 is the EQ, 2 twice its curve in dB.
        level: ``match`` the loudness of the input, ``keep`` what the EQ makes of it, or a loudness in LUFS.
        ceiling_db: true peak in dBTP that the result stays under; -1 unless the level is ``keep``.

    Returns:
        A new array of the same shape, float32.

    Raises:
        UsageError: the audio is no such array, or holds samples that are no numbers.
    """
    given = np.asarray(audio)
    if given.dtype.kind != "f":
        raise UsageError(f"audio is {given.dtype}, not floats", hint="Divide integers by their full scale.")
    if given.ndim not in (1, 2) or not len(given):
        raise UsageError(f"audio has the shape {given.shape}", hint="Give (channels, frames), or (frames,) for mono.")
    samples = given.astype(np.float32)
    if not np.isfinite(samples).all():
        raise UsageError("audio holds samples that are no numbers", hint="Replace them: numpy.nan_to_num does.")
    if not 0 < sample_rate < math.inf:
        raise UsageError(f"sample rate {sample_rate} is no rate", hint="Give it in Hz, such as 44100.")
    settings = Settings(_bands(eq), amount=amount, level=_level(level), ceiling_db=ceiling_db)
    result, _ = morph_audio(np.atleast_2d(samples), sample_rate, settings)
    return result.reshape(samples.shape)


def apply_file(
    source: str | Path,
    target: str | Path,
    eq: Bands | Preset | str,
    *,
    amount: float = 1.0,
    level: Level | str | float = "match",
    ceiling_db: float | None = None,
    format: str | None = None,
    bit_depth: str | None = None,
    repair: bool = False,
    overwrite: bool = False,
) -> MorphResult:
    """Equalize a file into another, tags and chunks kept; see `apply` for what is not said here.

    Args:
        source: any audio file that can be read.
        target: appears only when it is whole; its suffix decides the format unless ``format`` does.
        format: ``wav``, ``flac``, ``mp3``, ...; None keeps the source's.
        bit_depth: ``16``, ``24``, ``32``, ``32f``, ...; None keeps the source's.
        repair: mute samples that are no numbers, and take what there is of a truncated file.
        overwrite: whether ``target`` may be replaced. The source never is.
    """
    settings = Settings(_bands(eq), amount, _level(level), ceiling_db, format, bit_depth, repair, measure=True)
    jobs = plan_jobs(
        find_sources([source]),
        Path(target),
        into_folder=False,
        format_name=format,
        existing="overwrite" if overwrite else "refuse",
        journal=None,
    )
    remove_stale(jobs[0].target.parent)
    return morph_file(jobs[0].source, jobs[0].target, settings, overwrite=overwrite)


def apply_folder(
    source: str | Path,
    target: str | Path,
    eq: Bands | Preset | str,
    *,
    amount: float = 1.0,
    level: Level | str | float = "match",
    ceiling_db: float | None = None,
    format: str | None = None,
    bit_depth: str | None = None,
    repair: bool = False,
    existing: Existing = "refuse",
    jobs: int | None = None,
) -> Outcome:
    """Equalize all audio below a folder into another, relative paths kept; see `apply` and `apply_file`.

    Args:
        existing: what to do about outputs that are there: ``refuse`` to begin, ``overwrite`` or ``skip`` them, or
            ``resume`` where an earlier run stopped.
        jobs: how many files at once; None for all cores.

    Returns:
        What became of each file. A file that fails doesn't stop the rest and raises nothing: look at
        ``outcome.results``.
    """
    settings = Settings(_bands(eq), amount, _level(level), ceiling_db, format, bit_depth, repair, measure=True)
    folder = Path(target)
    journal = Journal(folder, settings)
    planned = plan_jobs(
        find_sources([source], leave_out=folder),
        folder,
        into_folder=True,
        format_name=format,
        existing=existing,
        journal=journal,
    )
    if jobs is not None and jobs < 1:
        raise UsageError(f"{jobs} files at once are none", hint="Give 1 or more, or None for all cores.")
    return run_batch(planned, settings, workers=jobs or usable_cores(), journal=journal, resume=existing == "resume")


def _bands(eq: Bands | Preset | str) -> Bands:
    if isinstance(eq, str):
        eq = find_preset(eq) if eq in list_presets() or Path(eq).suffix.lower() == ".toml" else bands_for(eq)
    return eq.bands if isinstance(eq, Preset) else eq


def _level(level: Level | str | float) -> Level:
    return level if isinstance(level, Level) else parse_level(str(level))
