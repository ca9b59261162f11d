"""LSP's plugins, run by ffmpeg, which hosts LV2 plugins."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest
import soundfile as sf

from eqmorph._typing import Float64

_BUNDLE = "lsp-plugins.lv2"
_USUAL = ("/usr/lib/lv2", "/usr/local/lib/lv2", "/usr/lib/x86_64-linux-gnu/lv2")


@cache
def bundle() -> Path | None:
    folders = [*os.environ.get("LV2_PATH", "").split(os.pathsep), *_USUAL]
    return next((Path(one) / _BUNDLE for one in folders if one and (Path(one) / _BUNDLE).is_dir()), None)


@cache
def _hosts_lv2() -> bool:
    if shutil.which("ffmpeg") is None:
        return False
    listed = subprocess.run(["ffmpeg", "-v", "error", "-filters"], capture_output=True, text=True, timeout=60)
    return re.search(r"\blv2\b", listed.stdout) is not None


needs_lsp = pytest.mark.skipif(
    bundle() is None or not _hosts_lv2(), reason="LSP's LV2 plugins, or an ffmpeg that hosts LV2, aren't installed"
)


@cache
def labels(plugin: str, port: str) -> dict[str, int]:
    """Return what the values of a port are called, as the plugin itself states it."""
    folder = bundle()
    assert folder is not None
    text = (folder / f"{plugin}.ttl").read_text()
    block = text[text.index(f'lv2:symbol "{port}"') :].split("lv2:minimum")[0]
    return {name: int(value) for name, value in re.findall(r'rdfs:label "([^"]*)"; rdf:value (\d+)', block)}


def run_lsp(plugin: str, settings: Sequence[Mapping[str, float]], source: Path, folder: Path) -> list[Float64]:
    """Return what a plugin makes of a sound with each of several settings of its ports: (frames, 2) each."""
    splits = "".join(f"[i{number}]" for number in range(len(settings)))
    graph = [f"[0:a]asplit={len(settings)}{splits}"]
    for number, ports in enumerate(settings):
        controls = "|".join(f"{port}={value!r}" for port, value in ports.items())
        graph.append(f"[i{number}]lv2=p=http\\\\://lsp-plug.in/plugins/lv2/{plugin}:c={controls}[o{number}]")
    results = [folder / f"{plugin}-{number}.wav" for number in range(len(settings))]
    outputs = [
        word for number, path in enumerate(results) for word in ("-map", f"[o{number}]", "-c:a", "pcm_f32le", path)
    ]
    script = folder / "graph.txt"
    script.write_text(";".join(graph))
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-i", source, "-filter_complex_script", script, *outputs],
        check=True,
        timeout=300,
    )
    return [sf.read(path)[0] for path in results]
