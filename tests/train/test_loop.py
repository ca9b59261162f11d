from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support import need_extras

need_extras("train")

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from eqmorph.errors import InputError
from eqmorph.train.loop import Schedule, _checksum, fit


class Line:
    """Fit y = 2 x with one weight; the held-out error may be told what to say."""

    def __init__(self, says: list[float] | None = None) -> None:
        torch.manual_seed(0)
        self.net = nn.Linear(1, 1)
        self.rows = 64
        self._x = torch.linspace(-1, 1, 64)[:, None]
        self._says = says
        self.calls = 0

    def losses(self, rows: NDArray[np.intp], progress: float, rng: np.random.Generator) -> dict[str, Tensor]:
        assert 0 <= progress < 1
        noise = torch.tensor(rng.normal(0, 0.1, (len(rows), 1)), dtype=torch.float32)
        return {"fit": ((self.net(self._x[rows]) - 2 * self._x[rows] + noise) ** 2).mean()}

    def held_out_error(self) -> float:
        self.calls += 1
        if self._says is not None:
            return self._says[self.calls - 1]
        return float(((self.net(self._x) - 2 * self._x) ** 2).mean())


def weights(task: Line) -> NDArray[np.float32]:
    return torch.cat([p.detach().flatten() for p in task.net.parameters()]).numpy()


def test_it_learns() -> None:
    task = Line()
    history = fit(task, Schedule(epochs=30, batch=16, rate=0.05), seed=0)
    assert history.totals[-1] < history.totals[0] / 10
    assert weights(task)[0] == pytest.approx(2, abs=0.1)


def test_a_resumed_run_ends_as_an_unbroken_one(tmp_path: Path) -> None:
    schedule = Schedule(epochs=6, batch=16)
    whole = Line()
    unbroken = fit(whole, schedule, seed=3)

    class Stop(Exception):
        pass

    class Breaks(Line):
        def held_out_error(self) -> float:
            if self.calls == 3:
                raise Stop
            return super().held_out_error()

    checkpoint = tmp_path / "checkpoint.safetensors"
    with pytest.raises(Stop):
        fit(Breaks(), schedule, seed=3, checkpoint=checkpoint)
    torch.manual_seed(99)
    resumed = Line()
    history = fit(resumed, schedule, seed=3, checkpoint=checkpoint, resume=True)
    assert resumed.calls == 3
    np.testing.assert_array_equal(weights(resumed), weights(whole))
    assert history.totals == pytest.approx(unbroken.totals, abs=0)


def test_it_stops_early_and_keeps_the_best_weights() -> None:
    task = Line(says=[3.0, 1.0, 2.0, 2.0, 2.0, 0.0])
    history = fit(task, Schedule(epochs=6, batch=16, patience=2), seed=0)
    assert history.held_out == [3.0, 1.0, 2.0, 2.0]
    assert history.best_epoch == 1
    best = Line(says=[3.0, 1.0, 2.0, 2.0, 2.0, 2.0])
    fit(best, Schedule(epochs=6, batch=16, patience=9), seed=0)
    np.testing.assert_array_equal(weights(best), weights(task))


def test_a_foreign_checkpoint_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.safetensors"
    path.write_bytes(b"nonsense")
    with pytest.raises(InputError, match="not a readable checkpoint"):
        fit(Line(), Schedule(epochs=1), seed=0, checkpoint=path, resume=True)
    fit(Line(), Schedule(epochs=1), seed=0, checkpoint=path)
    with pytest.raises(InputError, match="seed 0, not 1"):
        fit(Line(), Schedule(epochs=1), seed=1, checkpoint=path, resume=True)
    with pytest.raises(InputError, match="other data"):
        fit(Line(), Schedule(epochs=1), seed=0, checkpoint=path, resume=True, identity="another")
    with pytest.raises(InputError, match="other settings"):
        fit(Line(), Schedule(epochs=1, batch=3), seed=0, checkpoint=path, resume=True)


@pytest.mark.parametrize("share", [0.2, 0.6, 0.9, 0.999])
def test_a_damaged_checkpoint_is_refused(tmp_path: Path, share: float) -> None:
    path = tmp_path / "checkpoint.safetensors"
    fit(Line(), Schedule(epochs=1), seed=0, checkpoint=path)
    data = bytearray(path.read_bytes())
    data[int(share * len(data))] ^= 1
    path.write_bytes(data)
    with pytest.raises(InputError, match="checkpoint") as caught:
        fit(Line(), Schedule(epochs=1), seed=0, checkpoint=path, resume=True)
    assert "Start anew" in caught.value.hint


@pytest.mark.parametrize("about", ["{}", "[]", "nonsense", '{"run": {}, "history": {}}'])
def test_a_sealed_checkpoint_that_says_nothing_is_refused(tmp_path: Path, about: str) -> None:
    path = tmp_path / "checkpoint.safetensors"
    fit(Line(), Schedule(epochs=1), seed=0, checkpoint=path)
    tensors = load_file(path)
    save_file(tensors, path, metadata={"about": about, "sha256": _checksum(about, tensors)})
    with pytest.raises(InputError, match="does not say") as caught:
        fit(Line(), Schedule(epochs=1), seed=0, checkpoint=path, resume=True)
    assert "Start anew" in caught.value.hint


def test_a_schedule_can_keep_its_rate_and_go_through_to_the_last_weights() -> None:
    schedule = Schedule(epochs=6, batch=16, rate=0.05, falls="never", patience=None)
    assert schedule.rate_at(0.9, [1.0, 2.0]) == 0.05
    history = fit(Line(), schedule, seed=0)
    assert history.best_epoch == len(history.losses) - 1 == 5


def test_the_rate_is_halved_where_the_loss_stands_still() -> None:
    schedule = Schedule(rate=1.0, falls="plateau")
    falling = [1.0 / (at + 1) for at in range(30)]
    assert schedule.rate_at(0.5, falling) == 1
    assert schedule.rate_at(0.5, falling + [1.0] * 20) == 1
    assert schedule.rate_at(0.5, falling + [1.0] * 21) == 0.5
    assert schedule.rate_at(0.5, falling + [1.0] * 42) == 0.25
