"""What the Tab key offers for values: words, presets, references, what listens, files. Loads no library for it.

An option or argument names one of these as its ``shell_complete``; what is one of a few (``click.Choice``) or a path
(``click.Path``) needs none.
"""

from __future__ import annotations

import re

import click
from click.shell_completion import CompletionItem

__all__ = ["encoders", "exports", "files", "own_presets", "presets", "references", "words"]

# The last word of a target, which may be empty: not a number after a colon.
_LAST_WORD = re.compile(r"(?:^|[\s+,;(]|(?<=[\s+,;(])-|^-)([^\s+,;:()-]*)$")


def words(_context: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the vocabulary for the last word of a target: ``warm:0.5 + ai``."""
    found = _LAST_WORD.search(incomplete)
    if found is None:
        return []
    before, last = incomplete[: found.start(1)], found[1].lower()
    return [CompletionItem(before + word) for word in _vocabulary() if word.startswith(last)]


def presets(_context: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer all presets by name, and files once a path is begun."""
    from eqmorph.own_files import own_files, shipped_preset_folder

    names = {path.stem for path in shipped_preset_folder().glob("*.toml")} | set(own_files("presets", ".toml"))
    return _named(names, incomplete)


def own_presets(_context: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the presets that can be replaced or removed."""
    from eqmorph.own_files import own_files

    return [CompletionItem(name) for name in own_files("presets", ".toml") if name.startswith(incomplete)]


def references(_context: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the saved references by name, and files."""
    from eqmorph.own_files import own_files

    return _named(own_files("references", ".json"), incomplete)


def encoders(_context: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer what listens: the built-in one by name, and folders."""
    return _named(["analytic"], incomplete)


def exports(_context: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the formats of other programs' EQs."""
    from eqmorph.exchange import FORMATS

    return [CompletionItem(fmt.name, help=fmt.title) for fmt in FORMATS if fmt.name.startswith(incomplete)]


def files(_context: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Leave it to the shell, which knows files best."""
    return [CompletionItem(incomplete, type="file")]


def _named(names: object, incomplete: str) -> list[CompletionItem]:
    found = [CompletionItem(name) for name in sorted(names) if name.startswith(incomplete)]  # type: ignore[call-overload]
    return found or [CompletionItem(incomplete, type="file")]


def _vocabulary() -> list[str]:
    """Return the words of the model in use, by its card alone."""
    import json

    from eqmorph.errors import EqmorphError
    from eqmorph.model_folder import locate

    folder, _ = locate()
    try:
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        return sorted(str(term["word"]) for term in card["terms"])
    except (OSError, ValueError, KeyError, TypeError, EqmorphError):
        return []  # whoever uses the model is told what is wrong with it
