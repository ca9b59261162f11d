"""Which words the profile shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from eqmorph.analysis import MAIN_WORDS
from eqmorph.tui.preview import Preview
from eqmorph.tui.profile_rows import ProfileRows
from tests.tui.conftest import Stagehand


def test_what_is_asked_for_comes_first_and_each_word_once(drive: Callable[..., Any], song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        preview = hand.controller.preview
        rows = ProfileRows(hand.controller.ear.space)
        words = [row.word for row in rows.of(preview)]
        assert words[:2] == ["airy", "warm"] or words[:2] == ["warm", "airy"]
        assert len(words) == len(set(words)) == 40
        assert set(MAIN_WORDS) <= set(words)
        assert preview.after is not None
        assert rows.of(preview)[0].after == preview.after.percentile(words[0])
        assert rows.of(Preview(preview.blend, preview.bands)) == (), "without a sound"

    drive(act, song, target="warm:0.4 + airy:0.2")
