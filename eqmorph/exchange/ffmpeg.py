"""ffmpeg's audio filters, to go behind ``-af``.

All are of the cookbook, but its shelves count their Q another way: theirs is ours times the root of a half. Its passes
of first order are others than ours, which are so written as coefficients.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from eqmorph.bands import BandKind, Channel, Taken
from eqmorph.errors import UsageError
from eqmorph.exchange.decimals import decimal, exact
from eqmorph.exchange.format import Format, Holds, Outgoing, Written
from eqmorph.exchange.limits import finite, quoted
from eqmorph.exchange.raw import Raw, bands_of
from eqmorph.exchange.sections import Section, coefficients, sections_of
from eqmorph.exchange.sox import NAMES  # by which ffmpeg calls its own
from eqmorph.exchange.widths import BUTTERWORTH, q_of_octaves, q_of_slope

__all__ = ["FORMAT"]

_SHELVES = ("low_shelf", "high_shelf")
_KINDS: dict[str, BandKind] = {
    **{name: kind for kind, name in NAMES.items()},
    "lowshelf": "low_shelf",
    "highshelf": "high_shelf",
}
_USUAL: dict[BandKind, tuple[float, float]] = {  # frequency, width
    "high_pass": (3000.0, 0.707),
    "low_shelf": (100.0, 0.5),
    "bell": (0.0, 1.0),
    "notch": (3000.0, 0.5),
    "band_pass": (3000.0, 0.5),
    "high_shelf": (3000.0, 0.5),
    "low_pass": (500.0, 0.707),
}
_ORDER = ("f", "t", "w", "g")  # of values without names
_LONG = {"frequency": "f", "width_type": "t", "width": "w", "gain": "g", "channels": "c", "poles": "p"}
#: Options that change nothing when they are set so, or whatever they are set to (None).
_UNHEARD = {
    **dict.fromkeys(("m", "mix"), "1"),
    **dict.fromkeys(("n", "normalize", "csg"), "0"),
    **dict.fromkeys(("a", "transform", "r", "precision", "b", "blocksize")),
}
# How the middle and the sides are had: in the place of the two channels, and put back.
_APART = "pan=stereo|c0=0.5*c0+0.5*c1|c1=0.5*c0-0.5*c1"
_TOGETHER = "pan=stereo|c0=c0+c1|c1=c0-c1"
_PLACES: dict[Channel, str] = {"left": "FL", "right": "FR", "mid": "FL", "side": "FR"}
_HARMLESS = ("aformat", "anull", "aresample", "volume", "asetnsamples", "alimiter")  # they leave the curve as it is
_NOT_TAKEN = ("firequalizer", "superequalizer", "anequalizer", "biquad")
# A chain as it stands in a command line, or by itself.
_CHAIN = re.compile(
    r"""\s*(?:ffmpeg\s.*?)?-(?:af|filter:a|filter_complex)\s+(?:"([^"]*)"|'([^']*)'|(\S+)).*""", re.DOTALL
)
_FILTER = re.compile(r"\s*([a-z_0-9]+)(?:\s*=\s*(.*))?\s*", re.DOTALL)
_LABELLED = re.compile(r"\s*(?:\[([^\[\]]*)\])?([^\[\]]*)(?:\[([^\[\]]*)\])?\s*")
_AS_IN = "As in: equalizer=f=1000:t=q:w=1:g=-3"


def _write(eq: Outgoing) -> Written:
    filters = ["aformat=sample_fmts=dblp"]  # or whole numbers would be filtered as such, and clip in between
    if eq.preamp_db:
        filters.append(f"volume={decimal(eq.preamp_db, 1, 1)}dB")
    has_sides, has_coefficients = False, False
    for channel in eq.bands.channels:
        if channel in ("mid", "side") and not has_sides:
            filters.append(_APART)
            has_sides = True
        place = f":c={_PLACES[channel]}" if channel != "both" else ""
        for section in sections_of(eq.bands.on(channel)):
            filters.append(_filter_text(section, eq.sample_rate) + place)
            has_coefficients = has_coefficients or section.order == 1
    if has_sides:
        filters.append(_TOGETHER)
    notes = [f"its passes of 6 dB per octave are for sounds of {eq.sample_rate} Hz"] if has_coefficients else []
    if eq.bands.channels != ("both",):
        notes.append("it is for sounds of two channels")
    return Written((",".join(filters) + "\n").encode(), tuple(notes))


def _filter_text(section: Section, sample_rate: float) -> str:
    if section.order == 1:
        names = ("b0", "b1", "b2", "a0", "a1", "a2")
        numbers = zip(names, coefficients(section, sample_rate), strict=True)
        return "biquad=" + ":".join(f"{name}={exact(number)}" for name, number in numbers)
    q = section.q * BUTTERWORTH if section.kind in _SHELVES else section.q
    gain = f":g={exact(section.gain_db)}" if section.gain_db else ""
    return f"{NAMES[section.kind]}=f={exact(section.freq_hz)}:t=q:w={decimal(q, 0, 12)}{gain}"


