"""Rank many sounds by how much of some words is in each, among sounds of its own kind."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from eqmorph.analysis import Ear
from eqmorph.analysis.encoders import AnalyticEncoder
from eqmorph.batch.find import Source
from eqmorph.batch.threads import on_threads
from eqmorph.errors import EqmorphError, Stopped, unexpected
from eqmorph.heard import Heard, HeardCache, heard_as_one_window, heard_in, remembered_as_one_window
from eqmorph.kind import Kind
from eqmorph.target import Target

__all__ = ["RankedSound", "Ranking", "Unheard", "rank_files"]

_AT_ONCE = 512  # sounds
_NOTHING = 1e-12


@dataclass(frozen=True, slots=True)
class RankedSound:
    """A sound and its place.

    Attributes:
        path: the file.
        kind: of sound; None if it can't be told. Then its place is one among sounds of all kinds.
        duration_s: how long it is.
        place: 0..1, the mean of the percentiles by weight; of a word with a negative weight, what is missing to 1. None
            for silence.
        percentiles: of each word of the target, 0..1; none for silence.
        scores: of each word of the target, likewise: 1 is as much as the word's own EQ adds.
        notes: what had to be repaired.
    """

    path: Path
    kind: Kind | None
    duration_s: float
    place: float | None = None
    percentiles: tuple[float, ...] = ()
    scores: tuple[float, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unheard:
    """A file that could not be heard, and why."""

    path: Path
    error: EqmorphError


@dataclass(frozen=True, slots=True)
class Ranking:
    """Sounds in order.

    Attributes:
        target: the words, and how much each weighs.
        sounds: those with most of it first.
        silent: those in which nothing is heard; they have no place.
        failed: what could not be heard.
        remembered: how many of all were known from before, by their place, size and times.
    """

    target: Target
    sounds: tuple[RankedSound, ...]
    silent: tuple[RankedSound, ...] = ()
    failed: tuple[Unheard, ...] = ()
    remembered: int = 0

    def part(self, *, top: int | None = None, below: float | None = None) -> Ranking:
        """Return only those whose place is below a bound (0..1), and of them at most the first ``top``."""
        kept = [sound for sound in self.sounds if below is None or (sound.place is not None and sound.place < below)]
        return replace(self, sounds=tuple(kept[:top]))


def rank_files(
    ear: Ear,
    sources: Sequence[Source],
    target: Target,
    *,
    cache: HeardCache | None = None,
    repair: bool = False,
    workers: int = 1,
    watch: Callable[[float], None] = lambda _: None,
    on_end: Callable[[], None] = lambda: None,
) -> Ranking:
    """Hear files, or remember what was heard in them, and rank them; one bad file never stops the rest.

    Args:
        ear: hears each for what it is, unless its kind is settled.
        sources: the files.
        target: the words to rank by.
        cache: what is known already, and where to keep what is heard.
        repair: use what can be read of a damaged file.
        workers: how many files at once.
        watch: is told the seconds of audio that are read, from any thread.
        on_end: is called when a file is done.
    """
    ranks, failed = _Ranks(ear, target), []
    unknown: list[Source] = []
    is_short = isinstance(ear.encoder, AnalyticEncoder)  # a learned one hears how a sound goes on, too
    for some in _in_parts(sources):
        with cache.reading() if cache is not None else nullcontext():
            for source in some:
                known = remembered_as_one_window(source.path, cache, repair=repair) if cache and is_short else None
                if known is None:
                    unknown.append(source)
                else:
                    ranks.add(source.path, known)
                    on_end()
    hear = heard_as_one_window if is_short else heard_in
    stop = threading.Event()

    def watched(seconds: float) -> None:
        if stop.is_set():
            raise Stopped("interrupted")
        watch(seconds)

    def work(source: Source) -> Heard:
        return hear(source.path, cache, repair=repair, watch=watched)

    with closing(on_threads(work, unknown, workers=workers, stop=stop, in_order=True)) as ended:
        for source, future in ended:
            error = future.exception()
            if error is None:
                ranks.add(source.path, future.result())
            else:
                known_error = error if isinstance(error, EqmorphError) else unexpected(error, source.path)
                failed.append(Unheard(source.path, known_error))
            on_end()
    sounds, silent = ranks.in_order()
    return Ranking(target, sounds, silent, tuple(failed), len(sources) - len(unknown))


def _in_parts(sources: Sequence[Source]) -> Iterator[Sequence[Source]]:
    for at in range(0, len(sources), _AT_ONCE):
        yield sources[at : at + _AT_ONCE]


class _Ranks:
    """Takes sounds as they are heard, works on many at once, and keeps only what of them is to be shown."""

    def __init__(self, ear: Ear, target: Target) -> None:
        self._ear = ear
        self._words = [term.word for term in target.terms]
        weights = np.array([term.weight for term in target.terms])
        self._signs, self._shares = np.sign(weights), np.abs(weights) / max(float(np.abs(weights).sum()), _NOTHING)
        self._waiting: list[tuple[Path, Heard]] = []
        self._ranked: list[tuple[float, float, RankedSound]] = []
        self._silent: list[RankedSound] = []

    def add(self, path: Path, heard: Heard) -> None:
        """Take a sound."""
        self._waiting.append((path, heard))
        if len(self._waiting) >= _AT_ONCE:
            self._rank_waiting()

    def in_order(self) -> tuple[tuple[RankedSound, ...], tuple[RankedSound, ...]]:
        """Return the sounds by place, and the silent ones. Where places are the same, scores decide.

        Beyond what the reference knows, all places are.
        """
        self._rank_waiting()
        self._ranked.sort(key=lambda entry: (-entry[0], -entry[1], str(entry[2].path)))
        self._silent.sort(key=lambda sound: str(sound.path))
        return tuple(sound for *_, sound in self._ranked), tuple(self._silent)

    def _rank_waiting(self) -> None:
        sounds, self._waiting = self._waiting, []
        spectra = [heard.spectra for _, heard in sounds]
        settled = self._ear.is_settled
        kinds = [self._ear.kind] * len(sounds) if settled else self._ear.kinds_of(spectra)
        of_kinds: dict[Kind | None, list[int]] = {}
        for at, (path, heard) in enumerate(sounds):
            if heard.spectra.is_silent:
                self._silent.append(RankedSound(path, None, _seconds(heard), notes=heard.notes))
            else:
                of_kinds.setdefault(kinds[at], []).append(at)
        for kind, some in of_kinds.items():
            ear = self._ear if settled else self._ear.of(kind)
            scores, percentiles = ear.words_in(ear.curves_of([spectra[at] for at in some]), self._words)
            places = np.where(self._signs < 0, 1 - percentiles, percentiles) @ self._shares
            amounts = (scores * self._signs) @ self._shares
            for row, at in enumerate(some):
                path, heard = sounds[at]
                place, words = float(places[row]), (tuple(percentiles[row].tolist()), tuple(scores[row].tolist()))
                ranked = RankedSound(path, kind, _seconds(heard), place, *words, heard.notes)
                self._ranked.append((place, float(amounts[row]), ranked))


def _seconds(heard: Heard) -> float:
    return heard.spectra.frames / heard.spectra.sample_rate
