"""`Bands`: an equalizer setting, and the one truth about what it does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from eqmorph._typing import Complex128, Float64
from eqmorph.bands.band import KINDS, SHELF_Q, Band, check_sample_rate
from eqmorph.bands.fit import FIVE_BANDS, fit_bands
from eqmorph.bands.notation import format_bands, parse_bands
from eqmorph.bands.rate import band_at_rate
from eqmorph.bands.response import filter_db, filter_response
from eqmorph.bands.sampled import sample_response
from eqmorph.bands.scale import scale_bands
from eqmorph.errors import UsageError
from eqmorph.plot.curve import SampledCurve

if TYPE_CHECKING:
    import pedalboard

__all__ = ["HIGHEST_HEARD", "AtRate", "Bands"]

#: Of the sample rate: above, a sound has nothing that an EQ could change.
HIGHEST_HEARD = 0.49
_RATE_IF_UNKNOWN = 48_000.0
_MOST_AMOUNT = 10  # each step of 1 above 1 runs the EQ once more


@dataclass(frozen=True)
class Bands:
    """An equalizer: low shelves, bells and high shelves in this order, each kind by ascending frequency.

    It is a sequence of `Band`. The model and `fit` make five (a shelf at each end, three bells); an explicit EQ may
    have any number, none included.
    """

    bands: tuple[Band, ...] = ()

    def __init__(self, bands: Iterable[Band] = ()) -> None:
        ordered = sorted(bands, key=lambda b: (KINDS.index(b.kind), b.freq_hz))
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
        return all(b.gain_db == 0 for b in self.bands)

    def response_db(self, freqs_hz: ArrayLike, sample_rate: float = _RATE_IF_UNKNOWN) -> NDArray[np.float64]:
        """Return the rendered response in dB at ``freqs_hz``, same shape: exact up to 0.45 of the sample rate."""
        return filter_db(self.at_rate(sample_rate).bands.bands, freqs_hz, sample_rate)

    def held_response_db(self, freqs_hz: ArrayLike, sample_rate: float) -> NDArray[np.float64]:
        """Return the response at ``freqs_hz``; at those that the rate can't hold, what it is at the highest it can."""
        return self.response_db(np.minimum(freqs_hz, HIGHEST_HEARD * sample_rate), sample_rate)

    def held_response(self, freqs_hz: Float64, sample_rate: float) -> Complex128:
        """Return the same as `held_response_db`, with what the filters do to phases: complex factors."""
        held_hz = np.minimum(freqs_hz, HIGHEST_HEARD * sample_rate)
        return filter_response(self.at_rate(sample_rate).bands.bands, held_hz, sample_rate)

    def sampled(self, sample_rate: float = _RATE_IF_UNKNOWN, *, name: str = "") -> SampledCurve:
        """Return what rendering at ``sample_rate`` does, from 20 Hz to 20 kHz or as far as the rate reaches."""
        return sample_response(lambda hz: self.response_db(hz, sample_rate), self.bands, sample_rate, name)

    def _repr_html_(self) -> str:
        """Draw the curve, for notebooks."""
        from eqmorph.plot.svg import svg_document

        return svg_document([self.sampled()], description=str(self.rounded()))

    def rounded(self) -> Bands:
        """Return the EQ with only as many digits as one reads."""
        return Bands(replace(b, freq_hz=round(b.freq_hz), gain_db=round(b.gain_db, 1), q=round(b.q, 2)) for b in self)

    def scaled(self, amount: float, sample_rate: float = _RATE_IF_UNKNOWN) -> Bands:
        """Return the EQ whose curve is ``amount`` times this one's in dB; 0 is flat, negative mirrors.

        Gains of ordinary bands are scaled and their places kept. Where that would miss the scaled curve by more than
        0.13 dB, or exceed a band's gain range, further bands help.
        """
        if not abs(amount) <= _MOST_AMOUNT:
            hint = f"An amount lies between {-_MOST_AMOUNT} and {_MOST_AMOUNT}."
            raise UsageError(f"amount {amount:g} is out of range", hint=hint)
        return Bands(scale_bands(self.at_rate(sample_rate).bands.bands, amount, sample_rate))

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
        """Return the EQ as a chain of pedalboard filters; with a ``sample_rate``, as it is rendered at that rate."""
        import pedalboard

        filters = {
            "low_shelf": pedalboard.LowShelfFilter,
            "bell": pedalboard.PeakFilter,
            "high_shelf": pedalboard.HighShelfFilter,
        }
        bands = self if sample_rate is None else self.at_rate(sample_rate).bands
        return pedalboard.Pedalboard(
            [filters[b.kind](cutoff_frequency_hz=b.freq_hz, gain_db=b.gain_db, q=b.q) for b in bands if b.gain_db]
        )

    def to_list(self) -> list[dict[str, Any]]:
        """Return the bands as plain data for JSON or TOML; `from_list` reads them back."""
        return [{"kind": b.kind, "freq_hz": b.freq_hz, "gain_db": b.gain_db, "q": b.q} for b in self.bands]

    @classmethod
    def from_list(cls, rows: Iterable[Mapping[str, Any]]) -> Bands:
        """Read bands from plain data: ``kind``, ``freq_hz``, ``gain_db`` and, if not 0.71, ``q``."""
        return cls(_from_row(row, number) for number, row in enumerate(rows, start=1))


@dataclass(frozen=True, slots=True)
class AtRate:
    """An EQ as a sample rate can render it, and what had to be changed for that."""

    bands: Bands
    notes: tuple[str, ...]


def _from_row(row: Mapping[str, Any], number: int) -> Band:
    extra = set(row) - {"kind", "freq_hz", "gain_db", "q"}
    if extra:
        raise UsageError(f"band {number}: unknown field {', '.join(sorted(map(str, extra)))}")
    try:
        return Band(row["kind"], row["freq_hz"], row["gain_db"], row.get("q", SHELF_Q))
    except KeyError as missing:
        hint = "A band has kind, freq_hz, gain_db and q."
        raise UsageError(f"band {number}: {missing.args[0]} is missing", hint=hint) from None
    except UsageError as error:
        raise UsageError(f"band {number}: {error.message}", hint=error.hint) from None
