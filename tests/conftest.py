"""What all tests share: settled surroundings, a seeded source of chance, the shipped model, and empty own folders."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from eqmorph.analysis import Ear, load_ear
from eqmorph.model import SemanticSpace
from eqmorph.model.files import shipped_folder

settings.register_profile("eqmorph", derandomize=True, deadline=None, max_examples=50, database=None)
settings.load_profile("eqmorph")


def pytest_configure() -> None:
    """Forget what the caller's environment says of models and terminals, before a test module is imported."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell has it for what runs behind it
        signal.signal(signal.SIGINT, signal.default_int_handler)  # some tests press Ctrl-C, and would wait for ever
    own = {f"EQMORPH_{name}" for name in ("DATA", "DOCS", "GOLDEN", "PICTURES")}  # which are for the tests
    settings = {name for name in os.environ if name.startswith("EQMORPH_")} - own
    for name in ("OMP", "OPENBLAS", "MKL"):  # threads on threads: the tests are shared out to all processors already
        os.environ.setdefault(f"{name}_NUM_THREADS", "1")
    for name in (*settings, "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "LINES"):
        os.environ.pop(name, None)


def pytest_collection_finish() -> None:
    """Spare the garbage collector a look at thousands of tests and all that they import, again and again."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def _no_settings_of_ones_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep presets, settings and cache of whoever runs the tests away from them, and from processes they start."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for kind in ("CACHE", "CONFIG", "STATE"):
            patch.setenv(f"XDG_{kind}_HOME", str(home / kind.lower()))
        yield


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    """Return random numbers: for each test its own, and the same in every run."""
    return np.random.default_rng(zlib.crc32(request.node.name.encode()))


@pytest.fixture(scope="session")
def space() -> SemanticSpace:
    """Return the shipped model."""
    return SemanticSpace.load()


@pytest.fixture(scope="session")
def ear() -> Ear:
    """Return the shipped model and reference."""
    return load_ear()


@pytest.fixture
def model_folder(tmp_path: Path) -> Path:
    """Return a copy of the shipped model, to be changed."""
    return Path(shutil.copytree(shipped_folder(), tmp_path / "model"))


@pytest.fixture
def own_presets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder of the user's own presets."""
    folder = tmp_path / "config" / "presets"
    folder.mkdir(parents=True)
    monkeypatch.setattr("platformdirs.user_config_dir", lambda *_: str(folder.parent))
    return folder
