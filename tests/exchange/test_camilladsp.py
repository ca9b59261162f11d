"""CamillaDSP's configuration, parsed by a whole YAML parser and worked out from what its documentation says."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqmorph._typing import Complex128, Float64
from eqmorph.bands import Bands
from eqmorph.errors import UsageError
from eqmorph.exchange import find_format, read_eq, write_eq
from eqmorph.exchange.format import Outgoing
from eqmorph.exchange.measure import decibels, difference_of_curves, heard_hz
from tests.exchange.eqs import FILTERS, LEVEL, NEAR_ENOUGH_DB, RATES, STEREO, off_db, proof_eqs, random_eqs
from tests.exchange.prototypes import response

FORMAT = find_format("camilladsp")
EXPORTED = write_eq(STEREO[2], FORMAT).data.decode()


def matrix_of(text: str, freqs_hz: Float64, rate: int) -> Complex128:
    """Return what either of two inputs gives to either of two outputs, (frequencies, 2, 2), as the pipeline says."""
    yaml = pytest.importorskip("yaml")
    document = yaml.safe_load(text)
    total = np.broadcast_to(np.eye(2, dtype=complex), (len(freqs_hz), 2, 2)).copy()
    for step in document["pipeline"]:
        matrix = np.broadcast_to(np.eye(2, dtype=complex), (len(freqs_hz), 2, 2)).copy()
        if step["type"] == "Mixer":
            matrix[:] = 0
            for row in document["mixers"][step["name"]]["mapping"]:
                for source in row["sources"]:
                    sign = -1 if source["inverted"] else 1
                    matrix[:, row["dest"], source["channel"]] = sign * 10 ** (source["gain"] / 20)
        else:
            for channel in step["channels"]:
                for name in step["names"]:
                    matrix[:, channel, channel] *= filter_response(document["filters"][name], freqs_hz, rate)
        total = matrix @ total
    return np.asarray(total)


def filter_response(described: dict[str, Any], freqs_hz: Float64, rate: int) -> Complex128:
    values = described["parameters"]
    if described["type"] == "Gain":
        return np.full(freqs_hz.shape, 10 ** (values["gain"] / 20), dtype=complex)
    assert described["type"] in ("Biquad", "BiquadCombo")
    assert described["type"] == "Biquad" or values["order"] == 4
    return response(values["type"], values["freq"], values.get("gain", 0.0), values.get("q", 1.0), freqs_hz, rate)


@pytest.mark.parametrize("rate", RATES)
def test_the_pipeline_does_what_is_rendered_here(rate: int) -> None:
    for eq in proof_eqs():
        freqs_hz = heard_hz(rate, eq)
        matrix = matrix_of(write_eq(eq, FORMAT, sample_rate=rate).data.decode(), freqs_hz, rate)
        raised = matrix / 10 ** (Outgoing(eq.at_rate(rate).bands, rate).preamp_db / 20)
        assert np.all(raised[:, [0, 1], [1, 0]] == 0)
        for channel in range(2):
            assert off_db(eq, decibels(raised[:, channel, channel]), rate) < NEAR_ENOUGH_DB, str(eq)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("eq", STEREO, ids=str)
def test_channels_and_sides_are_treated_apart(eq: Bands, rate: int) -> None:
    freqs_hz = heard_hz(rate, eq)
    made = matrix_of(write_eq(eq, FORMAT, sample_rate=rate).data.decode(), freqs_hz, rate)
    made = made / 10 ** (Outgoing(eq, rate).preamp_db / 20)
    for channel in range(2):
        wanted = rendered(eq, channel, freqs_hz, rate)
        for output in range(2):
            off = difference_of_curves(decibels(wanted[output]), decibels(made[:, output, channel]), freqs_hz)
            assert off.db < NEAR_ENOUGH_DB


def rendered(eq: Bands, channel: int, freqs_hz: Float64, rate: int) -> list[Complex128]:
    """Return what becomes of one channel's impulse in both."""
    from eqmorph.render import Renderer

    impulse = np.zeros((2, 16 * rate), dtype=np.float32)
    impulse[channel, 0] = LEVEL
    spectra = np.fft.rfft(Renderer(eq, rate).process(impulse).astype(float)) / LEVEL
    bins_hz = np.fft.rfftfreq(16 * rate, 1 / rate)
    return [np.interp(freqs_hz, bins_hz, np.abs(one)).astype(complex) for one in spectra]


@pytest.mark.parametrize("eq", [*random_eqs(5), *FILTERS, *STEREO, Bands()], ids=str)
def test_what_is_written_is_read_back(eq: Bands) -> None:
    taken = read_eq(write_eq(eq, FORMAT).data.decode())
    assert taken is not None
    assert str(taken.bands) == str(eq)


def test_a_name_is_kept_out_of_the_yaml() -> None:
    text = write_eq(Bands(), FORMAT, name='a\nfilters: "x" # ü').data.decode()
    assert text.splitlines()[1] == "filters:"


