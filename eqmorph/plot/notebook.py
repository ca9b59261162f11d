"""What shows itself at the end of a notebook's cell."""

from __future__ import annotations

from abc import ABC, abstractmethod

__all__ = ["ShowsItself"]


class ShowsItself(ABC):
    """Draws itself as SVG, which some notebooks ask for as such and others only as HTML."""

    __slots__ = ()

    @abstractmethod
    def _repr_svg_(self) -> str: ...

    def _repr_html_(self) -> str:
        """Return the same picture as HTML."""
        return self._repr_svg_()
