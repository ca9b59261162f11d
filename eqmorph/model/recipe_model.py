"""`RecipeModel`: EQs of words by a recipe other than the shipped one, through its own latent and decoder.

A word is the mean latent of the settings saved under it; a target is the way from no EQ to its words, by weight; to
morph is to walk straight from one target's latent to another's. That is all it can do: it knows nothing of how a sound
compares, so nothing adapts to one.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import numpy as np

from eqmorph._typing import Float64
from eqmorph.bands import FREQ_RANGE_HZ, GAIN_RANGE_DB, Q_RANGE
from eqmorph.errors import UsageError
from eqmorph.language.regions import is_region
from eqmorph.model.limit import MOST_DB, LimitedBands, limit_setting
from eqmorph.model.recipe_files import RecipeFiles, read_recipe
from eqmorph.model.settings import curves_of, without_mean
from eqmorph.model.space import SCORED, Equalizer
from eqmorph.model.terms import Term, from_card
from eqmorph.target import Reading, Target, read_target
from eqmorph.wording import Means, Phrase
from eqmorph.words import Vocabulary

__all__ = ["RecipeModel"]

_BAND_NAMES = ("low shelf", "bell 1", "bell 2", "bell 3", "high shelf")
_LOWEST = np.repeat([GAIN_RANGE_DB[0], np.log(FREQ_RANGE_HZ[0]), np.log(Q_RANGE[0])], 5)
_HIGHEST = np.repeat([GAIN_RANGE_DB[1], np.log(FREQ_RANGE_HZ[1]), np.log(Q_RANGE[1])], 5)
_ROUNDING = 1e-4
_NONE_HZ = 0.0011  # at or below this stands a frequency that was 0 or less
_SUGGESTED = 5


class RecipeModel:
    """The words of a recipe's model, and the bands that its decoder makes of them."""

    def __init__(self, files: RecipeFiles) -> None:
        self.folder = files.folder
        self.card = files.card
        self.recipe = str(files.card["recipe"])
        self._decoder = files.decoder
        self._origin = files.origin
        self._latents = files.latents
        self._flat_gains = _valid(self._decoded(files.origin[None]))[0, :5]
        self.curves: Float64 = without_mean(curves_of(_valid(self._decoded(files.latents))))
        self.terms: dict[str, Term] = {
            str(entry["word"]): from_card(entry, curve)
            for entry, curve in zip(files.card["terms"], self.curves, strict=True)
        }
        self._index = {word: at for at, word in enumerate(self.terms)}
        self._vocabulary = Vocabulary(self.terms)

    @classmethod
    def load(cls, folder: Path) -> RecipeModel:
        """Load the model in ``folder``.

        Raises:
            InputError: the folder does not hold an intact model of a recipe.
        """
        return cls(read_recipe(folder))

    @property
    def words(self) -> list[str]:
        """The vocabulary."""
        return list(self.terms)

    def target(self, text: str) -> Target:
        """Parse a target; see `eqmorph.target.parse_target`."""
        return self.read(text).target

    def read(self, text: str) -> Reading:
        """Read a target; see `eqmorph.target.read_target`."""
        reading = read_target(text, self._vocabulary, meaning=self._like, usual=self._best_known)
        self._check_known(reading.target)
        return reading

    def equalizer(self, target: Target | str, *, amount: float = 1.0, max_gain_db: float = MOST_DB) -> Equalizer:
        """Return bands for a target: valid, within the limit, and with a note where that took a change."""
        if isinstance(target, str):
            target = self.target(target)
        self._check_known(target)
        said = self._decoded(self._latent(target)[None])[0]
        setting = self._made_valid(said, _size(target))
        made = limit_setting(setting, amount, max_gain_db)
        wanted = setting.copy()
        wanted[:5] *= made.amount
        return Equalizer(
            target,
            made.bands,
            made.curve_db,
            without_mean(curves_of(wanted[None])[0]),
            made.amount / amount if amount and setting[:5].any() else 1.0,
            max_gain_db,
            self._confidence(target),
            self._notes(said) if _size(target) else (),
        )

    def along(self, start: Equalizer, end: Equalizer, places: Float64) -> list[tuple[LimitedBands, tuple[str, ...]]]:
        """Return bands at places (0..1) on the way between two targets' latents, and what had to be changed of each."""
        first, last = self._latent(start.target), self._latent(end.target)
        said = self._decoded((1 - places[:, None]) * first + places[:, None] * last)
        sizes = (1 - places) * _size(start.target) + places * _size(end.target)
        return [
            (limit_setting(self._made_valid(setting, float(size)), 1.0, MOST_DB), self._notes(setting))
            for setting, size in zip(said, sizes, strict=True)
        ]

    def _check_known(self, target: Target) -> None:
        """Refuse what has no latent here: a part of the spectrum is no word that settings were saved under."""
        for term in target.terms:
            if term.word not in self.terms:
                is_part = is_region(term.word)
                kind = "has no parts of the spectrum" if is_part else "has no such word"
                raise UsageError(
                    f"the recipe {self.recipe} {kind}: {term.word!r}",
                    hint=Phrase("Ask for its words, or leave out {}.", Means.MODEL),
                    path=self.folder,
                )

    def _made_valid(self, said: Float64, size: float) -> Float64:
        """Return a setting (15,) in range, less what is made of no EQ as far as the target is less than a whole word.

        Few decoders make nothing of the latent of no EQ: V2 makes 3 dB of it. A faint target must be faint even so.
        """
        setting = _valid(said)
        setting[:5] = np.clip(setting[:5] - (1 - min(size, 1.0)) * self._flat_gains, *GAIN_RANGE_DB)
        return setting

    def _latent(self, target: Target) -> Float64:
        """Return the origin plus the way to each word, by weight (d,)."""
        away = sum(
            (term.weight * (self._latents[self._index[term.word]] - self._origin) for term in target.terms),
            start=np.zeros_like(self._origin),
        )
        return np.asarray(self._origin + away)

    def _decoded(self, latents: Float64) -> Float64:
        """Return settings (n, 15), as the recipe says them."""
        return self._decoder(latents)

    def _notes(self, setting: Float64) -> tuple[str, ...]:
        changes = _changes(setting)
        if not changes:
            return ()
        return (f"brought into range what the recipe {self.recipe} said: {'; '.join(changes)}",)

    def _confidence(self, target: Target) -> float | None:
        total = sum(abs(term.weight) for term in target.terms)
        if not total:
            return None
        return sum(abs(term.weight) * self.terms[term.word].confidence for term in target.terms) / total

    def _like(self, word: str) -> list[str]:
        """Return three words of the same language that do most nearly the same."""
        known = self.terms[word]
        likeness = self._shapes @ self._shapes[self._index[word]]
        order = [list(self.terms.values())[at] for at in np.argsort(-likeness, kind="stable")]
        return [term.word for term in order if term.language == known.language and term.word != word][:3]

    @cached_property
    def _shapes(self) -> Float64:
        shapes = self.curves[:, SCORED] - self.curves[:, SCORED].mean(axis=1, keepdims=True)
        return np.asarray(shapes / np.maximum(np.linalg.norm(shapes, axis=1, keepdims=True), 1e-9))

    @cached_property
    def _best_known(self) -> list[str]:
        english = [term for term in self.terms.values() if term.language == "en"]
        return [term.word for term in sorted(english, key=lambda t: -(t.rows + t.people))[:_SUGGESTED]]


def _size(target: Target) -> float:
    """Return how many whole words a target is, by the size of its weights."""
    return sum(abs(term.weight) for term in target.terms)


def _valid(settings: Float64) -> Float64:
    """Return settings (..., 15) brought to where bands can be; what is no number becomes no gain, in the middle."""
    middle = (_LOWEST + _HIGHEST) / 2
    known = np.where(np.isnan(settings), middle, settings)
    return np.asarray(np.clip(known, _LOWEST, _HIGHEST))


def _changes(setting: Float64) -> list[str]:
    """Say which values of a setting (15,) are none that a band can have."""
    said = []
    for at in np.flatnonzero(~(np.abs(_valid(setting) - setting) <= _ROUNDING)):
        kind, band = divmod(int(at), 5)
        value = float(setting[at])
        if kind == 0:
            said.append(f"{_BAND_NAMES[band]} {value:+.1f} dB")
        elif kind == 1:
            said.append(
                f"{_BAND_NAMES[band]} " + ("0 Hz or less" if np.exp(value) <= _NONE_HZ else f"{np.exp(value):.0f} Hz")
            )
        else:
            said.append(f"{_BAND_NAMES[band]} Q {np.exp(value):.2g}")
    return said
