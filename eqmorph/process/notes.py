"""What is said of a result beside its figures: what could not be kept, reached or held."""

from __future__ import annotations

from eqmorph.audio.formats import OutputFormat
from eqmorph.audio.lossy import why_another_rate
from eqmorph.audio.read import AudioInfo, timestamp
from eqmorph.bands import Bands
from eqmorph.level import Loudness, Moment, Trim
from eqmorph.process.settings import Settings
from eqmorph.render import LinearRenderer, Renderer, RideRenderer

__all__ = [
    "bitrate_note",
    "channel_note",
    "clipping_note",
    "encoder_note",
    "level_note",
    "moment_note",
    "precision_note",
]

_WORTH_SAYING_LU = 1.0  # of a moment against the rest
_WORTH_SAYING_DB = 0.2  # a loudness missed by less is close enough
_WORTH_SAYING_RATE = 0.1  # a bit rate, of what was asked for
_ENOUGH_S = 3.0  # less is mostly an encoder's first and last frames


def channel_note(bands: Bands, channels: int) -> list[str]:
    """Say what bands for one channel, the middle or the sides act on where there aren't just two channels."""
    apart = [channel for channel in bands.channels if channel != "both"]
    lost = [channel for channel in apart if channel != "mid"]
    if channels == 1 and lost:
        return [f"one channel has no {' or '.join(lost)}: bands for that are left out"]
    if channels > 2 and apart:
        return [f"{' and '.join(apart)}: of the first two of {channels} channels"]
    return []


def precision_note(renderer: Renderer | RideRenderer | LinearRenderer) -> tuple[str, ...]:
    """Return a note if no filter of linear phase is long enough for the bands."""
    miss = renderer.miss if isinstance(renderer, LinearRenderer) else None
    if miss is None:
        return ()
    return (
        f"linear phase: from {miss.from_hz:.2f} to {miss.to_hz:.2f} Hz, where the EQ is too narrow for a filter of "
        f"{LinearRenderer.LONGEST_S:.0f} s on each side, its curve is missed by up to {miss.off_db:.1f} dB "
        "(down to -20 dB)",
    )


def moment_note(moment: Moment | None) -> list[str]:
    """Return a note if a moment became louder or softer against the rest than it was."""
    if moment is None or abs(moment.louder_lu) <= _WORTH_SAYING_LU:
        return []
    way = "louder" if moment.louder_lu > 0 else "softer"
    place = timestamp(round(10 * moment.at_s), 10)
    return [f"moments change against each other: at {place} it is {abs(moment.louder_lu):.1f} LU {way} than it was"]


def level_note(settings: Settings, trim: Trim, after: Loudness | None) -> list[str]:
    """Return a note if the loudness asked for was not reached. What a whole set was trimmed by is said of the set."""
    level = settings.level
    if level.mode == "keep" or settings.set_trim is not None:
        return []
    if level.mode == "lufs" and after is not None and after.lufs is None:
        return ["too short or too quiet for its loudness to be measured: its level was not changed"]
    if trim.ceiling_db > -_WORTH_SAYING_DB:
        return []
    wanted = "the input" if level.mode == "match" else f"{level} LUFS"
    return [f"{-trim.ceiling_db:.1f} dB quieter than {wanted}: more gain would exceed the peak ceiling"]


def clipping_note(clipped_samples: int) -> list[str]:
    if not clipped_samples:
        return []
    remedy = "match the input's loudness, choose a lower loudness or ceiling, or write 32-bit floats"
    return [f"{clipped_samples} sample{'s' * (clipped_samples > 1)} clipped; to avoid this, {remedy}"]


def encoder_note(settings: Settings, rendered: Loudness, encoded: Loudness) -> list[str]:
    """Return notes if an encoder changed the loudness, or raised peaks over the ceiling that they were held under."""
    notes = []
    if rendered.lufs is not None and encoded.lufs is not None:
        louder = encoded.lufs - rendered.lufs
        if abs(louder) > _WORTH_SAYING_DB:
            notes.append(f"the encoder makes it {abs(louder):.1f} LU {'louder' if louder > 0 else 'quieter'}")
    ceiling, was, peak = settings.effective_ceiling_db, rendered.true_peak_db, encoded.true_peak_db
    if ceiling is None or was is None or peak is None:
        return notes
    if was <= ceiling + 0.01 < peak - _WORTH_SAYING_DB:
        notes.append(
            f"the encoder raises the true peak to {peak:+.1f} dBTP: a ceiling of {2 * ceiling - peak:.1f} avoids it"
        )
    return notes


def bitrate_note(fmt: OutputFormat, info: AudioInfo, found_bps: float | None, *, seconds: float) -> list[str]:
    """Return a note if an encoder gave another bit rate than was asked for, as it was measured in what it wrote."""
    asked_bps = fmt.lossy.bitrate_bps
    if asked_bps is None or found_bps is None or seconds < _ENOUGH_S:
        return []
    if abs(found_bps / asked_bps - 1) <= _WORTH_SAYING_RATE:
        return []
    why = why_another_rate(fmt.subtype, asked_bps, found_bps, info.sample_rate, info.channels)
    return [f"{found_bps / 1000:.0f} kb/s instead of {asked_bps / 1000:g}: {why}"]
