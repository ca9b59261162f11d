"""The site: built strictly, whole without a network, and such that one finds one's way in it."""

from __future__ import annotations

import json
import os
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import numpy as np
import pytest
import soundfile as sf

import eqmorph
from eqmorph.demo import synthesise
from tests.chromium import chromium

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
#: Pages that stand elsewhere, as docs/site/hooks.py names them.
ELSEWHERE = {
    "../benchmarks/README.md": "benchmarks",
    "../CHANGELOG.md": "changes",
    "../CONTRIBUTING.md": "contributing",
    "../SECURITY.md": "security",
}
_LINK = re.compile(r"\]\(([^)\s#]+\.md)(?:#[^)\s]*)?\)")


class Page(HTMLParser):
    """What a page of the site names: links, what a browser loads by itself, and the places that can be linked to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element names."""
        named = {name: value for name, value in attrs if value}
        self.places |= {named[name] for name in ("id", "name") if name in named}
        if tag == "a" and "href" in named:
            self.links.append(named["href"])
        elif tag == "link" and "canonical" not in named.get("rel", "") and "href" in named:
            self.loads.append(named["href"])
        elif "src" in named:
            self.loads.append(named["src"])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the site, built anew."""
    pytest.importorskip("material", reason="needs eqmorph[docs]")
    pytest.importorskip("mkdocstrings", reason="needs eqmorph[docs]")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", str(DOCS / "site" / "mkdocs.yml")]
    quiet = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}  # which is about what comes after mkdocs-material
    done = subprocess.run(
        [*command, "-d", str(folder)], capture_output=True, text=True, check=False, cwd=ROOT, env=quiet
    )
    # (Not with --quiet, which hides warnings from --strict too.)
    said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip() and not line.startswith("INFO")]
    assert (done.returncode, said) == (0, [])
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    """Return all pages of the site by their files."""
    return {path: Page(path.read_text(encoding="utf-8")) for path in site.glob("**/*.html")}


def is_elsewhere(link: str) -> bool:
    """Tell whether a link leaves the site."""
    return re.match(r"[a-z]+:|//", link) is not None


def test_no_link_is_dead(site: Path, pages: dict[Path, Page]) -> None:
    dead = []
    for path, page in pages.items():
        if path.name == "404.html":  # whose links begin at the root of a server
            continue
        for link in [*page.links, *page.loads]:
            if is_elsewhere(link):
                continue
            name, place = (unquote(part) for part in urldefrag(link))
            target = (path.parent / name).resolve() if name else path
            target = target / "index.html" if target.is_dir() else target
            if not target.exists() or (place and target in pages and place not in pages[target].places):
                dead.append(f"{path.relative_to(site)}: {link}")
    assert dead == []


def test_nothing_is_loaded_from_a_network(site: Path, pages: dict[Path, Page]) -> None:
    assert {load for page in pages.values() for load in page.loads if is_elsewhere(load)} == set()
    for style in site.glob("**/*.css"):
        assert not re.search(r"url\(['\"]?(https?:)?//", style.read_text(encoding="utf-8")), style


def test_search_knows_every_page_without_a_server(site: Path, pages: dict[Path, Page]) -> None:
    text = (site / "search" / "search_index.js").read_text(encoding="utf-8")
    known = {entry["location"].partition("#")[0] for entry in json.loads(text.partition("=")[2])["docs"]}
    assert {path.name for path in pages} - known - {"404.html"} == set()


def test_all_public_names_are_described(site: Path, pages: dict[Path, Page]) -> None:
    described = {place.rpartition(".")[2] for place in pages[site / "api.html"].places if place.startswith("eqmorph.")}
    assert set(eqmorph.__all__) - described == set()


def test_sounds_have_players(site: Path, pages: dict[Path, Page]) -> None:
    played = {load for load in pages[site / "adaptive.html"].loads if load.endswith(".mp3")}
    assert played == {f"sounds/{path.name}" for path in DOCS.glob("sounds/*.mp3")}
    assert len(played) == 6


def test_search_finds_in_a_page_that_was_opened_from_a_disk(site: Path, tmp_path: Path) -> None:
    query = "document.querySelector('[data-md-component=search-query]')"
    found = "[...document.querySelectorAll('.md-search-result__link')].map((link) => link.href).join()"
    with chromium(tmp_path / "profile") as browser:
        page = browser.page(tmp_path)
        page.call("Page.navigate", url=(site / "index.html").as_uri())
        page.wait(f"document.readyState === 'complete' && !!{query}")
        page.eval(f"{query}.focus()")
        page.type("limiter")
        is_found = f"{found}.includes('faq.html?h=limiter#why-is-there-no-limiter')"
        page.wait(
            f"{query}.dispatchEvent(new Event('keyup')) && {is_found}"
        )  # again, if it was typed before all is loaded
        assert page.problems == []
        assert [address for address in page.requests if not address.startswith(("file:", "data:", "about:"))] == []


def test_sounds_are_those_that_are_made_today() -> None:
    for before in DOCS.glob("sounds/*-before.mp3"):
        sound = synthesise(before.stem.removesuffix("-before"))
        audio, rate = sf.read(str(before).replace("-before", "-after"), dtype="float32", always_2d=True)
        today = eqmorph.hear(eqmorph.apply(sound.audio, sound.sample_rate, "warm:0.7"), sound.sample_rate)
        assert eqmorph.hear(audio.T, rate).percentile("warm") == pytest.approx(today.percentile("warm"), abs=0.03)


def test_the_picture_of_before_and_after_is_that_of_today() -> None:
    module = runpy.run_path(str(DOCS / "pictures" / "make_before_after.py"))
    drawn, stored = module["picture"](), (DOCS / "pictures" / "before-after.svg").read_text(encoding="utf-8")
    numbers = re.compile(r"-?\d+(?:\.\d+)?")
    assert numbers.sub("", drawn) == numbers.sub("", stored), "python docs/pictures/make_before_after.py"
    places = ([float(number) for number in numbers.findall(text)] for text in (drawn, stored))
    np.testing.assert_allclose(*places, atol=1.0)


def linked(page: str) -> Iterator[str]:
    """Yield the pages that the text of a page links to, the menu left out."""
    path = DOCS / f"{page}.md"
    for link in _LINK.findall(path.read_text(encoding="utf-8")) if path.exists() else ():
        yield ELSEWHERE.get(link, link.removesuffix(".md"))


def test_every_page_is_two_clicks_from_the_index() -> None:
    near = {"index", *linked("index")}
    near |= {further for page in near for further in linked(page)}
    assert {path.stem for path in DOCS.glob("*.md")} | set(ELSEWHERE.values()) <= near


def test_the_readme_and_the_index_show_the_same_two_commands() -> None:
    def commands(path: Path) -> list[str]:
        return re.findall(r"^python3 -m venv .*$", path.read_text(encoding="utf-8"), re.MULTILINE)

    assert len(commands(ROOT / "README.md")) == 2
    assert commands(DOCS / "index.md") == commands(ROOT / "README.md")


def test_the_readme_fits_a_screen() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 70


# What pages say of each other.


def bars(page: str) -> tuple[int, int]:
    """Return how many bars a page of the evaluation has met, and how many it has; of encoders, of the first."""
    text = (DOCS / f"{page}.md").read_text(encoding="utf-8")
    said: list[str] = []
    for table in re.findall(r"^\*\*Bars\b.*?\*\*\n\n(.*?)\n\n", text, re.MULTILINE | re.DOTALL):
        for row in table.splitlines()[2:]:
            cells = [cell.strip() for cell in row.strip("|").split("|")][2:]
            said += cells[:1] if page == "evaluation-audio" else cells
    met, missed = (sum(cell.endswith(f" {word}") for cell in said) for word in ("met", "missed"))
    return met, met + missed


def test_the_summary_of_the_evaluation_counts_what_its_pages_say() -> None:
    text = (DOCS / "evaluation.md").read_text(encoding="utf-8")
    told = {
        page: (int(met), int(of)) for met, of, page in re.findall(r"\| (\d+) of (\d+) \| \[.*?\]\((.*?)\.md\)", text)
    }
    assert set(told) == {f"evaluation-{name}" for name in ("model", "people", "audio", "moves", "follow")}
    assert told == {page: bars(page) for page in told}


def test_figures_of_the_summary_are_those_of_its_pages() -> None:
    text = (DOCS / "evaluation.md").read_text(encoding="utf-8")
    pages = "\n".join(path.read_text(encoding="utf-8") for path in DOCS.glob("evaluation-*.md"))
    figures = re.findall(r"\b\d+\.\d+\b", text)
    assert len(figures) >= 5
    assert [figure for figure in figures if figure not in pages] == []
