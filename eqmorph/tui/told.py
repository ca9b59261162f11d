"""What the session's screen says in words: of the EQ, of its words, of the level, of the file."""

from __future__ import annotations

from collections.abc import Callable

from eqmorph.adapt.account import Account
from eqmorph.analysis import percent
from eqmorph.audio.read import AudioInfo
from eqmorph.bands import PASSES, Bands
from eqmorph.model import GRID_HZ
from eqmorph.model.describe import MOST_SAID, describe_curve
from eqmorph.process import ProcessResult
from eqmorph.process.told import level_facts, word_rows
from eqmorph.tui.blend import Blend
from eqmorph.tui.play_level import PlayLevel
from eqmorph.tui.playback.player import PlayerStatus
from eqmorph.tui.preview import Preview
from eqmorph.tui.widgets.status_lines import Playing, clock

__all__ = ["facts", "heading", "level_said", "parts", "playing_status", "result_said", "why"]

_ON_LEAD, _OFF_LEAD = "B with EQ: ", "A before, without this EQ: "
_WORTH_SAYING_DB = 0.05


def heading(preview: Preview, columns: int, *, is_off: bool = False, solo: str = "") -> str:
    """Return what the EQ does, in as many clauses as there is room for: what does least is left out first.

    Args:
        preview: the EQ.
        columns: how many there are.
        is_off: the sound is heard without it.
        solo: what is heard alone.
    """
    lead = _OFF_LEAD if is_off else f"B with EQ, {solo}: " if solo else _ON_LEAD
    said = [_what_it_does(preview, most) for most in range(MOST_SAID, 0, -1)]
    is_general = preview.blend.is_adaptive and preview.sound is None and preview.blend.target is not None
    more = ", before the sound is known" * is_general + ", as a whole; it follows the sound" * (
        preview.ride is not None
    )
    texts = [lead + text + more for text in said] + [lead + said[-1]]
    texts += [lead + said[-1].split(", ")[0]]
    return next((text for text in texts if len(text) <= columns), texts[-1])


def _what_it_does(preview: Preview, most: int) -> str:
    if not preview.bands.is_flat:
        passes = [f"{band.spoken_name} at {_hertz(band.freq_hz)}" for band in preview.bands if band.kind in PASSES]
        rest = Bands(band for band in preview.bands if band.kind not in PASSES)
        return ", ".join([*passes, *([] if rest.is_flat else [describe_curve(rest.response_db(GRID_HZ), most=most)])])
    if preview.sound is not None and preview.sound.spectra.is_silent:
        return "flat; this file is silent"
    return f"flat; {_why_flat(preview.blend)}"


def _hertz(freq_hz: float) -> str:
    return f"{freq_hz:.0f} Hz" if freq_hz < 1000 else f"{freq_hz / 1000:.3g} kHz"


def _why_flat(blend: Blend) -> str:
    """Say what to do where nothing is asked for; else that what was asked for changes nothing."""
    if blend.preset is not None:
        return f"the preset {blend.preset.name} changes nothing"
    if not blend.amount:
        return "the amount is 0"
    if blend.target is not None:
        return "there is nothing to change"
    if not blend.terms:
        return "press a to add a word"
    return "move a slider with ← →, or press a to add a word"


def parts(account: Account) -> str:
    """Say of each word what it is like before and after, what the EQ does for it and what kept it back, a line each."""
    longest = max((len(change.word) for change in account.words), default=0)
    return "\n".join(
        f"{change.word:<{longest}}  {change.weight:+.2f}  "
        f"{percent(change.percentile_before):>3}% -> {percent(change.percentile_after):>3}%  "
        f"{change.contribution:<19}  {account.reasons(change)}".rstrip()
        for change in account.words
    )


