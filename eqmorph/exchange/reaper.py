"""An effect for REAPER: a JSFX, which is a text that states its own filters.

ReaEQ keeps its settings in a binary form that nobody documents, nor what its widths stand for. The formulas of a JSFX
can be read, and what they compute is known to the last digit, in double precision.
"""

from __future__ import annotations

import re

from eqmorph.bands import CHANNELS, PASSES, BandKind, Channel, Taken
from eqmorph.errors import UsageError
from eqmorph.exchange.decimals import exact
from eqmorph.exchange.format import Format, Holds, Outgoing, Written
from eqmorph.exchange.limits import finite, refuse_line
from eqmorph.exchange.raw import Raw, bands_of
from eqmorph.exchange.sections import Section, sections_of
from eqmorph.exchange.widths import BUTTERWORTH

__all__ = ["FORMAT"]

#: What a function is called, and what it takes.
_FUNCTIONS: dict[BandKind, tuple[str, tuple[str, ...]]] = {
    "low_shelf": ("low_shelf", ("hz", "db", "q")),
    "bell": ("bell", ("hz", "db", "q")),
    "high_shelf": ("high_shelf", ("hz", "db", "q")),
    "high_pass": ("high_pass", ("hz", "q")),
    "low_pass": ("low_pass", ("hz", "q")),
    "notch": ("notch", ("hz", "q")),
    "band_pass": ("band_pass", ("hz", "q")),
}
_FIRST_ORDER: dict[BandKind, tuple[str, tuple[str, ...]]] = {
    "high_pass": ("high_pass_6db", ("hz",)),
    "low_pass": ("low_pass_6db", ("hz",)),
}
_MARK = "// Filters, for eqmorph to read back:"
_CALL = re.compile(r"\s*(both|left|right|mid|side)_\d+\.(\w+)\(([^()]*)\);\s*(?://.*)?")
_START = re.compile(r"\s*(?:desc:|BYPASS \d|<(?:FXCHAIN|VST|JS|REAPER_PROJECT)\b)")
_AS_IN = "As in: both_1.bell(1000, -2.5, 0.7);"
_HINT = "Only effects that eqmorph wrote are read. ReaEQ's settings are binary: copy its bands by hand."

# The cookbook's filters, run in the transposed direct form II, two channels each.
_LIBRARY = """\
function coefficients(n0 n1 n2 d0 d1 d2)
  instance(b0 b1 b2 a1 a2)
(
  b0 = n0 / d0; b1 = n1 / d0; b2 = n2 / d0; a1 = d1 / d0; a2 = d2 / d0;
);

function bell(hz db q)
  local(w c s a)
(
  w = 2 * $pi * hz / srate; c = cos(w); s = sin(w) / (2 * q); a = 10 ^ (db / 40);
  this.coefficients(1 + s * a, -2 * c, 1 - s * a, 1 + s / a, -2 * c, 1 - s / a);
);

function low_shelf(hz db q)
  local(w c s a r)
(
  w = 2 * $pi * hz / srate; c = cos(w); s = sin(w) / (2 * q); a = 10 ^ (db / 40); r = 2 * sqrt(a) * s;
  this.coefficients(a * ((a + 1) - (a - 1) * c + r), 2 * a * ((a - 1) - (a + 1) * c), a * ((a + 1) - (a - 1) * c - r),
    (a + 1) + (a - 1) * c + r, -2 * ((a - 1) + (a + 1) * c), (a + 1) + (a - 1) * c - r);
);

function high_shelf(hz db q)
  local(w c s a r)
(
  w = 2 * $pi * hz / srate; c = cos(w); s = sin(w) / (2 * q); a = 10 ^ (db / 40); r = 2 * sqrt(a) * s;
  this.coefficients(a * ((a + 1) + (a - 1) * c + r), -2 * a * ((a - 1) + (a + 1) * c), a * ((a + 1) + (a - 1) * c - r),
    (a + 1) - (a - 1) * c + r, 2 * ((a - 1) - (a + 1) * c), (a + 1) - (a - 1) * c - r);
);

function high_pass(hz q)
  local(w c s)
(
  w = 2 * $pi * hz / srate; c = cos(w); s = sin(w) / (2 * q);
  this.coefficients((1 + c) / 2, -(1 + c), (1 + c) / 2, 1 + s, -2 * c, 1 - s);
);

function low_pass(hz q)
  local(w c s)
(
  w = 2 * $pi * hz / srate; c = cos(w); s = sin(w) / (2 * q);
  this.coefficients((1 - c) / 2, 1 - c, (1 - c) / 2, 1 + s, -2 * c, 1 - s);
);

function notch(hz q)
  local(w c s)
(
  w = 2 * $pi * hz / srate; c = cos(w); s = sin(w) / (2 * q);
  this.coefficients(1, -2 * c, 1, 1 + s, -2 * c, 1 - s);
);

function band_pass(hz q)
  local(w c s)
(
  w = 2 * $pi * hz / srate; c = cos(w); s = sin(w) / (2 * q);
  this.coefficients(s, 0, -s, 1 + s, -2 * c, 1 - s);
);

function high_pass_6db(hz)
  local(t)
(
  t = tan($pi * hz / srate);
  this.coefficients(1, -1, 0, t + 1, t - 1, 0);
);

function low_pass_6db(hz)
  local(t)
(
  t = tan($pi * hz / srate);
  this.coefficients(t, t, 0, t + 1, t - 1, 0);
);

function first(x)
  instance(b0 b1 b2 a1 a2 s1 s2)
  local(y)
(
  y = b0 * x + s1; s1 = b1 * x - a1 * y + s2; s2 = b2 * x - a2 * y;
  y;
);

function second(x)
  instance(b0 b1 b2 a1 a2 t1 t2)
  local(y)
(
  y = b0 * x + t1; t1 = b1 * x - a1 * y + t2; t2 = b2 * x - a2 * y;
  y;
);
"""


