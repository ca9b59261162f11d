"""Learn to tell kinds of sound by the traits of recordings, and of what else might become of them.

The same sound tilted, through a telephone, in a noisy room, cut short or joined with others of its kind is still of
its kind: such variations are learned from too. Everything is drawn by the files' own bytes, so the same ones give the
same result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from eqmorph._typing import Float32, Float64
from eqmorph.analysis import listen
from eqmorph.audio.course import TRAITS
from eqmorph.audio.read import AudioReader
from eqmorph.kind import Kind
from eqmorph.model.teller import KindTeller

__all__ = ["KnownTraits", "fit_teller", "joined_traits", "varied_traits"]

_LONGEST_S = {Kind.MIX: 60.0, Kind.SPEECH: 30.0, Kind.INSTRUMENT: 30.0}
_BEGINS_AT = 0.3  # of what a longer file has more: past the introduction
_MIX_CUTS_S, _SHORT_CUT_S, _SHORT_CUTS = (2.0, 4.0, 8.0, 16.0), (0.35, 2.5), 2
_STEEPEST_DB = 6.0  # an octave
_LOW_PASS_HZ = (3200.0, 9000.0)
_NOISE_DB, _ROOM_S = (-45.0, -18.0), (0.2, 0.6)
_RATIO, _COMPRESSED_S, _DEEPEST = (2.0, 6.0), 0.01, 0.01  # of a compressor, its window, and of its input's peak
_JOINS, _JOINED_FROM = 80, 14  # sequences of each corpus; files that lie side by side
_UTTERANCES, _HITS, _PAUSE_S, _STEP_S = (3, 30), (3, 16), (0.05, 0.8), (0.1, 0.6)
_RIDGE = 0.05  # against a mean loss
_STEPS, _SETTLED = 50, 1e-6
_DECIMALS = 4


@dataclass(frozen=True)
class KnownTraits:
    """Traits (n, k) of sounds of one corpus, whose kind is known."""

    kind: Kind
    traits: Float64


def varied_traits(path: Path, kind: Kind, seed: int) -> Iterator[Float64]:
    """Yield the traits of a file, and of what else might become of it."""
    rng = np.random.default_rng(seed)
    samples, rate = _read(path, _LONGEST_S[kind])
    variants: list[Float32] = [samples, *_variants(samples, rate, kind, rng)]
    for variant in variants:
        traits = listen([variant], rate).traits
        if traits is not None:
            yield traits


def joined_traits(paths: Sequence[Path], kind: Kind, seed: int) -> Iterator[Float64]:
    """Yield the traits of sequences of a corpus's files: sentences of utterances, beats of hits."""
    for number in range(_JOINS if kind is not Kind.MIX else 0):
        rng = np.random.default_rng((seed, number))
        first = int(rng.integers(max(1, len(paths) - _JOINED_FROM)))
        near = paths[first : first + _JOINED_FROM]
        some = near if kind is Kind.SPEECH else [near[at] for at in rng.permutation(len(near))[: rng.integers(1, 4)]]
        count = rng.integers(*(_UTTERANCES if kind is Kind.SPEECH else _HITS))
        sounds, rate = _mono([some[at % len(some)] for at in range(count)], _LONGEST_S[kind] / 4)
        if len(sounds) < 2:
            continue
        row = _sentence(sounds, rate, rng) if kind is Kind.SPEECH else _beat(sounds, rate, rng)
        sequence = np.asarray(row[None, : round(_LONGEST_S[kind] * rate)], np.float32)
        if kind is Kind.SPEECH and rng.random() < 0.5:
            sequence = _compressed(sequence, rate, rng)
        traits = listen([_noisy(sequence, rng) if rng.random() < 0.5 else sequence], rate).traits
        if traits is not None:
            yield traits


