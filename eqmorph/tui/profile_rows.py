"""Which words the profile shows of a preview, and how much of each there is before and after."""

from __future__ import annotations

from functools import cached_property

from eqmorph.analysis import MAIN_WORDS
from eqmorph.model import SemanticSpace
from eqmorph.tui.preview import Preview
from eqmorph.tui.widgets.profile import ProfileRow

__all__ = ["ProfileRows"]

_MOST_WORDS = 40  # where there is room


class ProfileRows:
    """The words that are asked for, then the main ones, then those that most people were asked about.

    Args:
        space: the vocabulary.
    """

    def __init__(self, space: SemanticSpace) -> None:
        self._space = space

    def of(self, preview: Preview) -> tuple[ProfileRow, ...]:
        """Return the rows of a preview; none without a sound, and for silence."""
        before, after = preview.before, preview.after
        if before is None or after is None:
            return ()
        asked = [*(term.word for term in preview.blend.wanted), *preview.blend.words]
        words = list(dict.fromkeys([*asked, *self._known]))[:_MOST_WORDS]
        return tuple(
            ProfileRow(word, before.percentile(word), after.percentile(word)) for word in words if word in before.words
        )

    @cached_property
    def _known(self) -> list[str]:
        others = sorted(
            (term for term in self._space.terms.values() if term.language == "en"), key=lambda term: -term.people
        )
        return [*MAIN_WORDS, *(term.word for term in others[:_MOST_WORDS])]
