"""``eqmorph train``: train models and inspect data. What trains requires the extra ``train``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eqmorph.cli.groups import Group
from eqmorph.cli.options import (
    ARCH_NAMES,
    METHOD_NAMES,
    RECIPE_NAMES,
    data_options,
    json_option,
    model_option,
    named_folders,
    seed_option,
    thesaurus_option,
    weight_option,
)

if TYPE_CHECKING:
    from eqmorph.cli.options import DataOptions
    from eqmorph.train.corpus import Corpus


_FEW = 5  # rows named in a summary


@click.group(cls=Group, short_help="Train models and inspect data.")
def command() -> None:
    """Train models and inspect data.

    `eq` requires `pip install "eqmorph[train]"`, `audio` requires `pip install "eqmorph[train,onnx]"`.
    """


def read_data(source: DataOptions, seed: int) -> tuple[Corpus, list[str]]:
    """Read what the options name as one corpus, and which words too few stand behind; with none of them, an error."""
    from eqmorph.errors import UsageError
    from eqmorph.train.data import load_corpus
    from eqmorph.train.synthetic import synthetic_corpus
    from eqmorph.train.voices import with_least_voices

    files = (source.safe, source.audealize, source.socialfx, source.contributions)
    if not (any(files) or source.synthetic):
        hint = "Give any of --safe, --audealize, --socialfx and --contributions, or --synthetic 800."
        raise UsageError("no data given", hint=hint)
    corpus = load_corpus(
        safe=source.safe, audealize=source.audealize, socialfx=source.socialfx, contributions=source.contributions
    )
    if source.synthetic:
        corpus += synthetic_corpus(source.synthetic, seed=seed)
    return with_least_voices(corpus, source.min_count)


def load(source: DataOptions, seed: int) -> Corpus:
    """Read what the options name as one corpus, and say how many words were left out for want of voices."""
    corpus, rare = read_data(source, seed)
    if rare:
        click.echo(_too_few(rare, source.min_count), err=True)
    return corpus


def _too_few(rare: list[str], least: int) -> str:
    return f"left out: {len(rare)} words that fewer than {least} settings and people stand behind"


@contextmanager
def needing(extra: str, work: str = "training") -> Iterator[None]:
    """Say which extra brings what an import in this block doesn't find."""
    try:
        yield
    except ImportError as error:
        from eqmorph.errors import UsageError

        hint = f'Install it with: pip install "eqmorph[{extra}]"'
        raise UsageError(f"{work} requires {error.name}", hint=hint) from None


@command.command("data", short_help="Show what is in the data.")
@data_options
@click.option("--describe", is_flag=True, help="List every word and everything left out, not just totals.")
@seed_option
@json_option
def data(
    source: DataOptions,
    describe: bool,
    seed: int,
    as_json: bool,
) -> None:
    """Show what is in the data: words with their counts, and what was left out and why.

    Nothing personal is read: only descriptors and parameters of SAFE-DB. A row that makes no sense is left out and
    counted.

    \b
    eqmorph train data --safe SAFEEqualiserUserData.csv \\
        --audealize eqdescriptors.json --describe
    eqmorph train data --contributions eq_contributions.csv --min-count 5
    """
    from eqmorph.cli.output import print_json, table
    from eqmorph.train.describe_corpus import describe_corpus

    corpus, rare = read_data(source, seed)
    about = {**describe_corpus(corpus), "too_few": rare}
    if as_json:
        print_json(about if describe else {k: v for k, v in about.items() if k not in {"words", "left_out"}})
        return
    click.echo(f"{about['settings']} settings, {about['crowd_words']} crowd words, {len(about['words'])} words in all")
    for reason, count in about["dropped"].items():
        click.echo(f"left out: {count} rows, {reason} ({_where(corpus, reason)})")
    if rare:
        click.echo(_too_few(rare, source.min_count))
    if describe:
        click.echo()
        rows = [["word", "", "rows", "people", "agreement"]]
        for word in about["words"]:
            agreement = "–" if word["agreement"] is None else f"{word['agreement']:.2f}"
            rows.append(
                [word["word"], word["language"], str(word["rows"] or "–"), str(word["people"] or "–"), agreement]
            )
        for line in table(rows, right=(2, 3, 4)):
            click.echo(line)
        click.echo()
        left = [["left out", "rows", "reason"]]
        left += [[row["descriptor"] or "–", str(row["rows"]), row["reason"]] for row in about["left_out"]]
        left += [[word, "–", f"fewer than {source.min_count} settings and people"] for word in rare]
        for line in table(left, right=(1,)):
            click.echo(line)


