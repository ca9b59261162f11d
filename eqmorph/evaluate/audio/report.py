"""A report on the audio side on disk: JSON, Markdown and figures."""

from __future__ import annotations

import json
from pathlib import Path

from eqmorph.errors import OutputError
from eqmorph.evaluate.audio.run import AudioReport
from eqmorph.evaluate.audio.tables import audio_markdown

__all__ = ["write_audio_report"]


def write_audio_report(report: AudioReport, out: Path) -> list[Path]:
    """Write ``audio.json``, ``audio.md`` and the figures to ``out``; the paths written.

    Raises:
        OutputError: something can't be written.
    """
    from eqmorph.evaluate.audio.figures import draw_audio

    try:
        out.mkdir(parents=True, exist_ok=True)
        written = [out / "audio.json", out / "audio.md"]
        written[0].write_text(json.dumps(report.to_json(), indent=1) + "\n", encoding="utf-8")
        written[1].write_text(audio_markdown(report), encoding="utf-8")
        return [*written, *draw_audio(report, out)]
    except OSError as error:
        raise OutputError(f"can't write the report: {error.strerror or error}", path=out) from None
