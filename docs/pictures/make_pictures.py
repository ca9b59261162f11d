"""Draw the pictures of the documentation by the program itself.

python docs/pictures/make_pictures.py
"""

from __future__ import annotations

from pathlib import Path

from eqmorph.plot.svg import svg_document
from eqmorph.presets import find_preset

FOLDER = Path(__file__).parent
SAMPLE_RATE = 48_000
SHOWN = ("warm-tape", "podcast-voice", "air")


def eq_picture() -> str:
    """Draw what three of the shipped presets do."""
    presets = [find_preset(name) for name in SHOWN]
    return svg_document([preset.bands.sampled(SAMPLE_RATE, name=preset.name) for preset in presets])


def main() -> None:
    for name, draw in {"eq.svg": eq_picture}.items():
        path = FOLDER / name
        path.write_text(draw(), encoding="utf-8", newline="\n")
        print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
