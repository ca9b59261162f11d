"""The options that say which EQ, the same for all commands that take one."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from eqmorph.cli.grouped import OptionalValueOption
from eqmorph.cli.options import Decorator, encoder_option, in_seconds, kind_option, model_option, seconds
from eqmorph.errors import InputError, UsageError

if TYPE_CHECKING:
    from eqmorph.balance import Balance
    from eqmorph.request import EqRequest

__all__ = [
    "amount_option",
    "bands_option",
    "eq_request",
    "heard_reference",
    "preset_option",
    "reference_option",
    "request_options",
    "versions_options",
]

_SECTIONS = "sections"
_RATE = re.compile(r"(?i)(\d*\.?\d+) *(db)?(/s)?")


def _is_follow(text: str) -> bool:
    return text == _SECTIONS or in_seconds(text) is not None


def _follow(context: click.Context, parameter: click.Parameter, text: str | None) -> float | str | None:
    """Read a time in seconds, or ``sections``."""
    return text if text is None or text == _SECTIONS else seconds(context, parameter, text)


def _rate(_context: click.Context, _parameter: click.Parameter, text: str | None) -> float | None:
    """Read a rate such as ``3``, ``3dB`` or ``3dB/s``."""
    if text is None:
        return None
    found = _RATE.fullmatch(text.strip())
    if found is None:
        raise click.BadParameter(f"{text!r} is not a rate. Write 3 or 3dB/s.")
    return float(found[1])


preset_option = click.option(
    "--preset", metavar="NAME|FILE", help="A preset by name (see eqmorph presets), or a TOML file."
)
bands_option = click.option(
    "--bands",
    "bands_text",
    metavar="BANDS|FILE",
    help='The EQ itself: "LS 120 +3; PK 1000 -2 Q0.7; HS 8k -3", or what another program writes (see eqmorph export).',
)
reference_option = click.option(
    "--reference",
    "references",
    multiple=True,
    metavar="FILE|FOLDER|NAME",
    help="Bring each file's tonal balance near this one's, with --target or alone; several: their average.",
)
amount_option = click.option(
    "--amount", type=click.FloatRange(0, 2), default=1.0, show_default=True, help="Scale the curve in dB."
)
_refine_option = click.option(
    "--refine", is_flag=True, help="Improve the bands by what they make of each file. Takes longer."
)


def _max_gain_option(usual: str) -> Decorator:
    return click.option(
        "--max-gain",
        "max_gain_db",
        type=click.FloatRange(0.1, 12.0),
        metavar="DB",
        help=f"Change no frequency by more. [default: {usual}]",
    )


def _goal_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say how words are to be met; their names are those of `EqRequest`'s fields."""
    options: list[Callable[..., Any]] = [
        click.option(
            "--mode",
            type=click.Choice(["adaptive", "fixed"]),
            help="Give each file what it lacks of the words, or every file the words' own EQ. [default: adaptive]",
        ),
        _max_gain_option("6; 3 with --album, 12 with --mode fixed"),
        click.option(
            "--to",
            "to_percentile",
            type=click.FloatRange(0, 1, min_open=True, max_open=True),
            metavar="P",
            help="Give each file as much as brings it to this percentile of the reference: 0.5 is usual, 0.9 is a lot.",
        ),
        click.option("--album", is_flag=True, help="One EQ and one gain for all files, after listening to all."),
        _refine_option,
        click.option(
            "--follow",
            cls=OptionalValueOption,
            is_value=_is_follow,
            is_flag=False,
            callback=_follow,
            flag_value=_SECTIONS,
            metavar="[SECONDS]",
            help="Follow each file in the course of time: by its sections, or so many seconds at a time.",
        ),
        click.option(
            "--rate",
            "rate_db",
            callback=_rate,
            metavar="DB",
            help="With --follow: move no frequency faster, in dB a second. [default: 3]",
        ),
        kind_option,
        encoder_option,
    ]
    for option in reversed(options):
        function = option(function)
    return function


def request_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add all options that say which EQ, for commands that render: `eq_request` takes them."""
    target = click.option(
        "--target", "words", metavar="WORDS", help='In words: "warm:0.7 + punchy:-0.3" (see eqmorph terms).'
    )
    rest = (reference_option, preset_option, bands_option, amount_option, _goal_options, model_option)
    options: list[Decorator] = [target, *rest]
    for option in reversed(options):
        function = option(function)
    return function


def versions_options(amounts_help: str, **amounts: Any) -> Decorator:
    """Return the options that say which versions there are of a sound; their names are those of `Ask`'s fields.

    Args:
        amounts_help: what to say of ``--amount``, the amounts to adapt by.
        amounts: further settings of that option, such as its default.
    """

    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        options: list[Decorator] = [
            click.option(
                "--amount",
                "amounts",
                type=click.FloatRange(0, 2),
                multiple=True,
                metavar="A",
                help=amounts_help,
                **amounts,
            ),
            _max_gain_option("6; 12 for the words' own EQ"),
            _refine_option,
            kind_option,
            encoder_option,
            model_option,
        ]
        for option in reversed(options):
            function = option(function)
        return function

    return add


def eq_request(
    words: str | None, preset: str | None, bands_text: str | None, references: Sequence[str] = (), **how: Any
) -> EqRequest:
    """Return what the options ask for; ``how`` holds further fields of `EqRequest`. References are listened to."""
    from eqmorph.presets import find_preset, take_bands
    from eqmorph.request import EqRequest

    try:
        found = find_preset(preset) if preset is not None else None
        taken = take_bands(bands_text) if bands_text is not None else None
    except InputError as error:  # here a damaged file is a usage error: nothing was touched
        raise UsageError(error.problem, hint=error.remedy, path=error.path) from error
    bands = taken.bands if taken is not None else None
    how = {"notes": taken.notes if taken is not None else (), **how}
    if not references:
        return EqRequest(words, found, bands, **how)
    from eqmorph.balance import Balance

    # What doesn't go together is refused before a folder is listened to.
    EqRequest(words, found, bands, **how, reference=Balance("", ()))
    return EqRequest(words, found, bands, **how, reference=heard_reference(references))


def heard_reference(names: Sequence[str], name: str | None = None) -> Balance:
    """Return the balance of what is named as a reference, listening to it if it is audio."""
    from eqmorph.batch.references import find_reference

    try:
        return find_reference(names, name=name)
    except InputError as error:
        raise UsageError(error.problem, hint=error.remedy, path=error.path) from error
