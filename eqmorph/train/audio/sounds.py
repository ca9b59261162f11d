"""Sounds to train on, as spectra: read once, kept in a cache, drawn in equal parts from every corpus."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eqmorph._typing import Float32, Float64
from eqmorph.analysis.inputs import BLOCKS, blocks
from eqmorph.audio.atomic import AtomicFile
from eqmorph.audio.read import AudioReader
from eqmorph.audio.windows import WindowMeter
from eqmorph.errors import InputError
from eqmorph.model.frontend import curves_of_levels, levels_db
from eqmorph.train.audio.layouts import Music
from eqmorph.train.stems import decoded_stream
from eqmorph.user_folders import user_folder

__all__ = [
    "NOISE",
    "SNAPSHOT_FRAMES",
    "Sounds",
    "TrainingSound",
    "cache_folder",
    "pink_noise",
    "read_sounds",
    "snapshot_bins",
]


NOISE = "pink noise"
WINDOW_S = 1.0
SNAPSHOT_FRAMES = (512, 2048, 4096)  # samples: the resolutions at which quality is looked at
_SNAPSHOT = max(SNAPSHOT_FRAMES)
_SNAPSHOTS = 8  # of a sound
_CACHE_FORMAT = "eqmorph-spectra/1"
_LONGEST_STRETCH = 16  # windows
_WHOLE = 0.5  # how often the whole of a sound is drawn instead of a stretch
_NOISE_RATE, _NOISE_SECONDS = 44_100, 12


@dataclass(frozen=True)
class TrainingSound:
    """One file's spectra.

    Attributes:
        corpus: which it belongs to.
        track: what it must not be parted from when some are held out.
        key: by which file and which version of this module it was made.
        power: in the cells of the rate, of each window of a second (w, c).
        lengths: of the windows, in seconds (w,).
        snapshots: magnitudes of short stretches at each resolution of `SNAPSHOT_FRAMES`, side by side (s, b).
    """

    corpus: str
    track: str
    key: str
    sample_rate: int
    power: Float32
    lengths: Float64
    snapshots: Float32

    def curve_db(self, neutral_db: Float64) -> Float64:
        """Return the analytic curve of the whole (64,)."""
        mean = np.asarray(self.lengths @ self.power / self.lengths.sum(), np.float32)
        return curves_of_levels(levels_db(mean, self.sample_rate), neutral_db)

    def draw(self, count: int, rng: np.random.Generator) -> Float32:
        """Draw the whole or some stretch of it, as ``count`` blocks (count, c)."""
        windows = len(self.power)
        if windows <= 1 or rng.random() < _WHOLE:
            return blocks(self.power, self.lengths, count)
        length = int(rng.integers(1, min(windows, _LONGEST_STRETCH) + 1))
        start = int(rng.integers(windows - length + 1))
        stretch = slice(start, start + length)
        if not self.power[stretch].any():
            return blocks(self.power, self.lengths, count)
        return blocks(self.power[stretch], self.lengths[stretch], count)

    def all_blocks(self) -> Float32:
        """Return the whole sound as blocks (BLOCKS, c)."""
        return blocks(self.power, self.lengths, BLOCKS)


class Sounds:
    """Sounds, of which every corpus is drawn as often as its weight says, 1 as a rule, however many it has."""

    def __init__(self, sounds: Sequence[TrainingSound], weights: Mapping[str, float] | None = None) -> None:
        self.sounds = tuple(sounds)
        self.weights = {name: weight for name, weight in (weights or {}).items() if weight != 1}
        self._of: dict[str, list[int]] = {}
        for at, sound in enumerate(self.sounds):
            self._of.setdefault(sound.corpus, []).append(at)

    def __len__(self) -> int:
        return len(self.sounds)

    @property
    def corpora(self) -> dict[str, int]:
        """How many sounds each corpus has."""
        return {name: len(members) for name, members in self._of.items()}

    @property
    def sha256(self) -> str:
        """Over the keys of all, and the weights that aren't usual."""
        weights = [f"{name}={weight!r}" for name, weight in sorted(self.weights.items())]
        return hashlib.sha256("".join([*sorted(sound.key for sound in self.sounds), *weights]).encode()).hexdigest()

    @property
    def shares(self) -> Float64:
        """How much each sound counts (n,), 1 in all: corpora by their weight."""
        corpora = self.corpora
        shares = np.array([self.weights.get(s.corpus, 1.0) / corpora[s.corpus] for s in self.sounds])
        return np.asarray(shares / shares.sum())

    def balanced(self, count: int, rng: np.random.Generator) -> list[int]:
        """Draw the numbers of ``count`` sounds: corpora by weight, and every other one noise if there are both."""
        names = [name for name in self._of if name != NOISE]
        music = [self._of[name] for name in names]
        upto = np.cumsum([self.weights.get(name, 1.0) for name in names])
        noise = self._of.get(NOISE, [])
        drawn = []
        for _ in range(count):
            from_noise = bool(noise) and (not music or rng.random() < 0.5)
            if from_noise:
                members = noise
            elif self.weights:
                members = music[int(np.searchsorted(upto, upto[-1] * rng.random(), side="right"))]
            else:
                members = music[int(rng.integers(len(music)))]
            drawn.append(members[int(rng.integers(len(members)))])
        return drawn

    def split(self, seed: int, share: float = 0.1) -> tuple[Sounds, Sounds]:
        """Split off a share of each corpus' tracks: at least one track where a corpus has several."""
        rng = np.random.default_rng([seed, 5])
        held: set[tuple[str, str]] = set()
        for name, members in self._of.items():
            tracks = sorted({self.sounds[at].track for at in members})
            if len(tracks) > 1:
                count = max(1, round(share * len(tracks)))
                held |= {(name, str(track)) for track in rng.permutation(tracks)[:count]}
        kept = [s for s in self.sounds if (s.corpus, s.track) not in held]
        watched = [s for s in self.sounds if (s.corpus, s.track) in held]
        return Sounds(kept, self.weights), Sounds(watched, self.weights)


