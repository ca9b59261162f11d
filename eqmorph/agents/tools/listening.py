"""The tools ``listen``, ``rank`` and ``compare``: what files are like, by themselves and against each other."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

from eqmorph.adapt.fixed import BandsEq
from eqmorph.agents.pictures import LEGEND, drawn
from eqmorph.agents.session import Session
from eqmorph.agents.tool import Answer, Schema, Tool, a_list, a_map, integer, maybe, number, text, yes_or_no
from eqmorph.agents.wording import TOOLS
from eqmorph.agents.work import Work
from eqmorph.analysis import MAIN_WORDS, Profile
from eqmorph.analysis.suggest import percent, suggest
from eqmorph.bands import Bands
from eqmorph.batch import Source
from eqmorph.batch.rank import RankedSound, Ranking, rank_files
from eqmorph.compare.versions import Ask, Version, compare_file
from eqmorph.errors import UsageError
from eqmorph.heard import Heard
from eqmorph.kind import AUTO, KINDS, Kind
from eqmorph.level import Level, Loudness
from eqmorph.model import GRID_HZ
from eqmorph.plot.curve import SampledCurve
from eqmorph.process import Settings, measure_file
from eqmorph.target import Target

__all__ = ["COMPARE", "LISTEN", "RANK"]

_MOST_SHOWN = 100
_MOST_COMPARED = 6

_PLACE = a_map({"word": text(), "percentile": integer("of 100 sounds of its kind, so many have less of it")})
_FILE = a_map(
    {
        "path": text(),
        "kind": maybe(text("mix, speech or instrument; null if it can't be told")),
        "seconds": number(),
        "silent": {"type": "boolean"},
        "words": a_list(_PLACE),
        "format": text(),
        "sample_rate": integer(),
        "channels": integer(),
        "loudness_lufs": maybe(number()),
        "true_peak_dbtp": maybe(number()),
        "suggestion": text(),
        "notes": a_list(text()),
    },
    optional=("format", "sample_rate", "channels", "loudness_lufs", "true_peak_dbtp", "suggestion", "notes"),
)
_SUMMARY = a_list(
    a_map(
        {
            "word": text(),
            "median": integer("percentile in the middle of the files"),
            "least": a_map({"path": text(), "percentile": integer()}),
            "most": a_map({"path": text(), "percentile": integer()}),
        }
    ),
    "of a folder, each word over all files",
)
_KIND: Schema = text("what kind of sound it is, if that is told wrongly", default=AUTO, enum=list(KINDS))


def _listen(
    session: Session,
    work: Work,
    *,
    path: str,
    words: Sequence[str] | None = None,
    kind: str = AUTO,
    curve: bool = False,
    limit: int = 8,
) -> Answer:
    sources, is_folder, notes = session.sources(path)
    asked = _known(session, words) if words else list(MAIN_WORDS)
    if not is_folder:
        return _listen_to_one(session, work, sources[0], asked, kind, curve)
    ranking = _ranked(session, work, sources, Target.of((word, 1.0) for word in asked), kind)
    heard = [*ranking.sounds, *ranking.silent]
    kinds: dict[str, int] = {}
    for sound in heard:
        kinds[_kind(sound) or "unknown"] = kinds.get(_kind(sound) or "unknown", 0) + 1
    in_order = sorted(heard, key=lambda sound: str(sound.path))
    data = {
        "files": len(sources),
        "kinds": kinds,
        "sounds": [_ranked_file(session, sound, asked) for sound in in_order[:limit]],
        "summary": [_summary(session, ranking.sounds, at, word) for at, word in enumerate(asked)]
        if ranking.sounds
        else [],
        "failed": _failed(session, ranking),
        "notes": [*notes, *(["a picture is of one file: name one"] if curve else [])],
    }
    return Answer(data)


def _listen_to_one(
    session: Session, work: Work, source: Source, words: Sequence[str], kind: str, curve: bool
) -> Answer:
    heard, profile, of_kind = _heard(session, work, source, kind)
    loudness = _loudness(source, work)
    ear = session.ear.of(of_kind)
    sound = _profiled(session, source, heard, profile, of_kind, words) | {
        "format": f"{heard.info.format} {heard.info.subtype}".strip(),
        "sample_rate": heard.info.sample_rate,
        "channels": heard.info.channels,
        "loudness_lufs": _rounded(loudness.lufs),
        "true_peak_dbtp": _rounded(loudness.true_peak_db),
        "suggestion": suggest(ear, profile, MAIN_WORDS).text,
        "notes": list(heard.notes),
    }
    kinds = {(of_kind.value if of_kind is not None else "unknown"): 1}
    data: dict[str, Any] = {
        "files": 1,
        "kinds": kinds,
        "sounds": [sound],
        "summary": [],
        "failed": [],
        "notes": [],
    }
    if not curve:
        return Answer(data)
    against = "what is usual of its kind"
    data["legend"], picture = drawn([SampledCurve(GRID_HZ, profile.curve_db, f"{sound['path']}, against {against}")])
    return Answer(data, picture)


def _rank(
    session: Session,
    work: Work,
    *,
    path: str,
    by: str,
    top: int = 10,
    below: float | None = None,
    kind: str = AUTO,
) -> Answer:
    sources, _, notes = session.sources(path)
    target = session.ear.space.target(by)
    ranking = _ranked(session, work, sources, target, kind)
    part = ranking.part(top=top, below=None if below is None else below / 100)
    words = [term.word for term in target.terms]
    data = {
        "by": str(target),
        "files": len(sources),
        "ranked": [
            {"rank": at, "place": _place(sound), **_ranked_file(session, sound, words)}
            for at, sound in enumerate(part.sounds, start=1)
        ],
        "silent": len(ranking.silent),
        "failed": _failed(session, ranking),
        "notes": notes,
    }
    return Answer(data)


def _compare(
    session: Session,
    work: Work,
    *,
    paths: Sequence[str],
    wish: str | None = None,
    amounts: Sequence[float] = (0.5, 1.0),
    max_gain_db: float | None = None,
    words: Sequence[str] | None = None,
    kind: str = AUTO,
    curve: bool = False,
) -> Answer:
    sources = []
    for path in paths:
        found, is_folder, _ = session.sources(path)
        if is_folder:
            raise UsageError(
                f"{session.roots.shown(session.roots.existing(path))} is a folder",
                hint="compare takes files; listen and rank take folders.",
            )
        sources += found
    if wish is not None:
        if len(sources) != 1:
            raise UsageError("versions are of one file", hint="Give one path with a wish, or several without.")
        return _versions(session, work, sources[0], wish, amounts, max_gain_db, kind, curve)
    if len(sources) < 2:
        raise UsageError("there is nothing to compare it with", hint="Give several paths, or a wish.")
    asked = _known(session, words) if words else list(MAIN_WORDS)
    rows, curves = [], []
    for source in sources:
        heard, profile, of_kind = _heard(session, work, source, kind)
        loudness = _loudness(source, work)
        name = session.roots.shown(source.path)
        rows.append(
            {
                "name": name,
                "words": _profiled(session, source, heard, profile, of_kind, asked)["words"],
                "loudness_lufs": _rounded(loudness.lufs),
                "true_peak_dbtp": _rounded(loudness.true_peak_db),
            }
        )
        curves.append(SampledCurve(GRID_HZ, profile.curve_db, name))
    return _compared(rows, curves, [], curve)


def _versions(
    session: Session,
    work: Work,
    source: Source,
    wish: str,
    amounts: Sequence[float],
    max_gain_db: float | None,
    kind: str,
    curve: bool,
) -> Answer:
    ask = Ask(wish, tuple(amounts), max_gain_db, kind=kind)
    comparison = compare_file(source.path, ask, watch=work.watch)
    session.roots.check_input(source.path)
    rate = comparison.info.sample_rate

    def row(version: Version) -> dict[str, Any]:
        silent = comparison.is_silent
        places = [] if silent else comparison.places(version)
        return {
            "name": version.name,
            "words": [{"word": place.word, "percentile": percent(place.percentile)} for place in places],
            "loudness_lufs": _rounded(version.after.lufs),
            "true_peak_dbtp": _rounded(version.after.true_peak_db),
            "does": version.description,
            "bands": str(version.bands.rounded()),
            "held_back": list(version.account.held_back) if version.account is not None else [],
        }

    curves = [version.bands.sampled(rate, name=version.name) for version in comparison.versions[1:]]
    return _compared([row(version) for version in comparison.versions], curves, list(comparison.doubts), curve)


def _compared(rows: list[dict[str, Any]], curves: Sequence[SampledCurve], notes: list[str], curve: bool) -> Answer:
    data: dict[str, Any] = {"compared": rows, "notes": notes}
    if not curve:
        return Answer(data)
    data["legend"], picture = drawn(curves)
    return Answer(data, picture)


def _ranked(session: Session, work: Work, sources: Sequence[Source], target: Target, kind: str) -> Ranking:
    ear = session.ear if kind == AUTO else session.ear.of(Kind(kind))
    work.expect_files(len(sources))
    ranking = rank_files(
        ear,
        sources,
        target,
        cache=session.cache,
        workers=min(session.workers, len(sources)),
        watch=work.watch,
        on_end=work.end_one,
    )
    work.check()
    return ranking


def _heard(session: Session, work: Work, source: Source, kind: str) -> tuple[Heard, Profile, Kind | None]:
    heard = session.hear(source.path, work)
    ear = session.ear.for_sound(heard.spectra) if kind == AUTO else session.ear.of(Kind(kind))
    return heard, ear.hear(heard.spectra), ear.kind


def _loudness(source: Source, work: Work) -> Loudness:
    settings = Settings(BandsEq(Bands()), Level("keep"))
    as_if = source.path.with_suffix(".wav")  # nothing is written
    return measure_file(source.path, as_if, settings, watch=work.watch).before


def _profiled(
    session: Session, source: Source, heard: Heard, profile: Profile, kind: Kind | None, words: Sequence[str]
) -> dict[str, Any]:
    silent = profile.is_silent
    return {
        "path": session.roots.shown(source.path),
        "kind": kind.value if kind is not None else None,
        "seconds": round(heard.spectra.frames / heard.spectra.sample_rate, 1),
        "silent": silent,
        "words": [] if silent else [{"word": word, "percentile": percent(profile.percentile(word))} for word in words],
    }


def _ranked_file(session: Session, sound: RankedSound, words: Sequence[str]) -> dict[str, Any]:
    return {
        "path": session.roots.shown(sound.path),
        "kind": _kind(sound),
        "seconds": round(sound.duration_s, 1),
        "silent": sound.place is None,
        "words": [
            {"word": word, "percentile": percent(place)} for word, place in zip(words, sound.percentiles, strict=False)
        ],
    }


def _summary(session: Session, sounds: Sequence[RankedSound], at: int, word: str) -> dict[str, Any]:
    in_order = sorted(sounds, key=lambda sound: sound.percentiles[at])

    def named(sound: RankedSound) -> dict[str, Any]:
        return {"path": session.roots.shown(sound.path), "percentile": percent(sound.percentiles[at])}

    middle = percent(median(sound.percentiles[at] for sound in sounds))
    return {"word": word, "median": middle, "least": named(in_order[0]), "most": named(in_order[-1])}


def _known(session: Session, words: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(session.ear.space.term(word).word for word in words))


def _failed(session: Session, ranking: Ranking) -> list[str]:
    return [session.roots.cleaned(failed.error.worded(TOOLS)) for failed in ranking.failed[:20]]


def _kind(sound: RankedSound) -> str | None:
    return sound.kind.value if sound.kind is not None else None


def _place(sound: RankedSound) -> int | None:
    return None if sound.place is None else percent(sound.place)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


LISTEN = Tool(
    name="listen",
    title="Say what a file or folder is like",
    description=(
        "Listen to an audio file, or to all of a folder, and say what it is like in words: percentiles among sounds of "
        "its kind, where 50 is as usual and 90 is more than nearly all. A file also gets loudness, true peak, format "
        "and a suggestion; a folder the median of each word and the files at its ends. To find the files with most "
        "of something, use rank."
    ),
    arguments={
        "path": text("an audio file or a folder"),
        "words": a_list(text(), "which words; the 13 main ones if left out", minItems=1, maxItems=20),
        "kind": _KIND,
        "curve": yes_or_no("also draw its spectrum against what is usual; for one file", default=False),
        "limit": integer("how many files of a folder to show one by one", default=8, minimum=0, maximum=_MOST_SHOWN),
    },
    required=("path",),
    answer=a_map(
        {
            "files": integer(),
            "kinds": {
                "type": "object",
                "description": "how many files of each kind",
                "additionalProperties": integer(),
            },
            "sounds": a_list(_FILE),
            "summary": _SUMMARY,
            "failed": a_list(text(), "files that can't be read"),
            "notes": a_list(text()),
            "legend": LEGEND,
        },
        optional=("legend",),
    ),
    run=_listen,
)
RANK = Tool(
    name="rank",
    title="Order files by words",
    description=(
        "Order the audio files of a folder by how much of some words is in each, those with most first: which is the "
        "harshest, the ten warmest, what lacks clarity (below). A place is a percentile among sounds of the same kind. "
        "Thousands of files take long once, and seconds afterwards."
    ),
    arguments={
        "path": text("a folder"),
        "by": text("'harsh', or several words such as 'warm - harsh'", maxLength=2000),
        "top": integer("how many to show", default=10, minimum=1, maximum=_MOST_SHOWN),
        "below": number("only files whose place is below this percentile", minimum=0, maximum=100),
        "kind": _KIND,
    },
    required=("path", "by"),
    answer=a_map(
        {
            "by": text(),
            "files": integer(),
            "ranked": a_list(
                a_map(
                    {
                        "rank": integer(),
                        "place": maybe(integer()),
                        "path": text(),
                        "kind": maybe(text()),
                        "seconds": number(),
                        "silent": {"type": "boolean"},
                        "words": a_list(_PLACE),
                    }
                )
            ),
            "silent": integer("files in which nothing is heard"),
            "failed": a_list(text()),
            "notes": a_list(text()),
        }
    ),
    run=_rank,
)
COMPARE = Tool(
    name="compare",
    title="Compare files or versions",
    description=(
        "Several files side by side, such as a source and its result: percentiles, loudness, peaks. Or, with a wish, "
        "the versions that could be made of one file, predicted and measured: as it is, by the words' own EQ (fixed), "
        "and by some amounts of what it lacks (adaptive). Nothing is written."
    ),
    arguments={
        "paths": a_list(text(), "two to six audio files, or one with a wish", minItems=1, maxItems=_MOST_COMPARED),
        "wish": text("compare versions of one file for this wish", maxLength=2000),
        "amounts": a_list(number(minimum=0, maximum=2), "amounts to adapt by", default=[0.5, 1.0], maxItems=4),
        "max_gain_db": number("move no frequency by more", minimum=0.1, maximum=12),
        "words": a_list(text(), "which words; the 13 main ones if left out", minItems=1, maxItems=20),
        "kind": _KIND,
        "curve": yes_or_no("also draw the curves", default=False),
    },
    required=("paths",),
    answer=a_map(
        {
            "compared": a_list(
                a_map(
                    {
                        "name": text(),
                        "words": a_list(_PLACE),
                        "loudness_lufs": maybe(number("as loud as the EQ leaves it")),
                        "true_peak_dbtp": maybe(number()),
                        "does": text(),
                        "bands": text(),
                        "held_back": a_list(text()),
                    },
                    optional=("does", "bands", "held_back"),
                )
            ),
            "notes": a_list(text()),
            "legend": LEGEND,
        },
        optional=("legend",),
    ),
    run=_compare,
)
