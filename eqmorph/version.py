"""The version, for every module to name: below all others, so that none has to import the package's front."""

from __future__ import annotations

__all__ = ["__version__"]

__version__ = "0.1.0"
