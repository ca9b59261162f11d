"""What the site needs beside the pages in docs/: those that stand elsewhere in the repository, and links between both.

On GitHub ``docs/agents.md`` links to ``../benchmarks/README.md``, and that one back to ``../docs/agents.md``. In the
site both are pages of one folder, so that links are rewritten. What is no page there leads to the repository.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[2]
#: Pages that stand elsewhere, by their place in the repository, and what they are called in the site.
ELSEWHERE = {
    "benchmarks/README.md": "benchmarks.md",
    "CHANGELOG.md": "changes.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
}
_PLACES = {page: place for place, page in ELSEWHERE.items()}
_LINK = re.compile(r"(\]\()([^)\s:#]+)(#[^)\s]*)?(\))")


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the pages that stand elsewhere."""
    for place, page in ELSEWHERE.items():
        files.append(File.generated(config, page, abs_src_path=str(ROOT / place)))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Let links that leave docs/ lead to the site's own pages, or else to the repository."""
    here = _PLACES.get(page.file.src_uri, f"docs/{page.file.src_uri}")

    def rewritten(link: re.Match[str]) -> str:
        place = posixpath.normpath(posixpath.join(posixpath.dirname(here), link[2]))
        target = ELSEWHERE.get(place, place.removeprefix("docs/"))
        file = files.get_file_from_path(target)
        if (file is None or file.inclusion.is_excluded()) and (ROOT / place).exists():
            kind = "tree" if (ROOT / place).is_dir() else "blob"
            return f"{link[1]}{config.extra['repository']}/{kind}/main/{place}{link[3] or ''}{link[4]}"
        return f"{link[1]}{target}{link[3] or ''}{link[4]}"

    return _LINK.sub(rewritten, markdown)


_SOUND = re.compile(r'<a href="([^"]+\.mp3)">(.*?)</a>')
_PLAYER = r'<span class="listen"><a href="\1">\2</a><audio controls preload="none" src="\1"></audio></span>'

_CODE = re.compile(r"<code>.*?</code>", re.DOTALL)
_CELL = re.compile(r"[\u2580-\u259f\u2800-\u28ff]")


def on_page_content(html: str, **_: object) -> str:
    """Put a player beside each link to a sound, and what a terminal draws of blocks and dots into cells.

    Hardly a font has these as wide as its letters, and a browser takes them from another one.
    """
    html = _CODE.sub(lambda code: _CELL.sub(r"<i>\g<0></i>", code[0]), html)
    return _SOUND.sub(_PLAYER, html)