WHOLE = """\
# a configuration as people have it
devices:
  samplerate: 48000
  chunksize: 1024
  capture: {type: Alsa, channels: 2, device: "hw:0,1", format: S32LE}
filters:
  pre: {type: Gain, parameters: {gain: -3, inverted: false, scale: dB}}
  Filter 1:
    type: Biquad
    description: null
    parameters: {type: Peaking, freq: 1000, gain: -3.0, bandwidth: 1.0}
  shelf:
    type: Biquad
    parameters:
      type: Lowshelf
      freq: 100
      gain: 4
      slope: 12
  subsonic:
    type: BiquadCombo
    parameters: {type: ButterworthHighpass, freq: 30, order: 3}
  cross:
    type: BiquadCombo
    parameters: {type: LinkwitzRileyLowpass, freq: 9e3, order: 4}
  unused: {type: Conv, parameters: {type: Raw, filename: x.raw}}
  late: {type: Delay, parameters: {delay: 1.0, unit: ms}}
pipeline:
- type: Filter
  channel: 0
  names: [pre, Filter 1, shelf]
- type: Filter
  channel: 1
  names: [pre, Filter 1]
- type: Filter
  bypassed: true
  channels: [0, 1]
  names: [unused]
- type: Filter
  channels: null
  names: [subsonic, cross, late]
"""


def test_what_people_have_is_taken() -> None:
    taken = read_eq(WHOLE)
    assert taken is not None
    assert str(taken.bands.rounded()) == ("HP 30 Q1; HP 30 6dB; PK 1000 -3 Q1.41; LP 9000; LP 9000 | L: LS 100 +4")
    assert len(taken.notes) == 2  # one gain, one delay


def test_filters_without_a_pipeline_are_for_both_channels() -> None:
    taken = read_eq("filters:\n  a: {type: Biquad, parameters: {type: Notch, freq: 50, q: 30}}\n")
    assert taken is not None
    assert str(taken.bands) == "NT 50"


def pipeline_of(*filters: str, steps: str = "- {type: Filter, channels: [0, 1], names: [a]}") -> str:
    return "\n".join(["filters:", *(f"  {one}" for one in filters), "pipeline:", steps, ""])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("filters: &x\n  a: 1\n", "line 1: '&x' is an anchor"),
        ("filters:\n  a: *x\n", "line 2: '\\*x' is an alias"),
        ("filters:\n  a: !!python/object/apply:os.system [ls]\n", "line 2: .* is a tag"),
        ("filters:\n" + "".join(f"{' ' * n}a:\n" for n in range(1, 60)), "line 33: is nested more than"),
        ("filters:\n  a: {type: Biquad, parameters: {type: Peaking\n", "line 2: } is missing"),
        ("filters:\n\ta: 1\n", "line 2: is indented by a tab"),
        ("filters:\n", "holds no filters"),
        ("filters: 3\n", "holds no filters|can't be told apart"),
        (pipeline_of("a: {type: Biquad, parameters: {type: Peaking, freq: .nan, gain: 1, q: 1}}"), "line 2: .nan"),
        (
            pipeline_of("a: {type: Biquad, parameters: {type: Peaking, freq: 1e999, gain: 1, q: 1}}"),
            "line 2 .'a'. freq is no finite",
        ),
        (
            pipeline_of("a: {type: Biquad, parameters: {type: Peaking, freq: x, gain: 1, q: 1}}"),
            "line 2 .'a'. freq is 'x', which is",
        ),
        (
            pipeline_of("a: {type: Biquad, parameters: {type: Allpass, freq: 9, q: 1}}"),
            "line 2 .'a'. is of type 'Allpass', which",
        ),
        (
            "filters:\n  a:\n    type: Biquad\n    parameters:\n      type: Peaking\n      freq: 9\n      gain: 1\n"
            "      q: -1\npipeline:\n- type: Filter\n  names: [a]\n",
            "line 2 \\('a'\\) has a width",
        ),
        (
            "filters:\n  a:\n    type: Biquad\n    parameters:\n      type: Notch\n      q: 1\n      freq: much\n",
            "line 7 \\('a'\\) freq is 'much'",
        ),
        ("mixers: 3\n" + pipeline_of("a: {type: Gain}", steps="- {type: Mixer, name: m}"), "line 1 \\(its mixers\\)"),
        (pipeline_of("a: {type: Conv, parameters: {type: Values}}"), "line 2 \\('a'\\) is a 'Conv', which no bands do"),
        (pipeline_of("b: {type: Gain, parameters: {gain: 1}}"), "line 4 \\(step 1 of the pipeline\\) names 'a'"),
        (pipeline_of("a: {type: Gain}", steps="- {type: Filter, channels: [5], names: [a]}"), "other channels"),
        (pipeline_of("a: {type: Gain}", steps="- {type: Mixer, name: m}"), "names the mixer 'm'"),
        (pipeline_of("a: {type: Gain}", steps="- {type: Processor, name: m}"), "'Processor', which no bands do"),
        (
            pipeline_of("a: {type: BiquadCombo, parameters: {type: ButterworthLowpass, freq: 9, order: 1e9}}"),
            "of order",
        ),
        (EXPORTED.replace("    name: from_mid_side", "    name: to_mid_side"), "mixes mid and side twice"),
        (
            pipeline_of(
                *(
                    f"b{n}: {{type: Biquad, parameters: {{type: Peaking, freq: 99, gain: 1, q: 1}}}}"
                    for n in range(1000)
                ),
                steps=f"- {{type: Filter, names: [{', '.join(f'b{n}' for n in range(1000))}]}}",
            ),
            "1000 bands",
        ),
    ],
)
def test_what_cant_be_taken_is_named(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        FORMAT.read(text)


@given(st.integers(0, len(EXPORTED)), st.text(max_size=20), st.integers(0, 30))
def test_what_is_damaged_is_an_error_or_an_eq(at: int, what: str, length: int) -> None:
    with contextlib.suppress(UsageError):
        FORMAT.read(EXPORTED[:at] + what + EXPORTED[at + length :])
