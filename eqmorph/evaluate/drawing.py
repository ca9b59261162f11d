"""What all figures share: colors, and how they are written."""

from __future__ import annotations

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.figure import Figure

__all__ = ["BRIGHT", "INK", "QUIET", "WARM", "save"]

WARM, BRIGHT, INK, QUIET = "#c2571a", "#1f6fb2", "#222222", "#b8b8b8"


def save(figure: Figure, out: Path, name: str) -> list[Path]:
    """Write a figure as SVG and PNG; the paths written."""
    paths = [out / f"{name}.svg", out / f"{name}.png"]
    with plt.rc_context({"svg.hashsalt": "eqmorph"}):  # the same figure gives the same file
        figure.savefig(paths[0], metadata={"Date": None})
        figure.savefig(paths[1], dpi=110, metadata={"Software": None})
    plt.close(figure)
    return paths
