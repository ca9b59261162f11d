"""``eqmorph compare SONG --reference REF``: both by third-octave, the difference, the EQ, and what is left."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np

from eqmorph.adapt.account import Account
from eqmorph.analysis import listen_to_file
from eqmorph.balance import THIRDS_HZ
from eqmorph.cli.eq_options import eq_request
from eqmorph.cli.output import listing, one_line, paint, print_json, table
from eqmorph.cli.plots import PlotFile
from eqmorph.cli.thirds import decibels_or_dash, level_removed, number_or_null
from eqmorph.errors import InputError, UsageError, show_path
from eqmorph.model.describe import say_hz
from eqmorph.plot.shown import Balances

__all__ = ["show"]

_COLUMNS = ("sound", "reference", "difference", "EQ", "left")


def show(
    source: Path, references: Sequence[str], words: str | None, *, as_json: bool, plot: PlotFile | None, **how: Any
) -> int:
    """Show a sound beside a reference and what an EQ makes of the difference; ``how`` holds fields of `EqRequest`.

    Nothing is rendered: what is left follows from what is heard. Return the exit code.
    """
    request = eq_request(words, None, None, references, **how)
    eq = request.resolve()
    spectra = listen_to_file(source)
    if spectra.is_silent:
        raise InputError("is silent: there is nothing to compare", hint="Name a recording that sounds.", path=source)
    choice = eq.decide(spectra.sample_rate, spectra)
    decision = choice.decision
    if decision is None or decision.likeness is None or eq.ear is None or request.reference is None:
        raise UsageError("there is no reference to compare with", hint="Name one: --reference ref.wav")
    account = Account.of(decision, spectra.sample_rate)
    neutral = eq.ear.for_sound(spectra).reference.neutral_db
    before, after, wanted = decision.before.curve_db, decision.predicted.curve_db, decision.likeness.reference_db
    columns = [
        level_removed(neutral + before, per_third=True),
        level_removed(neutral + wanted, per_third=True),
        level_removed(wanted - before),
        choice.bands.held_response_db(THIRDS_HZ, spectra.sample_rate),
        level_removed(wanted - after),
    ]
    change = account.reference
    if plot is not None:
        from eqmorph.figures.sets import balances_figure

        eq_curve = choice.bands.sampled(spectra.sample_rate)
        picture = Balances(THIRDS_HZ, columns[0], columns[1], columns[1] - columns[4], eq_curve)
        title = f"{source.name} beside {request.reference.name}"
        note = f"{change.change} on average".replace("->", "to") if change is not None else ""
        plot.draw(lambda style: balances_figure(picture, style, title=title, note=note))
    if as_json:
        rows = [
            {
                "hz": round(float(hz), 1),
                **{f"{name.lower()}_db": number_or_null(v) for name, v in zip(_COLUMNS, row, strict=True)},
            }
            for hz, row in zip(THIRDS_HZ, np.transpose(columns), strict=True)
        ]
        print_json(
            {
                "file": str(source),
                "reference": {
                    "name": request.reference.name,
                    "kind": request.reference.kind,
                    "files": request.reference.files,
                },
                "third_octaves": rows,
                "distance_db": {"before": change.db_before, "after": change.db_predicted}
                if change is not None
                else None,
                "bands": choice.bands.to_list(),
                "decision": account.to_dict(),
                "notes": list(choice.notes),
            }
        )
        return 0
    click.echo(f"{paint(show_path(source), bold=True)} against {paint(one_line(request.reference.name), bold=True)}")
    click.echo()
    lines = [
        (say_hz(float(hz)), *map(decibels_or_dash, row))
        for hz, row in zip(THIRDS_HZ, np.transpose(columns), strict=True)
    ]
    for line in table([("", *_COLUMNS), *lines], right=range(6)):
        click.echo(line)
    click.echo()
    said = [f"{change.change} on average; {account.effect}", account.reference_reasons] if change is not None else []
    said += [f"bands: {choice.bands.rounded()}", *(f"note: {note}" for note in choice.notes)]
    for line in listing([(text,) for text in said if text]):
        click.echo(line)
    return 0
