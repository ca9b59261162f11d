"""Bytes by key in one SQLite file: bounded, shared between processes, and lost without regret.

Nothing here may stop the work: what can't be read is not known, what can't be kept is not kept. A damaged file, or one
that holds anything but our own tables, is removed and begun anew. What rows mean, their reader checks.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3

__all__ = ["TABLES", "Store"]

#: By how little is lost with a row: where room is needed, windows go first, and what is small goes last.
TABLES = ("windows", "sounds", "files")
_SCHEMA = tuple(f"CREATE TABLE {name} (key BLOB PRIMARY KEY, used INTEGER, data BLOB)" for name in TABLES)
_LARGEST = 1 << 26  # bytes of one row: a day of sound
_PATIENCE_S = 5.0  # for another process to finish writing
_MOST_WAITING, _MOST_WAITING_BYTES, _LONGEST_WAIT_S = 512, 1 << 23, 5.0
_FRESH_S = 86_400  # when a row was used is noted only this often
_ROOM = 0.9  # of the limit: what is left once something had to go
#: In SQLite's words: what is no fault of what the file holds.
_NO_DAMAGE = ("locked", "unable to open", "readonly", "I/O error", "is full", "interrupted", "too big", "memory")


class Store:
    """The file, open. Any thread may use it.

    Attributes:
        problem: why it can't be used; empty as long as it can.
    """

    def __init__(self, path: Path, *, limit_bytes: int) -> None:
        self.path = path
        self.problem = ""
        self._limit = limit_bytes
        self._lock = threading.RLock()
        self._waiting: dict[str, dict[bytes, bytes]] = {name: {} for name in TABLES}
        self._waiting_bytes, self._waiting_since = 0, time.monotonic()
        self._touched: dict[str, set[bytes]] = {name: set() for name in TABLES}
        self._connection: sqlite3.Connection | None = None
        self._is_new = False
        self._open()

    def get(self, table: str, key: bytes) -> bytes | None:
        """Return what is kept under a key."""
        with self._lock:
            waiting = self._waiting[table].get(key)
            if waiting is not None:
                return waiting
            row = self._ask(f"SELECT data, used FROM {table} WHERE key = ? AND length(data) <= {_LARGEST}", key)
            if row is None or not isinstance(row[0], bytes):
                return None
            if not isinstance(row[1], int) or abs(time.time() - row[1]) > _FRESH_S:
                self._touched[table].add(key)
            return row[0]

    def put(self, table: str, key: bytes, data: bytes) -> None:
        """Keep something under a key, once enough has come together or the store is closed."""
        if len(data) > min(_LARGEST, self._limit):
            return
        with self._lock:
            if not any(self._waiting.values()):
                self._waiting_since = time.monotonic()
            self._waiting[table][key] = data
            self._waiting_bytes += len(data)
            if (
                sum(map(len, self._waiting.values())) >= _MOST_WAITING
                or self._waiting_bytes >= _MOST_WAITING_BYTES
                or time.monotonic() - self._waiting_since > _LONGEST_WAIT_S
            ):
                self.write()

    def drop(self, table: str, key: bytes) -> None:
        """Forget what is kept under a key."""
        with self._lock:
            self._waiting[table].pop(key, None)
            self._ask(f"DELETE FROM {table} WHERE key = ?", key)

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """Have many rows read faster: the file is locked once. Other threads wait, and whoever wants to write."""
        with self._lock:
            self._ask("BEGIN")
            try:
                yield
            finally:
                if self._connection is not None and self._connection.in_transaction:
                    self._ask("COMMIT")

    def write(self) -> None:
        """Write what is waiting to be."""
        with self._lock:
            if self._connection is not None and self._connection.in_transaction:  # later: rows are being read
                return
            waiting, self._waiting = self._waiting, {name: {} for name in TABLES}
            touched, self._touched = self._touched, {name: set() for name in TABLES}
            self._waiting_bytes = 0
            if self._connection is None or not (any(waiting.values()) or any(touched.values())):
                return
            now = int(time.time())
            try:
                with self._transaction(self._connection) as connection:
                    for table in TABLES:
                        connection.executemany(
                            f"UPDATE {table} SET used = ? WHERE key = ?", [(now, key) for key in touched[table]]
                        )
                        connection.executemany(
                            f"INSERT OR REPLACE INTO {table} VALUES (?, ?, ?)",
                            [(key, now, data) for key, data in waiting[table].items()],
                        )
                    self._make_room(connection)
            except self._errors as error:
                self._judge(error)

    def sizes(self) -> dict[str, int]:
        """Return how many rows each table has, and as ``bytes`` how large the file is."""
        with self._lock:
            self.write()
            rows = {table: self._ask(f"SELECT count(*) FROM {table}") for table in TABLES}
            with contextlib.suppress(OSError):
                return {**{table: row[0] if row else 0 for table, row in rows.items()}, "bytes": _size(self.path)}
            return {**dict.fromkeys(TABLES, 0), "bytes": 0}

    def close(self) -> None:
        """Write what is waiting, and close the file."""
        with self._lock:
            self.write()
            self._disconnect()

    def _open(self) -> None:
        try:
            import sqlite3
        except ImportError:  # a Python that was built without it
            self.problem = "this Python has no sqlite3"
            return
        self._errors: tuple[type[Exception], ...] = (sqlite3.Error, OSError, OverflowError)
        try:
            self._connect(sqlite3)
        except self._errors as error:
            self._judge(error, opening=True)

    def _connect(self, sqlite3: Any) -> None:
        connection = sqlite3.connect(
            self.path, timeout=_PATIENCE_S, isolation_level=None, check_same_thread=False, cached_statements=32
        )
        self._connection = connection
        # Nobody would miss what a power cut takes, and what it damages is noticed.
        for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "synchronous = OFF"):
            connection.execute(f"PRAGMA {pragma}")
        if not self._schema(connection):
            with self._transaction(connection):
                if not self._schema(connection):  # another process may have been faster
                    for table in _SCHEMA:
                        connection.execute(table)
        if sorted(self._schema(connection)) != sorted(_SCHEMA):
            raise sqlite3.DatabaseError("it holds other tables")

    @staticmethod
    def _schema(connection: sqlite3.Connection) -> list[Any]:
        return [text for (text,) in connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")]

    @contextlib.contextmanager
    def _transaction(self, connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            with contextlib.suppress(*self._errors):
                connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def _ask(self, question: str, *values: bytes) -> tuple[Any, ...] | None:
        """Return the first row of an answer; None if there is none, or no answer."""
        if self._connection is None:
            return None
        try:
            row: tuple[Any, ...] | None = self._connection.execute(question, values).fetchone()
        except self._errors as error:
            self._judge(error)
            return None
        return row

    def _make_room(self, connection: sqlite3.Connection) -> None:
        """Remove what was used longest ago, until the file is well within its limit again."""
        if self._used_bytes(connection) <= self._limit:
            return
        for table in TABLES:
            surplus = self._used_bytes(connection) - _ROOM * self._limit
            sizes = connection.execute(f"SELECT key, length(data) FROM {table} ORDER BY used, rowid")
            gone = []
            while surplus > 0 and (row := sizes.fetchone()) is not None:
                gone.append(row[:1])
                surplus -= row[1]
            sizes.close()
            connection.executemany(f"DELETE FROM {table} WHERE key = ?", gone)

    @staticmethod
    def _used_bytes(connection: sqlite3.Connection) -> int:
        def number(name: str) -> int:
            return int(connection.execute(f"PRAGMA {name}").fetchone()[0])

        return (number("page_count") - number("freelist_count")) * number("page_size")

    def _judge(self, error: Exception, *, opening: bool = False) -> None:
        """Go on after an error: don't wait longer for other processes, begin a damaged file anew, or do without."""
        text = str(error)
        if "locked" in text and not opening:
            return
        self._disconnect()
        if any(reason in text for reason in _NO_DAMAGE) or self._is_new:
            self.problem = text
            return
        self._is_new = True  # a second time would be no accident
        try:
            for name in (self.path, self.path.with_name(f"{self.path.name}-journal")):
                name.unlink(missing_ok=True)
        except OSError as failed:
            self.problem = f"it is damaged and can't be removed: {failed.strerror or failed}"
        else:
            self._open()

    def _disconnect(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(*self._errors):
                self._connection.close()
            self._connection = None


def _size(path: Path) -> int:
    return path.stat().st_size
