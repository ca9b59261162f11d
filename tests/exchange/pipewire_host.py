"""PipeWire, run without sound hardware, session or bus: a daemon of its own, its filters, a player and a recorder."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from eqmorph._typing import Float64

_PROGRAMS = ("pipewire", "pw-cli", "pw-link", "pw-play", "pw-record")
needs_pipewire = pytest.mark.skipif(
    any(shutil.which(program) is None for program in _PROGRAMS), reason="PipeWire isn't installed"
)

_DAEMON = """\
context.properties = {{
  core.daemon = true core.name = {name} log.level = 1 support.dbus = false mem.allow-mlock = false
  default.clock.rate = {rate} default.clock.allowed-rates = [ {rate} ] default.clock.quantum = 1024
}}
context.spa-libs = {{ audio.convert.* = audioconvert/libspa-audioconvert support.* = support/libspa-support }}
context.modules = [
  {{ name = libpipewire-module-protocol-native }} {{ name = libpipewire-module-client-node }}
  {{ name = libpipewire-module-spa-node-factory }} {{ name = libpipewire-module-adapter }}
  {{ name = libpipewire-module-metadata }} {{ name = libpipewire-module-access }}
  {{ name = libpipewire-module-link-factory }}
]
context.objects = [ {{ factory = spa-node-factory
  args = {{ factory.name = support.node.driver node.name = Driver node.group = driver priority.driver = 20000 }} }} ]
