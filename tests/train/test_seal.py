import hashlib
import json
from pathlib import Path

import pytest
from safetensors.numpy import load_file

from eqmorph.errors import InputError, UsageError
from eqmorph.model import SemanticSpace
from eqmorph.model.card import CARD
from eqmorph.train import seal as sealing
from eqmorph.train.seal import seal


def test_the_shipped_model_needs_no_sealing(model_folder: Path) -> None:
    before = {p.name: p.read_bytes() for p in model_folder.iterdir()}
    assert seal(model_folder) == []
    assert {p.name: p.read_bytes() for p in model_folder.iterdir()} == before


def test_a_card_that_was_changed_on_purpose_can_be_sealed(model_folder: Path) -> None:
    text = (model_folder / CARD).read_text(encoding="utf-8")
    (model_folder / CARD).write_text(text.replace('"people": 2', '"people": 20', 1), encoding="utf-8")
    with pytest.raises(InputError, match="changed"):
        SemanticSpace.load(model_folder)
    assert seal(model_folder) == []
    assert any(term.people == 20 for term in SemanticSpace.load(model_folder).terms.values())


def test_words_that_are_junk_by_now_leave_every_array(model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = SemanticSpace.load(model_folder)
    networks = {n: (model_folder / f"{n}.safetensors").read_bytes() for n in ("encoder", "decoder")}
    junk = {"boomy", "frío"}
    monkeypatch.setattr(sealing, "junk_reason", lambda words: "junk" if set(words) & {"boomy", "frio"} else None)
    assert set(seal(model_folder)) == junk
    pruned = SemanticSpace.load(model_folder)
    assert set(pruned.terms) == set(whole.terms) - junk
    assert all((pruned.terms[w].curve_db == whole.terms[w].curve_db).all() for w in pruned.terms)
    assert pruned.equalizer("warm").bands == whole.equalizer("warm").bands
    assert pruned.percentiles(whole.curves[0])["warm"] == whole.percentiles(whole.curves[0])["warm"]
    assert len(pruned.rows_of("warm")) == len(whole.rows_of("warm"))
    had, has = whole.people_words.any(axis=1), pruned.people_words.any(axis=1)
    assert has.sum() < had.sum()
    assert (~has).sum() == (~had).sum()  # of those who had no word of the vocabulary all stay
    assert len(pruned.people_answered) == len(has)
    assert pruned.card["counts"]["terms"] == len(pruned.terms)
    assert junk <= set(pruned.card["left_out_since"]["words"])
    assert networks == {n: (model_folder / f"{n}.safetensors").read_bytes() for n in networks}


def test_a_card_is_never_left_without_words(model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "junk_reason", lambda _: "junk")
    before = {p.name: p.read_bytes() for p in model_folder.iterdir()}
    with pytest.raises(InputError, match="no word would be left"):
        seal(model_folder)
    assert {p.name: p.read_bytes() for p in model_folder.iterdir()} == before


def test_what_is_no_model_is_not_sealed(model_folder: Path) -> None:
    card = json.loads((model_folder / CARD).read_text(encoding="utf-8"))
    card["terms"].pop()
    (model_folder / CARD).write_text(json.dumps(card), encoding="utf-8")
    before = (model_folder / CARD).read_bytes()
    with pytest.raises(InputError, match="another"):
        seal(model_folder)
    assert (model_folder / CARD).read_bytes() == before
    with pytest.raises(UsageError, match="no model here"):
        seal(model_folder / "nothing")


def test_the_card_names_the_files_by_their_hashes(model_folder: Path) -> None:
    (model_folder / "encoder.onnx").unlink()
    seal(model_folder)
    card = json.loads((model_folder / CARD).read_text(encoding="utf-8"))
    assert "encoder.onnx" not in card["files"]
    for name, sha256 in card["files"].items():
        assert hashlib.sha256((model_folder / name).read_bytes()).hexdigest() == sha256
    assert load_file(model_folder / "space.safetensors")["term_curves"].shape[0] == len(card["terms"])