def why(preview: Preview, evidence: Callable[[str], str]) -> str:
    """Say why the EQ is what it is; ``evidence`` says what is known of a word."""
    blend, account = preview.blend, preview.account
    if blend.preset is not None:
        said = [f"The preset {blend.preset.name}: the same bands for every sound."]
    elif blend.target is None:
        said = ["No words are asked for."] if blend.in_hand else [f"{_why_flat(blend).capitalize()}."]
    elif not blend.is_adaptive:
        said = ["Fixed: every sound gets the words' own EQ, whatever it is like."]
    elif preview.sound is not None and preview.sound.spectra.is_silent:
        said = ["This file is silent: there is nothing to equalize."]
    elif account is None:
        said = ["The sound is not known yet: this is what the words are by themselves."]
    else:
        said = [parts(account), account.effect]
        said += [f"Held back: {'; '.join(account.held_back)}"] if account.held_back else []
    if blend.in_hand:
        said.append(_by_hand(preview))
    known = [f"{term.word}: {evidence(term.word)}" for term in blend.wanted]
    return "\n\n".join([*said, *(["\n".join(["What is known of the words", *known])] if known else [])])


def _by_hand(preview: Preview) -> str:
    """Say which bands are not as they were decided on."""
    rows = preview.blend.in_hand.held(preview.came)
    said = [
        f"{number} {row.band.spoken_name}{' (off)' if row.is_off else ''}"
        for number, row in enumerate(rows, start=1)
        if row.is_by_hand
    ]
    return f"By hand: {', '.join(said)}." if said else "What was changed by hand has no band here."


def playing_status(status: PlayerStatus, preview: Preview, level: PlayLevel) -> Playing:
    return Playing(
        status.is_playing,
        status.is_bypassed,
        int(status.position_s),
        int(status.duration_s),
        0.0 if status.is_bypassed else round(level.trim.level_db, 1) + 0.0 if preview.sound else None,
        status.is_available,
        peaks_db=round(level.flat_gain_db - level.slots_db, 1) + 0.0,
        headroom_db=None if level.headroom_db is None else round(level.headroom_db, 1) + 0.0,
    )


def level_said(level: PlayLevel) -> str:
    """Say how loud the result will be against the file, and what its peaks have to do with that, in a line or two."""
    result = level.result
    if result is None:
        return "Its level is being measured."
    if result.true_peak_db is None:
        return "It is silent."
    loudness = "" if result.lufs is None else f"{result.lufs:.1f} LUFS, "
    said = [f"{loudness}true peak {round(result.true_peak_db, 1) + 0.0:+.1f} dBTP"]
    if level.trim.ceiling_db < -_WORTH_SAYING_DB:
        said.append(f"{-level.trim.ceiling_db:.1f} dB quieter than the file, for its peaks' sake")
    elif level.headroom_db is not None and level.headroom_db > _WORTH_SAYING_DB:
        said.append(f"as loud as the file, {level.headroom_db:.1f} dB under the ceiling")
    else:
        said.append("as loud as the file")
    if level.guard_db < -_WORTH_SAYING_DB:
        said.append(f"played {-level.guard_db:.1f} dB softer, since it goes beyond full scale")
    if level.slots_db < -_WORTH_SAYING_DB:
        said.append(f"played {-level.slots_db:.1f} dB softer, as loud as the quietest slot")
    return "; ".join(said) + "."


def result_said(result: ProcessResult) -> tuple[str, ...]:
    """Say what came of a file, as the command line does: its level, then each word, what it has, and what bound it."""
    lines = ["  ".join(level_facts(result))] if result.after is not None else []
    if result.account is not None:
        lines += ["  ".join(row).rstrip() for row in word_rows(result.account)]
        lines.append(result.account.effect)
    return tuple(filter(None, lines))


def facts(info: AudioInfo, duration_s: float) -> str:
    """Return a file's format, rate, channels and length."""
    channels = {1: "mono", 2: "stereo"}.get(info.channels, f"{info.channels} channels")
    return f"{info.format} {info.subtype}, {info.sample_rate / 1000:g} kHz, {channels}, {clock(duration_s)}"
