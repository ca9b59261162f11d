"""Draw what a wish makes of a sound: ``python docs/pictures/make_before_after.py``.

Above, the spectrum of one of the demo sounds before and after, at the same loudness, with what was added and what was
taken tinted. Below, the EQ that did it. The colors are those of all SVGs here, readable on light and on dark pages.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import eqmorph
from eqmorph.demo import synthesise
from eqmorph.plot.curve import freq_label, freq_position
from eqmorph.plot.svg_parts import COLOURS, GREY, heading_lines, opening, px, xml_text

FILE = Path(__file__).parent / "before-after.svg"
SOUND, WISH = "little-mix", "warm:0.7"
WIDTH, HEIGHT = 800, 430
LEFT, RIGHT = 58, 24
ADDED, TAKEN = COLOURS[0], COLOURS[1]
HZ = np.geomspace(30, 18_000, 180)
TICKS_HZ = (50, 100, 200, 500, 1000, 2000, 5000, 10_000)
Curve = NDArray[np.float64]


def spectrum_db(audio: NDArray[np.float32], rate: int) -> Curve:
    """Return the mean level in third-octaves around `HZ`, in dB."""
    size = 8192
    starts = range(0, audio.shape[1] - size, size // 2)
    frames = np.stack([audio[:, start : start + size] for start in starts]) * np.hanning(size)
    power = (np.abs(np.fft.rfft(frames)) ** 2).mean(axis=(0, 1))
    total = np.concatenate([[0.0], np.cumsum(power)])
    edges = np.arange(len(total)) * rate / size
    low, high = (np.interp(HZ * 2**shift, edges, total) for shift in (-1 / 6, 1 / 6))
    smooth = np.hanning(9) / np.hanning(9).sum()  # or else partials on the edges make steps
    return np.convolve(np.pad(10 * np.log10(high - low), 4, mode="edge"), smooth, mode="valid")


def line(x: Curve, y: Curve) -> str:
    return "M" + "L".join(f"{px(at_x)} {px(at_y)}" for at_x, at_y in zip(x, y, strict=True))


def between(x: Curve, upper: Curve, lower: Curve) -> str:
    """Return the outline of what lies between two lines; there is nothing where the first is below the second."""
    top = np.minimum(upper, lower)
    return f"{line(x, top)}L{line(x[::-1], lower[::-1])[1:]}Z"


def grid(top: int, bottom: int, ticks: dict[float, str], *, has_freqs: bool) -> list[str]:
    """Draw lines and their labels; ``ticks`` are those of the level, by their places."""
    parts = [f'<g fill="none" stroke="{GREY}" stroke-opacity="0.25">']
    places = {hz: LEFT + float(freq_position(hz)) * (WIDTH - LEFT - RIGHT) for hz in TICKS_HZ}
    parts += [f'<path d="M{px(x)} {top}V{bottom}"/>' for x in places.values()]
    parts += [f'<path d="M{LEFT} {px(y)}H{WIDTH - RIGHT}"/>' for y in ticks]
    parts += ["</g>", f'<g fill="{GREY}">']
    parts += [f'<text x="{LEFT - 9}" y="{px(y + 4.5)}" text-anchor="end">{label}</text>' for y, label in ticks.items()]
    if has_freqs:
        labels = {hz: freq_label(hz) + (" Hz" if hz == TICKS_HZ[0] else "") for hz in TICKS_HZ}
        parts += [
            f'<text x="{px(x)}" y="{bottom + 21}" text-anchor="middle">{labels[hz]}</text>' for hz, x in places.items()
        ]
    return [*parts, "</g>"]


def name(x: float, y: float, text: str, colour: str) -> str:
    return f'<text x="{px(x)}" y="{px(y)}" font-weight="600" fill="{colour}">{xml_text(text)}</text>'


def picture() -> str:
    """Return the picture as SVG."""
    sound = synthesise(SOUND)
    after_audio, result = eqmorph.apply_with_report(sound.audio, sound.sample_rate, WISH)
    before, after = (spectrum_db(audio, sound.sample_rate) for audio in (sound.audio, after_audio))
    peak = max(before.max(), after.max())
    response = np.asarray(result.bands.response_db(HZ, sample_rate=sound.sample_rate))
    heard = eqmorph.hear(sound.audio, sound.sample_rate), eqmorph.hear(after_audio, sound.sample_rate)
    percent = [round(100 * profile.percentile("warm")) for profile in heard]

    x = LEFT + freq_position(HZ) * (WIDTH - LEFT - RIGHT)
    top, bottom, eq_top, eq_bottom = 64, 270, 296, 400
    level_y = {db: top + (6 - db) / 42 * (bottom - top) for db in (0, -12, -24, -36)}
    eq_y = {db: eq_top + (6 - db) / 12 * (eq_bottom - eq_top) for db in (6, 0, -6)}
    was, now = (top + (6 - (curve - peak)) / 42 * (bottom - top) for curve in (before, after))
    eq = eq_top + (6 - response) / 12 * (eq_bottom - eq_top)
    zero = np.full_like(eq, eq_y[0])
    title = f"{WISH} of a mix: warmer than {percent[0]} % of mixes before, than {percent[1]} % after"
    signs = {6: "+6 dB", 0: "0", -6: "−6"}
    parts = [
        *opening(WIDTH, HEIGHT, title),
        *heading_lines(title, "Third-octaves, equally loud before and after; below, the EQ", LEFT),
        *grid(top, bottom, {y: f"{db:g}".replace("-", "−") + (" dB" if db == 0 else "") for db, y in level_y.items()},
              has_freqs=False),
        *grid(eq_top, eq_bottom, {y: signs[db] for db, y in eq_y.items()}, has_freqs=True),
    ]  # fmt: skip
    for curve, base in ((now, was), (eq, zero)):
        parts.append(f'<path d="{between(x, curve, base)}" fill="{ADDED}" fill-opacity="0.3"/>')
        parts.append(f'<path d="{between(x, base, curve)}" fill="{TAKEN}" fill-opacity="0.3"/>')
    parts += [
        f'<path d="{line(x, was)}" fill="none" stroke="{GREY}" stroke-width="2" stroke-dasharray="5 4"/>',
        f'<path d="{line(x, now)}" fill="none" stroke="{COLOURS[2]}" stroke-width="2.5"/>',
        f'<path d="{line(x, eq)}" fill="none" stroke="{COLOURS[2]}" stroke-width="2.5"/>',
    ]
    most, least = int(np.argmin(now - was)), int(np.argmax(now - was))
    parts += [
        name(x[most] - 14, now[most] - 12, "added", ADDED),
        name(x[least] + 8, was[least] - 12, "taken", TAKEN),
        name(x[-38], was[-38] - 34, "before", GREY),
        name(x[-38], now[-38] + 34, "after", COLOURS[2]),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def main() -> None:
    FILE.write_text(picture(), encoding="utf-8", newline="\n")
    print(f"{FILE.name}: {FILE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
