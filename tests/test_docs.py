"""Whatever the pages show of commands and code is so: it runs, and prints what stands below it (see doc_blocks.py)."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from tests.doc_blocks import LANGUAGES, PAGES, World, blocks_of, matches, run_page, steps_of, write_new

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

NEW = os.environ.get("EQMORPH_DOCS") == "new"
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="the pages show paths, numbers and shells as on Linux")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return the folder of sounds that the pages take for granted."""
    return World(tmp_path_factory.mktemp("docs"))


@on_linux
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_shows_runs_and_prints_what_it_says(page: Path, world: World) -> None:
    ran = run_page(page, world, new=NEW)
    if ran.new:
        write_new(page, ran)
    assert not ran.wrong, "\n\n".join(ran.wrong)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_block_says_what_it_is(page: Path) -> None:
    assert [block.place for block in blocks_of(page) if block.language not in LANGUAGES] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_data_in_the_pages_can_be_read(page: Path) -> None:
    readers = {"json": json.loads, "toml": tomllib.loads}
    for block in blocks_of(page):
        if block.language in readers:
            readers[block.language]("\n".join(block.lines))


def test_what_is_not_run_says_why_and_is_little() -> None:
    blocks = [block for page in PAGES for block in blocks_of(page) if block.language in ("sh", "console", "python")]
    left_out = [block for block in blocks if block.not_run is not None]
    assert all(len((block.not_run or "").split()) >= 3 for block in left_out)
    nowhere = [block for block in left_out if "test_notebook.py runs" not in (block.not_run or "")]
    assert len(nowhere) <= len(blocks) / 5, [block.place for block in nowhere]
    texts = [page.read_text(encoding="utf-8") for page in PAGES]
    markers = sum(text.count(f"<!-- {mark}: ") for text in texts for mark in ("not run", "ci"))
    assert markers == len(left_out), "a marker that stands above no block of commands"


# The checker itself.


@pytest.mark.parametrize(
    ("shown", "said", "same"),
    [
        ("one\ntwo", "one\ntwo\n", True),
        ("one\ntwo", "one\nthree\n", False),
        ("one\n...\nfour", "one\ntwo\nthree\nfour\n", True),
        ("one\n...", "two\none\n", False),
        ("warm ... 0.5", "warm and more 0.5\n", True),
        ("a -> b  -2.1 dBTP  48x", "a -> b  -2.1 dBTP  7x\n", True),
        ("a -> b  -2.1 dBTP  48x", "a -> b  -2.2 dBTP  48x\n", False),
        ("f=164.84519339957268", "f=164.84519339957301\n", True),
        ("f=164.84519339957268", "f=164.94519339957268\n", False),
        ("", "one\n", False),
    ],
)
def test_numbers_are_compared_and_times_are_not(shown: str, said: str, same: bool) -> None:
    assert matches(shown.split("\n") if shown else [], said) is same


@on_linux
def test_a_page_with_a_wrong_number_is_found_and_put_right(tmp_path: Path, world: World) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "```console\n$ eqmorph presets shwo\nerror: no\n```\n\n```python\nprint(1 + 1)\n```\n\n```text\n3\n```\n\n"
        "```sh\neqmorph analyze nothing.wav\n```\n",
        encoding="utf-8",
    )
    no, three, failed = run_page(page, world, new=False).wrong
    assert "Did you mean show?" in no
    assert "printed:\n2" in three
    assert "ended with 1" in failed
    write_new(page, run_page(page, world, new=True))
    assert len(run_page(page, world, new=False).wrong) == 1
    assert "```text\n2\n```" in page.read_text(encoding="utf-8")


@on_linux
def test_lines_of_a_block_go_on_from_each_other(tmp_path: Path, world: World) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "```sh\neqmorph presets save mine --bands 'HS 10k +3'\neqmorph presets show mine # it is there\n"
        "eqmorph apply in/ out/ --preset mine\neqmorph apply in/ out/ --preset air\n```\n",
        encoding="utf-8",
    )
    assert len(steps_of(blocks_of(page)[0])) == 4
    assert run_page(page, world, new=False).wrong == []
