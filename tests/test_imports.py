"""Who imports whom: always down the floors, and nothing heavy before it is needed."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

PACKAGE = Path(__file__).parents[1] / "eqmorph"

# From the bottom up: each room may know those below it and, of its own floor, only itself.
FLOORS = [
    ("_typing", "wording", "words", "shell", "version", "user_folders", "model_folder", "schemas", "webpage"),
    ("errors",),
    ("language",),
    ("target",),
    ("plot",),
    ("figures",),
    ("bands",),
    ("level", "region_curves", "kind"),
    ("audio",),
    ("own_files",),
    ("exchange",),
    ("user_config",),
    ("presets",),
    ("model",),
    ("balance",),
    ("analysis",),
    ("heard",),
    ("adapt",),
    ("request",),
    ("render", "demo"),
    ("process",),
    ("batch",),
    ("compare",),
    ("study", "stream", "report"),
    ("api",),
    ("agents",),
    ("train",),
    ("evaluate",),
    ("tui",),
    ("cli",),
    ("__init__", "__main__"),
]
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
HEAVY = {
    *("torch", "torchaudio", "onnxruntime", "onnx", "sklearn", "matplotlib", "textual", "mcp", "pythonosc"),
    *("fsspec", "s3fs", "distributed", "textual_image", "PIL"),
}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def dotted(path: Path) -> str:
    """Return the name by which a module is imported."""
    parts = list(path.relative_to(PACKAGE.parent).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path, *, at_import_only: bool = False, with_types: bool = False) -> Iterator[str]:
    """Yield the full names of what a module imports; ``from a import b`` gives ``a`` and ``a.b``.

    Args:
        path: the module.
        at_import_only: leave out what is imported inside functions.
        with_types: take in what only type checkers see.
    """
    package = dotted(path) if path.name == "__init__.py" else dotted(path).rpartition(".")[0]
    todo: list[ast.AST] = [tree_of(path)]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.rsplit(".", node.level - 1)[0] if node.level else ""
            source = ".".join(part for part in (above, node.module) if part)
            yield source
            yield from (f"{source}.{alias.name}" for alias in node.names)
        elif is_for_types(node) and not with_types:
            todo += node.orelse
        elif not (at_import_only and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))):
            todo += ast.iter_child_nodes(node)


def rooms_imported(path: Path) -> set[str]:
    inner = (name.split(".") for name in imports(path, with_types=True) if name.split(".")[0] == "eqmorph")
    # What is no room is a public name, which comes through the front of all.
    return {parts[1] if parts[1] in FLOOR_OF else "__init__" for parts in inner if len(parts) > 1}


def test_every_module_has_a_floor() -> None:
    assert {room_of(path) for path in modules()} <= set(FLOOR_OF)


def test_the_reader_of_imports_sees_them_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without this, the tests below could pass on nothing."""
    package = tmp_path / "eqmorph"
    module = package / "bands" / "fit.py"
    module.parent.mkdir(parents=True)
    module.write_text(
        "import numpy as np\n"
        "from eqmorph import cli\n"
        "from ..batch import run\n"
        "from . import band\n"
        "if TYPE_CHECKING:\n    import eqmorph.tui.app\nelse:\n    import json\n"
        "try:\n    import torch\nexcept ImportError:\n    pass\n"
        "class A:\n    def f(self):\n        from eqmorph.process import Settings\n"
    )
    monkeypatch.setattr(sys.modules[__name__], "PACKAGE", package)
    assert set(imports(module, at_import_only=True)) == {
        *("numpy", "eqmorph", "eqmorph.cli", "eqmorph.batch", "eqmorph.batch.run", "eqmorph.bands"),
        *("eqmorph.bands.band", "json", "torch"),
    }
    assert rooms_imported(module) == {"cli", "batch", "bands", "tui", "process"}


def test_imports_go_one_way() -> None:
    """Imports inside functions and for types count as well."""
    upward = [
        f"{dotted(path)} imports eqmorph.{other}, which stands above it"
        for path in modules()
        for other in rooms_imported(path) - {room_of(path)}
        if FLOOR_OF[other] >= FLOOR_OF[room_of(path)]
    ]
    assert upward == []


def test_what_extras_bring_is_imported_only_where_it_lives() -> None:
    by_room = {"train": HEAVY, "evaluate": HEAVY, "tui": {"textual"}, "agents": {"mcp"}, "figures": {"matplotlib"}}
    by_module = {"store": {"fsspec"}, "cluster": {"distributed"}}
    for path in modules():
        allowed = by_room.get(room_of(path), by_module.get(path.stem, set()))
        if path.parent.name == "picture" and path.stem == "terminal":  # asks the terminal as soon as it is loaded
            allowed = {"textual_image"}
        found = {name.split(".")[0] for name in imports(path, at_import_only=True)} & HEAVY
        assert found <= allowed, dotted(path)


def test_figures_are_loaded_only_when_they_are_asked_for() -> None:
    """Evaluation's own figures are modules that are likewise loaded when they are asked for."""
    drawing = re.compile(r"eqmorph\.(figures|evaluate\.\w+\.figures)(\..*)?")
    for path in modules():
        if room_of(path) != "figures" and path.stem not in ("figures", "architecture"):
            loaded = [name for name in imports(path, at_import_only=True) if drawing.fullmatch(name)]
            assert not loaded, dotted(path)


