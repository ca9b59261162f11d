"""What to do to a sound: all that a caller settles before the chain runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from eqmorph.adapt.eq import Eq
from eqmorph.audio.atomic import Preserved
from eqmorph.audio.formats import BIT_DEPTHS, FORMATS
from eqmorph.audio.hum import Mains
from eqmorph.audio.lossy import AS_USUAL, Lossy
from eqmorph.errors import UsageError
from eqmorph.level import DEFAULT_CEILING_DB, Level, Loudness, SetTrim, Sharing, Trim, decide_trim, trim_in_set
from eqmorph.wording import Means, Phrase

if TYPE_CHECKING:
    from eqmorph.exchange import Format

__all__ = ["Dithering", "Settings"]

Dithering = Literal["auto", "none"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What to do to a sound.

    ``eq`` decides on each sound's bands. ``ceiling_db`` (dBTP) defaults to -1, and to none if the level is kept.
    ``measure`` asks for loudness, true peak and scores of the result even where nothing needs them. ``format`` is a
    name in `eqmorph.audio.formats.FORMATS`, ``bit_depth`` one in `BIT_DEPTHS`; None keeps the source's. ``sharing`` is
    what the sounds of a set share, and ``set_trim`` that gain, once all are measured; None levels each by itself.
    ``export`` is how each sound's EQ is written for another program. ``lossy`` is what is asked of encoders that lose
    something. ``dither`` is whether samples that an EQ or a gain changed are dithered before they become integers, and
    ``dehum`` the mains whose hum is taken out: 50 or 60 Hz, or whichever there is. ``preserve`` is what results have of
    their source's permissions and times.
    """

    eq: Eq
    level: Level = field(default_factory=Level)
    ceiling_db: float | None = None
    format: str | None = None
    bit_depth: str | None = None
    repair: bool = False
    measure: bool = False
    sharing: Sharing = "nothing"
    set_trim: SetTrim | None = None
    export: Format | None = None
    lossy: Lossy = AS_USUAL
    dither: Dithering = "auto"
    dehum: Mains | None = None
    preserve: tuple[Preserved, ...] = ()

    def __post_init__(self) -> None:
        if self.format is not None and self.format not in FORMATS:
            raise UsageError(f"unknown format {self.format!r}", hint=f"Formats are {', '.join(FORMATS)}.")
        if self.bit_depth is not None and self.bit_depth not in BIT_DEPTHS:
            raise UsageError(f"unknown bit depth {self.bit_depth!r}", hint=f"Bit depths are {', '.join(BIT_DEPTHS)}.")
        if self.dehum not in (None, *get_args(Mains)):
            raise UsageError(f"unknown mains {self.dehum!r}", hint="Choices are auto, 50 and 60.")
        if unknown := set(self.preserve) - set(get_args(Preserved)):
            raise UsageError(f"{min(unknown)!r} can't be preserved", hint="Choices are mode and mtime.")
        if self.dither not in get_args(Dithering):
            raise UsageError(f"unknown dither {self.dither!r}", hint="Choices are auto and none.")
        if self.ceiling_db is not None and not -60 <= self.ceiling_db <= 20:
            raise UsageError(f"ceiling {self.ceiling_db:g} dBTP is out of range", hint="The usual ceiling is -1.")
        if self.sharing == "ceiling" and not self.needs_trim:
            raise UsageError(
                Phrase("{} has nothing to share: {} trims no file", Means.TOGETHER, Means.LEVEL_KEEP),
                hint=Phrase("Leave out one of them, or ask for a {}.", Means.CEILING),
            )

    @property
    def listens(self) -> bool:
        """Whether a sound must be heard before it is rendered."""
        return self.eq.ear is not None or self.dehum is not None

    @property
    def effective_ceiling_db(self) -> float | None:
        """The true peak that a result stays under; None if there is no limit."""
        if self.ceiling_db is not None or self.level.mode == "keep":
            return self.ceiling_db
        return DEFAULT_CEILING_DB

    @property
    def needs_trim(self) -> bool:
        """Whether the gain follows from the whole result, which must then be known before any of it is written."""
        return self.level.mode != "keep" or self.ceiling_db is not None

    @property
    def measures(self) -> bool:
        """Whether loudness and true peaks must be known, of a sound and of its result."""
        return self.needs_trim or self.measure

    @property
    def needs_set_trim(self) -> bool:
        """Whether the gain follows from all sounds of a set, which must be measured before any is written."""
        return self.sharing != "nothing" and self.needs_trim

    @property
    def known_trim(self) -> Trim | None:
        """The gain, where it is known before a sound is rendered: an album's."""
        if self.set_trim is None or self.sharing != "gain":
            return None
        return Trim(self.set_trim.level_db, self.set_trim.ceiling_db)

    def decide_trim(self, before: Loudness, after: Loudness, *, full_scale_db: float | None) -> Trim:
        """Decide on the gain of a result measured as ``after``."""
        if self.set_trim is not None:
            return trim_in_set(self.sharing, self.level, self.set_trim, before, after)
        return decide_trim(self.level, self.effective_ceiling_db, before, after, full_scale_db=full_scale_db)

    @property
    def leaves_levels(self) -> bool:
        """Whether a sound that the EQ leaves as it is may stay so."""
        return self.level.mode != "lufs" and (self.set_trim is None or self.set_trim.total_db == 0)
