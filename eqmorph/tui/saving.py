"""What is saved from a session: presets, EQs in files, and the command line that does the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from eqmorph.audio.atomic import AtomicFile, explain_os_error
from eqmorph.bands import Bands
from eqmorph.errors import UsageError
from eqmorph.kind import AUTO
from eqmorph.presets import Preset, format_preset
from eqmorph.shell import command_line
from eqmorph.tui.blend import Blend
from eqmorph.tui.paths import short_path

__all__ = [
    "EXPORTS",
    "apply_command",
    "export_eq",
    "preset_of",
]


def preset_of(name: str, blend: Blend, bands: Bands, description: str) -> Preset:
    """Return a blend as a preset: adaptive words stay words, all else, and what was changed by hand, becomes bands."""
    if blend.is_adaptive and blend.target is not None and not blend.in_hand:
        return Preset(name, Bands(), target=str(blend.target), amount=blend.amount)
    return Preset(name, bands, description=description)


def _as_preset(name: str, bands: Bands, description: str) -> str:
    return format_preset(Preset(name, bands, description))


def _as_json(name: str, bands: Bands, description: str) -> str:
    return json.dumps({"name": name, "description": description, "bands": bands.to_list()}, indent=2) + "\n"


def _as_text(_name: str, bands: Bands, description: str) -> str:
    comment = f"# {description}\n" if description else ""
    return comment + "\n".join(str(bands).split("; ")) + "\n"


#: The formats by extension. `eqmorph apply --bands FILE` reads each of them.
EXPORTS: dict[str, Callable[[str, Bands, str], str]] = {".toml": _as_preset, ".json": _as_json, ".txt": _as_text}


def export_eq(path: Path, bands: Bands, description: str, *, overwrite: bool) -> None:
    """Write an EQ to a file, in the format that its extension names.

    Raises:
        UsageError: the extension names no format.
        OutputError: it exists and may not be overwritten, or it can't be written.
    """
    write = EXPORTS.get(path.suffix.lower())
    if write is None:
        raise UsageError(f"{path.name} has no extension to export to", hint=f"Use one of {', '.join(EXPORTS)}.")
    _write(path, write(path.stem, bands, description), overwrite=overwrite)


def apply_command(
    blend: Blend,
    source: Path,
    output: Path,
    *,
    bands: Bands | None = None,
    kind: str = AUTO,
    model_folder: Path | None = None,
    repair: bool = False,
) -> str:
    """Return the command line that gives the same result as a blend, to the sample.

    Args:
        blend: what is asked for.
        source: the file.
        output: what it is written to.
        bands: the bands that come of it, where some were changed by hand: no words say that.
        kind: the kind of sound that was named.
        model_folder: the model; None for the default one.
        repair: whether damaged files are repaired.
    """
    words = ["eqmorph", "apply", short_path(source), short_path(output)]
    if bands is not None:
        words += ["--bands", str(bands)]
    elif blend.preset is not None:
        words += ["--preset", blend.preset.name]
        words += ["--amount", repr(blend.amount)] if blend.amount != 1 else []
    elif blend.target is None:
        words += ["--bands", "flat"]
    else:
        words += ["--target", str(blend.target)]
        words += ["--amount", repr(blend.amount)] if blend.amount != 1 else []
        words += ["--mode", "fixed"] if not blend.is_adaptive else []
        words += ["--follow"] if blend.follows else []
        words += ["--kind", kind] if blend.is_adaptive and kind != AUTO else []
        words += ["--model", short_path(model_folder)] if model_folder else []
    words += ["--repair"] if repair else []
    return command_line(words)


def _write(path: Path, text: str, *, overwrite: bool) -> None:
    with AtomicFile(path, overwrite=overwrite) as out:
        try:
            out.temp.write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise explain_os_error(error, path) from error
        out.commit()
