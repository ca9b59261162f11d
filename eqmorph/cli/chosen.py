"""The EQ a command line names: the same options and the same answer for all commands that take one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from eqmorph.errors import UsageError

if TYPE_CHECKING:
    from eqmorph.presets import Preset

__all__ = ["amount_option", "bands_option", "chosen_eq", "preset_option"]

preset_option = click.option(
    "--preset", metavar="NAME|FILE", help="A preset by name (see eqmorph eq --list), or a TOML file."
)
bands_option = click.option(
    "--bands", "bands_text", metavar="BANDS|FILE", help='The EQ itself: "LS 120 +3; PK 1000 -2 Q0.7; HS 8k -3".'
)
amount_option = click.option(
    "--amount", type=click.FloatRange(0, 2), default=1.0, show_default=True, help="Scales the curve in dB."
)


def chosen_eq(preset: str | None, bands_text: str | None) -> Preset:
    """What ``--preset`` or ``--bands`` names; bands alone are a preset without a name."""
    from eqmorph.presets import Preset, bands_from, find_preset

    if preset is not None and bands_text is not None:
        raise UsageError("--preset and --bands exclude each other", hint="Give one of them.")
    if preset is not None:
        return find_preset(preset)
    if bands_text is not None:
        return Preset(name="", bands=bands_from(bands_text))
    raise UsageError("say which EQ: --preset or --bands is missing", hint="eqmorph eq --list shows the presets.")
