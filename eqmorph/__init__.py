"""eqmorph changes how audio feels by equalizing it: the public Python API.

    import eqmorph

    bands = eqmorph.Bands.parse("LS 120 +3; PK 1000 -2 Q0.7; HS 8k -3")
    louder_lows = eqmorph.apply(audio, 44_100, bands)
    eqmorph.apply_file("song.wav", "song-warm.wav", "warm:0.7")
    eqmorph.apply_folder("in", "out", eqmorph.preset("de-mud"), jobs=4)

Importing it loads nothing heavy; what is named below is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from eqmorph.version import __version__ as __version__

if TYPE_CHECKING:
    from eqmorph.adapt.decide import Decision
    from eqmorph.adapt.eq import Choice
    from eqmorph.analysis import Profile
    from eqmorph.analysis.shown import Trajectory
    from eqmorph.api import (
        analyze,
        analyze_file,
        apply,
        apply_file,
        apply_folder,
        apply_with_report,
        bands_for,
        compare_file,
        decide,
        hear,
        list_presets,
        list_references,
        make_study,
        preset,
        rank,
        reference,
        remove_reference,
        render_versions,
        save_reference,
        score_study,
        stream_eq,
        terms,
        watch_folder,
        write_report,
    )
    from eqmorph.balance import Balance
    from eqmorph.bands import Band, Bands
    from eqmorph.batch import FileResult, Outcome, Watched
    from eqmorph.batch.rank import RankedSound, Ranking
    from eqmorph.errors import EqmorphError, InputError, OutputError, UsageError
    from eqmorph.model import Term
    from eqmorph.presets import Preset
    from eqmorph.process import ProcessResult, Settings
    from eqmorph.request import EqRequest
    from eqmorph.stream import StreamEq

__all__ = [
    "Balance",
    "Band",
    "Bands",
    "Choice",
    "Decision",
    "EqRequest",
    "EqmorphError",
    "FileResult",
    "InputError",
    "Outcome",
    "OutputError",
    "Preset",
    "ProcessResult",
    "Profile",
    "RankedSound",
    "Ranking",
    "Settings",
    "StreamEq",
    "Term",
    "Trajectory",
    "UsageError",
    "Watched",
    "analyze",
    "analyze_file",
    "apply",
    "apply_file",
    "apply_folder",
    "apply_with_report",
    "bands_for",
    "compare_file",
    "decide",
    "hear",
    "list_presets",
    "list_references",
    "make_study",
    "preset",
    "rank",
    "reference",
    "remove_reference",
    "render_versions",
    "save_reference",
    "score_study",
    "stream_eq",
    "terms",
    "watch_folder",
    "write_report",
]

_HOMES = {
    "eqmorph.adapt.decide": ("Decision",),
    "eqmorph.adapt.eq": ("Choice",),
    "eqmorph.analysis": ("Profile",),
    "eqmorph.analysis.shown": ("Trajectory",),
    "eqmorph.api": (
        *("analyze", "analyze_file", "apply", "apply_file", "apply_folder", "apply_with_report"),
        *("bands_for", "compare_file", "decide", "hear", "list_presets", "list_references", "make_study"),
        *("preset", "rank", "reference", "remove_reference", "render_versions", "save_reference"),
        *("score_study", "stream_eq", "terms", "watch_folder", "write_report"),
    ),
    "eqmorph.balance": ("Balance",),
    "eqmorph.bands": ("Band", "Bands"),
    "eqmorph.batch": ("FileResult", "Outcome", "Watched"),
    "eqmorph.batch.rank": ("RankedSound", "Ranking"),
    "eqmorph.errors": ("EqmorphError", "InputError", "OutputError", "UsageError"),
    "eqmorph.model": ("Term",),
    "eqmorph.presets": ("Preset",),
    "eqmorph.process": ("ProcessResult", "Settings"),
    "eqmorph.request": ("EqRequest",),
    "eqmorph.stream": ("StreamEq",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name in _HOME_OF:
        return getattr(import_module(_HOME_OF[name]), name)
    raise AttributeError(f"module 'eqmorph' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
