"""Listen to a set of files that belong together, before one EQ is decided on for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from eqmorph.audio.windows import Spectra, as_one_window
from eqmorph.batch.find import Source
from eqmorph.batch.first_pass import first_pass
from eqmorph.batch.place import have_at_hand
from eqmorph.process import Watch, unwatched

__all__ = ["HearSet", "hear_set"]


class HearSet(Protocol):
    """Listens to files as `hear_set` does, perhaps with a progress bar."""

    def __call__(self, sources: Sequence[Source], *, workers: int, repair: bool) -> list[Spectra]: ...


def hear_set(
    sources: Sequence[Source],
    *,
    workers: int = 1,
    repair: bool = False,
    on_progress: Watch = unwatched,
    on_end: Callable[[], None] = lambda: None,
) -> list[Spectra]:
    """Listen to files, each as one window, ``repair`` as they will be when repaired; see `first_pass` for the rest."""
    from eqmorph.analysis import listen_to_file  # the model's side, which bands do without

    def heard(source: Source, watch: Watch) -> Spectra:
        with have_at_hand(source.path, source.remote, watch):
            return as_one_window(listen_to_file(source.path, repair=repair, watch=watch))

    return first_pass(heard, sources, workers=workers, on_progress=on_progress, on_end=on_end)
