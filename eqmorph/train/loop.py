"""The training loop all recipes share: seeded, resumable, early stopping, the same to the last digit on one machine."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from eqmorph.errors import InputError

__all__ = ["Schedule", "Task", "TrainingHistory", "fit", "one_thread", "pick_device"]


_PLATEAU, _NOTICED = 20, 1e-4  # epochs; a smaller fall of the loss is none
_ANEW = "Start anew instead of resuming."


@dataclass(frozen=True)
class Schedule:
    """How long and how fast.

    Attributes:
        epochs: how many at most.
        batch: rows of a step.
        rate: of AdamW at the beginning.
        falls: how the rate falls: along a cosine, never, or by half where the loss hasn't fallen for 20 epochs.
        weight_decay: of AdamW; 0 makes it Adam.
        patience: epochs without a better held-out error that end it; None goes through to the end and keeps the last
            weights, not the best.
    """

    epochs: int = 90
    batch: int = 64
    rate: float = 2e-3
    falls: Literal["cosine", "never", "plateau"] = "cosine"
    weight_decay: float = 1e-3
    patience: int | None = 40

    def rate_at(self, progress: float, totals: Sequence[float]) -> float:
        """Return the rate at some progress (0..1), after epochs with these losses."""
        if self.falls == "cosine":
            return self.rate * (0.5 + 0.5 * math.cos(math.pi * progress))
        return self.rate * 0.5 ** (_plateaus(totals) if self.falls == "plateau" else 0)


def _plateaus(totals: Sequence[float]) -> int:
    """Return how often the loss stood still for longer than `_PLATEAU` epochs."""
    found, best, since = 0, math.inf, 0
    for total in totals:
        since += 1
        if total < best * (1 - _NOTICED):
            best, since = total, 0
        elif since > _PLATEAU:
            found, since = found + 1, 0
    return found


@dataclass(frozen=True)
class _Run:
    """What a checkpoint must have been made by for a run to resume from it."""

    schedule: Schedule
    seed: int
    identity: str


class Task(Protocol):
    """What the loop needs of a recipe: its network, its losses on some rows and its error on held-out rows."""

    rows: int

    @property
    def net(self) -> nn.Module: ...

    def losses(self, rows: NDArray[np.intp], progress: float, rng: np.random.Generator) -> dict[str, Tensor]:
        """Return the parts of a batch's loss, the sum of which is minimized; ``progress`` goes from 0 to 1."""
        ...

    def held_out_error(self) -> float:
        """Return what early stopping watches: the mean response error (dB rms) on rows not trained on."""
        ...


@dataclass
class TrainingHistory:
    """Mean losses and the held-out error of each epoch, and which epoch's weights are kept."""

    losses: list[dict[str, float]] = field(default_factory=list)
    held_out: list[float] = field(default_factory=list)
    best_epoch: int = -1

    @property
    def totals(self) -> list[float]:
        """The sum of all losses, epoch by epoch."""
        return [sum(parts.values()) for parts in self.losses]

    @property
    def by_part(self) -> dict[str, list[float]]:
        """Each part of the loss, epoch by epoch."""
        names = list(self.losses[0]) if self.losses else []
        return {name: [parts.get(name, 0.0) for parts in self.losses] for name in names}

    @property
    def main(self) -> list[float]:
        """The first part of the loss, epoch by epoch: what the recipe reconstructs, without what is annealed in."""
        return [next(iter(parts.values())) for parts in self.losses]


