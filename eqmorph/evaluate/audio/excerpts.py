"""Music to measure on: excerpts of files, corpus by corpus, as spectra."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from eqmorph._typing import Float32
from eqmorph.analysis import listen
from eqmorph.audio.read import AudioReader
from eqmorph.audio.windows import Spectra
from eqmorph.bands import Bands
from eqmorph.batch import find_sources
from eqmorph.errors import InputError, UsageError
from eqmorph.model.frontend import response_power

__all__ = ["EXCERPT_S", "Excerpt", "HeardExcerpt", "equalized", "excerpt_of", "load_excerpts", "read_excerpt"]


EXCERPT_S = 90.0
_BEGINS_AT = 0.3  # of the file's length: past the introduction


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Where in a file: ``start`` and ``frames`` in samples of each channel."""

    path: Path
    start: int
    frames: int


@dataclass(frozen=True, slots=True)
class HeardExcerpt:
    """An excerpt, the corpus it is from, and its spectra."""

    corpus: str
    excerpt: Excerpt
    spectra: Spectra


def load_excerpts(
    corpora: Sequence[tuple[str, Path]],
    *,
    most_files: int,
    seed: int = 0,
    tell: Callable[[str], None] = lambda _: None,
) -> list[HeardExcerpt]:
    """Load excerpts of at most ``most_files`` files a folder; tell ``tell`` which were left out, and why.

    Raises:
        UsageError: a folder holds no audio that can be read.
    """
    tracks: list[HeardExcerpt] = []
    rng = np.random.default_rng(seed)
    for corpus, folder in corpora:
        paths = [source.path for source in find_sources([folder])]
        chosen = sorted(rng.permutation(len(paths))[:most_files])
        found = [track for at in chosen if (track := _hear(corpus, paths[at], tell)) is not None]
        if not found:
            raise UsageError(f"corpus {corpus} holds no audio that can be read", path=folder)
        tracks += found
    return tracks


def excerpt_of(path: Path) -> Excerpt:
    """Return where in a file its excerpt is.

    Raises:
        InputError: the file can't be read.
    """
    with AudioReader(path) as reader:
        info = reader.info
    wanted = round(EXCERPT_S * info.sample_rate)
    start = min(round(_BEGINS_AT * info.frames), max(info.frames - wanted, 0))
    return Excerpt(path, start, min(wanted, info.frames - start))


def read_excerpt(excerpt: Excerpt) -> tuple[Float32, int]:
    """Read the samples (channels, frames) of an excerpt, and their rate."""
    with AudioReader(excerpt.path) as reader:
        return reader.read_at(excerpt.start, excerpt.frames), reader.info.sample_rate


def equalized(spectra: Spectra, bands: Bands) -> Spectra:
    """Equalize a sound in the power domain, its pauses too; the windows' energies stay as they were."""
    gains = response_power(bands, spectra.sample_rate)
    quiet = None if spectra.quiet_power is None else spectra.quiet_power * gains
    return replace(spectra, power=spectra.power * gains, quiet_power=quiet)


def _hear(corpus: str, path: Path, tell: Callable[[str], None]) -> HeardExcerpt | None:
    try:
        excerpt = excerpt_of(path)
        samples, rate = read_excerpt(excerpt)
    except InputError as error:
        tell(str(error))
        return None
    spectra = listen([samples], rate)
    if spectra.is_silent:
        tell(f"{path}: silent")
        return None
    return HeardExcerpt(corpus, excerpt, spectra)
