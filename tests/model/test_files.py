import hashlib
import json
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from eqmorph.errors import InputError, UsageError
from eqmorph.model import SemanticSpace, load_space
from eqmorph.model.card import CARD, digest_of
from eqmorph.model.files import locate, shipped_folder
from tests.support import environment


def rewrite(folder: Path, name: str, data: bytes) -> None:
    """Exchange a file and let the card say so: what is inside it must still be doubted."""
    (folder / name).write_bytes(data)
    card = read(folder)
    card["files"][name] = hashlib.sha256(data).hexdigest()
    write(folder, card)


def read(folder: Path) -> dict[str, Any]:
    card: dict[str, Any] = json.loads((folder / CARD).read_text(encoding="utf-8"))
    return card


def write(folder: Path, card: dict[str, Any]) -> None:
    """Return a card with the digest it should have."""
    (folder / CARD).write_text(json.dumps({**card, "digest": digest_of(card)}), encoding="utf-8")


def refused(folder: Path) -> str:
    with pytest.raises(InputError) as caught:
        SemanticSpace.load(folder)
    assert caught.value.hint
    return str(caught.value)


def test_the_model_can_be_chosen(model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert locate() == (shipped_folder(), "shipped")
    monkeypatch.setenv("EQMORPH_MODEL", str(model_folder))
    assert locate() == (model_folder, "EQMORPH_MODEL")
    assert SemanticSpace.load().folder == model_folder
    assert load_space().folder == model_folder
    monkeypatch.delenv("EQMORPH_MODEL")
    assert load_space().folder == shipped_folder()
    assert locate(Path("other")) == (Path("other"), "argument")


def test_a_missing_or_foreign_model_is_refused(tmp_path: Path, model_folder: Path) -> None:
    with pytest.raises(UsageError, match="no model here"):
        SemanticSpace.load(tmp_path / "nothing")
    (model_folder / CARD).write_text("{}")
    assert "not a model of this program" in refused(model_folder)
    (model_folder / CARD).write_bytes(b"\xff{")
    assert "damaged" in refused(model_folder)


@pytest.mark.parametrize(
    "name", ["encoder.safetensors", "decoder.safetensors", "space.safetensors", "encoder.onnx", "decoder.onnx"]
)
def test_damage_is_noticed(model_folder: Path, name: str) -> None:
    data = bytearray((model_folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (model_folder / name).write_bytes(data)
    message = refused(model_folder)
    assert name in message
    assert "damaged or replaced" in message
    (model_folder / name).unlink()
    assert "is missing" in refused(model_folder)


def test_an_edited_card_is_noticed(model_folder: Path) -> None:
    text = (model_folder / CARD).read_text(encoding="utf-8")
    (model_folder / CARD).write_text(text.replace('"people": 2', '"people": 20', 1), encoding="utf-8")
    assert "changed after it was sealed" in refused(model_folder)
    (model_folder / CARD).write_text(json.dumps(json.loads(text)), encoding="utf-8")  # other spaces say the same
    assert len(SemanticSpace.load(model_folder).terms) > 280
    card = read(model_folder)
    del card["digest"]
    (model_folder / CARD).write_text(json.dumps(card), encoding="utf-8")
    assert "not sealed" in refused(model_folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"word": ""}, "term 3 has no word"),
        ({"word": 7}, "term 3 has no word"),
        ({"word": "a\nb"}, "term 3 has no word"),
        ({"word": "AFILADO "}, "term 3 is term 2 again"),
        ({"language": "xx"}, "term 3 has a language"),
        ({"rows": -1}, "term 3 has no number of rows"),
        ({"people": "2"}, "term 3 has no number of people"),
        ({"people": True}, "term 3 has no number of people"),
        ({"confidence": 1.5}, "term 3 has confidence outside 0 to 1"),
        ({"confidence": None}, "term 3 has confidence outside 0 to 1"),
        ({"charts": "owsinski"}, "term 3 has no list of charts"),
        ({"charts": [1]}, "term 3 has no list of charts"),
        ({"other_sense": "a\nb"}, "term 3 has another sense that is not text"),
        ({"agreement": float("nan")}, "term 3 has agreement outside -1 to 1"),
        ({"agreement": "much"}, "term 3 has agreement outside -1 to 1"),
    ],
)
def test_a_sealed_card_is_doubted_too(model_folder: Path, change: dict[str, Any], message: str) -> None:
    card = read(model_folder)
    card["terms"][2].update(change)
    write(model_folder, card)
    assert message in refused(model_folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"terms": []}, "names no terms"),
        ({"terms": [3]}, "term 1 is not a table"),
        ({"files": None}, "names no files"),
        ({"files": {}}, "does not name encoder.safetensors"),
        ({"counts": []}, "counts is not a table"),
        ({"data_sha256": 3}, "data_sha256 is not a table"),
    ],
)
def test_a_card_of_another_form_is_refused(model_folder: Path, change: dict[str, Any], message: str) -> None:
    write(model_folder, {**read(model_folder), **change})
    assert message in refused(model_folder)


