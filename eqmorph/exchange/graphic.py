"""GraphicEQ text: gains at frequencies, as AutoEq, Equalizer APO, JamesDSP and Wavelet take them.

Such a curve has no preamp, so one that rises above 0 dB is lowered as a whole.
"""

from __future__ import annotations

import re

import numpy as np

from eqmorph._typing import Float64
from eqmorph.bands import Bands, Taken, erb_grid
from eqmorph.errors import UsageError
from eqmorph.exchange.decimals import decimal
from eqmorph.exchange.fitted import fit_curve
from eqmorph.exchange.format import USUAL_RATE, Format, Holds, Outgoing, Written
from eqmorph.exchange.limits import finite, hertz, quoted
from eqmorph.exchange.measure import LOWEST_DB, Difference, difference_of_curves, heard_hz

__all__ = ["GRAPHIC", "WAVELET", "WAVELET_HZ"]

# Wavelet takes a file with exactly these frequencies, those of AutoEq: whole numbers 5.63% apart.
WAVELET_HZ = tuple(dict.fromkeys(int(20 * 1.0563**step) for step in range(131) if 20 * 1.0563**step <= 20_000))
_NEAR_ENOUGH_DB = 0.03
_MOST_WRITTEN = 600
_MOST_POINTS = 2000  # in a file that is read: more than any program writes
_MOST_DB = 100.0
_MORE_POINTS_HZ = np.geomspace(20.0, 20_000.0, 2000)
_FITTED_WITHIN_DB, _MOST_FITTED = 0.2, 20
_LEVEL_STEP_DB = 0.5
_POINT = re.compile(r"\s*(\S+)\s+(\S+)\s*")
_LINE = re.compile(r"^\s*GraphicEQ\s*:(.*)$", re.IGNORECASE | re.MULTILINE)


def _write(eq: Outgoing) -> Written:
    """Write AutoEq's frequencies, and more of them where straight lines between these would miss the curve."""
    points_hz = np.array(WAVELET_HZ, dtype=float)
    points_hz = _refined(eq, points_hz[points_hz < eq.sample_rate / 2])
    text, notes = _text(eq, points_hz, digits=2)
    return Written(f"{text}\n".encode(), notes)


def _write_wavelet(eq: Outgoing) -> Written:
    """Write what Wavelet imports: one line, its own frequencies and nothing else, no end of a line."""
    text, notes = _text(eq, np.array(WAVELET_HZ, dtype=float), digits=1)
    return Written(text.encode(), notes)


def _refined(eq: Outgoing, points_hz: Float64) -> Float64:
    freqs_hz = _MORE_POINTS_HZ[eq.sample_rate / 2 > _MORE_POINTS_HZ]
    wanted = _curve_db(eq, freqs_hz)
    while len(points_hz) < _MOST_WRITTEN:
        off = np.abs(np.interp(np.log(freqs_hz), np.log(points_hz), _curve_db(eq, points_hz)) - wanted)
        # One point in each stretch that is missed: where it is missed most.
        stretch = np.searchsorted(points_hz, freqs_hz)
        missed = (np.flatnonzero(stretch == number) for number in np.unique(stretch[off > _NEAR_ENOUGH_DB]))
        finer_hz = np.union1d(points_hz, [round(freqs_hz[at][np.argmax(off[at])], 2) for at in missed])
        if len(finer_hz) == len(points_hz):
            break
        points_hz = finer_hz
    return points_hz


def _curve_db(eq: Outgoing, freqs_hz: Float64) -> Float64:
    return np.maximum(eq.bands.held_response_db(freqs_hz, eq.sample_rate), LOWEST_DB)


def _text(eq: Outgoing, points_hz: Float64, *, digits: int) -> tuple[str, tuple[str, ...]]:
    lowered_db = eq.preamp_db
    gains_db = np.round(_curve_db(eq, points_hz) + lowered_db, digits)
    points = (f"{decimal(hz, 0, 2)} {decimal(gain, 1, digits)}" for hz, gain in zip(points_hz, gains_db, strict=True))
    freqs_hz = heard_hz(eq.sample_rate, eq.bands)
    made_db = np.interp(np.log(freqs_hz), np.log(points_hz), gains_db) - lowered_db
    off = difference_of_curves(_curve_db(eq, freqs_hz), made_db, freqs_hz)
    notes = []
    if lowered_db:
        notes.append(f"the curve is lowered by {-lowered_db:.1f} dB so that nothing clips")
    if off.is_worth_saying:
        notes.append(f"its points and digits leave it up to {off} off")
    return f"GraphicEQ: {'; '.join(points)}", tuple(notes)


