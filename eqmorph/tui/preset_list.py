"""The presets that can be loaded, each with what it does in a few characters."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace

from eqmorph.errors import EqmorphError
from eqmorph.model import GRID_HZ, SemanticSpace
from eqmorph.presets import Preset, list_presets, read_preset, user_preset_folder
from eqmorph.request import EqRequest
from eqmorph.tui.small_curve import small_curve

__all__ = ["PresetLine", "preset_lines"]


@dataclass(frozen=True, slots=True)
class PresetLine:
    """A preset, what it does in a few characters, and whether it is the user's own: such a one can be deleted."""

    preset: Preset
    curve: str
    is_own: bool


def preset_lines(space: SemanticSpace) -> list[PresetLine]:
    """Return the presets, one's own first. One that can't be read, or asks for unknown words, is left out."""
    own, lines = user_preset_folder(), []
    for name, path in list_presets().items():
        with suppress(EqmorphError):
            preset = replace(read_preset(path), name=name)  # by which it is found again
            bands = EqRequest(preset=preset).resolve_fixed(space).bands
            lines.append(PresetLine(preset, small_curve(bands.response_db(GRID_HZ)), path.parent == own))
    return sorted(lines, key=lambda line: not line.is_own)
