"""Draw the gallery by the program itself, and write the page that shows it.

python docs/pictures/make_gallery.py            everything
python docs/pictures/make_gallery.py morph eq   only these, and the page

The sounds are those of `eqmorph demo`, made from numbers: whoever runs this gets the same pictures. Those in
docs/figures are drawn by `eqmorph evaluate --out`, which needs the data that docs/training.md names.
"""

from __future__ import annotations

import io
import os
import shlex
import sys
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from PIL import Image

from eqmorph.cli import run
from eqmorph.demo import synthesise, write_demo_sounds

FOLDER = Path(__file__).parent
#: Why tests of the pages leave these out.
SLOW = ("<!-- not run: takes many seconds; the script of the gallery runs it -->",)
NEEDS_DATA = "<!-- not run: needs data sets that are not ours -->"
GALLERY, PAGE = FOLDER / "gallery", FOLDER.parent / "gallery.md"
COLOURS = 160  # of a PNG: more can't be seen, and take three times the room
SONG = ("warm-pad", "glass-bells", "plucked-arpeggio", "electric-piano")  # one after another


@dataclass(frozen=True)
class Picture:
    """A picture of the gallery: its name, what it shows, the command that draws it, and what to look for."""

    name: str
    title: str
    command: str
    text: str


PICTURES = (
    Picture(
        "eq",
        "An EQ with its bands",
        'eqmorph eq "warm + airy:0.3" --plot eq.png',
        "Bold: all of it, as it is rendered. Thin: each band by itself. What is added is tinted, what is taken is "
        "hatched, so a grey print says the same.",
    ),
    Picture(
        "sound",
        "A sound before and after, and how the EQ came about",
        'eqmorph apply sounds/little-mix.flac out.flac --target "warm:0.7 + airy:0.4" --plot sound.png',
        "Above: the spectrum, with what was added and taken. Below: what the words ask for, what the limits leave of "
        "it, and what the bands make of that; dotted areas are out of bounds for this sound. A dotted line is where a "
        "limit bound, with what it took. Right: from where to where each word went.",
    ),
    Picture(
        "speech",
        "The same of a voice, on a dark page",
        "eqmorph apply sounds/voice-vowels.wav out.wav --target warm --plot speech.png --plot-style dark",
        "`--plot-style` is `light`, `dark`, or either for a `slide` of 16:9.",
    ),
    Picture(
        "folder",
        "What became of a folder",
        'eqmorph apply sounds/ out/ --target "warm:0.5 + clear:0.4" --plot folder.png',
        "Each word that was asked for, in every file before and after; of many files, their distribution. Below, "
        "all their EQs and the mean.",
    ),
    Picture(
        "trajectory",
        "A song over time, and its way through the space of sounds",
        "eqmorph analyze song.wav --plot trajectory.png",
        "A mel spectrogram with the sections that were found; each word's percentile over time, filled from what is "
        "usual (50 %). Below, the way through the plane in which sounds differ most, from light to dark as time goes, "
        "and where words lie.",
    ),
    Picture(
        "versions",
        "Versions side by side",
        'eqmorph compare sounds/voice-vowels.wav --target "warm:0.6 + harsh:-0.4" --plot versions.png',
        "The EQ of each, and what each makes of the words asked for and of those that move with them.",
    ),
    Picture(
        "reference",
        "A sound beside a reference",
        "eqmorph compare sounds/warm-pad.wav --reference sounds/little-mix.flac --plot reference.png",
        "Third-octaves of both and of the result; below, what is missing, and what the EQ does about it within its "
        "limits.",
    ),
    Picture(
        "ranking",
        "A ranking",
        'eqmorph rank sounds/ --by "warm - harsh" --plot ranking.png',
        "The place of each sound, and its percentile of each word. More than forty become one line.",
    ),
    Picture(
        "morph",
        "A morph as a family of curves",
        "eqmorph morph warm bright --steps 9 --plot morph.png",
        "From light to dark as the way goes; the ends are bold.",
    ),
    Picture(
        "people",
        "A word's people",
        "eqmorph eq cold --variations 3 --plot people.png",
        "Each person's answer is a thin line, means are bold. People mean two things by *cold*, and each has a tone of "
        "its own. `--variations` draws versions as people would differ.",
    ),
    Picture(
        "map",
        "The vocabulary as a map",
        "eqmorph terms --like warm -n 6 --plot map.png",
        "Words that do alike are near each other. Size: how many people and settings stand behind a word. Tone: how "
        "much they agree. Mark: the group. Rings: what was listed.",
    ),
    Picture(
        "finds",
        "Settings that no word names",
        "eqmorph explore -n 9 --seed 7 --plot finds.png --plot-style slide",
        "Each beside the word that comes nearest (dashed), with how alike the two are.",
    ),
)

