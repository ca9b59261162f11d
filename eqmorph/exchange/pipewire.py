"""A filter-chain for PipeWire: a file of its configuration, which makes an output that everything can play to.

Its filters are the biquads that its module ``filter-chain`` has built in. Those for bells, notches and band-passes are
the cookbook's in every version. Others are not: older versions (0.3.65, as in Debian 12) ignore the Q of shelves, and
what the Q of a pass stands for is a matter of the version, but for 0, which is Butterworth's. So a shelf or pass of
another Q than that is written as one of that Q, with the bells that make it what it should be. A gain is a high shelf
at 0 Hz, since a mixer with one input ignores its own in older versions.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

import numpy as np

from eqmorph._typing import Complex128, Float64
from eqmorph.bands import CHANNELS, KINDS, PASSES, SHAPED, SHELF_Q, Band, BandKind, Bands, Channel, Taken
from eqmorph.bands.elements import filter_response
from eqmorph.errors import UsageError
from eqmorph.exchange.decimals import exact
from eqmorph.exchange.format import Format, Holds, Outgoing, Written
from eqmorph.exchange.limits import quoted
from eqmorph.exchange.measure import decibels, difference_of_curves, heard_hz
from eqmorph.exchange.raw import Raw, bands_of
from eqmorph.exchange.routes import routes_of
from eqmorph.exchange.sections import Section, coefficients, sections_of
from eqmorph.exchange.spa_json import parse_spa_json
from eqmorph.exchange.stereo import left_and_right
from eqmorph.exchange.widths import BUTTERWORTH

__all__ = ["FORMAT"]

_LABELS: dict[BandKind, str] = {
    "low_shelf": "bq_lowshelf",
    "bell": "bq_peaking",
    "high_shelf": "bq_highshelf",
    "high_pass": "bq_highpass",
    "low_pass": "bq_lowpass",
    "notch": "bq_notch",
    "band_pass": "bq_bandpass",
}
_KINDS: dict[str, BandKind] = {_LABELS[kind]: kind for kind in KINDS}
_NOT_IN_A_NAME = re.compile(r"[^a-z0-9]+")
_PASSED_ON = ("copy", "mixer", "linear", "clamp", "invert")
_SAME_Q_DB = 0.05
_ALIKE = 1e-6
_PRECISE_DB = 0.1
_SHELVES = ("low_shelf", "high_shelf")
_RATES = (48_000, 44_100, 96_000, 88_200, 192_000, 176_400, 32_000, 22_050)
_MOST_STEPS = 2000
_SIDES: tuple[Channel, Channel] = ("left", "right")
_MID, _SIDE, _SUM, _DIFFERENCE = (0.5, 0.5), (0.5, -0.5), (1.0, 1.0), (1.0, -1.0)
_LEVELS = "loudness and peaks are seen to by themselves"
_HINT = "Only chains of PipeWire's own biquads are read."


def _write(eq: Outgoing) -> Written:
    name = json.dumps(eq.name, ensure_ascii=False)
    node = _NOT_IN_A_NAME.sub("-", eq.name.lower()).strip("-") or "eqmorph"
    lines = [
        "# Copy this file to ~/.config/pipewire/pipewire.conf.d/ and restart PipeWire.",
        f"# Then choose {name} as the output.",
        "context.modules = [",
        "  { name = libpipewire-module-filter-chain",
        "    args = {",
        f"      node.description = {name}",
        f"      media.name = {name}",
        "      filter.graph = {",
        *_graph(eq).lines("        "),
        "      }",
        "      audio.channels = 2",
        "      audio.position = [ FL FR ]",
        f'      capture.props = {{ node.name = "effect_input.{node}" media.class = Audio/Sink }}',
        f'      playback.props = {{ node.name = "effect_output.{node}" node.passive = true }}',
        "    }",
        "  }",
        "]",
    ]
    return Written(("\n".join(lines) + "\n").encode(), _notes(eq))


def _notes(eq: Outgoing) -> tuple[str, ...]:
    """Say what the program's single precision does to filters that are low against the sample rate."""
    freqs_hz = heard_hz(eq.sample_rate, eq.bands)
    apart = [
        difference_of_curves(
            decibels(filter_response(bands, freqs_hz, eq.sample_rate)),
            decibels(_response(bands, freqs_hz, eq.sample_rate)),
            freqs_hz,
        )
        for _, (bands,) in routes_of(eq.bands)
    ]
    off = max(apart, key=lambda one: one.db)
    return (f"PipeWire's filters are of single precision: they differ by up to {off}",) if off.db > _PRECISE_DB else ()


