"""What the model promises about its form: short modules."""

from pathlib import Path

import eqmorph.model

PACKAGE = Path(eqmorph.model.__file__).parents[1]
MODULES = [PACKAGE / "words.py", PACKAGE / "target.py", *PACKAGE.glob("model/*.py"), *PACKAGE.glob("train/**/*.py")]


def test_modules_of_the_model_are_short() -> None:
    assert max(len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES) < 350
