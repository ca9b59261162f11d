"""What was done to one file, as a picture."""

from __future__ import annotations

from pathlib import Path

from eqmorph.analysis import listen_to_file
from eqmorph.analysis.pictured import before_after
from eqmorph.plot.shown import SoundPicture
from eqmorph.process.chain import ProcessResult
from eqmorph.process.settings import Settings

__all__ = ["sound_picture"]


def sound_picture(source: Path, settings: Settings, result: ProcessResult) -> SoundPicture | None:
    """Return a file before and after, and how its EQ came about; None for silence.

    The file is listened to again: a result keeps no spectra, so that thousands of them take little memory.
    """
    spectra = listen_to_file(source, repair=settings.repair)
    if spectra.is_silent:
        return None
    rate = spectra.sample_rate
    choice = settings.eq.decide(rate, spectra)
    decided = choice.decision.picture(rate) if choice.decision is not None else None
    eq = result.bands if choice.ride is None else choice.ride
    return SoundPicture(before_after(spectra, eq, trim_db=result.trim.total_db), result.bands.picture(rate), decided)
