import hashlib
import json
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from eqmorph.errors import InputError
from eqmorph.model import SemanticSpace, load_space
from eqmorph.model.files import CARD, locate, shipped_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped model, to be damaged."""
    return Path(shutil.copytree(shipped_folder(), tmp_path / "model"))


def rewrite(folder: Path, name: str, data: bytes) -> None:
    """Exchange a file and let the card say so: what is inside it must still be doubted."""
    (folder / name).write_bytes(data)
    card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    card["files"][name] = hashlib.sha256(data).hexdigest()
    (folder / CARD).write_text(json.dumps(card), encoding="utf-8")


def refused(folder: Path) -> str:
    with pytest.raises(InputError) as caught:
        SemanticSpace.load(folder)
    assert caught.value.hint
    return str(caught.value)


def test_the_model_can_be_chosen(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EQMORPH_MODEL", raising=False)
    assert locate() == (shipped_folder(), "shipped")
    monkeypatch.setenv("EQMORPH_MODEL", str(folder))
    assert locate() == (folder, "EQMORPH_MODEL")
    assert SemanticSpace.load().folder == folder
    assert load_space().folder == folder
    monkeypatch.delenv("EQMORPH_MODEL")
    assert load_space().folder == shipped_folder()
    assert locate(Path("other")) == (Path("other"), "--model")


def test_a_missing_or_foreign_model_is_refused(tmp_path: Path, folder: Path) -> None:
    assert "no model here" in refused(tmp_path / "nothing")
    (folder / CARD).write_text("{}")
    assert "not a model of this program" in refused(folder)
    (folder / CARD).write_bytes(b"\xff{")
    assert "damaged" in refused(folder)


@pytest.mark.parametrize("name", ["encoder.safetensors", "decoder.safetensors", "space.safetensors"])
def test_damage_is_noticed(folder: Path, name: str) -> None:
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    message = refused(folder)
    assert name in message
    assert "damaged or exchanged" in message
    (folder / name).unlink()
    assert "lacks" in refused(folder)


def test_nothing_is_ever_unpickled(folder: Path, tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (os.mkdir, (str(tmp_path / "sprung"),))

    rewrite(folder, "encoder.safetensors", pickle.dumps(Trap()))
    assert "no safetensors file" in refused(folder)
    assert not (tmp_path / "sprung").exists()


def test_another_network_and_numbers_that_are_none_are_refused(folder: Path, tmp_path: Path) -> None:
    weights = load_file(folder / "decoder.safetensors")
    for change, message in ((np.zeros((2, 2), np.float32), "another network"), (None, "not finite")):
        value = np.full_like(weights["skip.weight"], np.nan) if change is None else change
        save_file({**weights, "skip.weight": value}, tmp_path / "changed")
        rewrite(folder, "decoder.safetensors", (tmp_path / "changed").read_bytes())
        assert message in refused(folder)


def test_run_time_loads_neither_torch_nor_onnxruntime() -> None:
    code = (
        "import sys; from eqmorph.model import load_space; load_space().equalizer('warm');"
        "heavy = ('torch', 'onnxruntime', 'onnx', 'sklearn', 'scipy', 'pedalboard', 'click');"
        "print([m for m in heavy if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