def _response(bands: Bands, freqs_hz: Float64, sample_rate: float) -> Complex128:
    """Return what the biquads do, whose coefficients are rounded to single precision when they are worked out."""
    z1 = np.exp(-2j * np.pi * freqs_hz / sample_rate)
    total = np.ones(freqs_hz.shape, dtype=complex)
    for section in _with_usual_qs(sections_of(bands), sample_rate):
        usual = replace(section, q=section.q or BUTTERWORTH)
        b0, b1, b2, a0, a1, a2 = coefficients(usual, sample_rate)
        b0, b1, b2, a1, a2 = (float(np.float32(value / a0)) for value in (b0, b1, b2, a1, a2))
        total *= (b0 + b1 * z1 + b2 * z1**2) / (1 + a1 * z1 + a2 * z1**2)
    return total


def _with_usual_qs(sections: Iterable[Section], sample_rate: float) -> Iterator[Section]:
    """Return sections of which all shelves and passes are of Butterworth's Q."""
    for section in sections:
        if section.kind not in (*PASSES, *_SHELVES):
            yield section
            continue
        gain_db = 20 * math.log10(section.q / BUTTERWORTH)
        if section.kind in PASSES:
            yield replace(section, q=0.0)
            if abs(gain_db) >= _SAME_Q_DB:  # a bell gives its poles another Q
                yield Section("bell", section.freq_hz, gain_db, math.sqrt(section.q * BUTTERWORTH))
        elif abs(gain_db) < _SAME_Q_DB:
            yield section
        else:
            yield replace(section, q=BUTTERWORTH)
            yield from _shelf_bells(section, sample_rate)


def _shelf_bells(shelf: Section | Raw, sample_rate: float) -> tuple[Section, Section]:
    """Return the bells that give a shelf of Butterworth's Q its own: one for its zeros, one for its poles."""
    middle = math.tan(math.pi * min(shelf.freq_hz / sample_rate, 0.499))
    apart = 10 ** (abs(shelf.gain_db) / 80)
    low_hz, high_hz = (math.atan(middle * factor) * sample_rate / math.pi for factor in (1 / apart, apart))
    poles_db = 20 * math.log10(shelf.q / BUTTERWORTH)
    zeros_are_above = (shelf.kind == "low_shelf") == (shelf.gain_db > 0)
    high_db = -poles_db if zeros_are_above else poles_db
    q = math.sqrt(shelf.q * BUTTERWORTH)
    return Section("bell", low_hz, -high_db, q), Section("bell", high_hz, high_db, q)


@dataclass
class _Graph:
    """Nodes and links on their way into a file."""

    sample_rate: int
    nodes: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)  # its inputs and outputs, where they are not just the first and last

    def add(self, name: str, label: str, **controls: float) -> str:
        stated = " ".join(f'"{key.replace("_", " ")}" = {exact(value)}' for key, value in controls.items())
        self.nodes.append(f"{{ type = builtin name = {name} label = {label} control = {{ {stated} }} }}")
        return name

    def link(self, source: str, target: str, port: str = "In") -> None:
        self.links.append(f'{{ output = "{source}:Out" input = "{target}:{port}" }}')

    def chain(self, source: str, bands: Iterable[Band], name: str) -> str:
        """Add filters behind a node; return the last."""
        for number, section in enumerate(_with_usual_qs(sections_of(bands), self.sample_rate), start=1):
            controls = {"Freq": section.freq_hz, "Q": section.q, "Gain": section.gain_db}
            node = self.add(f"{name}_{number}", _LABELS[section.kind], **controls)
            self.link(source, node)
            source = node
        return source

    def mixer(self, name: str, left: str, right: str, gains: tuple[float, float]) -> str:
        node = self.add(name, "mixer", Gain_1=gains[0], Gain_2=gains[1])
        self.link(left, node, "In 1")
        self.link(right, node, "In 2")
        return node

    def lines(self, margin: str) -> list[str]:
        listed = [("nodes", self.nodes), ("links", self.links)]
        blocks = [
            [f"{margin}{name} = [", *(f"{margin}  {row}" for row in rows), f"{margin}]"]
            for name, rows in listed
            if rows
        ]
        return [line for block in blocks for line in block] + [f"{margin}{end}" for end in self.ends]


