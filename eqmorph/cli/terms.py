"""``eqmorph terms``: the vocabulary and the evidence for each word."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from eqmorph.cli import completing
from eqmorph.cli.options import json_option, model_option
from eqmorph.cli.plots import PlotFile, plot_options

if TYPE_CHECKING:
    from eqmorph.model import SemanticSpace, Term


@click.command(short_help="List the words that can be asked for.")
@click.option("--search", metavar="TEXT", help="Only words that contain TEXT or, if none do, the nearest ones.")
@click.option(
    "--like",
    metavar="WORD",
    shell_complete=completing.words,
    help="The words nearest in meaning to WORD, nearest first.",
)
@click.option("--language", type=click.Choice(["en", "es"]), help="Only words of this language.")
@click.option("-n", "count", type=click.IntRange(1), help="At most this many.")
@plot_options("the vocabulary as a map, with the words of --search or --like marked", with_force=True)
@model_option
@json_option
def command(
    search: str | None,
    like: str | None,
    language: str | None,
    count: int | None,
    plot: PlotFile | None,
    model_folder: Path | None,
    as_json: bool,
) -> None:
    """List the words that can be asked for, with the evidence for each.

    Rows counts the settings people saved under the word, people those who were asked about it. Agreement is how alike
    these people's answers are (-1 to 1; a dash where fewer than two were asked); confidence is how well the next
    person's answer is expected to correlate with the word. The nearest words do
    nearly the same, the opposite nearly the reverse. With --like, the last column is how alike a word is (1: the same,
    -1: the reverse). The model of another recipe than response has neither nearest words nor opposites.

    \b
    eqmorph terms
    eqmorph terms --search mel
    eqmorph terms --search velvety
    eqmorph terms --like warm -n 10
    eqmorph terms --language es --json
    eqmorph terms --like warm -n 6 --plot map.png
    """
    from eqmorph.cli.output import print_json, table
    from eqmorph.errors import UsageError
    from eqmorph.model import SemanticSpace, load_space
    from eqmorph.model.eq_model import load_model

    if search is not None and like is not None:
        raise UsageError("--search and --like can't be combined", hint="Give one of them.")
    model = load_model(model_folder)
    if search is None and like is None:
        terms = list(model.terms.values())
    else:
        terms = _chosen(load_space(model_folder), search, like)
    terms = [t for t in terms if language in (None, t.language)][:count]
    if not terms:
        raise UsageError("no word found", hint="See `eqmorph terms` for all words.")
    if not isinstance(model, SemanticSpace):  # which knows no word's neighbors
        if plot is not None:
            raise UsageError("this model has no map of words", hint="Draw one of the recipe response, or the shipped.")
        _show_alone(terms, as_json)
        return
    space = model
    if plot is not None:
        _plot(space, language or "en", terms if (search, like) != (None, None) else [], plot)
    if as_json:
        print_json([_as_data(space, term) for term in terms])
        return
    rows = [["word", "", "rows", "people", "charts", "agreement", "confidence", "nearest", "opposite"]]
    likeness = None if like is None else dict(zip(space.words, space.likeness(space.term(like).curve_db), strict=True))
    if likeness is not None:
        rows[0].append("likeness")
    for term in terms:
        near = ", ".join(term.through or (word for word, _ in space.neighbours(term.word, 3)))
        opposite = space.opposite(term.word)[0]
        alike = [] if likeness is None else [f"{likeness.get(term.word, 1.0):.2f}"]
        rows.append([*_evidence(term), near, opposite, *alike])
    for line in table(rows, right=(2, 3, 4, 5, 6, 9) if likeness else (2, 3, 4, 5, 6)):
        click.echo(line)
    if search is None and like is None and len(space.lexicon):
        click.echo(f"\nand {len(space.lexicon)} words more that follow from these: find one with --search")


def _plot(space: SemanticSpace, language: str, marked: list[Term], plot: PlotFile) -> None:
    from eqmorph.figures.words import map_figure
    from eqmorph.model.pictures import map_of

    picture = map_of(space, language=language, marked=[term.word for term in marked])
    title = f"{len(picture.words)} words that two people or more vouch for"
    note = f"Words that do alike are near: the two directions show {100 * picture.share:.0f} % of how they differ."
    plot.draw(lambda style: map_figure(picture, style, title=title, note=note))


def _chosen(space: SemanticSpace, search: str | None, like: str | None) -> list[Term]:
    if like is None:
        return space.search(search or "")
    known = space.term(like)
    return [known, *(space.terms[word] for word, _ in space.neighbours(known.word, len(space.terms)))]


def _evidence(term: Term) -> list[str]:
    agreement = "–" if term.agreement is None else f"{term.agreement:.2f}"
    counts = [f"{count or '–'}" for count in (term.rows, term.people, len(term.charts))] + [agreement]
    counts.append(f"{term.confidence:.2f}")
    return [term.word, term.language, *counts]


def _show_alone(terms: list[Term], as_json: bool) -> None:
    """Show words with nothing but their evidence."""
    from eqmorph.cli.output import print_json, table

    if as_json:
        print_json([{"word": term.word, "language": term.language, **term.evidence()} for term in terms])
        return
    rows = [["word", "", "rows", "people", "charts", "agreement", "confidence"], *map(_evidence, terms)]
    for line in table(rows, right=(2, 3, 4, 5, 6)):
        click.echo(line)


def _as_data(space: SemanticSpace, term: Term) -> dict[str, Any]:
    opposite, likeness = space.opposite(term.word)
    return {
        "word": term.word,
        "language": term.language,
        **term.evidence(),
        "nearest": [{"word": word, "likeness": round(c, 3)} for word, c in space.neighbours(term.word)],
        "opposite": {"word": opposite, "likeness": round(likeness, 3)},
    }
