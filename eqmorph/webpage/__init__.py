"""What the pages that are written have in common: one file that holds all it needs and asks no network for anything.

A page's policy lets nothing run but its one script, which it names by digest, and no request leave it but for what its
room allows. `base.css` is the look of them all, light and dark.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

__all__ = ["filled_page", "json_inside"]


def filled_page(room: str, parts: Mapping[str, str], *, allowed: str = "") -> bytes:
    """Return the page of a room: its page.html, with page.css and page.js inside, and ``parts`` in their places.

    Args:
        room: the package that holds the three files.
        parts: HTML for each ``@@NAME@@`` of page.html but POLICY, STYLE and SCRIPT.
        allowed: what the page may load besides, as directives of its content security policy.
    """
    script, style = _text(room, "page.js"), _text("eqmorph.webpage", "base.css") + _text(room, "page.css")
    policy = (
        "default-src 'none'; base-uri 'none'; form-action 'none'; "
        f"script-src '{_digest(script)}'; style-src '{_digest(style)}'"
    )
    known = {"POLICY": f"{policy}; {allowed}" if allowed else policy, "STYLE": style, "SCRIPT": script, **parts}
    # Every second piece between the marks is the name of a part.
    pieces = _text(room, "page.html").split("@@")
    pieces[1::2] = [known[name] for name in pieces[1::2]]
    return "".join(pieces).encode()


def json_inside(data: Any) -> str:
    """Return data as one line of JSON for a script element, which nothing in it can end."""
    return json.dumps(data, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


def _text(package: str, name: str) -> str:
    return files(package).joinpath(name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """Return the source expression of a content security policy for a script or a style."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
