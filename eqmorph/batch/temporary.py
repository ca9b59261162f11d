"""Databases for what is too much to be kept in memory: gone with the process, however that ends."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable
from typing import Any

from eqmorph.errors import DiskError

__all__ = ["TemporaryDatabase"]

_CACHE_KIB = 16 << 10


class TemporaryDatabase:
    """Tables that the system keeps in memory while they are small, and beyond that in a nameless file.

    Threads may share it. It is as safe as memory, and needs no locks or journals of its own.

    Args:
        what: what is in it, for the message that it doesn't fit.
        tables: the statements that make them.
    """

    def __init__(self, what: str, *tables: str) -> None:
        self._what = what
        self._lock = threading.Lock()
        self._data = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        for statement in (f"PRAGMA cache_size = -{_CACHE_KIB}", "PRAGMA journal_mode = OFF", *tables):
            self.run(statement)

    def run(self, statement: str, values: tuple[object, ...] = ()) -> list[Any]:
        """Carry out a statement; return the rows that it gives.

        Raises:
            DiskError: there is no room.
        """
        with self._lock:
            try:
                return self._data.execute(statement, values).fetchall()
            except sqlite3.Error as error:
                raise self._no_room(error) from error

    def run_many(self, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
        """Carry out a statement for each of many rows, which may come from wherever they are found.

        Raises:
            DiskError: there is no room.
        """
        with self._lock:
            try:
                self._data.execute("BEGIN")
                self._data.executemany(statement, rows)
                self._data.execute("COMMIT")
            except sqlite3.Error as error:
                raise self._no_room(error) from error

    def _no_room(self, error: sqlite3.Error) -> DiskError:
        return DiskError(
            f"{self._what} can't be put on the disk for temporary files: {error}",
            hint="Free some space there, or name a folder on another disk in TMPDIR.",
        )