def pick_device() -> torch.device:
    """Return a GPU if there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


@contextmanager
def one_thread() -> Iterator[None]:
    """Use one CPU thread: these networks are too small for more, and sums come out the same every time."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def fit(
    task: Task,
    schedule: Schedule,
    *,
    seed: int,
    checkpoint: Path | None = None,
    resume: bool = False,
    identity: str = "",
    show: bool = False,
    name: str = "training",
) -> TrainingHistory:
    """Train ``task.net`` and leave it with the weights of the best epoch, or the last if the schedule says so.

    Every epoch draws from its own seed, so that a run resumed from ``checkpoint`` ends as an unbroken one. ``identity``
    stands for all that a run is made from and the loop can't see, its data above all: a checkpoint of another is
    refused.
    """
    run = _Run(schedule, seed, identity)
    optimizer = torch.optim.AdamW(task.net.parameters(), schedule.rate, weight_decay=schedule.weight_decay)
    batches = max(1, task.rows // schedule.batch)
    history, best = TrainingHistory(), _weights(task.net)
    if resume and checkpoint is not None and checkpoint.is_file():
        history, best = _load(checkpoint, task.net, optimizer, run)
    bar = _bar(name, schedule.epochs, len(history.losses)) if show else None
    with one_thread():
        for epoch in range(len(history.losses), schedule.epochs):
            if schedule.patience is not None and epoch - history.best_epoch > schedule.patience:
                break
            rng = np.random.default_rng([seed, epoch])
            torch.manual_seed(int(rng.integers(2**31)))
            history.losses.append(_epoch(task, optimizer, schedule, epoch, batches, rng, history.totals))
            task.net.eval()
            with torch.no_grad():
                error = task.held_out_error()
            task.net.train()
            history.held_out.append(error)
            if schedule.patience is None or error <= min(history.held_out):
                history.best_epoch, best = epoch, _weights(task.net)
            if checkpoint is not None:
                _save(checkpoint, task.net, optimizer, run, history, best)
            if bar is not None:
                bar.update()
                bar.set_postfix(
                    {**{k: f"{v:.3f}" for k, v in history.losses[-1].items()}, "held out dB": f"{error:.3f}"}
                )
    if bar is not None:
        bar.close()
    task.net.load_state_dict(best)
    task.net.eval()
    return history


def _epoch(
    task: Task,
    optimizer: torch.optim.Optimizer,
    schedule: Schedule,
    epoch: int,
    batches: int,
    rng: np.random.Generator,
    totals: Sequence[float],
) -> dict[str, float]:
    order = rng.permutation(task.rows)
    sums: dict[str, float] = {}
    for batch in range(batches):
        progress = (epoch + batch / batches) / schedule.epochs
        for group in optimizer.param_groups:
            group["lr"] = schedule.rate_at(progress, totals)
        losses = task.losses(order[batch * schedule.batch : (batch + 1) * schedule.batch], progress, rng)
        optimizer.zero_grad()
        torch.autograd.backward(torch.stack(list(losses.values())).sum())
        nn.utils.clip_grad_norm_(task.net.parameters(), 1.0)
        optimizer.step()
        for part, value in losses.items():
            sums[part] = sums.get(part, 0.0) + float(value.detach())
    return {part: total / batches for part, total in sums.items()}


def _weights(net: nn.Module) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in net.state_dict().items()}


def _bar(name: str, total: int, done: int) -> Any:
    from tqdm import tqdm

    return tqdm(total=total, initial=done, desc=name, unit="epoch", disable=None)


def _save(
    path: Path,
    net: nn.Module,
    optimizer: torch.optim.Optimizer,
    run: _Run,
    history: TrainingHistory,
    best: dict[str, Tensor],
) -> None:
    from safetensors.torch import save_file

    tensors = {f"net.{name}": value.contiguous() for name, value in _weights(net).items()}
    tensors |= {f"best.{name}": value.contiguous() for name, value in best.items()}
    for index, state in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{key}": value.contiguous() for key, value in state.items()}
    about = json.dumps({"run": asdict(run), "history": asdict(history)})
    partial = path.with_name(path.name + ".partial")
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, partial, metadata={"about": about, "sha256": _checksum(about, tensors)})
    partial.replace(path)


def _checksum(about: str, tensors: dict[str, Tensor]) -> str:
    digest = hashlib.sha256(about.encode())
    for name in sorted(tensors):
        digest.update(name.encode())
        digest.update(tensors[name].detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def _load(
    path: Path, net: nn.Module, optimizer: torch.optim.Optimizer, run: _Run
) -> tuple[TrainingHistory, dict[str, Tensor]]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise InputError(f"not a readable checkpoint: {error}", hint=_ANEW, path=path) from None
    about = metadata.get("about", "")
    if metadata.get("sha256") != _checksum(about, tensors):
        raise InputError("the checkpoint is damaged", hint=_ANEW, path=path)
    try:
        facts = json.loads(about)
        history = TrainingHistory(**facts["history"])
        _check_same(path, facts["run"], run)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InputError("the checkpoint does not say which run wrote it", hint=_ANEW, path=path) from None
    net.load_state_dict({name[4:]: value for name, value in tensors.items() if name.startswith("net.")})
    best = {name[5:]: value for name, value in tensors.items() if name.startswith("best.")}
    state: dict[int, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        if name.startswith("optimizer."):
            _, index, key = name.split(".")
            state.setdefault(int(index), {})[key] = value
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
    return history, best


def _check_same(path: Path, made_by: dict[str, Any], run: _Run) -> None:
    if made_by["identity"] != run.identity:
        hint = f"Give the data and recipe it was started with, or {_ANEW[0].lower()}{_ANEW[1:]}"
        raise InputError("the checkpoint is of other data or another recipe", hint=hint, path=path)
    if made_by["seed"] != run.seed:
        raise InputError(f"the checkpoint is of seed {made_by['seed']}, not {run.seed}", hint=_ANEW, path=path)
    if made_by["schedule"] != asdict(run.schedule):
        before, now = made_by["schedule"]["epochs"], run.schedule.epochs
        what = f"{before} epochs, not {now}" if before != now else "other settings"
        # The rate falls along a cosine over all epochs: a run can't be extended, only started longer.
        hint = f"Give {before} epochs to resume; to train longer, {_ANEW[0].lower()}{_ANEW[1:]}"
        raise InputError(f"the checkpoint is of a run of {what}", hint=hint, path=path)