def _graph(eq: Outgoing) -> _Graph:
    bands, preamp_db = eq.bands, eq.preamp_db
    graph = _Graph(eq.sample_rate)
    if bands.channels == ("both",):  # PipeWire runs a graph of one channel once for each
        graph.chain(graph.add("preamp", "bq_highshelf", Freq=0.0, Q=1.0, Gain=preamp_db), bands, "band")
        return graph
    ends: dict[Channel, str] = {}
    for side in _SIDES:
        start = graph.add(f"preamp_{side}", "bq_highshelf", Freq=0.0, Q=1.0, Gain=preamp_db)
        ends[side] = graph.chain(start, [*bands.on("both"), *bands.on(side)], side)
    left, right = (ends[side] for side in _SIDES)
    if {"mid", "side"} & set(bands.channels):
        mid = graph.chain(graph.mixer("to_mid", left, right, _MID), bands.on("mid"), "mid")
        side_ = graph.chain(graph.mixer("to_side", left, right, _SIDE), bands.on("side"), "side")
        left = graph.mixer("to_left", mid, side_, _SUM)
        right = graph.mixer("to_right", mid, side_, _DIFFERENCE)
    graph.ends = ['inputs = [ "preamp_left:In" "preamp_right:In" ]', f'outputs = [ "{left}:Out" "{right}:Out" ]']
    return graph


_BY_NAME = "module-parametric-equalizer"


def _recognizes(text: str) -> bool:
    return "filter.graph" in text or _BY_NAME in text or ("builtin" in text and "bq_" in text)


def _read(text: str) -> Taken:
    graphs = list(_graphs_in(parse_spa_json(text)))
    if len(graphs) != 1:
        if not graphs and _BY_NAME in text:
            raise UsageError("names a file that holds the filters", hint="Give that file: its equalizer.filepath.")
        what = "several filter graphs" if graphs else "no filter graph"
        raise UsageError(f"holds {what}", hint="Give the one that is meant: filter.graph = { nodes = [ … ] }")
    return _GraphReader(graphs[0]).taken()


def _graphs_in(value: Any) -> Iterable[Mapping[str, Any]]:
    if isinstance(value, dict):
        graph = value.get("filter.graph")
        if isinstance(graph, dict):
            yield graph
        elif isinstance(value.get("nodes"), list):
            yield value
        else:
            for inner in value.values():
                yield from _graphs_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _graphs_in(inner)


