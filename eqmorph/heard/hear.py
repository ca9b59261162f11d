"""Hear a file, or remember what was heard in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from eqmorph.analysis import WINDOW_S, listen_to
from eqmorph.audio.ffmpeg.program import find_ffmpeg
from eqmorph.audio.formats import PIPED_SUFFIXES
from eqmorph.audio.read import AudioReader
from eqmorph.audio.windows import as_one_window, checked_hop
from eqmorph.heard.cache import HeardCache, file_facts
from eqmorph.heard.packed import Heard

__all__ = ["Heard", "heard_as_one_window", "heard_in", "remembered_as_one_window"]

_WHOLE, _WINDOWS = "sounds", "windows"  # tables


def heard_in(
    path: Path,
    cache: HeardCache | None = None,
    *,
    window_s: float = WINDOW_S,
    hop_s: float | None = None,
    repair: bool = False,
    watch: Callable[[float], None] = lambda _: None,
) -> Heard:
    """Return what is heard in a file: from the cache if that knows its content, or else by listening.

    Both give the same numbers. ``watch`` is told the seconds of each block and stops the work by raising.

    Raises:
        InputError: the file can't be read.
    """
    return _heard(path, cache, _WINDOWS, window_s, checked_hop(window_s, hop_s), repair, watch)


def heard_as_one_window(
    path: Path,
    cache: HeardCache | None = None,
    *,
    repair: bool = False,
    watch: Callable[[float], None] = lambda _: None,
) -> Heard:
    """Return what is heard in a file as a single window: all that scores of the whole sound need, and far less to keep.

    Raises:
        InputError: the file can't be read.
    """
    return _heard(path, cache, _WHOLE, WINDOW_S, checked_hop(WINDOW_S), repair, watch)


def remembered_as_one_window(path: Path, cache: HeardCache, *, repair: bool = False) -> Heard | None:
    """Return what `heard_as_one_window` does if no more than a look at the file's size and times is needed for it."""
    facts = file_facts(path)
    content = cache.known_content(facts) if facts is not None else None
    return cache.get(_WHOLE, content, _about(path, WINDOW_S, checked_hop(WINDOW_S), repair), path) if content else None


def _heard(
    path: Path,
    cache: HeardCache | None,
    table: str,
    window_s: float,
    hop_s: float,
    repair: bool,
    watch: Callable[[float], None],
) -> Heard:
    facts = file_facts(path) if cache is not None and not cache.problem else None
    content = cache.content_of(path, facts, watch) if cache is not None and facts is not None else None
    if cache is None or content is None:
        windows = _listened(path, window_s, hop_s, repair, watch)
        return windows if table == _WINDOWS else _as_one(windows)
    about = _about(path, window_s, hop_s, repair)
    known = cache.get(table, content, about, path)
    if known is not None:
        return known
    windows = _listened(path, window_s, hop_s, repair, watch)
    whole = _as_one(windows)
    if facts == file_facts(path):  # it is still what its digest is of
        cache.put(_WHOLE, content, about, whole)
        cache.put(_WINDOWS, content, about, windows)
    return windows if table == _WINDOWS else whole


def _about(path: Path, window_s: float, hop_s: float, repair: bool) -> object:
    """Return what is heard depends on besides the file's content; its extension may tell how to read it."""
    suffix = path.suffix.lower()
    decoder = find_ffmpeg() if suffix in PIPED_SUFFIXES else None
    facts = (suffix, float(window_s), float(hop_s), repair)
    return facts if decoder is None else (*facts, decoder.version)


def _as_one(heard: Heard) -> Heard:
    return replace(heard, spectra=as_one_window(heard.spectra))


def _listened(path: Path, window_s: float, hop_s: float, repair: bool, watch: Callable[[float], None]) -> Heard:
    with AudioReader(path, repair=repair, watch=watch) as reader:
        spectra = listen_to(reader, window_s=window_s, hop_s=hop_s, watch=watch)
        return Heard(reader.info, spectra, tuple(reader.notes))
