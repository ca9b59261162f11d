"""The EQ a command line names: the same options and the same answer for all commands that take one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eqmorph.errors import InputError, UsageError

if TYPE_CHECKING:
    from eqmorph.bands import Bands
    from eqmorph.model import Equalizer

__all__ = ["Chosen", "amount_option", "bands_option", "chosen_eq", "preset_option", "target_of"]

preset_option = click.option(
    "--preset", metavar="NAME|FILE", help="A preset by name (see eqmorph eq --list), or a TOML file."
)
bands_option = click.option(
    "--bands", "bands_text", metavar="BANDS|FILE", help='The EQ itself: "LS 120 +3; PK 1000 -2 Q0.7; HS 8k -3".'
)
amount_option = click.option(
    "--amount", type=click.FloatRange(0, 2), default=1.0, show_default=True, help="Scales the curve in dB."
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """An EQ and how to speak of it.

    Attributes:
        words: what the model made of a target; None for bands.
        amount: how much of its words a preset asks for.
    """

    bands: Bands
    name: str = ""
    description: str = ""
    words: Equalizer | None = None
    amount: float = 1.0


def chosen_eq(
    target: str | None,
    preset: str | None,
    bands_text: str | None,
    *,
    model_folder: Path | None = None,
    amount: float = 1.0,
) -> Chosen:
    """What a target in words, ``--preset`` or ``--bands`` names; bands alone have no name.

    ``amount`` is how much is asked for in words. Bands are what they are.
    """
    if (target is not None) + (preset is not None) + (bands_text is not None) != 1:
        raise UsageError(
            "say which EQ: a target in words, --preset or --bands, and one of them only",
            hint="eqmorph terms lists the words, eqmorph eq --list the presets.",
        )
    if target is not None:
        return target_of(_equalizer(target, model_folder, amount))
    from eqmorph.presets import find_preset, read_bands

    try:
        if preset is not None:
            found = find_preset(preset)
            if found.target:
                words = target_of(_equalizer(found.target, model_folder, amount * found.amount))
                about = f"{found.description} {words.description}".strip()
                return Chosen(words.bands, f"{found.name} ({words.name})", about, words.words, found.amount)
            return Chosen(found.bands, found.name, found.description)
        return Chosen(read_bands(bands_text or ""))
    except InputError as error:  # here a bad file is a command put wrongly: nothing was touched
        raise UsageError(error.message, hint=error.hint, path=error.path) from error


def target_of(words: Equalizer) -> Chosen:
    """A target that the model has turned into bands, and what they do."""
    does = words.description
    sure = "" if words.confidence is None else f" Confidence {words.confidence:.2f}."
    turned_down = (
        # Never "100 %": what is turned down by a hair is turned down.
        f" Turned down to {min(words.scale, 0.99):.0%} to stay within {words.limit_db:g} dB." if words.scale < 1 else ""
    )
    return Chosen(words.bands, str(words.target), f"{does[:1].upper()}{does[1:]}.{sure}{turned_down}", words)


def _equalizer(text: str, model_folder: Path | None, amount: float) -> Equalizer:
    from eqmorph.model import load_space
    from eqmorph.presets import list_presets

    try:
        space = load_space(model_folder)
        target = space.target(text)
        return space.equalizer_for_curve(target, amount * space.curve(target))
    except UsageError as error:
        if text in list_presets():
            hint = f"The preset of this name is --preset {text}. {error.hint}"
            raise UsageError(error.message, hint=hint, path=error.path) from error
        raise
