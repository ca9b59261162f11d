"""The terminal app: hear and see an EQ while you move it."""

import os

# Textual reads this when it is imported. A change is on screen up to 12 ms sooner than at its default of 60 a second.
os.environ.setdefault("TEXTUAL_FPS", "240")
