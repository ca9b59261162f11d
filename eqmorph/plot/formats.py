"""As what figures can be written and how they can look; a help page says it, so nothing is loaded for it."""

__all__ = ["FORMATS", "STYLE_NAMES"]

#: The endings of a figure's file.
FORMATS = (".png", ".svg", ".pdf")
#: For a page, light or dark, and for a slide.
STYLE_NAMES = ("light", "dark", "slide", "dark-slide")
