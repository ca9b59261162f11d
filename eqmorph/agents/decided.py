"""What an EQ makes of some files, decided on without rendering anything, and said in a few lines of plain data."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np

from eqmorph._typing import Float64
from eqmorph.adapt.account import Account
from eqmorph.adapt.eq import Choice, Eq
from eqmorph.agents.session import Session
from eqmorph.agents.tool import Schema, a_list, a_map, integer, maybe, number, text
from eqmorph.agents.work import Work
from eqmorph.analysis import MAIN_WORDS, Profile
from eqmorph.analysis.suggest import percent
from eqmorph.audio.windows import Spectra, as_one_window
from eqmorph.bands import Bands
from eqmorph.batch import Source, on_threads
from eqmorph.errors import EqmorphError, Stopped, unexpected
from eqmorph.model import GRID_HZ
from eqmorph.model.describe import describe_curve

__all__ = ["CHANGE", "HELD_BACK", "SOUND", "Decided", "decide_all", "for_set", "said_of", "said_of_all", "words_of"]

_MOST_BESIDE = 3  # words that nobody asked for and that move as well
_LEAST_BESIDE = 0.05  # of the reference: by less, nothing moves

CHANGE: Schema = a_map(
    {
        "word": text(),
        "before": integer("percentile: louder in this word than so many of 100 sounds of its kind"),
        "after": integer("percentile as predicted"),
    }
)
HELD_BACK: Schema = a_list(text(), "what limits took off it")
SOUND: Schema = a_map(
    {
        "path": text(),
        "kind": maybe(text("mix, speech or instrument; null if it can't be told")),
        "seconds": number(),
        "words": a_list(CHANGE, "the words asked for, before and after"),
        "also": a_list(CHANGE, "other words that move, though nobody asked"),
        "does": text("what the EQ does"),
        "largest_db": number("the most it moves any frequency by"),
        "bands": text("the EQ: LS and HS are shelves, PK bells; frequency in Hz, gain in dB, Q"),
        "held_back": HELD_BACK,
        "notes": a_list(text()),
        "reference": a_map(
            {"name": text(), "db_before": number("mean distance by third-octaves"), "db_after": number("as predicted")}
        ),
    },
    optional=("reference",),
)


@dataclass(frozen=True, eq=False, slots=True)
class Decided:
    """What an EQ is for one file, and what it makes of it."""

    source: Source
    sample_rate: int
    seconds: float
    kind: str | None
    choice: Choice
    account: Account | None
    before: Profile
    after: Profile
    notes: tuple[str, ...] = ()

    @property
    def largest_db(self) -> float:
        """The most that any frequency is moved by."""
        return float(abs(_curve(self.choice.bands, self.sample_rate)).max())

    @property
    def size_db(self) -> float:
        """How large the EQ is: the root of its mean square."""
        return float(np.sqrt(np.mean(_curve(self.choice.bands, self.sample_rate) ** 2)))

    @property
    def is_silent(self) -> bool:
        return self.before.is_silent


def for_set(session: Session, eq: Eq, sources: Sequence[Source], work: Work) -> Eq:
    """Return the EQ for files that belong together; they are only heard if it follows from all."""

    def hear_all() -> list[Spectra]:
        sounds = []
        for source in sources:
            try:
                sounds.append(as_one_window(session.hear(source.path, work).spectra))
            except Stopped:
                raise
            except EqmorphError:  # it fails in its turn
                continue
            work.end_one()
        return sounds

    return eq.for_set(hear_all)


def decide_all(
    session: Session, eq: Eq, sources: Sequence[Source], work: Work
) -> tuple[list[Decided], list[EqmorphError]]:
    """Decide on each file; one that can't be heard doesn't stop the rest."""
    stop = threading.Event()

    def decide(source: Source) -> Decided:
        if stop.is_set():
            raise Stopped("called off")
        return _decide(session, eq, source, work)

    found: list[Decided] = []
    failed: list[EqmorphError] = []
    workers = min(session.workers, len(sources))
    with closing(on_threads(decide, sources, workers=workers, stop=stop, in_order=True)) as ended:
        for source, future in ended:
            error = future.exception()
            work.end_one()
            if error is None:
                found.append(future.result())
            else:
                failed.append(error if isinstance(error, EqmorphError) else unexpected(error, source.path))
    return found, failed


def _decide(session: Session, eq: Eq, source: Source, work: Work) -> Decided:
    heard = session.hear(source.path, work)
    spectra, rate = heard.spectra, heard.info.sample_rate
    ear = (eq.ear or session.ear).for_sound(spectra)
    before = ear.hear(spectra)
    choice = eq.decide(rate, spectra if eq.ear is not None else None, before if eq.ear is not None else None)
    decision = choice.decision
    account = None if decision is None else Account.of(decision, rate)
    after = decision.predicted if decision is not None else ear.hear(spectra, choice.bands)
    kind = ear.kind.value if ear.kind is not None else None
    seconds = spectra.frames / rate
    return Decided(source, rate, seconds, kind, choice, account, before, after, heard.notes)


def words_of(decided: Decided, asked: Sequence[str]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return how the words that were asked for change, and some others that change too."""
    before, after = decided.before, decided.after
    if decided.is_silent:
        return [], []

    def moved(word: str) -> float:
        return abs(after.percentile(word) - before.percentile(word))

    others = sorted((w for w in MAIN_WORDS if w in before.words and w not in asked), key=lambda w: -moved(w))
    beside = [word for word in others[:_MOST_BESIDE] if moved(word) >= _LEAST_BESIDE]
    first, second = (
        [{"word": w, "before": percent(before.percentile(w)), "after": percent(after.percentile(w))} for w in words]
        for words in (asked, beside)
    )
    return first, second