def _where(corpus: Corpus, reason: str) -> str:
    """Return the first few rows that were left out for a reason."""
    places = []
    for file, rows in corpus.dropped_rows(reason).items():
        more = ", …" if len(rows) > _FEW else ""
        places.append(f"{file}: row {', '.join(map(str, rows[:_FEW]))}{more}")
    return "; ".join(places)


@command.command("eq", short_help="Train a semantic model.")
@data_options
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder for the model.")
@click.option(
    "--recipe",
    type=click.Choice(RECIPE_NAMES),
    metavar="NAME",
    default="response",
    show_default=True,
    help=f"How to train: {', '.join(RECIPE_NAMES)}.",
)
@thesaurus_option
@click.option("--epochs", type=click.IntRange(1), help="Instead of the recipe's own number.")
@click.option("--resume", is_flag=True, help="Resume from the checkpoint in the folder.")
@click.option("--no-evaluation", is_flag=True, help="Skip the 5-fold evaluation that fills the model card's metrics.")
@click.option("-f", "--force", is_flag=True, help="Replace the model in the folder.")
@click.option("-q", "--quiet", is_flag=True, help="Show no progress.")
@seed_option
def eq(
    source: DataOptions,
    out: Path,
    recipe: str,
    thesauri: tuple[Path, ...],
    epochs: int | None,
    resume: bool,
    no_evaluation: bool,
    force: bool,
    quiet: bool,
    seed: int,
) -> None:
    """Train a semantic model on people's settings: minutes on a CPU; a GPU is used if there is one.

    Writes encoder, decoder and semantic space as safetensors, encoder and decoder as ONNX, and the model card. Use the
    folder with --model or EQMORPH_MODEL. The other recipes exist for comparison: their
    models make EQs too (`eq`, `morph`, `apply --mode fixed`), but know nothing of how a sound compares.

    \b
    eqmorph train eq --safe SAFEEqualiserUserData.csv \\
        --contributions eq_contributions.csv --thesaurus th_en_US_v2.dat \\
        --out my-model
    eqmorph train eq --synthetic 800 --epochs 30 --out toy-model
    """
    with needing("train"):
        from eqmorph.evaluate.eq.run import card_figures
        from eqmorph.train.run import train_eq

    corpus = load(source, seed)
    lines = train_eq(
        corpus,
        out,
        recipe=recipe,
        thesauri=thesauri,
        seed=seed,
        epochs=epochs,
        resume=resume,
        evaluation=None if no_evaluation else partial(card_figures, seed=seed, epochs=epochs, show=not quiet),
        show=not quiet,
        overwrite=force,
    )
    for line in lines:
        click.echo(line)