def fit_teller(known: Sequence[KnownTraits]) -> KindTeller | None:
    """Fit a multinomial logistic regression with a ridge: kinds weigh the same, and in each its corpora.

    None unless there are sounds of all kinds.
    """
    if {part.kind for part in known} != set(Kind):
        return None
    of_kind = [sum(part.kind is kind for part in known) for kind in Kind]
    number = {kind: at for at, kind in enumerate(Kind)}
    counts = [len(part.traits) * of_kind[number[part.kind]] * len(Kind) for part in known]
    weights = np.concatenate([np.full(len(p.traits), 1 / count) for p, count in zip(known, counts, strict=True)])
    kinds = np.concatenate([np.full(len(part.traits), number[part.kind]) for part in known])
    traits = np.concatenate([part.traits for part in known])
    middle, spread = np.nanmean(traits, axis=0), np.nanstd(traits, axis=0) + 1e-3
    blank = KindTeller(middle, spread, np.zeros((len(Kind), TRAITS)), np.zeros(len(Kind)))
    rows = np.column_stack([blank.scaled(traits), np.ones(len(traits))])
    found = _regression(rows, np.eye(len(Kind))[kinds], weights)
    return KindTeller(*(np.round(array, _DECIMALS) for array in (middle, spread, found[:, :-1], found[:, -1])))


def _regression(rows: Float64, truth: Float64, weights: Float64) -> Float64:
    """Return what each column of rows (n, k) says for each class (c, k): Newton's method, the last column unridged."""
    classes, columns = truth.shape[1], rows.shape[1]
    found = np.zeros((classes, columns))
    ridge = np.append(np.full(columns - 1, _RIDGE), 1e-6)
    for _ in range(_STEPS):
        odds = rows @ found.T
        likely = np.exp(odds - odds.max(axis=1, keepdims=True))
        likely /= likely.sum(axis=1, keepdims=True)
        slope = ((likely - truth) * weights[:, None]).T @ rows + found * ridge
        bend = np.diag(np.tile(ridge, classes)).reshape(classes, columns, classes, columns)
        for one in range(classes):
            for other in range(classes):
                share = weights * likely[:, one] * ((one == other) - likely[:, other])
                bend[one, :, other] += (rows * share[:, None]).T @ rows
        step = np.linalg.solve(bend.reshape(classes * columns, -1), slope.ravel()).reshape(classes, columns)
        found -= step
        if np.abs(step).max() < _SETTLED:
            break
    return found


def _read(path: Path, longest_s: float) -> tuple[Float32, int]:
    with AudioReader(path) as reader:
        rate, frames = reader.info.sample_rate, reader.info.frames
        wanted = min(frames, round(longest_s * rate))
        return reader.read_at(round(_BEGINS_AT * (frames - wanted)), wanted), rate


def _mono(paths: Sequence[Path], longest_s: float) -> tuple[list[Float64], int]:
    """Read files as mono, equally loud, leaving out those of another sample rate than the first."""
    sounds: list[Float64] = []
    rate = 0
    for path in paths:
        samples, its_rate = _read(path, longest_s)
        sound = samples.mean(axis=0, dtype=float)
        rate = rate or its_rate
        if its_rate == rate and np.any(sound):
            sounds.append(0.5 * sound / np.abs(sound).max())
    return sounds, rate


def _variants(samples: Float32, rate: int, kind: Kind, rng: np.random.Generator) -> Iterator[Float32]:
    steepness = rng.uniform(-_STEEPEST_DB, _STEEPEST_DB)
    yield _filtered(samples, rate, lambda hertz: 10 ** (np.clip(steepness * np.log2(hertz / 1000), -40, 30) / 20))
    top = rng.uniform(*_LOW_PASS_HZ)
    yield _filtered(samples, rate, lambda hertz: 1 / (1 + (hertz / top) ** 24))
    if kind is Kind.MIX:
        yield from _cuts(samples, rate, _MIX_CUTS_S, rng)
        return
    yield _noisy(_in_room(samples, rate, rng) if rng.random() < 0.6 else samples, rng)
    if kind is Kind.SPEECH:
        yield _compressed(samples, rate, rng)
    loud = np.flatnonzero(np.abs(samples).max(axis=0) > 0.02 * np.abs(samples).max())
    if len(loud):
        yield samples[:, loud[0] : loud[-1] + 1]
    yield from _cuts(samples, rate, rng.uniform(*_SHORT_CUT_S, _SHORT_CUTS), rng)


