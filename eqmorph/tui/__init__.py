"""The terminal app: hear and see an EQ while you move it."""

import os

# Textual reads this when it is imported. A change is on screen up to 12 ms sooner than at its default of 60 a second.
os.environ.setdefault("TEXTUAL_FPS", "240")
# numpy's linear algebra reads these when it is imported. What is solved here is small: several threads wait for each
# other, and for a core, longer than they work, now and then for half a second.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
