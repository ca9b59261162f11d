"""People in halves: words made of what one half answered, judged by the other."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from eqmorph.errors import UsageError
from eqmorph.evaluate.people.confidence import Listeners
from eqmorph.evaluate.people.derived import judge_derived
from eqmorph.evaluate.people.measures import (
    correlations,
    energy_distance,
    error_db,
    level_matched_mmd,
    published_mmd,
)
from eqmorph.evaluate.people.peers import SOUNDS, DemoSetting
from eqmorph.evaluate.people.report import PeopleReport, Shown
from eqmorph.evaluate.people.rows import ROWS, Judged, PlainWord, Word, WordBuilder, rows_of, saved_by_word
from eqmorph.evaluate.people.splits import Judges, Split, halves
from eqmorph.model.settings import POINTS, on_grid
from eqmorph.model.space import SemanticSpace
from eqmorph.train.corpus import AUDEALIZE_HZ, Answer, Setting, WordCurve

__all__ = ["ENOUGH_ANSWERS", "evaluate_people"]

ENOUGH_ANSWERS = 6
_ENOUGH_OF_A_SOUND = 4  # held-out listeners to one sound, or all of the word's judge its demo settings
_TIMED = 60


def evaluate_people(
    answers: Sequence[Answer],
    settings: Sequence[Setting],
    builder: WordBuilder,
    space: SemanticSpace,
    *,
    peers: Sequence[DemoSetting] = (),
    published: Sequence[WordCurve] = (),
    derived: Mapping[str, Word] | None = None,
    splits: int = 20,
    seed: int = 0,
    say: Callable[[str], None] = lambda _: None,
) -> PeopleReport:
    """Halve the answers ``splits`` times; have words made of one half, and judge them by the other.

    Args:
        answers: of people, one by one.
        settings: that people saved under words; known to those who learn.
        builder: makes words of answers and settings.
        space: fits bands, and is timed.
        peers: what other systems gave.
        published: means of the same people, which are shown for comparison and prove nothing.
        derived: words as their synonyms alone have them, each as if nobody had been asked about it.
        splits: how many.
        seed: of all that is drawn.
        say: told after each quarter of the splits.

    Raises:
        UsageError: no word has enough answers.
    """
    counts = Counter(answer.word for answer in answers)
    words = sorted((word for word, count in counts.items() if count >= ENOUGH_ANSWERS), key=lambda w: (-counts[w], w))
    if not words:
        raise UsageError(f"no word has {ENOUGH_ANSWERS} answers", hint="Give more people's answers.")
    started = time.perf_counter()
    report = PeopleReport({word: counts[word] for word in words}, len(answers), len(settings), splits, seed)
    saved, seven = saved_by_word(settings), report.seven
    alone = {
        "safe": builder((), settings, charts=False, thesaurus=False),
        "charts": builder((), (), charts=True, thesaurus=False),
    }
    means = {curve.word: PlainWord(on_grid(curve.curve_db, AUDEALIZE_HZ), 0.0) for curve in published}
    if means:
        alone["published"] = means
    found: dict[tuple[str, str], list[dict[str, float]]] = defaultdict(list)
    heard: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    listeners = Listeners()
    demos: dict[tuple[str, str], list[DemoSetting]] = defaultdict(list)
    for peer in peers:
        demos[peer.system, peer.word].append(peer)
    for number, split in enumerate(halves(answers, splits, seed=seed)):
        ours = builder(split.taught, settings)
        for word, judges in split.judges.items():
            if word in ours:
                listeners.add(number, word, ours[word], judges)
        rows = rows_of(
            split, number, words, settings, ours,
            builder=builder, alone=alone, saved=saved, as_bands=space.fitted_curve, in_bands=seven, seed=seed,
        )  # fmt: skip
        for row, known in rows.items():
            for word, judged in known.items():
                if word in split.judges:
                    found[row, word].append(_measured(judged, split.judges[word]))
        for (system, word), settings_of in demos.items():
            if word in split.judges:
                found[system, word].append(_measured_by_sound(settings_of, split.judges[word]))
        report.shown = report.shown or _shown(split, rows["ours"], peers, seven)
        _hear(heard, split, rows["ours"], peers)
        if (number + 1) % max(1, splits // 4) == 0:
            say(f"{number + 1} of {splits} splits, {time.perf_counter() - started:.0f} s")
    for (row, word), group in found.items():
        figures = {measure: float(np.mean([line[measure] for line in group])) for measure in group[0]}
        report.figures.setdefault(row, {})[word] = figures
    for (row, word, sound), values in heard.items():
        report.by_sound.setdefault(row, {}).setdefault(word, {})[sound] = float(np.mean(values))
    titles = {**ROWS, "published": "published means (not held out)", **{p.system: p.system for p in peers}}
    report.titles = {key: title for key, title in titles.items() if key in report.figures}
    report.calibration = listeners.calibration(words)
    report.derived = judge_derived(derived, answers) if derived is not None else None
    report.bands_ms = _bands_ms(space)
    report.seconds = time.perf_counter() - started
    return report


def _measured(judged: Judged, judges: Judges) -> dict[str, float]:
    return {
        "correlation": float(correlations(judged.curve_db, judges.mean)),
        "error_db": error_db(judged.curve_db, judges.mean),
        "energy": energy_distance(judged.curves_db, judges.curves),
        "mmd_published": published_mmd(judged.curves_db, judges.collected),
        "mmd_matched": level_matched_mmd(judged.curves_db, judges.curves),
    }


def _shown(
    split: Split, ours: dict[str, Judged], peers: Sequence[DemoSetting], words: Iterable[str]
) -> dict[str, Shown]:
    return {
        word: Shown(
            ours[word].curve_db,
            split.judges[word].mean,
            np.reshape([peer.curve_db for peer in peers if peer.word == word], (-1, POINTS)),
        )
        for word in words
        if word in ours and word in split.judges
    }


def _measured_by_sound(demos: Sequence[DemoSetting], judges: Judges) -> dict[str, float]:
    """Measure a system's settings for a word: one curve at a time by who heard its sound, all together by everyone."""
    together = np.array([demo.curve_db for demo in demos])
    each = [_measured(Judged(demo.curve_db, together), _of_sound(judges, demo)) for demo in demos]
    alone = {measure: float(np.mean([figures[measure] for figures in each])) for measure in ("correlation", "error_db")}
    return {**_measured(Judged(together[0], together), judges), **alone}