@command.command("seal", short_help="Seal a model folder after a deliberate change.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def seal(folder: Path) -> None:
    """Accept the model in FOLDER as it is: check it, leave out words now on the junk list, and seal its card.

    Everywhere else, a model whose card or files were changed after they were written is refused. Nothing is trained:
    encoder and decoder stay as they are.

    \b
    eqmorph train seal my-model
    """
    from eqmorph.train.seal import seal as seal_folder

    gone = seal_folder(folder)
    if gone:
        click.echo(f"left out: {', '.join(gone)}")
    click.echo(f"sealed: {folder}")


@command.command("reference", short_help="Build the neutral reference from folders of audio.")
@named_folders("--corpus", help="A folder of audio and its corpus; folders with the same name are one corpus.")
@weight_option
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder to write it to.")
@click.option(
    "--about",
    type=click.Path(dir_okay=False, path_type=Path),
    help="TOML with kind, sound, source and license of each corpus. [default: that of the shipped reference]",
)
@click.option(
    "--insert",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Put the sources into a Markdown page.",
)
@click.option("-f", "--force", is_flag=True, help="Replace the reference in the folder.")
def reference(
    corpora: list[tuple[str, Path]],
    weights: dict[str, float],
    out: Path,
    about: Path | None,
    insert: Path | None,
    force: bool,
) -> None:
    """Build the neutral reference, against which every sound is heard and ranked.

    Give different kinds: songs, orchestras, single instruments, speech. --about says which of mix, speech and
    instrument each corpus is: there is a reference for each of these, in which every corpus weighs the same, and one
    of all, half of it mixes. Where all three are there, telling them by ear is learned too. The same files give the
    same bytes. Put reference.safetensors into a model's folder to use it.

    \b
    eqmorph train reference --corpus songs=music --corpus speech=podcasts \\
        --corpus speech=books --out my-reference
    eqmorph train reference --corpus songs=MUSDB18 --corpus speech=podcasts \\
        --weight songs=2 --out my-reference
    """
    from eqmorph.cli.output import table
    from eqmorph.evaluate.output import insert_between_marks
    from eqmorph.evaluate.tables import as_markdown
    from eqmorph.train.reference import ABOUT, corpora_table, train_reference

    made = train_reference(
        corpora,
        out,
        about=about or ABOUT,
        weights=weights,
        overwrite=force,
        tell=lambda line: click.echo(f"left out: {line}", err=True),
    )
    if insert is not None:
        insert_between_marks(insert, as_markdown(corpora_table(made.corpora)) + "\n", name="reference")
    rows = [[row[0], row[1], row[5], row[6]] for row in corpora_table(made.corpora)]
    for line in table(rows, right=(2, 3)):
        click.echo(line)


@command.command("audio", short_help="Train an encoder of sounds.")
@named_folders(
    "--music",
    required=False,
    help="Music and its corpus: FMA, MUSDB18, MUSDB18-HQ, DSD100, or any folder of audio. May be repeated.",
)
@weight_option
@click.option(
    "--noise", is_flag=True, help="Train on pink noise too, for every other sound; on noise alone without music."
)
@data_options
@click.option("--arch", type=click.Choice(ARCH_NAMES), default="cnn", show_default=True, help="The network.")
@click.option("--method", type=click.Choice(METHOD_NAMES), default="match", show_default=True, help="How to train.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder for the encoder.")
@click.option("--epochs", type=click.IntRange(1), default=30, show_default=True, help="Epochs of 40 batches each.")
@click.option(
    "--most-tracks",
    type=click.IntRange(1),
    default=120,
    show_default=True,
    help="From a larger corpus, an even selection is taken.",
)
@click.option(
    "--cache",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where to keep spectra. [default: the user's cache folder]",
)
@model_option
@click.option("--resume", is_flag=True, help="Resume from the checkpoint in the folder.")
@click.option("-f", "--force", is_flag=True, help="Replace the encoder in the folder.")
@click.option("-q", "--quiet", is_flag=True, help="Show no progress.")
@seed_option
def audio(
    corpora: list[tuple[str, Path]],
    weights: dict[str, float],
    noise: bool,
    source: DataOptions,
    arch: str,
    method: str,
    out: Path,
    epochs: int,
    most_tracks: int,
    cache: Path | None,
    model_folder: Path | None,
    resume: bool,
    force: bool,
    quiet: bool,
    seed: int,
) -> None:
    """Train a network to say what a sound is like, for --encoder: minutes on a CPU.

    It learns from sounds with known EQs: people's, the crowd's, and ones the semantic model decodes. Writes the network
    as ONNX and safetensors, its card, and what it hears in the music, as its own measure of what is usual.

    \b
    eqmorph train audio --music loops --music songs --noise \\
        --safe SAFEEqualiserUserData.csv --audealize eqdescriptors.json \\
        --out my-encoder
    eqmorph train audio --music mix=MUSDB18 --music mix=DSD100 \\
        --music fma_small --weight fma_small=2 \\
        --contributions eq_contributions.csv --out my-encoder
    """
    with needing("train,onnx"):
        import onnxruntime  # noqa: F401  (the exported network is run and compared)

        from eqmorph.train.audio.run import AudioRecipe, gather_sounds, train_audio

    from eqmorph.model import load_space
    from eqmorph.model.reference import load_reference
    from eqmorph.train.audio.eqs import pool_of
    from eqmorph.train.dataset import training_set

    recipe = AudioRecipe(arch, method, seed=seed, epochs=epochs)
    space = load_space(model_folder)
    eqs = pool_of(space, training_set(load(source, seed)), seed=seed)
    sounds = gather_sounds(
        corpora,
        noise=noise,
        most_tracks=most_tracks,
        weights=weights,
        cache=cache,
        seed=seed,
        show=not quiet,
        tell=lambda line: click.echo(f"left out: {line}", err=True),
    )
    reference = load_reference(space.folder)
    lines = train_audio(sounds, eqs, space, reference, out, recipe, resume=resume, overwrite=force, show=not quiet)
    for line in lines:
        click.echo(line)
