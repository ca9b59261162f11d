"""A trained model as a folder that runs without torch: safetensors, ONNX, the semantic space and the model card."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from eqmorph.errors import OutputError
from eqmorph.model.card import FORMAT, PARTS
from eqmorph.model.files import QUANTILES
from eqmorph.model.network import LINEAR, Encoder
from eqmorph.model.settings import rms
from eqmorph.model.space import score_of
from eqmorph.train.charts import read_charts
from eqmorph.train.corpus import Corpus
from eqmorph.train.dataset import TrainingSet
from eqmorph.train.derive import derive
from eqmorph.train.evidence import TERM_RMS_DB, Word, WordBuilder
from eqmorph.train.hearing import answer_curves
from eqmorph.train.recipes.response import ResponseModel
from eqmorph.train.seal import with_files, write_card
from eqmorph.train.thesaurus import Thesaurus
from eqmorph.train.vocabulary import card_lines, vocabulary_of

__all__ = ["PARITY", "export_model", "export_onnx", "onnx_difference", "run_onnx", "semantic_space"]


PARITY = 1e-4  # the most that torch, ONNX and numpy may differ
_OPSET = 18


class _Method(nn.Module):
    """One method of a module as a module, which is what the exporter takes."""

    def __init__(self, owner: nn.Module, method: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.owner = owner
        self._method = method

    def forward(self, x: Tensor) -> Tensor:
        return self._method(x)


def export_onnx(owner: nn.Module, method: Callable[[Tensor], Tensor], inputs: int, path: Path) -> None:
    """Write ``method`` of ``owner``, rows of ``inputs`` numbers to rows of numbers, as an ONNX file for any batch."""
    import logging
    import warnings

    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter's own deprecations: nothing a person can act on
        program: Any = torch.onnx.export(
            _Method(owner, method).eval(),
            (torch.zeros(3, inputs),),
            dynamo=True,
            input_names=["input"],
            output_names=["output"],
            dynamic_shapes=({0: torch.export.Dim("rows", min=1)},),
            opset_version=_OPSET,
            verbose=False,
        )
        if program is None:
            raise OutputError("the ONNX exporter returned nothing", path=path)
        program.save(path, external_data=False)


def onnx_difference(path: Path, inputs: NDArray[np.float32], expected: NDArray[np.floating[Any]]) -> float:
    """Return the largest difference between an ONNX file's outputs for ``inputs`` (n, i) and the expected (n, o)."""
    output = run_onnx(path, inputs.astype(np.float32))
    return float(np.max(np.abs(output - expected)))


def run_onnx(path: Path, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
    """Run an ONNX file: by onnxruntime where it is installed, else by onnx's own slow evaluator."""
    try:
        import onnxruntime
    except ImportError:
        from onnx.reference import ReferenceEvaluator

        evaluator: Any = ReferenceEvaluator(str(path))
        return np.asarray(evaluator.run(None, {evaluator.input_names[0]: inputs})[0])
    session = onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {session.get_inputs()[0].name: inputs})[0])


def semantic_space(
    data: TrainingSet, corpus: Corpus, words: Sequence[Word], encoder: Encoder
) -> tuple[dict[str, NDArray[Any]], list[dict[str, Any]]]:
    """Return the arrays of ``space.safetensors`` and the words' lines in the card.

    People are those who saved settings, then those who answered, each of these at the strength of a word.
    """
    curves = np.array([word.curve_db for word in words])
    # What the model can say of a word is what decoding its latent aims at: the curve the word is known by.
    terms = encoder.curve(encoder.linear(curves))
    terms *= (rms(curves) / rms(terms))[:, None]
    answers, _ = answer_curves(corpus.answers)
    answers = answers * (TERM_RMS_DB / np.maximum(rms(answers), 1e-9))[:, None]
    people = np.concatenate([data.curves, answers])
    arrays = {
        "term_curves": terms,
        "term_quantiles": np.quantile(score_of(people, terms), np.linspace(0, 1, QUANTILES), axis=0).T,
        "people_linear": encoder.linear(people),
    }
    space: dict[str, NDArray[Any]] = {name: np.asarray(values, np.float32) for name, values in arrays.items()}
    place = {word.word: at for at, word in enumerate(words)}
    used = [*data.words, *((answer.word,) for answer in corpus.answers)]
    pairs = [(at, place[word]) for at, said in enumerate(used) for word in said if word in place]
    space["people_words"] = np.array(pairs, dtype=np.int32).reshape(-1, 2)
    space["people_answered"] = np.repeat([0, 1], [len(data.curves), len(answers)]).astype(np.uint8)
    return space, card_lines(words)


