"""Which model folder is in use. It stands by itself so that whoever only asks for that loads no model."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

__all__ = ["MODEL_VARIABLE", "locate", "shipped_digest", "shipped_folder"]

MODEL_VARIABLE = "EQMORPH_MODEL"


def shipped_folder() -> Path:
    """Return the folder of the shipped model."""
    return Path(__file__).parent / "model" / "shipped"


def locate(folder: Path | None = None) -> tuple[Path, str]:
    """Return the model folder in use and who chose it: the caller, the environment or nobody (the shipped one)."""
    if folder is not None:
        return folder, "argument"
    from_environment = os.environ.get(MODEL_VARIABLE)
    if from_environment:
        return Path(from_environment), MODEL_VARIABLE
    return shipped_folder(), "shipped"


def shipped_digest() -> str:
    """Return the SHA-256 of the shipped weights, as a trajectory has it: by the card, which loading verifies."""
    card = json.loads((shipped_folder() / "card.json").read_text(encoding="utf-8"))
    return hashlib.sha256(json.dumps(card["files"], sort_keys=True).encode()).hexdigest()
