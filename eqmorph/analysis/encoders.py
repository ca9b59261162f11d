"""Encoders turn a sound's spectra into a curve. The analytic one is the default and needs nothing but numpy.

A learned one is a folder that `eqmorph train audio` wrote: ``encoder.onnx``, run by onnxruntime (the extra ``onnx``),
and ``encoder.json``, its card, which says what the network is given and what its file hashes to. Nothing is unpickled.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from eqmorph._typing import Float32, Float64
from eqmorph.analysis.inputs import Inputs, blocks
from eqmorph.audio.windows import Spectra
from eqmorph.bands import Bands
from eqmorph.errors import EqmorphError, InputError, UsageError
from eqmorph.model.frontend import FARTHEST_DB, curves_of_levels, levels_db, response_power
from eqmorph.model.network import LINEAR, SEMANTIC, WORDS
from eqmorph.model.reference import REFERENCE, Reference, load_reference
from eqmorph.model.settings import POINTS
from eqmorph.wording import Means, Phrase

__all__ = [
    "ANALYTIC",
    "CARD",
    "FORMAT",
    "NETWORK",
    "REFERENCE_HASH",
    "AnalyticEncoder",
    "AudioEncoder",
    "LearnedEncoder",
    "load_encoder",
]


ANALYTIC = "analytic"
CARD, NETWORK = "encoder.json", "encoder.onnx"
REFERENCE_HASH = "reference_sha256"  # in the card: of the reference next to it, if there is one
FORMAT = "eqmorph-audio-encoder/1"  # raised whenever the same network would be given different numbers
_AT_ONCE = 256  # windows
_HINT = Phrase("Train one with {}, or use the analytic one.", Means.TRAIN_AUDIO)


class AudioEncoder(Protocol):
    """Says what a sound is like, as a curve against the neutral reference, before or after an EQ."""

    @property
    def name(self) -> str: ...

    @property
    def identity(self) -> str:
        """Identifies it: whatever their names, encoders that hear differently have different ones."""
        ...

    def curve(self, spectra: Spectra, bands: Bands | None) -> Float64:
        """Return the curve of a whole sound (64,), after an EQ if one is given; flat for silence."""
        ...

    def window_curves(self, spectra: Spectra, bands: Bands | None) -> Float64:
        """Return the curve of each window (w, 64), after an EQ if one is given; flat for silent ones."""
        ...


class AnalyticEncoder:
    """The sound's levels in ERB-wide bands against those of the reference, and nothing learned."""

    name = identity = ANALYTIC

    def __init__(self, neutral_db: Float64) -> None:
        self._neutral_db = neutral_db

    def curve(self, spectra: Spectra, bands: Bands | None) -> Float64:
        return self._curves(spectra.mean_power, spectra.sample_rate, bands)

    def window_curves(self, spectra: Spectra, bands: Bands | None) -> Float64:
        return self._curves(spectra.power, spectra.sample_rate, bands)

    def _curves(self, power: Float32, sample_rate: int, bands: Bands | None) -> Float64:
        levels = levels_db(_equalized(power, sample_rate, bands), sample_rate)
        return curves_of_levels(levels, self._neutral_db)


class LearnedEncoder:
    """A network that was trained to say what a sound is like; see `load_encoder`.

    Attributes:
        name: the folder's name.
        folder: where it lies; a reference of its own curves lies there too.
        card: what was written about it.
    """

    def __init__(self, folder: Path, card: dict[str, Any], inputs: Inputs, session: Any) -> None:
        self.name = folder.name
        self.folder = folder
        self.card = card
        self._inputs = inputs
        self._session = session

    def __reduce__(self) -> tuple[Any, ...]:
        """Let another process load the same network."""
        return load_encoder, (self.folder.absolute(),)

    @property
    def identity(self) -> str:
        facts = json.dumps([self.card["sha256"], self.card["inputs"]], sort_keys=True)
        return hashlib.sha256(facts.encode()).hexdigest()

    def curve(self, spectra: Spectra, bands: Bands | None) -> Float64:
        if spectra.is_silent:
            return np.zeros(POINTS)
        power = blocks(_equalized(spectra.power, spectra.sample_rate, bands), spectra.length_s)
        return np.asarray(self._curves(power[None], spectra.sample_rate)[0])

    def window_curves(self, spectra: Spectra, bands: Bands | None) -> Float64:
        power = _equalized(spectra.power, spectra.sample_rate, bands)
        curves = np.zeros((len(power), POINTS))
        heard = np.flatnonzero(spectra.energy > 0)
        for at in range(0, len(heard), _AT_ONCE):
            some = heard[at : at + _AT_ONCE]
            curves[some] = self._curves(power[some, None], spectra.sample_rate)
        return curves

    def latents(self, power: Float32, sample_rate: int) -> Float32:
        """Return latents (n, 40) of n sounds whose t stretches have this power in their cells (n, t, c)."""
        return self._run(power, sample_rate)[0]

    def _curves(self, power: Float32, sample_rate: int) -> Float64:
        curves = self._run(power, sample_rate)[1].astype(float)
        return np.asarray(np.clip(np.nan_to_num(curves), -FARTHEST_DB, FARTHEST_DB))

    def _run(self, power: Float32, sample_rate: int) -> list[Float32]:
        given = self._inputs.of(power, sample_rate)
        outputs: list[Float32] = self._session.run(["latent", "curve"], {"input": given})
        return outputs


