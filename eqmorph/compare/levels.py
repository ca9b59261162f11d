"""Equal loudness: each version's own gain to the original's loudness, and one trim for all where peaks need it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from eqmorph.level import DEFAULT_CEILING_DB, Level, Measured, Trim, decide_trim

__all__ = ["DEFAULT_CEILING_DB", "equal_trims"]


def equal_trims(measured: Sequence[Measured], ceiling_db: float) -> list[Trim]:
    """Return each version's gain: all are as loud as the original, less one trim so that none exceeds the ceiling.

    The original is trimmed as well. A source whose own peaks exceed the ceiling does not raise it here, as it would for
    a file by itself: what is compared must not differ in what a player makes of its peaks.
    """
    own = [
        decide_trim(
            Level("match"),
            ceiling_db,
            replace(one.before, true_peak_db=None),
            one.after,
            full_scale_db=one.full_scale_db,
        )
        for one in measured
    ]
    common_db = min((trim.ceiling_db for trim in own), default=0.0)
    return [Trim(trim.level_db, common_db) for trim in own]