"""
_CLIENT = """\
context.spa-libs = { audio.convert.* = audioconvert/libspa-audioconvert support.* = support/libspa-support }
context.modules = [
  { name = libpipewire-module-protocol-native } { name = libpipewire-module-client-node }
  { name = libpipewire-module-adapter } { name = libpipewire-module-metadata }
]
"""
_START_S, _END_S = 30.0, 0.5
_SECONDS = 1.5
_DECAY_HZ = 20.0
_LINK_S = (0.12, 0.4, 1.0)  # what linking a filter may take, tried in turn: the impulse comes when all are linked
#: More channels than that can't be recorded at once.
MOST_AT_ONCE = 30


class Running:
    """A daemon with filters in it."""

    def __init__(self, folder: Path, rate: int, environment: dict[str, str]) -> None:
        self._folder, self._rate, self._environment = folder, rate, environment

    def call(self, *words: str, text: str | None = None) -> str:
        done = subprocess.run(
            words, input=text, env=self._environment, capture_output=True, text=True, timeout=30, check=False
        )
        return done.stdout

    def nodes(self) -> dict[str, str]:
        """Return the ids of nodes by their names."""
        found = {}
        for block in re.split(r"^\s*id ", self.call("pw-cli", "ls", "Node"), flags=re.MULTILINE)[1:]:
            name = re.search(r'node\.name = "([^"]*)"', block)
            if name is not None:
                found[name[1]] = block.split(",")[0]
        return found

    def wait_for(self, names: set[str]) -> dict[str, str]:
        until = time.monotonic() + _START_S
        while not names <= (there := self.nodes()).keys():
            assert time.monotonic() < until, f"{sorted(names - there.keys())} didn't start: {self._log()}"
            time.sleep(0.1)
        return there

    def _log(self) -> str:
        return (self._folder / "log").read_text()[-2000:]

    def impulse(self, filters: Sequence[str], level: float, side: int) -> list[Float64]:
        """Return what filters make of an impulse; on a machine that is too busy to link them in time, skip the test."""
        for link_s in _LINK_S:
            results = self._impulse(filters, level, side, 0.5 + link_s * len(filters))
            if results is not None:
                return results
        pytest.skip("this machine is too busy to run PipeWire")

    def _impulse(self, filters: Sequence[str], level: float, side: int, at_s: float) -> list[Float64] | None:
        """Return what filters make of an impulse in the left or the right channel, (frames, 2) each; None if too late.

        It isn't played as such, but as one that decays: so there is enough of what is low, where filters of single
        precision are noisy. What became of the impulse itself follows from it.
        """
        samples = np.zeros((int((at_s + _SECONDS) * self._rate), 2), dtype=np.float32)
        decay = float(np.exp(-2 * np.pi * _DECAY_HZ / self._rate))
        samples[int(at_s * self._rate) :, side] = level * decay ** np.arange(len(samples) - int(at_s * self._rate))
        source, result = self._folder / "impulse.wav", self._folder / "made.wav"
        sf.write(source, samples, self._rate, subtype="FLOAT")
        count = 2 * len(filters)
        positions = ", ".join(f"AUX{number}" for number in range(count))
        inputs, outputs = ([f"effect_{way}.{name}" for name in filters] for way in ("input", "output"))
        self.wait_for({*inputs, *outputs})
        with contextlib.ExitStack() as stack:
            for name, program, path, channels in (("rec", "pw-record", result, count), ("play", "pw-play", source, 2)):
                words = [program, "--target", "0", "-P", f"{{ node.name = {name} }}"]
                if name == "rec":
                    words += ["--rate", str(self._rate), "--channels", str(channels), "--format", "f32"]
                    words += ["--channel-map", positions.replace(" ", "")]
                process = stack.enter_context(self._started([*words, str(path)]))
            there = self.wait_for({"rec", "play", *inputs, *outputs})
            stereo = "FL, FR"
            settings = [(one, "Input", 2, stereo) for one in inputs] + [(one, "Output", 2, stereo) for one in outputs]
            settings += [("play", "Output", 2, stereo), ("rec", "Input", count, positions)]
            for name, direction, channels, position in settings:
                form = (
                    f"{{ direction: {direction}, mode: dsp, monitor: false, format: {{ mediaType: audio, "
                    f"mediaSubtype: raw, format: F32P, rate: {self._rate}, channels: {channels}, "
                    f"position: [ {position} ] }} }}"
                )
                self.call("pw-cli", "s", there[name], "PortConfig", form)
            self._wait_for_ports(4 * len(filters) + 2 + count)
            sides = list(enumerate(("FL", "FR")))
            for number, one in enumerate(outputs):
                for channel, letter in sides:
                    self.call("pw-link", f"{one}:output_{letter}", f"rec:input_AUX{2 * number + channel}")
            begun = time.monotonic()
            for one in inputs:
                for _, letter in sides:
                    self.call("pw-link", f"play:output_{letter}", f"{one}:playback_{letter}")
            is_late = time.monotonic() - begun > at_s - 0.2
            process.wait(at_s + _SECONDS + _START_S)  # the player, which ends with its file
            time.sleep(_END_S)
        if is_late:
            return None
        made, rate = sf.read(result)
        assert rate == self._rate
        start = int(np.argmax(np.any(made != 0, axis=1)))
        assert np.any(made), f"nothing came through: {self._log()}"
        made = made[start:]
        made[1:] -= decay * made[:-1]
        return [made[:, 2 * number : 2 * number + 2] for number in range(len(filters))]

    def _wait_for_ports(self, count: int) -> None:
        until = time.monotonic() + _START_S
        while len((self.call("pw-link", "-o") + self.call("pw-link", "-i")).split()) < count:
            assert time.monotonic() < until, "ports are missing"
            time.sleep(0.1)

    @contextlib.contextmanager
    def _started(self, words: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
        process = subprocess.Popen(words, env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield process
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()


@contextlib.contextmanager
def pipewire(folder: Path, rate: int, files: Sequence[str]) -> Iterator[Running]:
    """Run a daemon that has been given some files of its configuration, as its users give them to it."""
    parts = folder / "daemon.conf.d"
    parts.mkdir(parents=True)
    (folder / "daemon.conf").write_text(_DAEMON.format(name="eqmorph-test", rate=rate))
    for name in ("client.conf", "client-rt.conf"):
        (folder / name).write_text(_CLIENT)
    for number, text in enumerate(files):
        (parts / f"{number:03}.conf").write_text(text)
    environment = os.environ | {
        "PIPEWIRE_CONFIG_DIR": str(folder),
        "PIPEWIRE_RUNTIME_DIR": str(folder),
        "XDG_RUNTIME_DIR": str(folder),
        "PIPEWIRE_REMOTE": "eqmorph-test",
        "HOME": str(folder),
    }
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(["pipewire", "-c", "daemon.conf"], env=environment, stdout=log, stderr=log)
        try:
            yield Running(folder, rate, environment)
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