def load_encoder(name: str | Path, reference: Reference | None = None) -> AudioEncoder:
    """Load an encoder: ``analytic``, a folder that `eqmorph train audio` wrote, or the ONNX file in it.

    ``reference`` is what the analytic one compares with; the shipped one if none is given.

    Raises:
        UsageError: there is none, or onnxruntime is missing.
        InputError: it is damaged, foreign or of another version.
    """
    if str(name) == ANALYTIC:
        return AnalyticEncoder((reference or load_reference()).neutral_db)
    folder = Path(name).parent if Path(name).suffix == ".onnx" else Path(name)
    card = _read_card(folder / CARD)
    network = folder / NETWORK
    try:
        data = network.read_bytes()
    except OSError as error:
        raise InputError(f"the network is missing: {error.strerror or error}", hint=_HINT, path=network) from None
    if hashlib.sha256(data).hexdigest() != card["sha256"]:
        raise InputError("damaged or replaced: not the file that its card names", hint=_HINT, path=network)
    _check_reference(folder / REFERENCE, card.get(REFERENCE_HASH))
    inputs = _inputs(card, folder / CARD)
    return LearnedEncoder(folder.resolve(), card, inputs, _session(data, inputs, network))


def _read_card(path: Path) -> dict[str, Any]:
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"no encoder here: {error.strerror or error}", hint=_HINT, path=path) from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"the encoder's card is damaged: {error}", hint=_HINT, path=path) from None
    found = card.get("format") if isinstance(card, dict) else None
    if found != FORMAT:
        raise InputError(
            f"not an encoder of this program: format {found!r} instead of {FORMAT!r}", hint=_HINT, path=path
        )
    if not isinstance(card.get("sha256"), str) or not isinstance(card.get("inputs"), dict):
        raise InputError("the encoder's card is damaged: it doesn't describe its network", hint=_HINT, path=path)
    return dict(card)


def _check_reference(path: Path, named: object) -> None:
    """Check that the reference the card names is there and is that one: percentiles among other sounds mean nothing."""
    if named is None and not path.exists():
        return
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise InputError(
            f"the encoder's reference is missing: {error.strerror or error}", hint=_HINT, path=path
        ) from None
    if found != named:
        raise InputError("damaged or replaced: not the reference that the card names", hint=_HINT, path=path)


def _inputs(card: dict[str, Any], path: Path) -> Inputs:
    try:
        return Inputs.from_dict(card["inputs"])
    except (KeyError, TypeError, ValueError, EqmorphError) as error:
        raise InputError(f"the encoder's card is damaged: {error}", hint=_HINT, path=path) from None


def _session(data: bytes, inputs: Inputs, path: Path) -> Any:
    """Load the network to run on one thread: files are worked on in parallel, not matrices."""
    try:
        import onnxruntime
        from onnxruntime.capi import onnxruntime_pybind11_state as state
    except ImportError:
        raise UsageError(
            "a learned encoder requires onnxruntime",
            hint='Install it with: pip install "eqmorph[onnx]"',
            path=path.parent,
        ) from None
    # Its exceptions have no base of their own.
    failures: tuple[type[Exception], ...] = (
        *(e for e in vars(state).values() if isinstance(e, type) and issubclass(e, Exception)),
        ValueError,
        RuntimeError,
    )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        latent, curve = session.run(["latent", "curve"], {"input": np.zeros((2, 1, inputs.width), np.float32)})
    except failures as error:
        raise InputError(f"not a network of this program: {error}", hint=_HINT, path=path) from None
    if latent.shape != (2, LINEAR + SEMANTIC + WORDS) or curve.shape != (2, POINTS):
        raise InputError(
            f"another network: it gives {latent.shape} and {curve.shape} for two sounds", hint=_HINT, path=path
        )
    return session


def _equalized(power: Float32, sample_rate: int, bands: Bands | None) -> Float32:
    """Return power in the cells (..., c) after an EQ, if there is one."""
    return power if bands is None or bands.is_flat else power * response_power(bands, sample_rate)