def export_model(
    folder: Path,
    model: ResponseModel,
    data: TrainingSet,
    corpus: Corpus,
    *,
    thesaurus: Thesaurus | None = None,
    about: dict[str, Any],
    onnx: bool = True,
) -> dict[str, Any]:
    """Write a model folder and return its card. ``about`` (how it was trained, its metrics) goes into the card.

    With a ``thesaurus`` its vocabulary is open: other words follow from their synonyms.

    Raises:
        OutputError: it can't be written, or what was written does not compute what the trained network does.
    """
    from safetensors.numpy import save

    builder = WordBuilder.of(corpus, charts=read_charts(), thesaurus=thesaurus)
    evidence = builder.from_corpus(corpus)
    words = vocabulary_of(builder, evidence)
    arrays, terms = semantic_space(data, corpus, words, model.encoder)
    lexicon = derive(builder, evidence, [word.word for word in words])
    state = {name: value.detach().numpy() for name, value in model.net.state_dict().items()}
    parts = {
        "encoder": {k[8:]: v for k, v in state.items() if k.startswith("encoder.")},
        "decoder": {
            k[8:]: v for k, v in state.items() if k.startswith("decoder.") and not k.endswith(("centre", "reach"))
        },
        "space": arrays,
        "lexicon": lexicon,
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for part in PARTS:
            weights = {name: np.ascontiguousarray(values) for name, values in parts[part].items()}
            (folder / f"{part}.safetensors").write_bytes(save(weights))
        parity = _export_networks(folder, model, data) if onnx else {}
        card = {
            "format": FORMAT,
            "digest": "",  # here, so that it is written above what it seals
            "data_sha256": corpus.sha256,
            "counts": {
                "settings": len(data.settings),
                "crowd_curves": len(data.crowd),
                "terms": len(terms),
                "english": sum(t["language"] == "en" for t in terms),
                "spanish": sum(t["language"] == "es" for t in terms),
                "derived": len(lexicon["language"]),
                "answers": len(corpus.answers),
                "parameters": model.parameters,
                "dropped": corpus.drop_summary(),
            },
            "parity": parity,
            "thesauri": list(thesaurus.files) if thesaurus is not None else [],
            **about,
            "terms": terms,
        }
        card = with_files(folder, card)
        write_card(folder, card)
    except OSError as error:
        raise OutputError(f"can't write the model: {error.strerror or error}", path=folder) from None
    return card


def _export_networks(folder: Path, model: ResponseModel, data: TrainingSet) -> dict[str, float]:
    """Write ONNX files of encoder and decoder; return how far torch, ONNX and numpy are apart on the data."""
    curves = data.curves.astype(np.float32)
    encoder, decoder = model.net.encoder, model.net.decoder
    export_onnx(encoder, encoder.forward, curves.shape[1], folder / "encoder.onnx")
    export_onnx(decoder, decoder.forward, LINEAR, folder / "decoder.onnx")
    with torch.no_grad():
        latents = encoder(torch.tensor(curves)).numpy()
        settings = decoder(torch.tensor(latents)).numpy()
    parity = {
        "encoder_numpy": float(np.max(np.abs(model.encoder(data.curves) - latents))),
        "decoder_numpy": float(np.max(np.abs(model.decoder(latents) - settings))),
        "encoder_onnx": onnx_difference(folder / "encoder.onnx", curves, latents),
        "decoder_onnx": onnx_difference(folder / "decoder.onnx", latents[:, :LINEAR], settings),
    }
    worst = max(parity, key=lambda name: parity[name])
    if parity[worst] >= PARITY:
        raise OutputError(
            f"{worst} differs from torch by {parity[worst]:.2g}",
            hint="This is a defect in eqmorph; please report it.",
            path=folder,
        )
    return parity
