"""What is asked for becomes the EQ of a stream."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import replace

from eqmorph.adapt.eq import Eq
from eqmorph.adapt.following import Following
from eqmorph.errors import UsageError
from eqmorph.level import Level
from eqmorph.request import EqRequest
from eqmorph.stream.engine import USUAL_WINDOW_S, StreamEq
from eqmorph.wording import Means, Phrase

__all__ = ["asks_for_nothing", "resolve_for_stream", "stream_eq_of"]


def asks_for_nothing(request: EqRequest) -> bool:
    """Whether a stream stays as it is."""
    return request.total_amount == 0 and request.to_percentile is None


def resolve_for_stream(request: EqRequest) -> Eq:
    """Return what decides at each moment of a stream; it is the stream that follows, not the EQ.

    Raises:
        UsageError: what is asked for can't be had before all is heard, or isn't known.
    """
    if request.album:
        raise UsageError(
            Phrase("{} takes all files together, and a stream is one that never ends", Means.ALBUM),
            hint=Phrase("Leave out {}.", Means.ALBUM),
        )
    if request.phase == "linear":
        raise UsageError(
            Phrase(
                "an EQ that moves has minimum phase, and linear {} rings before a sound that a stream can't wait for",
                Means.PHASE,
            ),
            hint=Phrase("Leave out {}.", Means.PHASE),
        )
    return replace(request, follow=None, rate_db=None).resolve()


def stream_eq_of(
    request: EqRequest,
    eq: Eq,
    sample_rate: int,
    channels: int,
    *,
    level: Level,
    ceiling_db: float | None = None,
    worker: Executor | None = None,
) -> StreamEq:
    """Return the EQ of a stream, which follows as a request asks for.

    Args:
        request: what is asked for; where it doesn't say how to follow, as is usual.
        eq: that of `resolve_for_stream`.
        sample_rate: in Hz.
        channels: of all blocks.
        level: see `StreamEq`, as for all others.
        ceiling_db: the true peak to stay under.
        worker: runs decisions aside.
    """
    following = request.following or Following()
    return StreamEq(
        eq,
        sample_rate,
        channels,
        window_s=USUAL_WINDOW_S if following.window_s is None else following.window_s,
        rate_db=following.rate_db,
        level=level,
        ceiling_db=ceiling_db,
        worker=worker,
    )
