"""`Bands`: an equalizer setting, and the one truth about what it does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from eqmorph._typing import Complex128, Float64
from eqmorph.bands.band import CHANNELS, KINDS, PASSES, SHAPED, WHOLE_DEPTH_DB, Band, Channel, check_sample_rate
from eqmorph.bands.elements import Element, elements_of, is_narrow, narrow_notches
from eqmorph.bands.fit import FIVE_BANDS, fit_bands
from eqmorph.bands.narrow import NarrowNotch
from eqmorph.bands.notation import format_bands, parse_bands
from eqmorph.bands.rate import band_at_rate
from eqmorph.bands.routes import centered_db, centered_response
from eqmorph.bands.sampled import sample_response
from eqmorph.bands.scale import scale_bands
from eqmorph.errors import UsageError
from eqmorph.plot.curve import SampledCurve
from eqmorph.plot.notebook import ShowsItself

if TYPE_CHECKING:
    import pedalboard
    from matplotlib.axes import Axes

    from eqmorph.plot.shown import EqPicture

__all__ = ["HIGHEST_HEARD", "AtRate", "Bands"]

#: Of the sample rate: above, a sound has nothing that an EQ could change.
HIGHEST_HEARD = 0.49
_RATE_IF_UNKNOWN = 48_000.0
_FIELDS = {"kind", "freq_hz", "gain_db", "q", "slope_db", "channel"}
_MOST_AMOUNT = 10  # each step of 1 above 1 runs the EQ once more


@dataclass(frozen=True)
class Bands(ShowsItself):
    """An equalizer: a sequence of `Band`, ordered by channel, kind and frequency.

    The model and `fit` make five bands (a shelf at each end, three bells); an explicit EQ may have any number of any
    kind, none included.

    What acts on one channel alone is applied after what acts on both, and what acts on the middle and the sides last.
    """

    bands: tuple[Band, ...] = ()

    def __init__(self, bands: Iterable[Band] = ()) -> None:
        ordered = sorted(bands, key=lambda b: (CHANNELS.index(b.channel), KINDS.index(b.kind), b.freq_hz))
        object.__setattr__(self, "bands", tuple(ordered))

    def __iter__(self) -> Iterator[Band]:
        return iter(self.bands)

    def __len__(self) -> int:
        return len(self.bands)

    def __getitem__(self, index: int) -> Band:
        return self.bands[index]

    def __str__(self) -> str:
        return format_bands(self.bands) or "flat"

    @classmethod
    def parse(cls, text: str) -> Bands:
        """Parse a line such as ``LS 120 +3; PK 1000 -2 Q0.7; HS 8k -3``; ``flat`` has no bands."""
        return cls(() if text.strip().lower() == "flat" else parse_bands(text))

    @classmethod
    def fit(cls, curve_db: ArrayLike, freqs_hz: ArrayLike, *, sample_rate: float = _RATE_IF_UNKNOWN) -> Bands:
        """Return the five bands nearest to a curve in dB: ERB-weighted least squares, bounded, deterministic.

        Args:
            curve_db: the wanted response, shape (m,). Its level counts: remove the mean if it has no meaning.
            freqs_hz: frequencies of the curve, shape (m,), ascending.
            sample_rate: the rate at which the response is to be met.
        """
        return cls(fit_bands(curve_db, freqs_hz, sample_rate=sample_rate, kinds=FIVE_BANDS))

    @property
    def is_flat(self) -> bool:
        """Whether the EQ changes nothing at all."""
        return all(b.is_flat for b in self.bands)

    @property
    def channels(self) -> tuple[Channel, ...]:
        """What its bands act on, each once; just ``both`` for an ordinary EQ."""
        found = {b.channel for b in self.bands} or {"both"}
        return tuple(channel for channel in CHANNELS if channel in found)

    def on(self, channel: Channel) -> Bands:
        """Return the bands that act on just this."""
        return Bands(replace(b, channel="both") for b in self.bands if b.channel == channel)

    def response_db(self, freqs_hz: ArrayLike, sample_rate: float = _RATE_IF_UNKNOWN) -> NDArray[np.float64]:
        """Return the rendered response in dB at ``freqs_hz``, same shape: exact up to 0.45 of the sample rate.

        Where channels differ, it is what the EQ does to the power of a sound that is in the middle.
        """
        return centered_db(self.at_rate(sample_rate).bands.bands, freqs_hz, sample_rate)

    def held_response_db(self, freqs_hz: ArrayLike, sample_rate: float) -> NDArray[np.float64]:
        """Return the response at ``freqs_hz``; at those that the rate can't hold, what it is at the highest it can."""
        return self.response_db(np.minimum(freqs_hz, HIGHEST_HEARD * sample_rate), sample_rate)

    def held_response(self, freqs_hz: Float64, sample_rate: float) -> Complex128:
        """Return the same as `held_response_db`, with what the filters do to phases: complex factors."""
        held_hz = np.minimum(freqs_hz, HIGHEST_HEARD * sample_rate)
        return centered_response(self.at_rate(sample_rate).bands.bands, held_hz, sample_rate)

    def sampled_routes(self, sample_rate: float = _RATE_IF_UNKNOWN) -> list[SampledCurve]:
        """Return a curve for all that the bands act on: one for an ordinary EQ, one a channel where they differ."""
        if self.channels == ("both",):
            return [self.sampled(sample_rate)]
        pairs: tuple[tuple[Channel, Channel], ...] = (("left", "right"), ("mid", "side"))
        named = [channel for pair in pairs if set(pair) & set(self.channels) for channel in pair]
        shared = self.on("both").bands
        return [Bands((*shared, *self.on(channel))).sampled(sample_rate, name=channel) for channel in named]

    def sampled(self, sample_rate: float = _RATE_IF_UNKNOWN, *, name: str = "") -> SampledCurve:
        """Return what rendering at ``sample_rate`` does, from 20 Hz to 20 kHz or as far as the rate reaches."""
        return sample_response(lambda hz: self.response_db(hz, sample_rate), self.bands, sample_rate, name)

    def picture(self, sample_rate: float = _RATE_IF_UNKNOWN) -> EqPicture:
        """Return what to draw: the whole, and each band by itself."""
        from eqmorph.plot.shown import EqPicture  # which only a picture needs

        bands = tuple(
            Bands([band]).sampled(sample_rate, name=band.spoken_name) for band in self.at_rate(sample_rate).bands
        )
        return EqPicture(tuple(self.sampled_routes(sample_rate)), bands if len(bands) > 1 else ())

    def plot(self, ax: Axes | None = None, *, sample_rate: float = _RATE_IF_UNKNOWN) -> Axes:
        """Draw the curve and its bands by matplotlib, on axes of its own if none are given; return the axes."""
        from eqmorph.figures.eq import draw_eq
        from eqmorph.figures.style import on_axes

        return on_axes(ax, lambda axes, look: draw_eq(axes, self.picture(sample_rate), look))

    def _repr_svg_(self) -> str:
        """Draw the curve, for notebooks."""
        from eqmorph.plot.svg import svg_document

        return svg_document(self.sampled_routes(), description=str(self.rounded()))

    def rounded(self, gain_digits: int = 1) -> Bands:
        """Return the EQ with only as many digits as one reads."""
        return Bands(band.rounded(gain_digits) for band in self)

    def scaled(self, amount: float, sample_rate: float = _RATE_IF_UNKNOWN) -> Bands:
        """Return the EQ whose curve is ``amount`` times this one's in dB; 0 is flat, negative mirrors.

        Gains of ordinary bands are scaled and their places kept. Where that would miss the scaled curve by more than
        0.13 dB, or exceed a band's gain range, further bands help. Passes, and notches that take all, are there or not:
        any amount but 0 leaves them as they are.

        Raises:
            UsageError: the amount is out of range, or negative and there are bands that have no opposite.
        """
        if not abs(amount) <= _MOST_AMOUNT:
            hint = f"An amount lies between {-_MOST_AMOUNT} and {_MOST_AMOUNT}."
            raise UsageError(f"amount {amount:g} is out of range", hint=hint)
        bands = self.at_rate(sample_rate).bands
        scaled = [
            replace(band, channel=channel)
            for channel in bands.channels
            for band in scale_bands([b for b in bands.on(channel) if b.kind in SHAPED], amount, sample_rate)
        ]
        return Bands((*scaled, *(_unshaped_at(b, amount) for b in bands if b.kind not in SHAPED and amount)))

    def at_rate(self, sample_rate: float) -> AtRate:
        """Return this EQ as it can be rendered at a sample rate.

        Above 0.45 of the rate a digital shelf or bell no longer does what its numbers say, so a band up there is
        replaced by whatever below comes nearest to it, or left out if that can't be heard.
        """
        check_sample_rate(sample_rate)
        rendered = [band_at_rate(band, float(sample_rate)) for band in self.bands]
        if all(bands == (band,) for band, (bands, _) in zip(self.bands, rendered, strict=True)):
            return AtRate(self, ())
        return AtRate(Bands(b for bands, _ in rendered for b in bands), tuple(note for _, note in rendered if note))

    def to_pedalboard(self, sample_rate: float | None = None) -> pedalboard.Pedalboard:
        """Return the EQ as a chain of pedalboard filters; with a ``sample_rate``, as it is rendered at that rate.

        Of a narrow notch it has the bell that comes nearest to what is rendered.

        Raises:
            UsageError: channels differ.
        """
        if self.channels != ("both",):
            hint = "Take them one after the other: Bands.on(channel)."
            raise UsageError("a pedalboard does the same to all channels, and these bands don't", hint=hint)
        bands = self if sample_rate is None else self.at_rate(sample_rate).bands
        return _board(elements_of(bands, sample_rate or _RATE_IF_UNKNOWN))

    def to_filters(self, sample_rate: float) -> tuple[pedalboard.Pedalboard, list[NarrowNotch]]:
        """Return what renders bands for all channels just as they are: by pedalboard, and beside it."""
        narrow = [band for band in self if is_narrow(band)]
        rest = [band for band in self if not is_narrow(band)]
        return _board(elements_of(rest, sample_rate)), narrow_notches(narrow, sample_rate)

    def to_list(self) -> list[dict[str, Any]]:
        """Return the bands as plain data for JSON or TOML; `from_list` reads them back."""
        return [_to_row(b) for b in self.bands]

    @classmethod
    def from_list(cls, rows: Iterable[Mapping[str, Any]]) -> Bands:
        """Read bands from plain data: a row each, with the fields of `Band` that are not the usual ones."""
        return cls(_from_row(row, number) for number, row in enumerate(rows, start=1))


