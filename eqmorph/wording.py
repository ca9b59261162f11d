"""Text that names what a caller can set, in the words of the front door that shows it.

An error below the front doors may have to say "choose another format", which is ``--format`` on the command line,
``format`` in Python and a name's extension in the app. So it says `Means.FORMAT`, and the front door puts it into
its own words. Python's are here, since ``str`` is what a traceback shows; `eqmorph.cli.wording` and
`eqmorph.tui.wording` hold the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

__all__ = ["PYTHON", "Means", "Named", "Phrase", "Words", "decibels", "worded"]


class Means(Enum):
    """Something that a caller can set or call. The values are Python's names; ``{}`` stands for what it is set to."""

    OVERWRITE = 'existing="overwrite"'
    REPLACE = "overwrite=True"
    SKIP_EXISTING = 'existing="skip"'
    RESUME = 'existing="resume"'
    TRAJECTORIES = "trajectories=True"
    NO_TRAJECTORIES = "trajectories=False"
    APPLY = "eqmorph.apply_folder()"
    ANALYZE = "eqmorph.analyze_file()"
    FORMAT = "format"
    BIT_DEPTH = "bit_depth"
    BITRATE = "bitrate"
    QUALITY = "quality"
    OR_STDIN = ""
    REPAIR = "repair=True"
    AMOUNT = "amount"
    MODE = "mode"
    FIXED = 'mode="fixed"'
    MAX_GAIN = "max_gain_db"
    TO_PERCENTILE = "to_percentile"
    ALBUM = "album"
    TOGETHER = "together"
    LEVEL_KEEP = 'level="keep"'
    CEILING = "ceiling_db"
    REFINE = "refine"
    KIND = "kind"
    FOLLOW = "follow"
    PHASE = "phase"
    RATE = "rate_db"
    ENCODER = "encoder"
    MODEL = "model_folder"
    WORDS = "words"
    PRESET = "preset"
    BANDS = "bands"
    ASK_WORDS = "words={!r}"
    USE_PRESET = "eqmorph.preset({!r})"
    LIST_PRESETS = "eqmorph.list_presets()"
    REFERENCE = "reference"
    LIST_REFERENCES = "eqmorph.list_references()"
    LIST_WORDS = "eqmorph.terms()"
    SHOW_EQ = "eqmorph.bands_for()"
    MORPH = "`eqmorph morph`"
    TRAIN_EQ = "`eqmorph train eq`"
    TRAIN_AUDIO = "`eqmorph train audio`"
    TRAIN_REFERENCE = "`eqmorph train reference`"
    TRACEBACK = "this traceback"
    TIMEOUT = "timeout_s"
    MAX_MEMORY = "max_memory_bytes"
    WORKERS = "workers"
    FOLLOW_LINKS = "follow_links=True"
    SHARD = "`eqmorph apply --shard`"
    SEAL = "`eqmorph train seal {}`"
    COMPARE_BLIND = "eqmorph.render_versions(..., blind=True)"
    MAKE_STUDY = "eqmorph.make_study()"
    PLAY_AGAIN = "try again"
    EMBED = "embed"
    RAW = "raw"
    SERVE_TOKEN = "a token"
    REPORT = "`FileResult.to_record(with_spectrum=True)`, a line each"

    def named(self, value: object) -> Named:
        """Set this to a value."""
        return Named(self, str(value))


class Named(NamedTuple):
    """Means, and what they are set to."""

    means: Means
    value: str


Words = Mapping[Means, str]
PYTHON: Words = {means: means.value for means in Means}


class Phrase:
    """Text with a ``{}`` for each of the means that it names. ``str`` puts it into Python's words."""

    def __init__(self, text: str, *means: Means | Named) -> None:
        self._text = text
        self._means = [m if isinstance(m, Named) else Named(m, "") for m in means]

    def worded(self, words: Words) -> str:
        """Return the text in a front door's words."""
        return self._text.format(*(words[named.means].format(named.value) for named in self._means))

    def __str__(self) -> str:
        return self.worded(PYTHON)

    def __add__(self, more: str | Phrase) -> Phrase:
        if isinstance(more, Phrase):
            return Phrase(self._text + more._text, *self._means, *more._means)
        return Phrase(self._text + _escaped(more), *self._means)

    def __radd__(self, text: str) -> Phrase:
        return Phrase(_escaped(text) + self._text, *self._means)


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def worded(text: str | Phrase, words: Words) -> str:
    """Return a text or phrase in a front door's words."""
    return text.worded(words) if isinstance(text, Phrase) else text


def decibels(value: float | None, unit: str = "dB", *, signed: bool = False) -> str:
    """Format a level for people: ``-14.2 LUFS``, or a dash where there is none."""
    if value is None:
        return "–"
    rounded = round(value, 1) + 0.0  # no minus in front of a zero
    return f"{rounded:+.1f} {unit}" if signed and rounded else f"{rounded:.1f} {unit}"