class _GraphReader:
    """Follows a graph from its outputs back to its inputs."""

    def __init__(self, graph: Mapping[str, Any]) -> None:
        self.notes: list[str] = []
        self._nodes: dict[str, Mapping[str, Any]] = {}
        for number, node in enumerate(_list_of(graph, "nodes"), start=1):
            if not isinstance(node, dict):
                _refuse(f"node {number}", "is none")
            self._nodes[str(node.get("name", f"node {number}"))] = node
        self._sources: dict[str, dict[str, str]] = {}
        for link in _list_of(graph, "links"):
            if not isinstance(link, dict) or not {"output", "input"} <= set(link):
                _refuse("links", "hold something else than links")
            target, _, port = str(link["input"]).rpartition(":")
            self._sources.setdefault(target, {})[port] = str(link["output"]).rpartition(":")[0]
        self._inputs = [str(port).rpartition(":")[0] for port in _list_of(graph, "inputs") if port is not None]
        self._outputs = [str(port).rpartition(":")[0] for port in _list_of(graph, "outputs") if port is not None]

    def taken(self) -> Taken:
        if not self._nodes:
            raise UsageError("holds no nodes", hint=_HINT)
        outputs = self._outputs or [self._last()]
        if len(outputs) > 2:
            _refuse("outputs", f"has {len(outputs)} channels")
        sections = self._followed(outputs)
        return bands_of(_rejoined(sections), dict.fromkeys(self.notes))

    def _last(self) -> str:
        used = {source for ports in self._sources.values() for source in ports.values()}
        ends = [name for name in self._nodes if name not in used]
        if len(ends) != 1:
            raise UsageError("has nodes that are not linked to each other", hint=_HINT)
        return ends[0]

    def _followed(self, outputs: Sequence[str]) -> list[Raw]:
        if len(outputs) == 1:
            sections, start = self._back(outputs[0])
            if start is not None:
                _refuse(start, "mixes channels")
            return sections
        (left, left_start), (right, right_start) = (self._back(name) for name in outputs)
        stereo: list[Raw] = []
        if left_start is not None and right_start is not None:
            if left or right:
                _refuse(left_start, "is followed by filters, which have to come before mid and side are parted")
            parts = self._mixed(left_start, _SUM), self._mixed(right_start, _DIFFERENCE)
            if parts[0] != parts[1]:
                _refuse(left_start, "mixes others than mid and side")
            (mid, mid_start), (side, side_start) = (self._back(name) for name in parts[0])
            if mid_start is None or side_start is None:
                _refuse(left_start, "mixes others than mid and side")
            stereo = [replace(one, channel="mid") for one in mid] + [replace(one, channel="side") for one in side]
            parts = self._mixed(mid_start, _MID), self._mixed(side_start, _SIDE)
            if parts[0] != parts[1]:
                _refuse(mid_start, "mixes others than left and right")
            (left, left_start), (right, right_start) = (self._back(name) for name in parts[0])
        if left_start is not None or right_start is not None:
            _refuse(left_start or right_start or "", "mixes channels")
        return [*left_and_right(left, right), *stereo]

    def _mixed(self, name: str, gains: tuple[float, float]) -> tuple[str, str]:
        """Return the two nodes that a mixer is fed by with these gains."""
        sources, controls = self._sources.get(name, {}), self._controls(name)
        if set(sources) != {"In 1", "In 2"} or [_number(name, controls, f"Gain {n}", 1.0) for n in (1, 2)] != list(
            gains
        ):
            _refuse(name, "mixes others than mid and side")
        return sources["In 1"], sources["In 2"]

    def _back(self, name: str) -> tuple[list[Raw], str | None]:
        """Return the filters in front of and in a node, and the mixer they begin at, if they do at one."""
        sections: list[Raw] = []
        for _ in range(_MOST_STEPS):
            node = self._nodes.get(name)
            if node is None:
                _refuse(name, "is linked and isn't there")
            sources = self._sources.get(name, {})
            if len(sources) > 1:
                if node.get("label") != "mixer":
                    _refuse(name, "has several inputs")
                break
            sections += self._of_node(name, node)[::-1]
            if not sources:
                return sections[::-1], None
            (name,) = sources.values()
        else:
            _refuse(name, "is linked to itself")
        return sections[::-1], name

    def _of_node(self, name: str, node: Mapping[str, Any]) -> list[Raw]:
        label = str(node.get("label"))
        if node.get("type", "builtin") != "builtin":
            _refuse(name, f"is no builtin filter but {quoted(str(node['type']))}")
        if label == "param_eq":
            config = node.get("config")
            filters = config.get("filters") if isinstance(config, dict) else None
            if not isinstance(filters, list) or not all(isinstance(one, dict) for one in filters):
                _refuse(name, "has no filters that stand in this file")
            return [one for row in filters for one in self._biquad(name, str(row.get("type")), _capitalized(row))]
        if label in _PASSED_ON:
            if label != "copy":
                self.notes.append(f"the gain of {quoted(name)}, if it has one, is left out: {_LEVELS}")
            return []
        return self._biquad(name, label, self._controls(name))

    def _controls(self, name: str) -> Mapping[str, Any]:
        controls = self._nodes[name].get("control", {})
        if not isinstance(controls, dict):
            _refuse(name, "has no controls")
        return controls

    def _biquad(self, name: str, label: str, controls: Mapping[str, Any]) -> list[Raw]:
        kind = _KINDS.get(label)
        if kind is None:
            _refuse(name, f"is {quoted(label)}, which no bands do")
        freq_hz, q, gain_db = (_number(name, controls, key, 0.0) for key in ("Freq", "Q", "Gain"))
        if freq_hz == 0 and kind in ("low_shelf", "high_shelf"):
            if gain_db:
                self.notes.append(f"its gain of {gain_db:g} dB is left out: {_LEVELS}")
            return []
        if q <= 0:
            q = SHELF_Q
        elif kind in PASSES:
            q = _resonance(q)
        slope_db = 12 if kind in PASSES else 0
        return [Raw(kind, freq_hz, gain_db if kind in SHAPED else 0.0, q, name, slope_db)]


