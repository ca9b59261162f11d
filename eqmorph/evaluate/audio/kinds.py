"""Sounds of several kinds to judge moves on: pieces of music, stretches of speech, single hits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from eqmorph._typing import Float32
from eqmorph.analysis import listen
from eqmorph.audio.windows import Spectra
from eqmorph.batch import find_sources
from eqmorph.errors import InputError, UsageError
from eqmorph.evaluate.audio.excerpts import excerpt_of, read_excerpt
from eqmorph.evaluate.audio.meters import Meter

__all__ = ["HITS", "KINDS", "MUSIC", "SPEECH", "USUAL_SOUNDS", "Sound", "load_sounds"]

MUSIC, SPEECH, HITS = "music", "speech", "hits"
KINDS = (MUSIC, SPEECH, HITS)
USUAL_SOUNDS = {MUSIC: 6, SPEECH: 4, HITS: 26}  #: of a folder
#: Seconds of what is of a kind: a jingle is no piece of music, and what goes on for longer is no hit.
_LENGTHS_S = {MUSIC: (20.0, np.inf), HITS: (0.0, 4.0)}
_UTTERANCE_S, _STRETCH_S, _PAUSE_S = 10.0, 25.0, 0.15  # what is shorter is joined until it is as long, with pauses

_Samples = tuple[Float32, int]
_Tell = Callable[[str], None]


@dataclass(frozen=True)
class Sound:
    """A sound as decisions see it and as the meters do."""

    corpus: str
    spectra: Spectra
    meter: Meter


def load_sounds(
    corpora: Mapping[str, Sequence[tuple[str, Path]]],
    *,
    most: int | None = None,
    seed: int = 0,
    tell: _Tell = lambda _: None,
) -> dict[str, list[Sound]]:
    """Load sounds of named folders by kind, at most ``most`` of a folder or `USUAL_SOUNDS`.

    Short utterances of a folder are joined. ``tell`` is told what could not be read.

    Raises:
        UsageError: a folder holds no audio that can be read.
    """
    return {
        kind: [sound for name, path in folders for sound in _of_folder(kind, name, path, most, seed, tell)]
        for kind, folders in corpora.items()
        if folders
    }


def _of_folder(kind: str, corpus: str, folder: Path, most: int | None, seed: int, tell: _Tell) -> list[Sound]:
    paths = [source.path for source in find_sources([folder])]
    shuffled = [paths[at] for at in np.random.default_rng(seed).permutation(len(paths))]
    found = _stretches(shuffled, tell) if kind == SPEECH else _single(shuffled, _LENGTHS_S[kind], tell)
    sounds = list(islice(_heard(corpus, found), most or USUAL_SOUNDS[kind]))
    if not sounds:
        raise UsageError(f"corpus {corpus} holds no audio that can be read", path=folder)
    return sounds


def _heard(corpus: str, found: Iterable[_Samples]) -> Iterator[Sound]:
    for samples, rate in found:
        spectra = listen([samples], rate)
        if not spectra.is_silent:
            yield Sound(corpus, spectra, Meter.of(samples, rate))


def _single(paths: Iterable[Path], lengths_s: tuple[float, float], tell: _Tell) -> Iterator[_Samples]:
    """Yield the files that are as long as they should be; all of them where none is."""
    others: list[Path] = []
    least_s, most_s = lengths_s
    fits = False
    for path, samples, rate in _read(paths, tell):
        if least_s <= samples.shape[1] / rate <= most_s:
            fits = True
            yield samples, rate
        else:
            others.append(path)
    if not fits:
        yield from ((samples, rate) for _, samples, rate in _read(others, tell))


def _stretches(paths: Iterable[Path], tell: _Tell) -> Iterator[_Samples]:
    """Yield stretches of speech, of one folder after the other in turn, so that few stretches have many voices."""
    voices: dict[Path, list[Path]] = {}
    for path in paths:
        voices.setdefault(path.parent, []).append(path)
    waiting = [_of_voice(of_voice, tell) for of_voice in voices.values()]
    while waiting:
        for stretches in list(waiting):
            if (found := next(stretches, None)) is None:
                waiting.remove(stretches)
            else:
                yield found


def _of_voice(paths: Iterable[Path], tell: _Tell) -> Iterator[_Samples]:
    """Yield recordings, short ones joined; what is left in the end counts only where it is all there is."""
    joined: list[Float32] = []
    joined_rate, has_any = 0, False
    for _, samples, rate in _read(paths, tell):
        if samples.shape[1] >= _UTTERANCE_S * rate:
            has_any = True
            yield samples, rate
        elif not joined or rate == joined_rate:
            joined_rate = rate
            joined += [samples.mean(axis=0, keepdims=True), np.zeros((1, round(_PAUSE_S * rate)), np.float32)]
            if sum(part.shape[1] for part in joined) >= _STRETCH_S * rate:
                has_any = True
                yield np.concatenate(joined, axis=1), rate
                joined = []
    if joined and not has_any:
        yield np.concatenate(joined, axis=1), joined_rate


def _read(paths: Iterable[Path], tell: _Tell) -> Iterator[tuple[Path, Float32, int]]:
    """Yield the samples and rates of files, of long ones an excerpt's."""
    for path in paths:
        try:
            samples, rate = read_excerpt(excerpt_of(path))
        except InputError as error:
            tell(str(error))
            continue
        if samples.shape[1]:
            yield path, samples, rate