def cache_folder() -> Path:
    """Return where spectra are kept if the user names no folder."""
    return user_folder("cache") / "spectra"


def read_sounds(
    music: Iterable[Music],
    *,
    cache: Path,
    tell: Callable[[str], None] = lambda _: None,
    progress: Callable[[], None] = lambda: None,
) -> list[TrainingSound]:
    """Read the spectra of all files; tell ``tell`` what was left out and why, ``progress`` what is done."""
    sounds = []
    folders: Counter[str] = Counter()  # of each corpus so far: tracks of two of them may have the same name
    for corpus in music:
        folders[corpus.name] += 1
        prefix = f"{folders[corpus.name]}: " if folders[corpus.name] > 1 else ""
        for track in corpus.tracks:
            for path, stream in track.parts:
                try:
                    sound = _read(path, stream, corpus.name, prefix + track.name, cache)
                except (InputError, OSError) as error:
                    tell(str(error))
                else:
                    if sound.power.any():
                        sounds.append(sound)
                    else:
                        tell(f"{path}: {'' if stream is None else f'stream {stream} is '}silent")
                progress()
    return sounds


def _read(path: Path, stream: int | None, corpus: str, track: str, cache: Path) -> TrainingSound:
    """Return the spectra of a file, or of one of its streams, from the cache if they are there and intact."""
    facts = path.stat()
    about = [_CACHE_FORMAT, str(path.resolve()), facts.st_size, facts.st_mtime_ns, WINDOW_S, SNAPSHOT_FRAMES]
    about += [] if stream is None else [stream]
    key = hashlib.sha256(json.dumps(about).encode()).hexdigest()
    place = cache / key[:2] / f"{key}.safetensors"
    arrays = _cached(place)
    if arrays is None:
        arrays = _measured(path) if stream is None else _measured_stream(path, stream)
        _keep(place, arrays)
    return TrainingSound(
        corpus,
        track,
        key,
        int(arrays["sample_rate"][0]),
        arrays["power"],
        arrays["lengths"].astype(float),
        arrays["snapshots"],
    )


