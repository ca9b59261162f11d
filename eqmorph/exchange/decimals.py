"""Numbers as other programs write them: with decimal points, whatever the system's language, and no exponents."""

from __future__ import annotations

from decimal import Decimal

__all__ = ["decimal", "exact"]


def decimal(value: float, least: int, most: int) -> str:
    """Write a number with ``most`` decimals, without zeros behind the first ``least`` of them."""
    text = f"{value:.{most}f}"
    whole, _, digits = (text if text.strip("-0.") else text.removeprefix("-")).partition(".")
    digits = digits.rstrip("0").ljust(least, "0")
    return f"{whole}.{digits}" if digits else whole


def exact(value: float) -> str:
    """Write a number with all digits that it has."""
    return f"{Decimal(repr(float(value))):f}".removesuffix(".0")
