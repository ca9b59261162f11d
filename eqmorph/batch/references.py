"""What a user names as a reference becomes one tonal balance: files, folders, saved references, several of them."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from eqmorph.analysis import Ear, listen_to_file, load_ear
from eqmorph.analysis.balance_of import balance_of
from eqmorph.balance import Balance, average, find_saved, read_balance
from eqmorph.batch.find import find_sources
from eqmorph.batch.threads import on_threads, until, usable_cores
from eqmorph.errors import InputError, UsageError, show_path
from eqmorph.process import Watch, unwatched

__all__ = ["find_reference"]

_SHORTEST_S = 1.0  # less of a sound is a moment of it, and says nothing of its balance
_JSON = ".json"


def find_reference(
    names: Sequence[str | Path], *, name: str | None = None, ear: Ear | None = None, on_progress: Watch = unwatched
) -> Balance:
    """Return the tonal balance of what is named, on average if that is several; each recording counts the same.

    Args:
        names: audio files, folders of them, globs, JSON files and saved references.
        name: what to call it; by default what was named.
        ear: tells the kinds of sound; the default model's without one.
        on_progress: told the seconds of audio in each block read.

    Raises:
        UsageError: there is no such thing.
        InputError: a file can't be read, or can't be a reference: it is silent, or shorter than a second.
    """
    if not names:
        raise UsageError("no reference is named", hint="Name an audio file, a folder, or a saved reference.")
    kept, sources = [], []
    for one in names:
        balance = _kept(str(one))
        if balance is not None:
            kept.append(balance)
        else:
            sources += [source.path for source in find_sources([one])]
    heard = _heard(list(dict.fromkeys(sources)), ear or load_ear(), on_progress) if sources else []
    balances = [*kept, *heard]
    if len(balances) == 1:
        return replace(balances[0], name=name or balances[0].name)
    return average(balances, name or _called(names))


def _kept(name: str) -> Balance | None:
    """Return a balance that is kept by name or in a JSON file; None for audio, which is to be heard."""
    path = Path(name)
    if path.suffix.lower() == _JSON:
        return read_balance(path)
    try:
        is_there = path.is_symlink() or path.exists()
    except (OSError, ValueError):  # too long, or with characters that no path can have
        is_there = False
    if is_there or any(sign in name for sign in "*?["):
        return None
    return find_saved(name)


def _called(names: Iterable[str | Path]) -> str:
    first, *more = (Path(name).name or str(name) for name in names)
    return f"{first} and {len(more)} more" if more else first


def _heard(sources: Sequence[Path], ear: Ear, on_progress: Watch) -> list[Balance]:
    """Listen to files, as many at once as there are cores; the first that can't be a reference ends it."""
    stop = threading.Event()
    watch = until(stop, on_progress)

    def hear(path: Path) -> Balance:
        return _hear(path, ear, watch)

    def all_heard() -> Iterator[Balance]:
        with closing(on_threads(hear, sources, workers=usable_cores(), stop=stop, in_order=True)) as ended:
            for _, future in ended:
                yield future.result()

    return list(all_heard())


def _hear(path: Path, ear: Ear, watch: Watch) -> Balance:
    if path.is_dir():
        raise UsageError(f"{show_path(path)} can't be looked into", hint="Check who may read it.")
    spectra = listen_to_file(path, watch=watch)
    seconds = spectra.frames / spectra.sample_rate
    if seconds < _SHORTEST_S:
        raise InputError(
            f"lasts {seconds:.2f} s: too short for a reference",
            hint=f"Give {_SHORTEST_S:g} s at least; a whole piece tells most.",
            path=path,
        )
    if spectra.is_silent:
        raise InputError("is silent, and can't be a reference", hint="Name a recording that sounds.", path=path)
    return balance_of(ear, spectra, path.name)