def test_torch_is_imported_nowhere_but_in_training() -> None:
    for path in modules():
        if room_of(path) not in ("train", "evaluate"):
            assert "torch" not in {name.split(".")[0] for name in imports(path)}, dotted(path)


def test_no_two_modules_import_each_other() -> None:
    """Not even for types or inside functions: two modules that know each other are one."""
    known = {dotted(path): path for path in modules()}
    needs = {
        name: {other for other in imports(path, with_types=True) if other in known and other != name}
        for name, path in known.items()
    }
    # A module needs its packages as well, but those import it: a package's own modules don't come back to it.
    done: set[str] = set()

    def follow(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " -> ".join((*trail, name))
        if name not in done:
            for other in needs[name]:
                follow(other, (*trail, name))
            done.add(name)

    for name in needs:
        follow(name, ())


def test_modules_are_named_in_import_statements_only() -> None:
    """A name made up at run time would be seen by none of these tests; fronts that load by name are known."""
    found = {
        dotted(path) for path in modules() if "import_module(" in path.read_text() or "__import__" in path.read_text()
    }
    assert found == {"eqmorph", "eqmorph.cli", "eqmorph.train.recipes"}


def loaded_after(code: str, *arguments: str) -> set[str]:
    """Return the names of all modules that are loaded when a fresh interpreter has run some code."""
    ending = "\nimport json, sys; sys.stderr.write('\\n' + json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code + ending, *arguments],
        cwd=PACKAGE.parent,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stderr.splitlines()[-1]))


RUN = "import sys; from eqmorph.cli import run; assert run(sys.argv[1:]) == 0"
AS_MODULE = (
    "import contextlib, runpy\nwith contextlib.suppress(SystemExit): runpy.run_module('eqmorph', run_name='__main__')"
)


def test_importing_the_package_loads_nothing() -> None:
    loaded = loaded_after("import eqmorph")
    assert not loaded & (HEAVY | {"numpy", "pedalboard", "soundfile", "click", "rich", "mutagen"})
    assert {name for name in loaded if name.startswith("eqmorph")} == {"eqmorph", "eqmorph.version"}


def test_its_names_are_all_there_when_asked_for() -> None:
    loaded = loaded_after("import eqmorph; [getattr(eqmorph, name) for name in eqmorph.__all__]")
    assert "eqmorph.api" in loaded
    assert not loaded & HEAVY


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]], ids=" ".join)
def test_help_loads_click_and_little_else(arguments: list[str]) -> None:
    loaded = loaded_after(RUN, *arguments)
    assert "click" in loaded
    assert not loaded & (HEAVY | {"pedalboard", "numpy", "rich", "soundfile", "mutagen", "platformdirs"})


def test_the_module_called_by_name_loads_no_more() -> None:
    """Run it as ``python -m eqmorph --help`` does, and look at what is loaded in the end."""
    loaded = loaded_after(AS_MODULE, "--help")
    assert {"eqmorph.cli", "click"} <= loaded
    assert not loaded & (HEAVY | {"pedalboard", "numpy", "rich", "soundfile", "mutagen", "platformdirs"})


def test_processing_a_file_loads_no_framework(tmp_path: Path) -> None:
    source, target = tmp_path / "in.wav", tmp_path / "out.wav"
    sf.write(source, np.random.default_rng(1).uniform(-0.1, 0.1, (4000, 2)), 8000)
    loaded = loaded_after(RUN, "apply", str(source), str(target), "--bands", "LS 120 +3", "-q")
    assert target.exists()
    assert {"numpy", "pedalboard", "soundfile"} <= loaded
    assert not loaded & HEAVY
    rooms = {module.split(".")[1] for module in loaded if module.startswith("eqmorph.")}
    assert not rooms & {"analysis", "balance", "language", "model", "report"}, "bands need nothing that hears or reads"


def test_looking_at_an_eq_loads_no_audio_library() -> None:
    loaded = loaded_after(RUN, "eq", "--preset", "air")
    assert "numpy" in loaded
    assert not loaded & (HEAVY | {"pedalboard", "soundfile", "mutagen"})


@pytest.mark.parametrize("command", [["eq", "warm"], ["morph", "warm", "bright"], ["terms"]], ids=" ".join)
def test_nothing_draws_unless_a_plot_is_asked_for(command: list[str]) -> None:
    assert "matplotlib" not in loaded_after(RUN, *command)


def test_the_app_loads_nothing_for_pictures_unless_they_are_asked_for() -> None:
    loaded = loaded_after("import eqmorph.tui.app")
    assert "eqmorph.tui.widgets.curve" in loaded
    assert not loaded & {"textual_image", "PIL"}
    assert not [name for name in loaded if name.startswith(("eqmorph.tui.picture", "eqmorph.tui.widgets.curve_pixels"))]


def test_floors_are_in_the_order_of_the_chain() -> None:
    chain = ["errors", "target", "bands", "audio", "model", "adapt", "render", "process", "batch", "api", "cli"]
    assert all(FLOOR_OF[lower] < FLOOR_OF[upper] for lower, upper in pairwise(chain))
    assert FLOOR_OF["api"] < FLOOR_OF["tui"] < FLOOR_OF["cli"]
