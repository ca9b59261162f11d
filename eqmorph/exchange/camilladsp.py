"""CamillaDSP's configuration, in YAML: filters by name, and the pipeline that they are in.

Written are filters and pipeline alone, for version 2 and above: devices are known to nobody but who has them, and the
program's own interface takes such a file as it is. All its filters are the cookbook's, in double precision.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

from eqmorph.bands import CHANNELS, PASSES, BandKind, Bands, Channel, Taken
from eqmorph.errors import UsageError
from eqmorph.exchange.decimals import exact
from eqmorph.exchange.format import Format, Holds, Outgoing, Written
from eqmorph.exchange.limits import quoted
from eqmorph.exchange.raw import Raw, bands_of
from eqmorph.exchange.sections import Section, sections_of
from eqmorph.exchange.stereo import left_and_right
from eqmorph.exchange.widths import BUTTERWORTH, q_of_octaves, q_of_slope
from eqmorph.exchange.yaml_subset import Members, parse_yaml

__all__ = ["FORMAT", "read_yaml"]

_TYPES: dict[BandKind, str] = {
    "low_shelf": "Lowshelf",
    "bell": "Peaking",
    "high_shelf": "Highshelf",
    "high_pass": "Highpass",
    "low_pass": "Lowpass",
    "notch": "Notch",
    "band_pass": "Bandpass",
}
_FIRST_ORDER: dict[BandKind, str] = {"high_pass": "HighpassFO", "low_pass": "LowpassFO"}
_KINDS: dict[str, BandKind] = {name: kind for table in (_TYPES, _FIRST_ORDER) for kind, name in table.items()}
_GAINS = ("low_shelf", "bell", "high_shelf")
_STEEP = {"high_pass": "ButterworthHighpass", "low_pass": "ButterworthLowpass"}
_HARMLESS = ("Delay", "Dither", "Limiter", "Volume")  # they leave the curve as it is
#: What each of two channels gets of the two before.
_MIXERS = {
    "same": (1.0, 0.0, 0.0, 1.0),
    "to_mid_side": (0.5, 0.5, 0.5, -0.5),
    "from_mid_side": (1.0, 1.0, 1.0, -1.0),
}
_HALF_DB = 20 * math.log10(0.5)
_SAME_FACTOR = 2e-3
_MOST_ORDER = 20
_CHANNEL_NUMBERS: dict[Channel, list[int]] = {"both": [0, 1], "left": [0], "right": [1], "mid": [0], "side": [1]}
_HINT = "Only biquads, their combinations and gains are read."
_LEVELS = "loudness and peaks are seen to by themselves"


def _write(eq: Outgoing) -> Written:
    steps: list[str] = []
    filters = [*_filter_lines("preamp", "Gain", {"gain": eq.preamp_db, "inverted": False})]
    waiting = {"both": ["preamp"]}
    for channel in CHANNELS:
        names = waiting.get(channel, [])
        for number, (kind, type_name, values) in enumerate(_parts(eq.bands.on(channel)), start=1):
            names.append(f"{'band' if channel == 'both' else channel}_{number}")
            filters += _filter_lines(names[-1], kind, {"type": type_name, **values})
        if names and channel in ("mid", "side") and "to_mid_side" not in " ".join(steps):
            steps += _mixer_step("to_mid_side")
        if names:
            steps += _filter_step(_CHANNEL_NUMBERS[channel], names)
    has_sides = bool({"mid", "side"} & set(eq.bands.channels))
    if has_sides:
        steps += _mixer_step("from_mid_side")
    lines = [
        f"# {json.dumps(eq.name, ensure_ascii=False)}, for CamillaDSP. Your own devices belong above this.",
        *(_mixer_lines() if has_sides else []),
        "filters:",
        *filters,
        "pipeline:",
        *steps,
    ]
    return Written(("\n".join(lines) + "\n").encode())


def _parts(bands: Bands) -> Iterable[tuple[str, str, dict[str, float]]]:
    """Return kind, type and values of the filters that bands are."""
    for band in bands:
        if band.slope_db == 24:
            yield "BiquadCombo", _STEEP[band.kind], {"freq": band.freq_hz, "order": 4}
            continue
        for section in sections_of([band]):
            yield "Biquad", (_TYPES if section.order == 2 else _FIRST_ORDER)[section.kind], _values(section)


def _values(section: Section) -> dict[str, float]:
    values = {"freq": section.freq_hz}
    if section.kind in _GAINS:
        values["gain"] = section.gain_db
    if section.order == 2:
        values["q"] = section.q
    return values


def _filter_lines(name: str, kind: str, values: Mapping[str, Any]) -> list[str]:
    stated = [f"      {key}: {_stated(value)}" for key, value in values.items()]
    return [f"  {name}:", f"    type: {kind}", "    parameters:", *stated]


def _stated(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        text = exact(value)
        return text if "." in text else f"{text}.0"
    return str(value)


def _filter_step(channels: list[int], names: Iterable[str]) -> list[str]:
    return ["  - type: Filter", f"    channels: {channels}", "    names:", *(f"      - {name}" for name in names)]


def _mixer_step(name: str) -> list[str]:
    return ["  - type: Mixer", f"    name: {name}"]


def _mixer_lines() -> list[str]:
    """Return the mixers that make middle and sides of left and right, and back."""
    lines = ["mixers:"]
    for name, gain_db in (("to_mid_side", _HALF_DB), ("from_mid_side", 0.0)):
        lines += [f"  {name}:", "    channels:", "      in: 2", "      out: 2", "    mapping:"]
        for dest in (0, 1):
            lines += [f"      - dest: {dest}", "        sources:"]
            for channel in (0, 1):
                inverted = str(dest == 1 and channel == 1).lower()
                lines += [f"          - channel: {channel}", f"            gain: {gain_db:.6f}"]
                lines.append(f"            inverted: {inverted}")
    return lines


def _recognizes(text: str) -> bool:
    return re.search(r"^(?:filters|pipeline|mixers|devices):(?:\s|\Z)", text, re.MULTILINE) is not None


def read_yaml(text: str) -> Taken:
    """Read a configuration."""
    document = parse_yaml(text)
    if not isinstance(document, dict):
        raise UsageError("holds no filters", hint="As in CamillaDSP's configuration: filters: …, pipeline: …")
    return _Reader(document).taken()


@dataclass
class _Reader:
    """Goes through a pipeline."""

    document: Mapping[str, Any]
    notes: list[str] = field(default_factory=list)

    def taken(self) -> Taken:
        filters = self._part("filters", {}, dict)
        steps = self._part("pipeline", None, list)
        if not filters:
            raise UsageError("holds no filters", hint="As in CamillaDSP's configuration: filters: …, pipeline: …")
        if steps is None:
            self.notes.append("it has no pipeline: all its filters are taken, for both channels")
            steps = [{"type": "Filter", "channels": [0, 1], "names": list(filters)}]
        stages: list[dict[int, list[Raw]]] = [{0: [], 1: []}]
        mixers: list[str] = []
        for number, step in enumerate(steps, start=1):
            where = f"step {number} of the pipeline"
            where = f"line {step.line} ({where})" if isinstance(step, Members) else where
            if not isinstance(step, dict):
                _refuse(where, "is no step")
            if step.get("bypassed") is True:
                continue
            if step.get("type") == "Filter":
                for channel in self._channels(step, where):
                    stages[-1][channel] += self._named(step, where)
            elif step.get("type") == "Mixer":
                mixers.append(self._mixer(str(step.get("name")), where))
                stages.append({0: [], 1: []})
            else:
                _refuse(where, f"is a {quoted(str(step.get('type')))}, which no bands do")
        return bands_of(_routed(stages, mixers), dict.fromkeys(self.notes))

    def _part(self, name: str, usual: Any, kind: type) -> Any:
        value = self.document.get(name)
        if value is None:
            return usual
        if not isinstance(value, kind):
            where = _where(self.document, name, f"its {name}")
            raise UsageError(f"{where} can't be told apart", hint="Write them as CamillaDSP's documentation does.")
        return value

    def _channels(self, step: Mapping[str, Any], where: str) -> list[int]:
        stated = step.get("channels", step.get("channel"))
        channels = [0, 1] if stated is None else stated if isinstance(stated, list) else [stated]
        if not channels or any(type(channel) is not int or channel not in (0, 1) for channel in channels):
            _refuse(where, "is for other channels than 0 and 1")
        return sorted(set(channels))

    def _named(self, step: Mapping[str, Any], where: str) -> list[Raw]:
        names, filters = step.get("names"), self.document["filters"]
        if not isinstance(names, list):
            _refuse(where, "names no filters")
        found: list[Raw] = []
        for name in names:
            if not isinstance(name, str | int | float) or str(name) not in filters:
                _refuse(where, f"names {quoted(str(name))}, which isn't there")
            found += self._filter(_where(filters, str(name), quoted(str(name))), filters[str(name)])
        return found

    def _filter(self, name: str, described: Any) -> list[Raw]:
        if not isinstance(described, dict) or not isinstance(described.get("parameters", {}), dict):
            _refuse(name, "is no filter")
        kind, values = described.get("type"), described.get("parameters", {})
        if kind == "Biquad":
            return _biquad(name, values)
        if kind == "BiquadCombo":
            return _combination(name, values)
        if kind == "Gain":
            gain = _number(name, values, "gain", 0.0)
            if gain:
                unit = "" if values.get("scale") == "linear" else " dB"
                self.notes.append(f"its gain of {gain:g}{unit} is left out: {_LEVELS}")
            return []
        if kind not in _HARMLESS:
            _refuse(name, f"is a {quoted(str(kind))}, which no bands do")
        self.notes.append(f"{name} is left out: a {kind} is no EQ")
        return []

    def _mixer(self, name: str, where: str) -> str:
        """Return what a mixer does: ``same``, ``to_mid_side`` or ``from_mid_side``."""
        mixer = self._part("mixers", {}, dict).get(name)
        try:
            matrix = [[0.0, 0.0], [0.0, 0.0]]
            for row in mixer["mapping"]:
                for source in row["sources"]:
                    gain = float(source.get("gain") or 0.0)
                    factor = gain if source.get("scale") == "linear" else 10 ** (min(gain, 100.0) / 20)
                    matrix[row["dest"]][source["channel"]] += -factor if source.get("inverted") else factor
        except (TypeError, KeyError, IndexError, ValueError, AttributeError, OverflowError):
            _refuse(where, f"names the mixer {quoted(name)}, which isn't there or has other channels than 0 and 1")
        stated = (*matrix[0], *matrix[1])
        known = [what for what, factors in _MIXERS.items() if math.dist(stated, factors) < _SAME_FACTOR]
        if not known:
            _refuse(where, f"mixes channels by {quoted(name)}")
        return known[0]


def _routed(stages: list[dict[int, list[Raw]]], mixers: list[str]) -> list[Raw]:
    """Return filters with the channels that they act on."""
    left: list[Raw] = []
    right: list[Raw] = []
    mid: list[Raw] = []
    side: list[Raw] = []
    is_split = was_split = False
    for stage, mixer in zip(stages, ["same", *mixers], strict=True):
        if mixer == ("to_mid_side" if is_split else "from_mid_side"):
            _refuse("the pipeline", "mixes mid and side twice")
        was_split = is_split
        is_split = mixer == "to_mid_side" or (is_split and mixer == "same")
        if was_split and not is_split and (stage[0] or stage[1]) and stage[0] != stage[1]:
            _refuse("the pipeline", "has filters for single channels behind those for mid and side")
        (mid if is_split else left).extend(stage[0])
        (side if is_split else right).extend(stage[1])
    if is_split:
        _refuse("the pipeline", "ends with mid and side")
    stereo = [replace(one, channel="mid") for one in mid] + [replace(one, channel="side") for one in side]
    return [*left_and_right(left, right), *stereo]


def _biquad(name: str, values: Mapping[str, Any]) -> list[Raw]:
    type_name = str(values.get("type"))
    kind = _KINDS.get(type_name)
    if kind is None:
        _refuse(name, f"is of type {quoted(type_name)}, which no bands do")
    freq_hz = _number(name, values, "freq")
    gain_db = _number(name, values, "gain") if kind in _GAINS else 0.0
    is_first = type_name in _FIRST_ORDER.values()
    slope_db = 6 if is_first else 12 if kind in PASSES else 0
    q = BUTTERWORTH if is_first else _width(name, values, freq_hz, gain_db)
    return [Raw(kind, freq_hz, gain_db, q, name, slope_db)]


def _width(name: str, values: Mapping[str, Any], freq_hz: float, gain_db: float) -> float:
    if values.get("q") is not None:
        q = _number(name, values, "q")
    elif values.get("bandwidth") is not None:
        q = q_of_octaves(_number(name, values, "bandwidth"), freq_hz)
    else:
        q = q_of_slope(_number(name, values, "slope") / 12, gain_db)
    if not q > 0:
        _refuse(name, "has a width that no filter has")
    return q


def _combination(name: str, values: Mapping[str, Any]) -> list[Raw]:
    type_name = str(values.get("type"))
    family, ends, end = type_name.partition("Highpass" if type_name.endswith("Highpass") else "Lowpass")
    if type_name == "FivePointPeq":
        return _five_points(name, values)
    if family not in ("Butterworth", "LinkwitzRiley") or end:
        _refuse(name, f"is of type {quoted(type_name)}, which no bands do")
    freq_hz, order = _number(name, values, "freq"), _number(name, values, "order")
    if order != int(order) or not 1 <= order <= _MOST_ORDER or (family == "LinkwitzRiley" and order % 2):
        _refuse(name, f"is of order {order:g}")
    kind: BandKind = "high_pass" if ends == "Highpass" else "low_pass"
    order, times = (int(order), 1) if family == "Butterworth" else (int(order) // 2, 2)
    passes = [Raw(kind, freq_hz, 0.0, q, name, 12) for q in _butterworth_qs(order)]
    if order % 2:
        passes.append(Raw(kind, freq_hz, 0.0, BUTTERWORTH, name, 6))
    return passes * times


def _butterworth_qs(order: int) -> list[float]:
    """Return the Qs of the sections of second order that a Butterworth pass is made of."""
    return [1 / (2 * math.cos(math.pi * (2 * k + 1 + order % 2) / (2 * order))) for k in range(order // 2)]


def _five_points(name: str, values: Mapping[str, Any]) -> list[Raw]:
    parts: dict[str, BandKind] = {"ls": "low_shelf", "p1": "bell", "p2": "bell", "p3": "bell", "hs": "high_shelf"}
    return [
        Raw(
            kind,
            _number(name, values, f"f{part}"),
            _number(name, values, f"g{part}"),
            _number(name, values, f"q{part}"),
            name,
        )
        for part, kind in parts.items()
    ]


def _number(name: str, values: Mapping[str, Any], key: str, usual: float | None = None) -> float:
    value = values.get(key, usual)
    if isinstance(values, Members) and key in values.lines:  # which may be another than the filter's
        name = f"line {values.lines[key]}{name[name.find(' (') :]}"
    if isinstance(value, bool) or not isinstance(value, float | int):
        _refuse(name, f"{key} is {quoted(str(value))}, which is no number")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        _refuse(name, f"{key} is no finite number")
    return number


def _where(members: Mapping[str, Any], key: str, called: str) -> str:
    """Return what a part of a configuration is called in a message: by its line, where that is known."""
    return f"line {members.lines[key]} ({called})" if isinstance(members, Members) else called


def _refuse(where: str, why: str) -> NoReturn:
    raise UsageError(f"{where} {why}", hint=_HINT)


FORMAT = Format(
    "camilladsp",
    "CamillaDSP's configuration: filters and pipeline",
    ".yml",
    _write,
    read_yaml,
    _recognizes,
    Holds(slopes_db=(6, 12, 24), channels=CHANNELS),
)