def _resonance(stated_db: float) -> float:
    """Return the Q of a pass of which the height of its peak is stated in dB."""
    squared = 10 ** (-min(stated_db, 100.0) / 10)
    return 1 / math.sqrt(2 * (1 - math.sqrt(max(1 - squared, 0.0))))


def _rejoined(sections: Sequence[Raw]) -> list[Raw]:
    """Give passes and shelves back the Q that the bells behind them have given them."""
    made: list[Raw] = []
    rest = list(sections)[::-1]
    while rest:
        one = rest.pop()
        behind = rest[:-3:-1]
        if one.kind in PASSES and one.q == SHELF_Q and behind and _is_bell_of_pass(behind[0], one):
            one = replace(one, q=_q_of_bell(rest.pop()))
        elif one.kind in _SHELVES and len(behind) == 2 and _are_bells_of_shelf(behind, one):
            rest.pop()
            one = replace(one, q=_q_of_bell(rest.pop()))
        made.append(one)
    return made


def _q_of_bell(bell: Raw) -> float:
    """Return the Q that a bell gives to what is of Butterworth's."""
    return round(bell.q**2 / BUTTERWORTH, 12)


def _is_bell_of_pass(bell: Raw, one: Raw) -> bool:
    same_place = (bell.kind, bell.freq_hz, bell.channel) == ("bell", one.freq_hz, one.channel)
    return same_place and math.isclose(bell.q**2, 0.5 * 10 ** (bell.gain_db / 20), rel_tol=_ALIKE)


def _are_bells_of_shelf(pair: Sequence[Raw], one: Raw) -> bool:
    """Tell whether bells are those of a shelf, at any usual rate."""
    if not math.isclose(one.q, BUTTERWORTH, rel_tol=_ALIKE) or any(bell.kind != "bell" for bell in pair):
        return False
    if pair[0].q != pair[1].q or any(bell.channel != one.channel for bell in pair):
        return False
    shelf = replace(one, q=pair[0].q ** 2 / BUTTERWORTH)
    return any(
        all(
            math.isclose(bell.freq_hz, wanted.freq_hz, rel_tol=_ALIKE)
            and math.isclose(bell.gain_db, wanted.gain_db, rel_tol=_ALIKE)
            for bell, wanted in zip(pair, _shelf_bells(shelf, rate), strict=True)
        )
        for rate in _RATES
    )


def _capitalized(row: Mapping[str, Any]) -> dict[str, Any]:
    return {str(key).capitalize(): value for key, value in row.items()}


def _list_of(graph: Mapping[str, Any], name: str) -> list[Any]:
    value = graph.get(name, [])
    if not isinstance(value, list):
        raise UsageError(f"its {name} are no list", hint=_HINT)
    return value


def _number(name: str, controls: Mapping[str, Any], key: str, usual: float) -> float:
    value = controls.get(key, usual)
    if isinstance(value, bool) or not isinstance(value, float | int) or not math.isfinite(value):
        _refuse(name, f"{key} is {quoted(str(value))}, which is no number")
    return float(value)


def _refuse(name: str, why: str) -> NoReturn:
    raise UsageError(f"{quoted(name)} {why}", hint=_HINT)


FORMAT = Format("pipewire", "PipeWire's filter-chain", ".conf", _write, _read, _recognizes, Holds(channels=CHANNELS))
