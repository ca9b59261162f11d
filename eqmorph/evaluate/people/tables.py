"""What was found about words and people as tables: for the terminal, and as Markdown that the docs include."""

from __future__ import annotations

from collections.abc import Sequence

from eqmorph.evaluate.bars import bars_table
from eqmorph.evaluate.people.confidence import Calibration
from eqmorph.evaluate.people.derived import DerivedFigures
from eqmorph.evaluate.people.peers import SOUNDS
from eqmorph.evaluate.people.report import MEASURES, PeopleReport
from eqmorph.evaluate.tables import Rows, Table, number, tables_in_markdown

__all__ = ["people_markdown", "people_tables"]


def people_tables(report: PeopleReport) -> list[Table]:
    """Return all tables of a report, each a title and rows."""
    seven = report.seven
    made: list[Table] = [("Bars", bars_table({"our words": report.bars()}))]
    if seven:
        made += [
            (f"{_count(seven)} of the published benchmark, against the other half", _measures(report, seven)),
            ("The same, correlation word by word", _by_word(report, seven, "correlation")),
            ("The same, level-matched MMD word by word", _by_word(report, seven, "mmd_matched")),
        ]
    made.append((f"All {_count(list(report.words))} with enough answers", _measures(report, list(report.words))))
    if report.by_sound:
        made.append(("Demo settings by sound, correlation with those who heard it", _by_sound(report)))
    if report.calibration is not None:
        made += [
            ("Confidence: the correlation expected and found with one more listener", _confidence(report.calibration)),
            ("How right it is", _confidence_figures(report.calibration)),
        ]
    if report.derived is not None:
        made.append(("Words from their synonyms alone, each left out in turn", _derived(report.derived)))
    made.append(("Every word with enough answers", _every_word(report)))
    return made


def people_markdown(report: PeopleReport) -> str:
    """Return the tables as Markdown."""
    about = (
        f"{report.answers} answers, {len(report.words)} words with enough of them, {report.settings} saved settings; "
        f"{report.splits} splits, seed {report.seed}; {report.seconds:.0f} s in all."
    )
    return f"{about}\n\n{tables_in_markdown(people_tables(report))}"


def _count(words: Sequence[str]) -> str:
    return f"{len(words)} word{'s' if len(words) != 1 else ''}"


def _measures(report: PeopleReport, words: Sequence[str]) -> Rows:
    rows = [["row", "words", "correlation", "least", *(title for title, _ in list(MEASURES.values())[1:])]]
    for key, title in report.titles.items():
        known = report.known(key, words)
        if known:
            means = [number(report.mean(key, measure, known), digits) for measure, (_, digits) in MEASURES.items()]
            rows.append([title, str(len(known)), means[0], number(report.least(key, known), 2), *means[1:]])
    return rows


def _by_word(report: PeopleReport, words: Sequence[str], measure: str) -> Rows:
    rows = [["row", *words]]
    for key, title in report.titles.items():
        if report.known(key, words):
            found = report.figures[key]
            rows.append([title, *(number(found.get(word, {}).get(measure), 2) for word in words)])
    return rows


def _by_sound(report: PeopleReport) -> Rows:
    words = sorted({word for found in report.by_sound.values() for word in found})
    rows = [["row", *(f"{word}, {sound}" for word in words for sound in SOUNDS), *words]]
    for key, found in report.by_sound.items():
        cells = [number(found.get(word, {}).get(sound), 2) for word in words for sound in SOUNDS]
        rows.append([report.titles.get(key, key), *cells, *(number(report.sound_mean(key, word), 2) for word in words)])
    return rows


def _confidence(known: Calibration) -> Rows:
    rows = [["confidence", "listeners", "expected", "found"]]
    for low, high, listeners, expected, found in known.bins:
        rows.append([f"{low:g} to {high:g}", str(listeners), number(expected, 2), number(found, 2)])
    return rows


def _confidence_figures(known: Calibration) -> Rows:
    return [
        ["figure", "value"],
        ["mean absolute error, by bins", number(known.error_in_bins, 3)],
        ["mean absolute error, by word", number(known.error, 3)],
        ["rank correlation with agreement, by word", number(known.rank, 2)],
        ["rank correlation with the correlation found, by word", number(known.rank_found, 2)],
        ["rank correlation with agreement, within one split", number(known.rank_within, 2)],
    ]


def _derived(found: DerivedFigures) -> Rows:
    rows = [["word", "confidence", "correlation"]]
    for word, (confidence, correlation) in sorted(found.by_word.items(), key=lambda item: -item[1][0]):
        rows.append([word, number(confidence, 2), number(correlation, 2)])
    return rows


def _every_word(report: PeopleReport) -> Rows:
    rows = [["word", "answers", "other half", "our words", "confidence", "a listener", "agreement"]]
    known = report.calibration
    for word, answers in report.words.items():
        halves = [report.figures.get(row, {}).get(word, {}).get("correlation") for row in ("half", "ours")]
        heard = [known.expected, known.found, known.agreement] if known else [{}, {}, {}]
        cells = [number(value, 2) for value in (*halves, *(found.get(word) for found in heard))]
        rows.append([word, str(answers), *cells])
    return rows
