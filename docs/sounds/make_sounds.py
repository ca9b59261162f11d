"""Write the sounds that docs/adaptive.md plays: ``python docs/sounds/make_sounds.py``.

They are sounds of ``eqmorph demo``, before and after one and the same wish, as small MP3s.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import eqmorph
from eqmorph.demo import write_demo_sounds

FOLDER = Path(__file__).parent
WISH = "warm:0.7"
SOUNDS = ("little-mix", "electric-piano", "plucked-arpeggio")
BITRATE = "64k"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for source in write_demo_sounds(Path(folder)):
            if source.stem not in SOUNDS:
                continue
            for name, amount in (("before", 0.0), ("after", 1.0)):
                output = FOLDER / f"{source.stem}-{name}.mp3"
                output.unlink(missing_ok=True)
                eqmorph.apply_file(source, output, WISH, amount=amount, format="mp3", bitrate=BITRATE)
                print(f"{output.name}: {output.stat().st_size} bytes")


if __name__ == "__main__":
    main()