def _recognizes(text: str) -> bool:
    names = "|".join((*_KINDS, *_HARMLESS, *_NOT_TAKEN, "pan"))
    return re.match(rf"(?:\s*\[[^\]]*\])*\s*(?:{names})\s*=", _chain(text)) is not None


def _chain(text: str) -> str:
    found = _CHAIN.fullmatch(text)
    return next(filter(None, found.groups()), "") if found is not None else text.strip().strip("\"'")


def _unlabelled(graph: str) -> str:
    """Return a graph without the labels of what goes in and out, if it is one chain."""
    if "[" not in graph:
        return graph
    chains: list[str] = []
    came_out = None
    for part in graph.split(";"):
        found = _LABELLED.fullmatch(part)
        if found is None or (chains and found[1] != came_out):
            raise UsageError("is a graph with branches", hint="Give one chain, from one input to one output.")
        chains.append(found[2])
        came_out = found[3]
    return ";".join(chains)


def _read(text: str) -> Taken:
    raws: list[Raw] = []
    notes: list[str] = []
    has_sides = False
    for number, piece in enumerate(re.split(r"[,;\n]", _unlabelled(_chain(text))), start=1):
        if not piece.strip():
            continue
        where = f"filter {number}, {quoted(piece.strip())}"
        if piece.strip() in (_APART, _TOGETHER):
            has_sides = piece.strip() == _APART
            continue
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
            raws.append(_filter(kind, found[2] or "", where, has_sides=has_sides))
        except UsageError as error:
            raise UsageError(f"{where}: {error.message}", hint=error.hint or _AS_IN) from None
    return bands_of(raws, notes)


def _filter(kind: BandKind, values: str, where: str, *, has_sides: bool) -> Raw:
    given = _values(values)
    freq_hz, width = _USUAL[kind]
    freq_hz = _number(given["f"]) if "f" in given else freq_hz
    width = finite(given["w"]) if "w" in given else width
    gain_db = _gain(given["g"]) if "g" in given else 0.0
    if not 0 < freq_hz < 1e6 or not 0 < width < 1e6:
        raise UsageError("has a frequency or width that is not positive")
    measures: dict[str, Callable[[], float]] = {
        "q": lambda: width,
        "o": lambda: q_of_octaves(width, freq_hz),
        "h": lambda: freq_hz / width,
        "k": lambda: freq_hz / (width * 1000),
        "s": lambda: q_of_slope(width, gain_db),
    }
    measure = given.get("t", "q").lower()
    if measure not in measures:
        raise UsageError(f"{quoted(measure)} is no measure of a width", hint="Use q, o, h, k or s.")
    q = measures[measure]()
    if not q > 0:
        raise UsageError("has a width that no filter has")
    q = float(f"{q / BUTTERWORTH:.11g}") if kind in _SHELVES else q  # without what a root of two leaves of it
    slope_db = {"1": 6, "2": 0}.get(given.get("p", "2"))
    if slope_db is None or (slope_db and not kind.endswith("_pass")) or (slope_db and kind == "band_pass"):
        raise UsageError("has poles that can't be taken", hint="Leave out p, or use it with highpass and lowpass.")
    return Raw(kind, freq_hz, gain_db, q, where, slope_db, _channel(given.get("c", "all"), has_sides=has_sides))


def _channel(text: str, *, has_sides: bool) -> Channel:
    if text.lower() == "all":
        return "both"
    pair: tuple[Channel, Channel] = ("mid", "side") if has_sides else ("left", "right")
    for channel in pair:
        if _PLACES[channel] == text.upper():
            return channel
    raise UsageError(f"the channels {quoted(text)} can't be taken", hint="Take FL, FR or all.")


def _values(text: str) -> dict[str, str]:
    given: dict[str, str] = {}
    for place, part in enumerate(filter(None, (part.strip() for part in text.split(":")))):
        name, is_named, value = part.partition("=")
        if not is_named:
            if place >= len(_ORDER):
                raise UsageError(f"has too many values without names: {quoted(part)}")
            name, value = _ORDER[place], part
        name, value = _LONG.get(name.strip(), name.strip()), value.strip()
        if name in _UNHEARD:
            if _UNHEARD[name] not in (None, value):
                raise UsageError(f"{name}={value} can't be taken", hint="Leave it out to take the rest.")
        elif name not in (*_ORDER, "c", "p"):
            raise UsageError(f"has no option {quoted(name)}")
        given[name] = value
    return given


def _number(text: str) -> float:
    """Read a number that may end in k, as ffmpeg takes it."""
    return finite(text[:-1]) * 1000 if text[-1:] in ("k", "K") else finite(text)


def _gain(text: str) -> float:
    return finite(text[:-2]) if text.lower().endswith("db") else finite(text)


FORMAT = Format(
    "ffmpeg",
    "ffmpeg's filters, for -af",
    ".txt",
    _write,
    _read,
    _recognizes,
    Holds(slopes_db=(6, 12, 24), channels=("both", *_PLACES)),
)
