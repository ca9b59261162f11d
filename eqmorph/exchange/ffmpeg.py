"""ffmpeg's audio filters, to go behind ``-af``.

All are of the cookbook, but its shelves count their Q another way: theirs is ours times the root of a half.
"""

from __future__ import annotations

import re

from eqmorph.bands import BandKind
from eqmorph.errors import UsageError
from eqmorph.exchange.decimals import decimal, exact
from eqmorph.exchange.format import Format, Outgoing, Taken, Written
from eqmorph.exchange.limits import finite, quoted
from eqmorph.exchange.raw import Raw, bands_of
from eqmorph.exchange.widths import BUTTERWORTH, q_of_octaves, q_of_slope

__all__ = ["FORMAT"]

_NAMES: dict[BandKind, str] = {"low_shelf": "bass", "bell": "equalizer", "high_shelf": "treble"}
_KINDS: dict[str, BandKind] = {
    "equalizer": "bell",
    **dict.fromkeys(("bass", "lowshelf"), "low_shelf"),
    **dict.fromkeys(("treble", "highshelf"), "high_shelf"),
}
_USUAL: dict[BandKind, tuple[float, float]] = {  # frequency, width
    "bell": (0.0, 1.0),
    "low_shelf": (100.0, 0.5),
    "high_shelf": (3000.0, 0.5),
}
_ORDER = ("f", "t", "w", "g")  # of values without names
_LONG = {"frequency": "f", "width_type": "t", "width": "w", "gain": "g"}
_UNHEARD = {
    "m",
    "mix",
    "n",
    "normalize",
    "a",
    "transform",
    "r",
    "precision",
    "b",
    "blocksize",
    "p",
    "poles",
    "c",
    "channels",
}
# Filters that leave the curve as it is.
_HARMLESS = {"aformat", "anull", "aresample", "volume", "asetnsamples", "alimiter", "aconvert"}
_OPTION = re.compile(r"^\s*-(?:af|filter:a|filter_complex)\s+")
_FILTER = re.compile(r"\s*([a-z_0-9]+)(?:\s*=\s*(.*))?\s*", re.DOTALL)
_AS_IN = "As in: equalizer=f=1000:t=q:w=1:g=-3"


def _write(eq: Outgoing) -> Written:
    filters = ["aformat=sample_fmts=dblp"]  # or whole numbers would be filtered as such, and clip in between
    if eq.preamp_db:
        filters.append(f"volume={decimal(eq.preamp_db, 1, 1)}dB")
    for band in eq.bands:
        q = band.q if band.kind == "bell" else band.q * BUTTERWORTH
        values = f"f={exact(band.freq_hz)}:t=q:w={decimal(q, 0, 12)}:g={exact(band.gain_db)}"
        filters.append(f"{_NAMES[band.kind]}={values}")
    return Written((",".join(filters) + "\n").encode())


def _recognizes(text: str) -> bool:
    names = "|".join((*_KINDS, "volume", "aformat", "firequalizer", "superequalizer", "anequalizer"))
    return re.match(rf"\s*(?:-(?:af|filter:a)\s+)?[\"']?\s*(?:{names})\s*=", text) is not None


def _read(text: str) -> Taken:
    chain = _OPTION.sub("", text.strip()).strip().strip("\"'")
    raws: list[Raw] = []
    notes: list[str] = []
    for number, piece in enumerate(re.split(r"[,;\n]", chain), start=1):
        if not piece.strip():
            continue
        where = f"filter {number}, {quoted(piece.strip())}"
        found = _FILTER.fullmatch(piece)
        name = found[1] if found is not None else ""
        if name in _HARMLESS:
            if name == "volume":
                notes.append(f"{where}, is left out: loudness and peaks are seen to by themselves")
            continue
        kind = _KINDS.get(name)
        if found is None or kind is None:
            raise UsageError(f"{where}: can't be taken", hint=f"Filters are {', '.join(_KINDS)}. {_AS_IN}")
        try:
            raw = _filter(kind, found[2] or "", where)
        except UsageError as error:
            raise UsageError(f"{where}: {error.message}", hint=error.hint or _AS_IN) from None
        raws.append(raw)
    return bands_of(raws, notes)


def _filter(kind: BandKind, values: str, where: str) -> Raw:
    given = _values(values)
    freq_hz, width = _USUAL[kind]
    freq_hz = _number(given["f"]) if "f" in given else freq_hz
    width = finite(given["w"]) if "w" in given else width
    gain_db = _gain(given["g"]) if "g" in given else 0.0
    if not 0 < freq_hz < 1e6 or not 0 < width < 1e6:
        raise UsageError("has a frequency or width that is not positive")
    measure = given.get("t", "q").lower()[:1]
    if measure == "q":
        q = width
    elif measure == "o":
        q = q_of_octaves(width, freq_hz)
    elif measure in ("h", "k"):
        q = freq_hz / (width * (1000 if measure == "k" else 1))
    elif measure == "s":
        q = q_of_slope(width, gain_db)
    else:
        raise UsageError(f"{quoted(given['t'])} is no measure of a width", hint="Use q, o, h, k or s.")
    if not q > 0:
        raise UsageError("has a width that no filter has")
    return Raw(kind, freq_hz, gain_db, q if kind == "bell" else _tidy(q / BUTTERWORTH), where)


def _tidy(q: float) -> float:
    """Return a Q without what twelve digits and a root of two leave of it."""
    return float(f"{q:.11g}")


def _values(text: str) -> dict[str, str]:
    given: dict[str, str] = {}
    for place, part in enumerate(filter(None, (part.strip() for part in text.split(":")))):
        name, is_named, value = part.partition("=")
        if not is_named:
            if place >= len(_ORDER):
                raise UsageError(f"has too many values without names: {quoted(part)}")
            name, value = _ORDER[place], part
        name = _LONG.get(name.strip(), name.strip())
        if name in _UNHEARD:
            _refuse_unheard(name, value.strip())
        elif name not in _ORDER:
            raise UsageError(f"has no option {quoted(name)}")
        given[name] = value.strip()
    return given


def _refuse_unheard(name: str, value: str) -> None:
    """Refuse options that change the curve, unless they are set to what changes nothing."""
    unchanged = {
        "m": "1",
        "mix": "1",
        "p": "2",
        "poles": "2",
        "n": "0",
        "normalize": "0",
        "c": "all",
        "channels": "all",
    }
    if unchanged.get(name, value) != value:
        raise UsageError(f"{name}={value} can't be taken", hint="Leave it out to take the rest.")


def _number(text: str) -> float:
    """Read a number that may end in k, as ffmpeg takes it."""
    return finite(text[:-1]) * 1000 if text[-1:] in ("k", "K") else finite(text)


def _gain(text: str) -> float:
    return finite(text[:-2]) if text.lower().endswith("db") else finite(text)


FORMAT = Format("ffmpeg", "ffmpeg's filters, for -af", ".txt", _write, _read, _recognizes)