def test_a_card_names_files_of_a_model_only(model_folder: Path) -> None:
    card = read(model_folder)
    card["files"]["../other"] = card["files"]["encoder.onnx"]
    write(model_folder, card)
    assert "not part of a model" in refused(model_folder)
    card["files"] = {**read(model_folder)["files"], "encoder.onnx": "short"}
    del card["files"]["../other"]
    write(model_folder, card)
    assert "hash of encoder.onnx" in refused(model_folder)


@pytest.mark.parametrize(
    ("name", "factor", "message"),
    [
        ("term_curves", 1e30, "term_curves holds numbers beyond"),
        ("term_curves", 12, "can't have the curve of a word"),
        ("term_curves", 0, "can't have the curve of a word"),
        ("term_quantiles", -1, "do not ascend"),
        ("people_linear", 1e6, "people_linear holds numbers beyond"),
    ],
)
def test_absurd_numbers_are_noticed(model_folder: Path, tmp_path: Path, name: str, factor: float, message: str) -> None:
    arrays = load_file(model_folder / "space.safetensors")
    save_file({**arrays, name: arrays[name] * np.float32(factor)}, tmp_path / "changed")
    rewrite(model_folder, "space.safetensors", (tmp_path / "changed").read_bytes())
    assert message in refused(model_folder)


def test_a_curve_that_is_a_level_is_none(model_folder: Path, tmp_path: Path) -> None:
    arrays = load_file(model_folder / "space.safetensors")
    arrays["term_curves"][3] = 4.0
    save_file(arrays, tmp_path / "changed")
    rewrite(model_folder, "space.safetensors", (tmp_path / "changed").read_bytes())
    assert "can't have the curve of a word" in refused(model_folder)


def test_who_answered_is_told_from_who_saved_a_setting(model_folder: Path, tmp_path: Path) -> None:
    arrays = load_file(model_folder / "space.safetensors")
    answered = np.zeros(len(arrays["people_linear"]), np.uint8)
    answered[3] = 1
    save_file({**arrays, "people_answered": answered}, tmp_path / "changed")
    rewrite(model_folder, "space.safetensors", (tmp_path / "changed").read_bytes())
    assert SemanticSpace.load(model_folder).people_answered.nonzero()[0].tolist() == [3]
    save_file({**arrays, "people_answered": answered[1:]}, tmp_path / "changed")
    rewrite(model_folder, "space.safetensors", (tmp_path / "changed").read_bytes())
    assert "people_answered" in refused(model_folder)


@pytest.mark.parametrize(("part", "name"), [("decoder", "bands.hidden.7.weight"), ("encoder", "x"), ("space", "more")])
def test_arrays_that_belong_to_no_model_are_refused(model_folder: Path, tmp_path: Path, part: str, name: str) -> None:
    arrays = load_file(model_folder / f"{part}.safetensors")
    save_file({**arrays, name: np.zeros(3, np.float32)}, tmp_path / "changed")
    rewrite(model_folder, f"{part}.safetensors", (tmp_path / "changed").read_bytes())
    assert repr(name) in refused(model_folder)


def test_a_number_without_end_is_no_card(model_folder: Path) -> None:
    text = (model_folder / CARD).read_text(encoding="utf-8")
    (model_folder / CARD).write_text(text.replace('"people": 2', '"people": ' + "2" * 5000, 1), encoding="utf-8")
    assert "card is damaged" in refused(model_folder)


def test_nothing_is_ever_unpickled(model_folder: Path, tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (os.mkdir, (str(tmp_path / "sprung"),))

    rewrite(model_folder, "encoder.safetensors", pickle.dumps(Trap()))
    assert "not a safetensors file" in refused(model_folder)
    assert not (tmp_path / "sprung").exists()


def test_another_network_and_numbers_that_are_none_are_refused(model_folder: Path, tmp_path: Path) -> None:
    weights = load_file(model_folder / "decoder.safetensors")
    for change, message in ((np.zeros((2, 2), np.float32), "another network"), (None, "not finite")):
        value = np.full_like(weights["skip.weight"], np.nan) if change is None else change
        save_file({**weights, "skip.weight": value}, tmp_path / "changed")
        rewrite(model_folder, "decoder.safetensors", (tmp_path / "changed").read_bytes())
        assert message in refused(model_folder)


def test_run_time_loads_neither_torch_nor_onnxruntime() -> None:
    code = (
        "import sys; from eqmorph.model import load_space; load_space().equalizer('warm');"
        "heavy = ('torch', 'onnxruntime', 'onnx', 'sklearn', 'scipy', 'pedalboard', 'click');"
        "print([m for m in heavy if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment())
    assert done.stdout.strip() == "[]"