def _of_sound(judges: Judges, demo: DemoSetting) -> Judges:
    return judges.of_sound(SOUNDS[demo.sound], least=_ENOUGH_OF_A_SOUND)


def _hear(
    heard: dict[tuple[str, str, str], list[float]],
    split: Split,
    ours: dict[str, Judged],
    peers: Iterable[DemoSetting],
) -> None:
    """Add the correlation of demo settings, and of our words, with those who judge the word on the same sound."""
    for peer in peers:
        if peer.word not in split.judges:
            continue
        judge = _of_sound(split.judges[peer.word], peer).mean
        heard[peer.system, peer.word, peer.sound].append(float(correlations(peer.curve_db, judge)))
        if peer.word in ours:
            curve = ours[peer.word].curve_db
            heard["ours", peer.word, peer.sound].append(float(correlations(curve, judge)))


def _bands_ms(space: SemanticSpace) -> float:
    """Return how long a word takes to become bands, the median over words, one after another so that none is kept."""
    words = space.words[:: max(1, len(space.words) // _TIMED)]
    space.equalizer(words[0])
    times = []
    for word in words:
        target = space.target(f"{word}:1") if word.isalpha() else space.target(word)
        begun = time.perf_counter()
        space.equalizer(target)
        times.append(time.perf_counter() - begun)
    return 1000 * float(np.median(times))
