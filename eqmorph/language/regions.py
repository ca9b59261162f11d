"""Parts of the spectrum by name: ``lows``, ``high-mids``, ``300Hz``, ``200-400Hz``."""

from __future__ import annotations

import math
import re

from eqmorph.words import plain

__all__ = ["HIGHEST_HZ", "LOWEST_HZ", "NAMES", "SPOKEN", "edges_hz", "frequency_name", "is_region", "range_name",
           "region_term_name"]  # fmt: skip

LOWEST_HZ, HIGHEST_HZ = 20.0, 20_000.0

#: The named parts and their edges in Hz.
NAMES: dict[str, tuple[float, float]] = {
    "sub": (LOWEST_HZ, 60.0),
    "lows": (LOWEST_HZ, 250.0),
    "low-mids": (200.0, 600.0),
    "mids": (400.0, 2500.0),
    "high-mids": (2000.0, 5000.0),
    "highs": (5000.0, HIGHEST_HZ),
}

#: What each is called, hyphens written as spaces.
SPOKEN: dict[str, str] = {
    " ".join(name.split()): region
    for region, names in {
        "sub": """
            sub, subs, sub bass, sub lows, sub end, sub frequencies, subgrave, subgraves, subbass
        """,
        "lows": """
            lows, low end, lowend, bottom, bottom end, low frequencies, low frequency, bass frequencies,
            bass frequency, bass range, bass end, bass region, lower end, low range, lower frequencies,
            low freqs, lower range, graves, bajos, frecuencias graves, frecuencias bajas, bass notes,
            low register, low band
        """,
        "low-mids": """
            low mids, low mid, lower mids, lower mid, lower midrange, low midrange, lower middle, low
            middle, lomids, lo mids, mid bass, midbass, mid lows, medios graves, medios bajos, graves
            medios, low mid range, lower mid range, low mid frequencies
        """,
        "mids": """
            mids, midrange, mid range, middle, mid, mid frequencies, middle frequencies, mid freqs, mid
            tones, midtones, medios, frecuencias medias, mid band, middle range, midranges, mid
            frequency, middles
        """,
        "high-mids": """
            high mids, high mid, upper mids, upper mid, upper midrange, high midrange, upper middle, hi
            mids, himids, higher mids, medios agudos, medios altos, upper mid range, high mid range,
            high mid frequencies, presence range, presence region
        """,
        "highs": """
            highs, high end, highend, top, top end, tops, treble, high frequencies, high frequency,
            upper end, upper frequencies, high range, high freqs, higher frequencies, higher end,
            agudos, frecuencias agudas, frecuencias altas, high register, very top, top frequencies, hi
            end, top octave, high band, air band
        """,
    }.items()
    for name in names.split(",")
}

_FREQUENCY = re.compile(r"(?P<low>\d{2,5})(?:-(?P<high>\d{2,5}))?hz")


def is_region(name: str) -> bool:
    """Tell whether a name is that of a part of the spectrum as a target writes it."""
    return name in NAMES or _of_frequency(name) is not None


def edges_hz(name: str) -> tuple[float, float]:
    """Return where a part of the spectrum begins and ends, in Hz; one frequency is an octave wide.

    Raises:
        KeyError: no part has this name.
    """
    if name in NAMES:
        return NAMES[name]
    found = _of_frequency(name)
    if found is None:
        raise KeyError(name)
    low, high = found
    half = math.sqrt(2)
    return (low, high) if high > low else (max(low / half, LOWEST_HZ), min(low * half, HIGHEST_HZ))


def frequency_name(hz: float) -> str | None:
    """Return the name of a frequency; None beyond 20 Hz to 20 kHz."""
    rounded = round(hz) if math.isfinite(hz) else 0
    return f"{rounded}Hz" if LOWEST_HZ <= rounded <= HIGHEST_HZ else None


def range_name(low_hz: float, high_hz: float) -> str | None:
    """Return the name of the range between two frequencies; None if it is empty or beyond 20 Hz to 20 kHz."""
    if frequency_name(low_hz) is None or frequency_name(high_hz) is None or round(low_hz) >= round(high_hz):
        return None
    return f"{round(low_hz)}-{round(high_hz)}Hz"


def region_term_name(text: str) -> str | None:
    """Return the name that a target writes for a part of the spectrum in any of its spellings, or None."""
    spoken = plain(text)
    if spoken in NAMES:
        return spoken
    found = _of_frequency(spoken)
    if found is not None:
        return frequency_name(found[0]) if found[0] == found[1] else range_name(*found)
    return SPOKEN.get(spoken.replace("-", " "))


def _of_frequency(name: str) -> tuple[float, float] | None:
    match = _FREQUENCY.fullmatch(name.casefold())
    if match is None:
        return None
    low = float(match["low"])
    high = float(match["high"]) if match["high"] else low
    within = LOWEST_HZ <= low <= high <= HIGHEST_HZ and (match["high"] is None or low < high)
    return (low, high) if within else None