@dataclass(frozen=True, slots=True)
class AtRate:
    """An EQ as a sample rate can render it, and what had to be changed for that."""

    bands: Bands
    notes: tuple[str, ...]


def _board(elements: Iterable[Element]) -> pedalboard.Pedalboard:
    import pedalboard

    return pedalboard.Pedalboard([_filter(element) for element in elements])


def _filter(element: Element) -> pedalboard.Plugin:
    import pedalboard

    if element.kind == "gain":
        return pedalboard.Gain(gain_db=element.gain_db)
    if element.kind == "first_high_pass":
        return pedalboard.HighpassFilter(cutoff_frequency_hz=element.freq_hz)
    if element.kind == "first_low_pass":
        return pedalboard.LowpassFilter(cutoff_frequency_hz=element.freq_hz)
    if element.kind == "narrow_notch":  # as near to its place as single precision allows; `Renderer` is exact
        q = element.q / 10 ** (element.gain_db / 40)
        return pedalboard.PeakFilter(cutoff_frequency_hz=element.freq_hz, gain_db=element.gain_db, q=q)
    shaped = {
        "low_shelf": pedalboard.LowShelfFilter,
        "bell": pedalboard.PeakFilter,
        "high_shelf": pedalboard.HighShelfFilter,
    }[element.kind]
    return shaped(cutoff_frequency_hz=element.freq_hz, gain_db=element.gain_db, q=element.q)