def _cached(place: Path) -> dict[str, NDArray[np.float32]] | None:
    """Return what the cache holds; nothing if it is damaged, for then it is made anew."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        arrays: dict[str, NDArray[np.float32]] = load(place.read_bytes())
    except (OSError, SafetensorError, ValueError):
        return None
    return arrays if set(arrays) == {"sample_rate", "power", "lengths", "snapshots"} else None


def _keep(place: Path, arrays: dict[str, NDArray[np.float32]]) -> None:
    from safetensors.numpy import save

    place.parent.mkdir(parents=True, exist_ok=True)
    with AtomicFile(place, overwrite=True) as out:
        out.temp.write_bytes(save(arrays))
        out.commit()


def _measured_stream(path: Path, stream: int) -> dict[str, NDArray[np.float32]]:
    with decoded_stream(path, stream) as decoded:
        return _measured(decoded)


def _measured(path: Path) -> dict[str, NDArray[np.float32]]:
    with AudioReader(path) as reader:
        return measured(reader.blocks(), reader.info.sample_rate)


def measured(audio: Iterable[Float32], sample_rate: int) -> dict[str, NDArray[np.float32]]:
    """Measure windows and snapshots of blocks (channels, frames)."""
    meter = WindowMeter(sample_rate, window_s=WINDOW_S, hop_s=WINDOW_S)
    snapshots = []
    for block in audio:
        meter.add(block)
        snapshots.append(_snapshot(block.mean(axis=0)))
    spectra = meter.read()
    chosen = np.unique(np.linspace(0, len(snapshots) - 1, min(_SNAPSHOTS, len(snapshots))).astype(int))
    return {
        "sample_rate": np.array([sample_rate], np.float32),
        "power": spectra.power,
        "lengths": spectra.length_s.astype(np.float32),
        "snapshots": np.array([snapshots[at] for at in chosen], np.float32),
    }


def _snapshot(samples: Float32) -> Float32:
    """Return mean magnitudes of a block's beginning at every resolution, side by side (b,)."""
    short = np.zeros(_SNAPSHOT, np.float32)
    short[: len(samples)] = samples[:_SNAPSHOT]
    parts = []
    for frame in SNAPSHOT_FRAMES:
        hann = np.hanning(frame + 1)[:-1]
        parts.append(np.abs(np.fft.rfft(short.reshape(-1, frame) * hann)).mean(axis=0))
    return np.concatenate(parts).astype(np.float32)


def snapshot_bins(sample_rate: int) -> list[Float64]:
    """Return the frequencies of a snapshot's bins, resolution by resolution."""
    return [np.asarray(np.fft.rfftfreq(frame, 1 / sample_rate), float) for frame in SNAPSHOT_FRAMES]


def pink_noise(count: int, seed: int) -> list[TrainingSound]:
    """Make ``count`` sounds of pink noise, 12 s each."""
    sounds = []
    for at in range(count):
        rng = np.random.default_rng([seed, at, 3])
        frames = _NOISE_RATE * _NOISE_SECONDS
        spectrum = np.fft.rfft(rng.standard_normal(frames))
        spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 1))
        samples = np.fft.irfft(spectrum)
        samples *= 0.1 / np.sqrt(np.mean(samples**2))
        parts = np.array_split(samples.astype(np.float32)[None], _NOISE_SECONDS // 2, axis=1)
        arrays = measured(parts, _NOISE_RATE)
        sounds.append(
            TrainingSound(
                NOISE, str(at), f"noise-{seed}-{at}", _NOISE_RATE, arrays["power"], arrays["lengths"].astype(float),
                arrays["snapshots"],
            )
        )  # fmt: skip
    return sounds