def said_of(session: Session, decided: Decided, asked: Sequence[str]) -> dict[str, Any]:
    """Return what is to be said of one file, as `SOUND` describes it."""
    words, also = words_of(decided, asked)
    account = decided.account
    curve = _curve(decided.choice.bands, decided.sample_rate)
    said: dict[str, Any] = {
        "path": session.roots.shown(decided.source.path),
        "kind": decided.kind,
        "seconds": round(decided.seconds, 1),
        "words": words,
        "also": also,
        "does": account.effect if account is not None else describe_curve(curve),
        "largest_db": round(decided.largest_db, 1),
        "bands": str(decided.choice.bands.rounded()),
        "held_back": list(account.held_back) if account is not None else [],
        "notes": [*decided.choice.notes, *decided.notes, *(_reservations(account) if account is not None else [])],
    }
    if account is not None and account.reference is not None:
        near = account.reference
        before, after = round(near.db_before, 1), round(near.db_predicted, 1)
        said["reference"] = {"name": near.name, "db_before": before, "db_after": after}
    return said


def said_of_all(decided: Sequence[Decided], asked: Sequence[str]) -> list[dict[str, Any]]:
    """Return how the words change in the middle of many files."""
    heard = [one for one in decided if not one.is_silent]
    if not heard:
        return []
    words = [*asked, *(word for word in MAIN_WORDS if word not in asked and word in heard[0].before.words)]
    return [
        {
            "word": word,
            "before": percent(median(one.before.percentile(word) for one in heard)),
            "after": percent(median(one.after.percentile(word) for one in heard)),
        }
        for word in words
        if word in asked or median(abs(o.after.percentile(word) - o.before.percentile(word)) for o in heard) >= 0.05
    ]


def _reservations(account: Account) -> list[str]:
    """Return what kept single words from being done."""
    said = [f"{change.word}: {why}" for change in account.words if (why := account.reasons(change))]
    main = account.words[0] if account.words else None
    if account.to_percentile is not None and main is not None and account.largest_db == 0 and main.weight > 0:
        said.append(f"it has more {main.word} than that; to come down to it, wish for less: -{main.word}")
    return said


def _curve(bands: Bands, sample_rate: int) -> Float64:
    return bands.held_response_db(GRID_HZ, sample_rate)