def _unshaped_at(band: Band, amount: float) -> Band:
    """Return a pass or notch at an amount other than 0."""
    if amount < 0:
        hint = "Passes and notches can only be left out: an amount of 0."
        raise UsageError(f"{format_bands([band])} has no opposite", hint=hint)
    if band.kind != "notch" or not band.gain_db:
        return band
    return replace(band, gain_db=max(band.gain_db * amount, WHOLE_DEPTH_DB))


def _to_row(band: Band) -> dict[str, Any]:
    row: dict[str, Any] = {"kind": band.kind, "freq_hz": band.freq_hz}
    if band.has_gain:
        row["gain_db"] = band.gain_db
    if band.kind in PASSES:
        row["slope_db"] = band.slope_db
    if band.has_q:
        row["q"] = band.q
    if band.channel != "both":
        row["channel"] = band.channel
    return row


def _from_row(row: Mapping[str, Any], number: int) -> Band:
    extra = set(row) - _FIELDS
    if extra:
        raise UsageError(f"band {number}: unknown field {', '.join(sorted(map(str, extra)))}")
    required = ("kind", "freq_hz", *(["gain_db"] if row.get("kind") in SHAPED else []))
    missing = [field for field in required if field not in row]
    if missing:
        hint = "A shelf or bell has kind, freq_hz, gain_db and q."
        raise UsageError(f"band {number}: {missing[0]} is missing", hint=hint)
    if row["kind"] == "notch" and row.get("gain_db") == 0:
        hint = "Leave gain_db out for one that takes all, or leave the band out."
        raise UsageError(f"band {number}: a notch of 0 dB does nothing", hint=hint)
    try:
        return Band(**row)
    except UsageError as error:
        raise UsageError(f"band {number}: {error.message}", hint=error.hint) from None
