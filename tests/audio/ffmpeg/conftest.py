"""A disk that gets full."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """Return what makes a disk of so many pages; what was there before is gone."""
    place = tmp_path / "disk"
    place.mkdir()

    def of_pages(pages: int) -> Path:
        subprocess.run(["umount", str(place)], check=False, capture_output=True)
        size = f"size={pages * os.sysconf('SC_PAGE_SIZE')}"
        if subprocess.run(
            ["mount", "-t", "tmpfs", "-o", size, "tmpfs", place], check=False, capture_output=True
        ).returncode:
            pytest.skip("no disk can be mounted here")
        return place

    yield of_pages
    subprocess.run(["umount", str(place)], check=False, capture_output=True)