def _cuts(
    samples: Float32, rate: int, seconds: Sequence[float] | Float64, rng: np.random.Generator
) -> Iterator[Float32]:
    for length in seconds:
        frames = round(length * rate)
        if samples.shape[1] > 1.1 * frames:
            start = int(rng.uniform(0, samples.shape[1] - frames))
            cut = samples[:, start : start + frames]
            if np.abs(cut).max() > 0.1 * np.abs(samples).max():  # not a pause
                yield cut


def _filtered(samples: Float32, rate: int, gain: Callable[[Float64], Float64]) -> Float32:
    hertz = np.maximum(np.fft.rfftfreq(samples.shape[1], 1 / rate), 30.0)
    return np.fft.irfft(np.fft.rfft(samples, axis=1) * gain(hertz), samples.shape[1], axis=1).astype(np.float32)


def _noisy(samples: Float32, rng: np.random.Generator) -> Float32:
    """Add pink noise at a level below the sound's."""
    frames = samples.shape[1]
    pink = np.fft.rfft(rng.standard_normal(samples.shape), axis=1) / np.sqrt(np.maximum(np.fft.rfftfreq(frames), 1e-4))
    noise = np.fft.irfft(pink, frames, axis=1)
    size = np.sqrt(np.mean(samples**2) / max(float(np.mean(noise**2)), 1e-20))
    return np.asarray(samples + noise * size * 10 ** (rng.uniform(*_NOISE_DB) / 20), np.float32)


def _in_room(samples: Float32, rate: int, rng: np.random.Generator) -> Float32:
    """Add a decaying reverberation."""
    when = np.arange(round(0.4 * rate)) / rate
    echo = 0.03 * rng.standard_normal(len(when)) * 10 ** (-3 * when / rng.uniform(*_ROOM_S))
    echo[0] = 1.0
    frames = samples.shape[1] + len(when)
    wet = np.fft.irfft(np.fft.rfft(samples, frames, axis=1) * np.fft.rfft(echo, frames), frames, axis=1)
    return np.asarray(wet[:, : samples.shape[1]], np.float32)


def _compressed(samples: Float32, rate: int, rng: np.random.Generator) -> Float32:
    """Even out levels, as radio and telephone services do."""
    window = max(1, round(_COMPRESSED_S * rate))
    starts = np.arange(0, samples.shape[1], window)
    levels = np.maximum.reduceat(np.abs(samples).max(axis=0), starts)
    gains = np.maximum(levels, max(_DEEPEST * float(levels.max()), 1e-9)) ** (1 / rng.uniform(*_RATIO) - 1)
    even = samples * np.interp(np.arange(samples.shape[1]), starts, gains)
    return np.asarray(0.5 * even / max(float(np.abs(even).max()), 1e-9), np.float32)


def _sentence(sounds: Sequence[Float64], rate: int, rng: np.random.Generator) -> Float64:
    longest = rng.uniform(*_PAUSE_S)
    parts = [(sound, np.zeros(round(rng.uniform(0, longest) * rate))) for sound in sounds]
    return np.concatenate([part for pair in parts for part in pair])


def _beat(sounds: Sequence[Float64], rate: int, rng: np.random.Generator) -> Float64:
    step = round(rng.uniform(*_STEP_S) * rate)
    starts = np.cumsum([0, *(step * rng.integers(1, 3, len(sounds) - 1))])
    row = np.zeros(max(int(start) + len(sound) for start, sound in zip(starts, sounds, strict=True)))
    for start, sound in zip(starts, sounds, strict=True):
        row[start : start + len(sound)] += sound
    return row
