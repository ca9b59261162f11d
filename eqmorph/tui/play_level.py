"""At which level a sound is played: the one that is written, before and after turned down alike where peaks need it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from eqmorph.adapt.eq import Choice
from eqmorph.level import Level, Loudness, Trim
from eqmorph.process import Settings, measure_file
from eqmorph.tui.preview import Preview

__all__ = ["PlayLevel", "measure_level"]


@dataclass(frozen=True, slots=True)
class PlayLevel:
    """The level at which a sound is heard with its EQ, and as it came.

    Attributes:
        trim: the gain that the result is written with.
        guard_db: a gain, zero or below, that only what is heard gets: a file of floats may go beyond full scale.
        source: how loud the file is; None until it was measured.
        result: how loud it will be, at its final level; None until it was measured: the trim is then an estimate.
        ceiling_db: the true peak to stay under, in dBTP; None if there is no limit.
        slots_db: a gain, zero or below, that only what is heard gets: so loud is the quietest of all slots.
    """

    trim: Trim = field(default_factory=Trim)
    guard_db: float = 0.0
    source: Loudness | None = None
    result: Loudness | None = None
    ceiling_db: float | None = None
    slots_db: float = 0.0

    @property
    def is_measured(self) -> bool:
        return self.result is not None

    @property
    def gain_db(self) -> float:
        """The gain with the EQ."""
        return self.trim.total_db + self.guard_db + self.slots_db

    @property
    def flat_gain_db(self) -> float:
        """The gain without it: none, but what peaks cost the result, so that both are equally loud."""
        return self.trim.ceiling_db + self.guard_db + self.slots_db

    @property
    def headroom_db(self) -> float | None:
        """How far the result's true peak stays under the ceiling; None while it is not known."""
        if self.result is None or self.result.true_peak_db is None or self.ceiling_db is None:
            return None
        return self.ceiling_db - self.result.true_peak_db

    def beside(self, others: Iterable[PlayLevel]) -> PlayLevel:
        """Return this as loud as the quietest of what it is compared with."""
        own_db = self.flat_gain_db - self.slots_db
        quietest_db = min([own_db, *(other.flat_gain_db - other.slots_db for other in others)])
        return replace(self, slots_db=quietest_db - own_db)

    def guessed(self, matching_gain_db: float) -> PlayLevel:
        """Return what to go on with until another EQ is measured: what peaks cost, they may cost again."""
        return replace(self, trim=Trim(matching_gain_db, self.trim.ceiling_db), result=None)


def measure_level(
    source: Path, output: Path, settings: Settings, preview: Preview, *, watch: Callable[[float], None]
) -> PlayLevel:
    """Render what was decided, measure it, and return the level at which it would be written. Nothing is written.

    Args:
        source: the file.
        output: what it would be written to.
        settings: those of the rendering.
        preview: the EQ that was decided on.
        watch: told the seconds of each block; stops the work by raising.

    Raises:
        EqmorphError: the file can't be read.
    """
    measured = measure_file(source, output, settings, choice=Choice(preview.bands, ride=preview.ride), watch=watch)
    if Choice(preview.bands, ride=preview.ride).is_flat and settings.level == Level():
        trim = Trim()  # the samples stay as they are
    else:
        trim = settings.decide_trim(measured.before, measured.after, full_scale_db=measured.full_scale_db)
    result = measured.after.louder_by(trim.total_db)
    peaks_db = (result.sample_peak_db, measured.before.louder_by(trim.ceiling_db).sample_peak_db)
    guard_db = min(0.0, *(-peak_db for peak_db in peaks_db if peak_db is not None), 0.0)
    ceiling_db, came_db = settings.effective_ceiling_db, measured.before.true_peak_db
    if ceiling_db is not None and came_db is not None:
        ceiling_db = max(ceiling_db, came_db)  # it is never stricter than the file itself
    return PlayLevel(trim, guard_db, measured.before, result, ceiling_db)