def _write(eq: Outgoing) -> Written:
    calls: dict[Channel, list[str]] = {}
    for channel in CHANNELS:
        sections = enumerate(sections_of(eq.bands.on(channel)), start=1)
        calls[channel] = [f"{channel}_{number}.{_call(one)};" for number, one in sections]
    names = {channel: [call.split(".")[0] for call in rows] for channel, rows in calls.items()}
    name = " ".join("".join(c if c.isprintable() else " " for c in eq.name).split()) or "eqmorph"
    lines = [
        f"desc:{name}",
        "// Save this file in REAPER's folder Effects; it can then be added as a JS effect.",
        "in_pin:left input",
        "in_pin:right input",
        "out_pin:left output",
        "out_pin:right output",
        f"slider1:{exact(eq.preamp_db)}<-60,24,0.1>Gain (dB)",
        "",
        "@init",
        _LIBRARY,
        _MARK,
        *(call for rows in calls.values() for call in rows),
        "",
        "@slider",
        "gain = 10 ^ (slider1 / 20);",
        "",
        "@sample",
        "spl0 *= gain; spl1 *= gain;",
        *(f"spl0 = {one}.first(spl0); spl1 = {one}.second(spl1);" for one in names["both"]),
        *(f"spl0 = {one}.first(spl0);" for one in names["left"]),
        *(f"spl1 = {one}.second(spl1);" for one in names["right"]),
    ]
    if names["mid"] or names["side"]:
        lines += [
            "middle = (spl0 + spl1) / 2; sides = (spl0 - spl1) / 2;",
            *(f"middle = {one}.first(middle);" for one in names["mid"]),
            *(f"sides = {one}.second(sides);" for one in names["side"]),
            "spl0 = middle + sides; spl1 = middle - sides;",
        ]
    return Written(("\n".join(lines) + "\n").encode())


def _call(section: Section) -> str:
    function, takes = (_FUNCTIONS if section.order == 2 else _FIRST_ORDER)[section.kind]
    fields = {"hz": "freq_hz", "db": "gain_db", "q": "q"}
    return f"{function}({', '.join(exact(getattr(section, fields[name])) for name in takes)})"


def _recognizes(text: str) -> bool:
    start = text.lstrip()[:400]
    return (
        start.startswith("desc:") or re.match(r"(?:BYPASS \d|<(?:FXCHAIN|VST|JS|REAPER_PROJECT)\b)", start) is not None
    )


def _read(text: str) -> Taken:
    lines = text.splitlines()
    marks = [number for number, line in enumerate(lines, start=1) if line.strip() == _MARK]
    if len(marks) != 1:
        what = "is a JSFX" if text.lstrip().startswith("desc:") else "is a chain of effects"
        raise UsageError(f"{what} that states no filters to read", hint=_HINT)
    filters: list[Raw] = []
    notes: list[str] = []
    for number, line in enumerate(lines, start=1):
        if line.startswith("slider1:") and (gain := line[8:].partition("<")[0].strip()) not in ("", "0"):
            notes.append(f"its gain of {gain} dB is left out: loudness and peaks are seen to by themselves")
        if number > marks[0] and line.startswith("@"):
            break
        if number > marks[0] and line.strip() and not line.strip().startswith("//"):
            filters.append(_filter(number, line))
    return bands_of(filters, notes)


def _filter(number: int, line: str) -> Raw:
    found = _CALL.fullmatch(line)
    tables = (_FUNCTIONS, _FIRST_ORDER)
    kinds = {function: (kind, takes) for table in tables for kind, (function, takes) in table.items()}
    if found is None or found[2] not in kinds:
        refuse_line(number, line, "is no filter", _AS_IN)
    kind, takes = kinds[found[2]]
    given = [part.strip() for part in found[3].split(",")]
    if len(given) != len(takes):
        refuse_line(
            number, line, f"takes {len(takes)} numbers, not {len(given)}", "As in: both_1.bell(1000, -2.5, 0.7);"
        )
    try:
        values = dict(zip(takes, map(finite, given), strict=True))
    except UsageError as error:
        refuse_line(number, line, error.message, error.hint)
    return _raw(kind, values, number, found[1])


def _raw(kind: BandKind, values: dict[str, float], number: int, channel: str) -> Raw:
    slope_db = 0 if kind not in PASSES else 12 if "q" in values else 6
    to_channel = next(one for one in CHANNELS if one == channel)
    where = f"line {number}"
    return Raw(kind, values["hz"], values.get("db", 0.0), values.get("q", BUTTERWORTH), where, slope_db, to_channel)


FORMAT = Format(
    "reaper",
    "an effect for REAPER (JSFX)",
    ".jsfx",
    _write,
    _read,
    _recognizes,
    Holds(slopes_db=(6, 12, 24), channels=CHANNELS),
)
