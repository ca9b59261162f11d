"""The tools ``plan`` and ``adjust``: what a wish would do to some files, and a change of mind about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from eqmorph.agents.amounts import scaled_by_effect
from eqmorph.agents.changes import factor_of, reworded, scaled
from eqmorph.agents.decided import CHANGE, SOUND, Decided, decide_all, for_set, said_of, said_of_all
from eqmorph.agents.pictures import LEGEND, drawn
from eqmorph.agents.plans import Plan, facts_of, resolved
from eqmorph.agents.session import Session
from eqmorph.agents.tool import Answer, Tool, a_list, a_map, integer, maybe, number, text, yes_or_no
from eqmorph.agents.wording import TOOLS
from eqmorph.agents.work import Work
from eqmorph.balance import Balance, list_references
from eqmorph.batch import Source
from eqmorph.batch.references import find_reference
from eqmorph.errors import EqmorphError, UsageError
from eqmorph.kind import AUTO, KINDS
from eqmorph.plot.curve import SampledCurve
from eqmorph.presets import Preset, find_preset, list_presets
from eqmorph.request import EqRequest

__all__ = ["ADJUST", "PLAN"]

_MOST_DECIDED = 100  # files of a folder that are decided on one by one
_MOST_SHOWN = 50

_CURVE = yes_or_no("also draw the EQ as a picture", default=False)
_LIMIT = integer("how many files of a folder to show one by one", default=8, minimum=0, maximum=_MOST_SHOWN)
_ANSWER = a_map(
    {
        "plan": text("what apply and adjust know it by"),
        "asks_for": text("the wish as it is understood: words with weights"),
        "amount": number(),
        "reading": a_list(
            a_map({"text": text(), "words": text(), "why": text()}), "how each part of the wish was understood"
        ),
        "files": integer(),
        "sounds": a_list(SOUND, "the first files, or the only one"),
        "all": a_list(CHANGE, "the middle of all files, where there are several"),
        "decided_on": integer("how many files the figures are of"),
        "failed": a_list(text(), "files that can't be read"),
        "doubts": a_list(text(), "what is little known of the words"),
        "notes": a_list(text()),
        "next": text(),
        "legend": LEGEND,
    },
    optional=("legend",),
)


def _plan(
    session: Session,
    work: Work,
    *,
    path: str,
    wish: str | None = None,
    preset: str | None = None,
    reference: str | None = None,
    amount: float = 1.0,
    to_percentile: float | None = None,
    max_gain_db: float | None = None,
    album: bool = False,
    same_for_all: bool = False,
    kind: str = AUTO,
    curve: bool = False,
    limit: int = 8,
) -> Answer:
    sources, is_folder, notes = session.sources(path)
    balance = None if reference is None else _balance(session, reference, work)
    named = None if preset is None else _preset(preset)
    if wish is None and named is None and balance is None:
        raise UsageError("nothing is wished for", hint="Give wish, preset or reference.")
    if wish is not None and named is not None:
        raise UsageError("wish and preset can't be combined", hint="Give one of them, and adjust the plan in words.")
    request = EqRequest(
        wish,
        preset=named,
        amount=amount,
        to_percentile=None if to_percentile is None else to_percentile / 100,
        max_gain_db=max_gain_db,
        album=album,
        mode="fixed" if same_for_all else None,
        kind=kind,
        reference=balance,
    )
    return _made(session, work, request, 1.0, sources, is_folder, notes, curve, limit)


def _adjust(
    session: Session, work: Work, *, change: str, plan: str | None = None, curve: bool = False, limit: int = 8
) -> Answer:
    old = session.plans.get(plan)
    request, share, space = old.request, old.share, session.ear.space
    notes: list[str] = []
    factor = factor_of(change, space)
    if factor is None:
        request = reworded(request, change, space)
    elif request.effective_gain_db is None or request.to_percentile is not None:
        request, notes = scaled(request, factor)
    else:
        share, more = min(share * factor, 1.0), max(share * factor, 1.0)
        if more > 1:
            request, notes = scaled_by_effect(session, work, request, old.sources, more)
    return _made(session, work, request, share, list(old.sources), old.is_folder, notes, curve, limit)


def _made(
    session: Session,
    work: Work,
    request: EqRequest,
    share: float,
    sources: Sequence[Source],
    is_folder: bool,
    notes: list[str],
    curve: bool,
    limit: int,
) -> Answer:
    facts = facts_of(sources)
    some = _spread(sources, _MOST_DECIDED)
    work.expect_files(len(sources) + len(some) if request.album else len(some))
    eq = for_set(session, resolved(request, share, session.ear), sources, work)
    decided, failed = decide_all(session, eq, some, work)
    if failed and not decided:
        raise failed[0]
    if len(some) < len(sources):
        notes = [*notes, f"predicted from {len(some)} of the {len(sources)} files; apply decides on each"]
    seconds = sum(one.seconds for one in decided) * len(sources) / max(len(decided), 1)
    plan = Plan(session.plans.new_id(), request, tuple(sources), is_folder, facts, seconds, share)
    session.plans.keep(plan)
    asked = _asked(request, session)
    shown = decided[: max(limit, 1) if len(sources) == 1 else limit]
    data: dict[str, Any] = {
        "plan": plan.id,
        "asks_for": _said(request, session),
        "amount": round(share * request.total_amount, 3),
        "reading": _reading(request, session),
        "files": len(sources),
        "sounds": [said_of(session, one, asked) for one in shown],
        "all": said_of_all(decided, asked) if len(decided) > 1 else [],
        "decided_on": len(decided),
        "failed": [session.roots.cleaned(error.worded(TOOLS)) for error in failed[:_MOST_SHOWN]],
        "doubts": list(eq.doubts),
        "notes": notes,
        "next": "Nothing was written. apply writes it to a path, adjust changes it.",
    }
    if not curve:
        return Answer(data)
    data["legend"], picture = drawn(_curves(session, shown or decided, is_album=request.album))
    return Answer(data, picture)


def _curves(session: Session, decided: Sequence[Decided], *, is_album: bool) -> list[SampledCurve]:
    if is_album:
        return [decided[0].choice.bands.sampled(decided[0].sample_rate, name="the album")]
    return [one.choice.bands.sampled(one.sample_rate, name=session.roots.shown(one.source.path)) for one in decided]


def _spread(sources: Sequence[Source], most: int) -> list[Source]:
    """Return some of many files, from beginning to end."""
    if len(sources) <= most:
        return list(sources)
    return [sources[at * len(sources) // most] for at in range(most)]


def _asked(request: EqRequest, session: Session) -> list[str]:
    """Return the words that are asked for, the one with the largest weight first."""
    if request.wanted is None:
        return []
    terms = request.target_in(session.ear.space).terms
    return [term.word for term in sorted(terms, key=lambda term: -abs(term.weight))]


def _said(request: EqRequest, session: Session) -> str:
    parts = [str(request.target_in(session.ear.space))] if request.wanted is not None else []
    if request.preset is not None:
        parts.insert(0, f"the preset {request.preset.name}" + (":" if parts else ""))
    if request.reference is not None:
        parts.append(f"toward {request.reference.name}")
    return " ".join(parts)


def _reading(request: EqRequest, session: Session) -> list[dict[str, str]]:
    if not isinstance(request.words, str):
        return []
    return [
        {
            "text": " ".join(piece.text.split()),
            "words": ", ".join(f"{word}:{weight:g}" for word, weight in piece.terms) or f"{', '.join(piece.kept)} kept",
            "why": piece.why,
        }
        for piece in session.ear.space.read(request.words).pieces
    ]


def _preset(name: str) -> Preset:
    if name not in list_presets():  # a file of that name may lie anywhere
        raise UsageError(f"no preset is called {name!r}", hint=f"There are {', '.join(list_presets())}.")
    return find_preset(name)


def _balance(session: Session, name: str, work: Work) -> Balance:
    """Return what is kept by a name, or the tonal balance of a file or a folder."""
    if name in list_references():
        return find_reference([name])
    try:
        sources, _, _ = session.sources(name)
    except EqmorphError as error:
        known = ", ".join(list_references()) or "none"
        hint = error.remedy + f" Saved references: {known}."
        raise type(error)(error.problem, hint=hint, path=error.path) from error
    paths = [source.path for source in sources]
    balance = find_reference(paths, ear=session.ear, on_progress=work.watch)
    return replace(balance, name=session.roots.shown(session.roots.existing(name)))


PLAN = Tool(
    name="plan",
    title="Plan an EQ",
    description=(
        "Work out what a wish in plain words would do to an audio file, or to every file of a folder, and write "
        "nothing. Each file is listened to and gets what it lacks. The answer has a plan id for apply and adjust, how "
        "the wish was understood (check that it is what you meant), percentiles before and as predicted, the EQ, and "
        "which limits held it back. Wishes: 'a bit less harsh, more air', 'too dark', 'less 300Hz', also in Spanish, "
        "or exactly 'warm + muddy:-0.3'. Where words fight in a sound, notes say so: a smaller weight for one helps. "
        "Unknown words are refused with the nearest ones."
    ),
    arguments={
        "path": text("an audio file or a folder, such as 'music/song.wav'"),
        "wish": text("what is wanted, in words", maxLength=2000),
        "preset": text("a preset instead of a wish; the resource eqmorph://presets lists them"),
        "reference": text("bring the sound near to this recording, folder or saved reference; alone or with a wish"),
        "amount": number("how much of it: 0.5 is half, 1 is usual", default=1.0, minimum=0, maximum=2),
        "to_percentile": number(
            "give each file as much of the main word as brings it here, 50 being as usual: up for 'warm', down for "
            "'less harsh'; leave amount out then",
            minimum=1,
            maximum=99,
        ),
        "max_gain_db": number("move no frequency by more; usually 6, or 3 for an album", minimum=0.1, maximum=12),
        "album": yes_or_no(
            "one EQ and one gain for all files, so that they stay to each other as they are", default=False
        ),
        "same_for_all": yes_or_no("give every file the words' own EQ and don't adapt to it", default=False),
        "kind": text("what kind of sound it is, if that is told wrongly", default=AUTO, enum=list(KINDS)),
        "curve": _CURVE,
        "limit": _LIMIT,
    },
    required=("path",),
    answer=_ANSWER,
    run=_plan,
)
ADJUST = Tool(
    name="adjust",
    title="Adjust a plan",
    description=(
        "Change a plan by what somebody says of it, and answer as plan does, with a new plan id; nothing is written. "
        "'a bit less', 'more', 'half', 'much less', '80 %' make all of the EQ smaller or larger by as much. 'less "
        "warm, a bit more airy' changes single words: those already in the plan get more or less, others are added at "
        "half of what plan gives them."
    ),
    arguments={
        "change": text("what is to be different", maxLength=2000),
        "plan": maybe(text("the plan to change; the last one if left out")),
        "curve": _CURVE,
        "limit": _LIMIT,
    },
    required=("change",),
    answer=_ANSWER,
    run=_adjust,
)
