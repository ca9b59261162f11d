"""A report on the audio side as tables: for the terminal, and as Markdown that the docs include."""

from __future__ import annotations

from eqmorph.evaluate.audio.descriptors import DESCRIPTORS
from eqmorph.evaluate.audio.excerpts import EXCERPT_S
from eqmorph.evaluate.audio.expected import EXCESS_OF, JUDGED_WORDS, MOVES
from eqmorph.evaluate.audio.report import AudioReport, Figures
from eqmorph.evaluate.audio.rules import FIXED, OURS, REFINED, RULES
from eqmorph.evaluate.bars import bars_table
from eqmorph.evaluate.tables import Rows, Table, number, tables_in_markdown

__all__ = ["audio_markdown", "audio_tables"]

_FIGURES = (
    ("known EQ raises its score, %", "raised_percent", 2), ("AUC", "auc", 3),
    ("bright / centroid", "rank.bright.centroid", 2), ("bright / loudness centroid", "rank.bright.loud_centroid", 2),
    ("warm / low-mid of loudness", "rank.warm.loud_low_mid", 2),
    ("warm / low-mid of power", "rank.warm.low_mid_share", 2),
    ("warm: window noise", "noise.warm.windows", 2), ("warm: track spread", "noise.warm.tracks", 2),
    ("bright: window noise", "noise.bright.windows", 2), ("bright: track spread", "noise.bright.tracks", 2),
    ("prediction error, mean", "rendered.mean", 4), ("prediction error, max", "rendered.max", 3),
    ("windows of 1 s a second", "windows_a_second", 0), ("decision, ms", "decision_ms", 1),
    ("refinement, s", "refine.mean_s", 3), ("objective left after it", "refine.objective_left", 2),
)  # fmt: skip


def audio_tables(report: AudioReport) -> list[Table]:
    """Return the tables of scores and rules, each a title and rows; those of the first encoder go into detail."""
    first = next(iter(report.figures))
    closer = [(f"{title} ({first})", rows) for title, rows in _one_encoder(report.figures[first])]
    bars = bars_table({encoder: report.bars(encoder) for encoder in report.figures})
    return [("Bars", bars), ("Encoders", _encoders(report)), *closer]


def audio_markdown(report: AudioReport) -> str:
    """Return the tables as Markdown."""
    corpora = ", ".join(f"{name} {count}" for name, count in report.corpora.items())
    about = (
        f"{sum(report.corpora.values())} excerpts of {EXCERPT_S:g} s ({corpora}), seed {report.seed}; "
        f"{report.seconds / 60:.0f} minutes in all."
    )
    return f"{about}\n\n{tables_in_markdown(audio_tables(report))}"


def _encoders(report: AudioReport) -> Rows:
    rows = [["figure", *report.figures]]
    rows += [
        [title, *(number(found.get(key), digits) for found in report.figures.values())]
        for title, key, digits in _FIGURES
    ]
    return rows


def _one_encoder(found: Figures) -> list[Table]:
    made: list[Table] = []
    for word in JUDGED_WORDS:
        if f"rule.{OURS}.{word}.right" in found:
            made.append(
                (
                    f"{word.capitalize()} asked of tilted sounds: spread across tilts, after / before",
                    _rules(found, word, "rule", (*RULES, OURS)),
                )
            )
    for word in JUDGED_WORDS:
        if f"some.{REFINED}.{word}.right" in found:
            rows = _rules(found, word, "some", (FIXED, OURS, REFINED))
            made.append((f"The same for {word} with refinement, on every sixth track", rows))
    made += [("Scores against descriptors, rank correlation", _ranks(found)), ("Words", _words(found))]
    return made


def _rules(found: Figures, word: str, key: str, rules: tuple[str, ...]) -> Rows:
    names = list(MOVES[word])
    rows = [["rule", *names, "right way %", f"newly excessive {EXCESS_OF[word]} %", "rms dB", "largest dB", "score +"]]
    for rule in rules:
        start = f"{key}.{rule}.{word}"
        left = [number(found[f"{start}.left.{name}"], 2) for name in names]
        rest = [number(found[f"{start}.{name}"], 1) for name in ("right", "excess", "rms_db", "largest_db")]
        rows.append([rule, *left, *rest, number(found[f"{start}.raised"], 2)])
    return rows


def _ranks(found: Figures) -> Rows:
    rows = [["word", "descriptor", "correlation"]]
    for word, moves in MOVES.items():
        for name, sign in moves.items():
            if f"rank.{word}.{name}" in found:
                title = DESCRIPTORS[name].title + (" (turned)" if sign < 0 else "")
                rows.append([word, title, number(found[f"rank.{word}.{name}"], 2)])
    return rows


def _words(found: Figures) -> Rows:
    rows = [["word", "its EQ raises its score %", "AUC", "decision moves score the right way %", "and by"]]
    for key in found:
        if not key.startswith("raised."):
            continue
        word = key.removeprefix("raised.")
        score = found.get(f"others.{word}.score", found.get(f"rule.{OURS}.{word}.right.score"))
        physical = [
            f"{name.rpartition('.')[2]} {number(value, 1)} %"
            for name, value in found.items()
            if name.startswith(f"others.{word}.") and not name.endswith(".score")
        ]
        rows.append(
            [word, number(found[key], 1), number(found[f"auc.{word}"], 2), number(score, 1), ", ".join(physical) or "–"]
        )
    return rows
