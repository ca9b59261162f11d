"""The page of a study: one file that holds all it needs, audio included, and may not ask the network for anything.

A page opened from a disk may not read the files beside it, so the audio is inside, in base64. Its content security
policy lets nothing run but the one script that is named by its digest, and no request leave the page.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from html import escape

from eqmorph.study.plan import Study
from eqmorph.webpage import filled_page, json_inside

__all__ = ["page"]


def page(study: Study, title: str, audio: Mapping[str, bytes], sample_rate: int) -> bytes:
    """Return the page, which knows codes and no version.

    Args:
        study: what is asked.
        title: the heading.
        audio: a FLAC for each code.
        sample_rate: at which the page plays.
    """
    # In an order of chance, so that the place of a code in the page says nothing.
    codes = sorted(audio)
    secrets.SystemRandom().shuffle(codes)
    number_of = {stimulus.code: number for number, item in enumerate(study.items, 1) for stimulus in item.stimuli}
    data = {
        "code": study.code,
        "question": study.question,
        "sampleRate": sample_rate,
        "items": {code: number_of[code] for code in codes},
        "itemCount": len(study.items),
        "minutes": study.minutes,
        "trials": [asdict(trial) for trial in study.trials],
    }
    sounds = [
        f'<script type="application/octet-stream" id="sound-{code}">{base64.b64encode(audio[code]).decode()}</script>'
        for code in codes
    ]
    return filled_page(
        "eqmorph.study", {"TITLE": escape(title), "STUDY": json_inside(data), "SOUNDS": "\n".join(sounds)}
    )