def _recognizes(text: str) -> bool:
    return _LINE.search(text) is not None


def _read(text: str) -> Taken:
    line = _LINE.search(text)
    if line is None:
        raise UsageError("has no line that begins with GraphicEQ:", hint="As in: GraphicEQ: 20 -1.2; 1000 0; 20000 -3")
    if _LINE.search(text, line.end()) is not None:
        raise UsageError("holds several GraphicEQ lines", hint="Give one of them.")
    number = text.count("\n", 0, line.start(1)) + 1
    freqs_hz, gains_db = _points(line[1], number)
    bands, notes = _fitted(freqs_hz, gains_db)
    return Taken(bands, notes)


def _points(text: str, line: int) -> tuple[Float64, Float64]:
    pieces = [piece for piece in text.split(";") if piece.strip()]
    if len(pieces) > _MOST_POINTS:
        raise UsageError(f"line {line} holds {len(pieces)} points", hint=f"{_MOST_POINTS} is the most that is taken.")
    points: dict[float, float] = {}
    for place, piece in enumerate(pieces, start=1):
        where = f"line {line}, point {place}"
        found = _POINT.fullmatch(piece)
        if found is None:
            raise UsageError(
                f"{where}: {quoted(piece.strip())} is no point", hint="Write a frequency and a gain: 100 -1.5"
            )
        try:
            freq_hz, gain_db = hertz(found[1]), finite(found[2])
        except UsageError as error:
            raise UsageError(f"{where}: {error.message}", hint=error.hint) from None
        if not (0 < freq_hz < 1e6 and abs(gain_db) <= _MOST_DB):
            raise UsageError(f"{where}: {quoted(piece.strip())} is out of range", hint="Was it cut off or garbled?")
        points[freq_hz] = gain_db
    freqs_hz = np.array(sorted(points))
    if len(freqs_hz) < 2 or not (freqs_hz[0] < 10_000 and freqs_hz[-1] > 40):
        raise UsageError(f"line {line} holds no curve", hint="It needs two points at least, between 20 Hz and 20 kHz.")
    return freqs_hz, np.array([points[hz] for hz in freqs_hz])


def _fitted(freqs_hz: Float64, gains_db: Float64) -> tuple[Bands, tuple[str, ...]]:
    """Return the bands nearest to a curve, whose level as a whole is left out where that brings them nearer."""
    grid = np.union1d(erb_grid(20.0, 20_000.0, 200), np.geomspace(20.0, 20_000.0, 120))
    curve_db = np.interp(np.log(grid), np.log(freqs_hz), gains_db)
    best: tuple[Bands, Difference, float] | None = None
    for level_db in _levels(curve_db):
        bands, off = fit_curve(
            curve_db - level_db, grid, USUAL_RATE, within_db=_FITTED_WITHIN_DB, most_bands=_MOST_FITTED
        )
        if best is None or _rank(bands, off) < _rank(best[0], best[1]):
            best = bands, off, level_db
    if best is None:
        raise UsageError("holds no curve")
    bands, off, level_db = best
    notes = [f"a graphic EQ of {len(freqs_hz)} points: the {len(bands)} bands fitted to it differ by up to {off}"]
    if level_db:
        notes.append(f"its level of {level_db:+.1f} dB is left out: loudness is seen to by itself")
    return bands, tuple(notes)


def _levels(curve_db: Float64) -> list[float]:
    """Return levels that may be meant for none: as it stands, where most of the curve lies, and at its ends."""
    steps = np.round(curve_db / _LEVEL_STEP_DB)
    values, counts = np.unique(steps, return_counts=True)
    most = float(np.mean(curve_db[steps == values[np.argmax(counts)]]))
    return list(dict.fromkeys([0.0, round(most, 2), float(curve_db[0]), float(curve_db[-1])]))


def _rank(bands: Bands, off: Difference) -> tuple[bool, float]:
    """Return what is lower for bands that are the better choice: near enough, and no more gain than it takes."""
    return off.db > _FITTED_WITHIN_DB, sum(abs(band.gain_db) for band in bands)


GRAPHIC = Format(
    "graphiceq",
    "GraphicEQ text of AutoEq, Equalizer APO and JamesDSP",
    ".txt",
    _write,
    _read,
    _recognizes,
    Holds("curve"),
)
WAVELET = Format(
    "wavelet",
    "GraphicEQ text with the 127 frequencies that Wavelet imports",
    ".txt",
    _write_wavelet,
    holds=Holds("curve"),
)
