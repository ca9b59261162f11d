"""Run docs/notebook.ipynb, and write it with all that it shows as a page of the documentation.

python docs/pictures/make_notebook_page.py
"""

from __future__ import annotations

import ast
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from PIL import Image

DOCS = Path(__file__).parents[1]
NOTEBOOK, PAGE, PICTURES = DOCS / "notebook.ipynb", DOCS / "notebook.md", DOCS / "pictures" / "notebook"
DOWNLOAD = "[The notebook itself](notebook.ipynb), to run it and go on from there."
NOT_RUN = "<!-- not run: a cell, which tests/figures/test_notebook.py runs with those before it -->"
COLOURS = 128  # of a PNG: more can't be seen, and take three times the room
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def run_cell(source: str, names: dict[str, Any]) -> object:
    """Run the code of a cell as a notebook does; return its last line's value, unless a semicolon keeps it back."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, str(NOTEBOOK), "exec"), names)
    value = None if last is None else eval(compile(ast.Expression(last.value), str(NOTEBOOK), "eval"), names)
    return None if source.rstrip().endswith(";") else value


def run_notebook() -> Iterator[tuple[dict[str, Any], object, list[bytes]]]:
    """Yield each cell, once it is run what its last line is, and the figures that it drew, as PNG."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
        value = run_cell("".join(cell["source"]), names) if cell["cell_type"] == "code" else None
        yield cell, value, [_png(plt.figure(number)) for number in plt.get_fignums()]
        plt.close("all")


def page() -> tuple[str, dict[str, bytes]]:
    """Return the page, and its pictures by name."""
    parts: list[str] = []
    pictures: dict[str, bytes] = {}
    title = ""
    for cell, value, figures in run_notebook():
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            parts += [source, *([] if title else [DOWNLOAD])]
            title = (_HEADING.search(source) or [title, title])[1]
            continue
        parts.append(f"{NOT_RUN}\n```python\n{source.removesuffix(';')}\n```")
        shown = {f"{len(pictures) + number}.png": data for number, data in enumerate(figures, start=1)}
        if hasattr(value, "_repr_svg_"):
            shown = {f"{len(pictures) + 1}.svg": value._repr_svg_().encode()}
        elif value is not None:
            parts.append(f"```text\n{value!r}\n```")
        parts += [f"![{title}](pictures/notebook/{name})" for name in shown]
        pictures |= shown
    return "\n\n".join([*parts, ""]).rstrip("\n") + "\n", pictures


def _png(figure: Any) -> bytes:
    drawn, small = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png", dpi=110)
    with Image.open(drawn) as image:
        image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
    return small.getvalue()


if __name__ == "__main__":
    text, drawn = page()
    PAGE.write_text(text, encoding="utf-8", newline="\n")
    PICTURES.mkdir(exist_ok=True)
    for old in PICTURES.iterdir():
        old.unlink()
    for name, data in drawn.items():
        (PICTURES / name).write_bytes(data)
