"""A report of recipes on disk: JSON, Markdown and figures."""

from __future__ import annotations

import json
from pathlib import Path

from eqmorph.errors import OutputError
from eqmorph.evaluate.eq.run import Report
from eqmorph.evaluate.eq.tables import markdown
from eqmorph.train.dataset import TrainingSet
from eqmorph.train.recipes.base import Trained

__all__ = ["write_report"]


def write_report(report: Report, models: dict[str, Trained], data: TrainingSet, out: Path) -> list[Path]:
    """Write ``evaluation.json``, ``evaluation.md`` and the figures to ``out``; the paths written.

    Raises:
        OutputError: something can't be written.
    """
    from eqmorph.evaluate.eq import figures

    try:
        out.mkdir(parents=True, exist_ok=True)
        written = [out / "evaluation.json", out / "evaluation.md"]
        written[0].write_text(json.dumps(report.to_json(), indent=1) + "\n", encoding="utf-8")
        written[1].write_text(markdown(report), encoding="utf-8")
        return [*written, *figures.draw_all(report, models, data, out)]
    except OSError as error:
        raise OutputError(f"can't write the report: {error.strerror or error}", path=out) from None
