"""`HeardCache`: what was heard, by the content of files; and by what the system says of a file, its content.

A file whose place, size and times are those of an earlier look has the content of that look, so twenty thousand known
files need a `stat` each. Anything else is read to the end once, for its digest, before it is listened to.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from pathlib import Path
from types import TracebackType

from eqmorph.errors import show_path
from eqmorph.heard.packed import Heard, pack, unpack
from eqmorph.heard.store import Store
from eqmorph.user_folders import user_folder
from eqmorph.version import __version__

__all__ = ["FORMAT", "HeardCache", "cache_folder", "clear_cache", "file_facts", "open_cache"]

CACHE_VARIABLE = "EQMORPH_CACHE"
LIMIT_BYTES = 1 << 30
FORMAT = "eqmorph-heard/1"  # raised whenever the same file would be heard differently, or be kept in another way
_FILE = "heard-1.sqlite"
_PATTERN = "heard-*.sqlite*"
_READ_AT_ONCE = 1 << 20
_DIGEST_BYTES = 32
_UNSETTLED_NS = 3_000_000_000  # changes within this time may leave a file's times as they were


def cache_folder() -> Path:
    """Return where it is kept what was heard: EQMORPH_CACHE, or a folder in the user's cache folder."""
    named = os.environ.get(CACHE_VARIABLE)
    if named:
        return Path(named)
    return user_folder("cache") / "heard"


def open_cache(folder: Path | None = None, *, limit_bytes: int = LIMIT_BYTES) -> HeardCache:
    """Open the cache in a folder, the user's if none is named. It never fails: ``problem`` says why it isn't used."""
    return HeardCache(folder or cache_folder(), limit_bytes=limit_bytes)


class HeardCache:
    """What was heard in files. Any thread may use it; so may other processes at the same time.

    Attributes:
        folder: where it is.
    """

    def __init__(self, folder: Path, *, limit_bytes: int = LIMIT_BYTES) -> None:
        self.folder = folder
        self.limit_bytes = limit_bytes
        self._problem = _prepared(folder)
        self._store = None if self._problem else Store(folder / _FILE, limit_bytes=limit_bytes)

    def __enter__(self) -> HeardCache:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def problem(self) -> str:
        """Why it is not used, for people to read; empty if it is."""
        reason = self._problem or (self._store.problem if self._store is not None else "")
        return f"{show_path(self.folder)}: {reason}" if reason else ""

    @property
    def path(self) -> Path:
        """The one file it keeps."""
        return self.folder / _FILE

    def close(self) -> None:
        """Write what is left to be written."""
        if self._store is not None:
            self._store.close()

    def write(self) -> None:
        """Write what was heard so far: a program that runs for long does so when it rests."""
        if self._store is not None:
            self._store.write()

    def sizes(self) -> dict[str, int]:
        """Return how much is known: ``files``, ``sounds`` and their ``windows``; and ``bytes`` in all."""
        return self._store.sizes() if self._store is not None else {}

    def reading(self) -> AbstractContextManager[None]:
        """Have many files be remembered faster; nothing is written meanwhile, by other processes either."""
        return self._store.reading() if self._store is not None else nullcontext()

    def known_content(self, facts: bytes) -> bytes | None:
        """Return the digest of a file's bytes, if its `file_facts` are those of an earlier look."""
        key = _facts_key(facts)
        kept = self._store.get("files", key) if self._store is not None else None
        if kept is None or kept[_DIGEST_BYTES:] != _seal(key, kept[:_DIGEST_BYTES]):
            return None
        return kept[:_DIGEST_BYTES]

    def content_of(self, path: Path, facts: bytes, watch: Callable[[float], None] = lambda _: None) -> bytes | None:
        """Return the digest of a file's bytes, read to the end if they are not known; None if it can't be read.

        ``watch`` is called while it is read, and stops that by raising.
        """
        known = self.known_content(facts)
        if known is not None or self._store is None:
            return known
        try:
            content = _digest(path, watch)
            is_settled = time.time_ns() - _last_change_ns(path) > _UNSETTLED_NS
        except OSError:
            return None
        if is_settled and file_facts(path) == facts:
            key = _facts_key(facts)
            self._store.put("files", key, content + _seal(key, content))
        return content

    def get(self, table: str, content: bytes, about: object, path: Path) -> Heard | None:
        """Return what was heard in the file with this content; ``about`` is all else that it depends on."""
        if self._store is None:
            return None
        key = self._key(table, content, about)
        data = self._store.get(table, key)
        if data is None:
            return None
        heard = unpack(data, key, path)
        if heard is None:
            self._store.drop(table, key)
        return heard

    def put(self, table: str, content: bytes, about: object, heard: Heard) -> None:
        """Keep what was heard, as `get` asks for it."""
        if self._store is not None:
            key = self._key(table, content, about)
            self._store.put(table, key, pack(heard, key))

    def _key(self, table: str, content: bytes, about: object) -> bytes:
        return hashlib.blake2b(
            content + repr((table, about)).encode(), key=self._listener, digest_size=_DIGEST_BYTES
        ).digest()

    @cached_property
    def _listener(self) -> bytes:
        """Whoever listens: another release, or another decoder, may hear something else."""
        import soundfile

        facts = repr((FORMAT, __version__, soundfile.__libsndfile_version__))
        return hashlib.blake2b(facts.encode(), digest_size=_DIGEST_BYTES).digest()


def file_facts(path: Path) -> bytes | None:
    """Return what changes when a file does, where it is included; None for what is no file or can't be seen."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    numbers = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    return os.fsencode(os.path.abspath(path)) + b"\0" + repr(numbers).encode()  # noqa: PTH100 (links stay)


def clear_cache(folder: Path | None = None) -> int:
    """Remove everything that was kept, by other releases too; return how many bytes that was.

    Raises:
        OSError: something can't be removed.
    """
    freed = 0
    for path in sorted((folder or cache_folder()).glob(_PATTERN)):
        if path.is_file() and not path.is_symlink():
            size = path.stat().st_size
            path.unlink(missing_ok=True)
            freed += size
    return freed


def _prepared(folder: Path) -> str:
    """Make the folder if need be; return why it can't be used."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
    except OSError as error:
        return (error.strerror or str(error)).lower()
    if not hasattr(os, "geteuid"):
        return ""
    if status.st_uid != os.geteuid():
        return "it belongs to another user"
    return "other users can write there" if status.st_mode & stat.S_IWOTH else ""


def _digest(path: Path, watch: Callable[[float], None]) -> bytes:
    digest = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    with path.open("rb", buffering=0) as file:
        while block := file.read(_READ_AT_ONCE):
            watch(0.0)
            digest.update(block)
    return digest.digest()


def _last_change_ns(path: Path) -> int:
    status = path.stat()
    return max(status.st_mtime_ns, status.st_ctime_ns)


def _facts_key(facts: bytes) -> bytes:
    return hashlib.blake2b(facts, key=FORMAT.encode(), digest_size=_DIGEST_BYTES).digest()


def _seal(key: bytes, content: bytes) -> bytes:
    return hashlib.blake2b(content, key=key, digest_size=_DIGEST_BYTES // 2).digest()
