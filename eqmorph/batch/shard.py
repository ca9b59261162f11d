"""Parts of a set of files that several runs, on one machine or many, do without knowing of each other."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from eqmorph.batch.find import Source
from eqmorph.errors import UsageError

__all__ = ["Shard"]


@dataclass(frozen=True, slots=True)
class Shard:
    """One of so many parts, from 1 on. Each file is in one, which only its path below the input folder decides on."""

    number: int
    count: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= self.count:
            raise UsageError(
                f"there is no part {self.number} of {self.count}",
                hint=f"Parts are 1/{self.count} to {self.count}/{self.count}.",
            )

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Read ``3/16``.

        Raises:
            UsageError: it is none.
        """
        found = re.fullmatch(r"\s*(\d{1,9})\s*/\s*(\d{1,9})\s*", text)
        if found is None:
            raise UsageError(f"{text!r} is not a part", hint="Write 3/16 for the third of sixteen parts.")
        return cls(int(found[1]), int(found[2]))

    def of(self, sources: Iterable[Source]) -> Iterator[Source]:
        """Yield the files that are in this part."""
        return filter(self._takes, sources)

    def _takes(self, source: Source) -> bool:
        # As systems compare names, without a suffix: files that would get one name must meet, to be refused.
        name = unicodedata.normalize("NFC", source.relative.with_suffix("").as_posix()).casefold()
        digest = hashlib.blake2b(name.encode("utf-8", "surrogateescape"), digest_size=8).digest()
        return int.from_bytes(digest, "big") % self.count == self.number - 1

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"