EVALUATED = (
    (
        "How all of it hangs together",
        "eqmorph evaluate eq --safe SAFEEqualiserUserData.csv --contributions eq_contributions.csv --out evaluation",
        (
            (
                "architecture",
                "From words and settings to curves, from sound to a curve, from both to bands and a file.",
            ),
            ("interpolation", "The way between two words: encoded, a straight line in the latent, decoded, refined."),
            ("training-curves", "Losses, watched errors, and what each recipe is off in gains, frequencies and Q."),
            ("divergence", "The KL divergence of the variational recipes."),
            ("latent-map", "The latent of people's settings, warm and bright and ten more words."),
            ("term-curves", "Words: what people saved, what they answered, and what the word does."),
        ),
    ),
    (
        "V1 against V2",
        "eqmorph evaluate story --safe SAFEEqualiserUserData.csv --out evaluation",
        (
            ("v1-v2", "Warm and bright, band by band: people's mean and what each recipe says."),
            ("v1-v2-way", "Gains on the way from warm to bright."),
        ),
    ),
    (
        "Words judged by people",
        "eqmorph evaluate people --contributions eq_contributions.csv --peers peers.json --out evaluation",
        (
            ("people-rows", "How well each way to make words agrees with people who were not asked."),
            ("people-answers", "Every answer to seven words and three more of two senses."),
            ("people-curves", "Our words beside the other half's means."),
            ("people-confidence", "Confidence against what was found."),
        ),
    ),
    (
        "The audio side",
        "eqmorph evaluate audio --music songs=music --out evaluation",
        (
            ("audio-adaptivity", "How much of a tilt's spread each rule leaves."),
            ("audio-scores", "Scores against physical descriptors."),
            ("audio-prediction", "What is predicted against what was rendered."),
        ),
    ),
)


def page() -> str:
    """Return the page that shows all pictures with the commands that draw them."""
    lines = [
        "# Gallery",
        "",
        'What `--plot FILE` draws, as PNG, SVG or PDF (`pip install "eqmorph[plot]"`), with the command that drew it.',
        "`sounds/` is what `eqmorph demo` writes, `song.wav` four of these sounds one after another.",
        "[The script](pictures/make_gallery.py) draws all of them.",
    ]
    for picture in PICTURES:
        lines += ["", f"## {picture.title}", "", *(SLOW if "explore" in picture.command else ())]
        lines += ["```sh", picture.command, "```", "", picture.text]
        lines += ["", f"![{picture.title}](pictures/gallery/{picture.name}.png)"]
    lines += [
        "",
        "## Figures of the evaluation",
        "",
        "They need data that is not ours: [training](training.md) says where it is.",
    ]
    for title, command, figures in EVALUATED:
        lines += ["", f"### {title}", "", NEEDS_DATA, "```sh", command, "```"]
        for name, text in figures:
            lines += ["", f"{text}", "", f"![{text}](figures/{name}.png)"]
    return "\n".join([*lines, ""])


def draw(names: list[str]) -> None:
    """Run the commands in a folder of their own, and keep the pictures."""
    GALLERY.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.environ["EQMORPH_CACHE"] = str(Path(folder) / "cache")
        write_demo_sounds(Path("sounds"))
        song = np.concatenate([synthesise(name).audio for name in SONG], axis=1)
        soundfile.write("song.wav", song.T, 44_100)
        for picture in PICTURES:
            if names and picture.name not in names:
                continue
            said = io.StringIO()
            with redirect_stdout(said), redirect_stderr(said):
                code = run([*shlex.split(picture.command)[1:], *(["-f"] if "apply" in picture.command else [])])
            if code:
                sys.exit(f"{picture.command}\n{said.getvalue()}")
            path = GALLERY / f"{picture.name}.png"
            with Image.open(f"{picture.name}.png") as drawn:
                drawn.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
            print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    draw(sys.argv[1:])
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
