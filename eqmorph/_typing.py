"""Names for arrays that many rooms pass on. Docstrings say their shapes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["Complex128", "Float32", "Float64"]

Complex128 = NDArray[np.complex128]
Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]
