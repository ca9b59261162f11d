"""Figures drawn by matplotlib, the extra ``plot``: one style for all, plain numbers in. Loaded only when asked for."""
