"""`EqRequest`: all that a caller asks for, and the one place where it becomes an EQ.

The command line, the Python API and the app each fill in a request; none of them interprets it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from eqmorph.adapt.fixed import BandsEq, FixedEq, fixed_eq
from eqmorph.adapt.following import USUAL_RATE_DB, Following
from eqmorph.adapt.goal import MAX_AMOUNT, USUAL_ALBUM_GAIN_DB, USUAL_GAIN_DB, Goal, check_ranges
from eqmorph.adapt.linear import LinearEq
from eqmorph.bands import GAIN_RANGE_DB, Bands
from eqmorph.errors import UsageError
from eqmorph.kind import AUTO, Kind, check_kind
from eqmorph.presets import Preset, list_presets
from eqmorph.wording import Means, Phrase

if TYPE_CHECKING:
    from eqmorph.adapt.eq import Eq, Phase
    from eqmorph.analysis import Ear
    from eqmorph.balance import Balance
    from eqmorph.model.eq_model import EqModel
    from eqmorph.target import Target

__all__ = ["EqRequest", "Mode"]

Mode = Literal["adaptive", "fixed"]

_ANALYTIC = "analytic"  # as in `eqmorph.analysis.encoders`, which would load an audio library
_ASK_IN_WORDS = Phrase("Ask in words, such as {}.", Means.ASK_WORDS.named("warm:0.7"))
_LEAVE_OUT_MODE = Phrase("Leave out {}: adaptive is the default.", Means.MODE)


@dataclass(frozen=True, slots=True)
class EqRequest:
    """An EQ as it is asked for: in words, by a preset or as bands, and how much of it.

    Attributes:
        words: a target such as ``warm:0.7 + punchy:-0.3`` or ``warmer, a bit less harsh``.
        preset: a named EQ, which holds words or bands.
        bands: the EQ itself.
        amount: 0 leaves a sound as it is, 1 is the EQ, 2 twice its curve in dB.
        mode: ``adaptive`` gives each sound what it lacks of the words (the default), ``fixed`` gives every sound the
            words' own EQ.
        max_gain_db: change no frequency by more, up to 12; by default 6, 3 for an album, 12 for words' own EQ.
        to_percentile: give each sound as much as brings it to this percentile of the reference.
        album: listen to all sounds first and give them one EQ; files get one gain too, whatever the EQ.
        refine: improve the bands by what they make of each sound.
        kind: what kind of sound it is: ``mix``, ``speech`` or ``instrument``; ``auto`` tells it by ear.
        encoder: what listens: ``analytic``, or a folder that `eqmorph train audio` wrote.
        model_folder: a model of your own; None for the default one.
        reference: a tonal balance that each sound is to come near, alone or with words that say what is to differ.
        follow: follow each sound in the course of time: ``sections``, or so many seconds at a time.
        rate_db: how fast that may move any frequency, in dB a second; by default 3.
        notes: what there is to say of how the bands were read.
        phase: ``minimum`` delays frequencies against each other, as every analog EQ does; ``linear`` doesn't, and rings
            before a sound as well as after it.
    """

    words: str | Target | None = None
    preset: Preset | None = None
    bands: Bands | None = None
    amount: float = 1.0
    mode: Mode | None = None
    max_gain_db: float | None = None
    to_percentile: float | None = None
    album: bool = False
    refine: bool = False
    kind: str = AUTO
    encoder: str | Path = _ANALYTIC
    model_folder: str | Path | None = None
    reference: Balance | None = None
    follow: Literal["sections"] | float | None = None
    rate_db: float | None = None
    notes: tuple[str, ...] = ()
    phase: Phase = "minimum"

    def __post_init__(self) -> None:
        named = sum(part is not None for part in (self.words, self.preset, self.bands))
        if named > 1 or (not named and self.reference is None):
            raise UsageError(
                Phrase("specify exactly one of {}, {} and {}", Means.WORDS, Means.PRESET, Means.BANDS),
                hint=Phrase(
                    "See {} and {}. For sounds, {} alone will do too.",
                    *(Means.LIST_WORDS, Means.LIST_PRESETS, Means.REFERENCE),
                ),
            )
        if self.mode not in (None, "adaptive", "fixed"):
            raise UsageError(f"unknown mode {self.mode!r}", hint="Modes are adaptive and fixed.")
        if self.phase not in ("minimum", "linear"):
            raise UsageError(f"unknown phase {self.phase!r}", hint="Phases are minimum and linear.")
        if self.phase == "linear" and self.follow is not None:
            raise UsageError(
                Phrase(
                    "an EQ that follows a sound has minimum phase: {} and linear {} can't be combined",
                    Means.FOLLOW,
                    Means.PHASE,
                ),
                hint="Leave out one of them.",
            )
        check_kind(self.kind)
        limit_db = self._usual_gain_db if self.max_gain_db is None else self.max_gain_db
        check_ranges(self.amount, limit_db, self.to_percentile)
        if self.reference is not None:
            self._check_reference()
        if self.following is None and self.rate_db is not None:
            raise UsageError(
                Phrase("{} is how fast an EQ follows a sound, and none does", Means.RATE),
                hint=Phrase("Add {}, or leave it out.", Means.FOLLOW),
            )
        if self.wanted is None and self.reference is None:
            _refuse(self._word_options, "{} applies only to words: bands are the same for every file", _ASK_IN_WORDS)
        elif self.total_amount > MAX_AMOUNT and self.preset is not None:
            raise UsageError(
                f"an amount of {self.amount:g} is too much for a preset whose own amount is {self.preset.amount:g}",
                hint=f"Their product may be {MAX_AMOUNT:g} at most.",
            )
        elif self.mode == "fixed":
            _refuse(self._adaptive_options, "{} requires the adaptive mode", _LEAVE_OUT_MODE)
        elif self.to_percentile is not None and self.amount != 1:
            raise UsageError(
                "the amount follows from the percentile asked for",
                hint=Phrase("Leave out {} or {}.", Means.AMOUNT, Means.TO_PERCENTILE),
            )

    @property
    def wanted(self) -> str | Target | None:
        """The words that are asked for, those of the preset if there is one; None for bands."""
        return self.words if self.preset is None else self.preset.target or None

    @property
    def following(self) -> Following | None:
        """How the EQ follows each sound; None if it stays."""
        if self.follow is None:
            return None
        if isinstance(self.follow, str) and self.follow != "sections":
            raise UsageError(
                f"there is no following by {self.follow!r}", hint="Follow by sections, or so many seconds at a time."
            )
        window_s = None if isinstance(self.follow, str) else self.follow
        return Following(window_s, USUAL_RATE_DB if self.rate_db is None else self.rate_db)

    @property
    def _adapts(self) -> bool:
        """Whether what is asked for depends on the sound, unless the mode says otherwise."""
        return self.wanted is not None or self.reference is not None

    def _check_reference(self) -> None:
        """Refuse what doesn't go with a reference."""
        if self.wanted is None and (self.preset is not None or self.bands is not None):
            raise UsageError(
                Phrase("bands and {} can't be combined: bands are the same for every file", Means.REFERENCE),
                hint=_ASK_IN_WORDS,
            )
        if self.wanted is None and self.to_percentile is not None:
            raise UsageError(
                Phrase("{} is about a word, and {} has none", Means.TO_PERCENTILE, Means.REFERENCE),
                hint=Phrase(
                    "Add one, such as {}, or leave out {}.", Means.ASK_WORDS.named("airy"), Means.TO_PERCENTILE
                ),
            )
        unfit = {
            Means.MODE: self.mode == "fixed",
            Means.REFINE: self.refine,
            Means.ENCODER: str(self.encoder) != _ANALYTIC,
        }
        for means, is_used in unfit.items():
            if is_used:
                raise UsageError(
                    Phrase("{} can't be combined with {}", means, Means.REFERENCE), hint=Phrase("Leave out {}.", means)
                )

    @property
    def total_amount(self) -> float:
        """The amount, times that of a preset of words."""
        return self.amount * (self.preset.amount if self.preset is not None else 1.0)

    def scaled(self, amount: float) -> EqRequest:
        """Return the same request at ``amount`` times its amount."""
        return self if amount == 1 else replace(self, amount=self.amount * amount)

    def resolve(self, ear: Ear | None = None) -> Eq:
        """Work out the EQ that is asked for, and nothing else.

        Args:
            ear: what listens, with its model; None loads what the request names, as far as it is needed.

        Raises:
            UsageError: a word is unknown, or a value out of range.
            InputError: the model is damaged.
        """
        eq = self._resolve(ear)
        return eq if self.phase == "minimum" else LinearEq(eq)

    def _resolve(self, ear: Ear | None) -> Eq:
        if not self._adapts:
            return BandsEq(self._own_bands, self.amount, self.notes)
        if self.mode == "fixed":
            return self.resolve_fixed(ear.space if ear is not None else None)
        from eqmorph.adapt.adaptive import AdaptiveEq, AlbumEq
        from eqmorph.analysis import load_ear

        ear = ear if ear is not None else load_ear(self._model_folder, self.encoder)
        if self.kind != AUTO:
            ear = ear.of(Kind(self.kind))
        goal = self._goal(ear.space, self._usual_gain_db)
        eq = AlbumEq(ear, goal) if self.album else AdaptiveEq(ear, goal)
        if self.following is None:
            return eq
        from eqmorph.adapt.follow import FollowEq

        return FollowEq(eq, self.following)

    def resolve_fixed(self, model: EqModel | None = None) -> BandsEq | FixedEq:
        """Work out the EQ that the bands or words are by themselves, before any sound is heard."""
        if self.reference is not None:
            raise UsageError("a reference has no EQ of its own: what it asks for depends on the sound")
        if self.wanted is None:
            return BandsEq(self._own_bands, self.amount, self.notes)
        from eqmorph.model.eq_model import load_model

        model = model if model is not None else load_model(self._model_folder)
        return fixed_eq(model, self._goal(model, GAIN_RANGE_DB[1]))

    @property
    def effective_gain_db(self) -> float | None:
        """The limit that holds for what adapts; None for what doesn't."""
        if not self._adapts or self.mode == "fixed":
            return None
        return self._usual_gain_db if self.max_gain_db is None else self.max_gain_db

    @property
    def _usual_gain_db(self) -> float:
        """The limit of an EQ that adapts, unless another is asked for; words' own EQ has the widest."""
        return USUAL_ALBUM_GAIN_DB if self.album else USUAL_GAIN_DB

    @property
    def _model_folder(self) -> Path | None:
        return None if self.model_folder is None else Path(self.model_folder)

    @property
    def _own_bands(self) -> Bands:
        return self.preset.bands if self.preset is not None else self.bands or Bands()

    def _goal(self, model: EqModel, usual_db: float) -> Goal:
        from eqmorph.target import Target  # the reader of words, which bands do without

        amount = 1.0 if self.to_percentile is not None else self.total_amount
        most_db = usual_db if self.max_gain_db is None else self.max_gain_db
        target = self.target_in(model) if self.wanted is not None else Target(())
        return Goal(target, amount, most_db, self.to_percentile, self.refine, self.reference)

    def target_in(self, model: EqModel) -> Target:
        """Return the words as a model understands them; if it doesn't and a preset has that name, the error says so."""
        wanted = self.wanted
        if wanted is not None and not isinstance(wanted, str):
            return wanted
        try:
            target = model.target(wanted or "")
            is_derived = all(model.terms[term.word].is_derived for term in target.terms)
            if is_derived and self.preset is None and wanted in list_presets():
                raise UsageError(f"{wanted!r} is no word that anybody was asked about")
            return target
        except UsageError as error:
            if self.preset is None and wanted in list_presets():
                hint = Phrase("A preset has this name: {}. ", Means.USE_PRESET.named(wanted)) + error.remedy
                raise UsageError(error.problem, hint=hint, path=error.path) from error
            raise

    @property
    def _word_options(self) -> dict[Means, bool]:
        """The options that need words, and whether each is used."""
        return {
            Means.MODE: self.mode is not None,
            Means.MAX_GAIN: self.max_gain_db is not None,
            Means.MODEL: self.model_folder is not None,
            **self._adaptive_options,
        }

    @property
    def _adaptive_options(self) -> dict[Means, bool]:
        """The options that need words that adapt, and whether each is used."""
        return {
            Means.TO_PERCENTILE: self.to_percentile is not None,
            Means.REFINE: self.refine,
            Means.KIND: self.kind != AUTO,
            Means.ENCODER: str(self.encoder) != _ANALYTIC,
            Means.FOLLOW: self.follow is not None,
        }


def _refuse(options: Mapping[Means, bool], problem: str, hint: Phrase) -> None:
    """Raise an error that names the first option that is used, if any."""
    for means, is_used in options.items():
        if is_used:
            raise UsageError(Phrase(problem, means), hint=hint)
