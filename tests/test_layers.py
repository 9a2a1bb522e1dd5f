"""The shape of the code, held: who may import whom, what an import may load, and how long anything may grow."""

from __future__ import annotations

import ast
import functools
import re
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "metalearn_gui"
FILES = sorted(PACKAGE.rglob("*.py"))
NAMES = [file.relative_to(ROOT).as_posix() for file in FILES]

# Each part of the package, and the parts it may import. What is not named here lies at the top, and wires.
MAY_IMPORT = {
    "engine": {"engine"},
    "store": {"store", "engine", "assets"},
    "bridge": {"bridge", "store", "engine", "assets"},
    "ui": {"ui", "bridge", "store", "engine", "assets"},
    "assets": set(),
    "display": set(),
    "system_libraries": {"display"},
}
QT = {"PySide6", "shiboken6", "pyqtgraph"}
FOREIGN_TO = {
    "engine": QT,
    "store": QT,
    "bridge": {"PySide6.QtWidgets", "pyqtgraph", "tensorflow", "keras"},
    "ui": {"tensorflow", "keras"},
}
LONGEST_UI_FILE = 300
LONGEST_FUNCTION = 60


@functools.cache
def nodes(file: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(file.read_text(encoding="utf-8"), str(file))))


def part(file: Path) -> str:
    """The layer or the top-level module that a file belongs to."""
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(file: Path) -> Iterator[str]:
    """Every module that the file names in an import, wherever it stands; `from a import b` gives a and a.b."""
    for statement in nodes(file):
        if isinstance(statement, ast.Import):
            yield from (name.name for name in statement.names)
        elif isinstance(statement, ast.ImportFrom):
            assert statement.level == 0, f"{file}, line {statement.lineno}: a relative import hides its layer"
            yield statement.module or ""
            yield from (f"{statement.module}.{name.name}" for name in statement.names)


def is_of(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def loaded_after(code: str) -> set[str]:
    """The top-level modules in memory once a new interpreter has run the code."""
    program = f"import sys\n{code}\nprint('LOADED', *sorted({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.rpartition("LOADED")[2].split())


def found_in(files: Sequence[Path], find: Callable[[Path], Collection[object]]) -> dict[str, Collection[object]]:
    """What is found, by file; one test for all of them, since a test for each costs more than what it does."""
    assert files
    return {file.relative_to(ROOT).as_posix(): found for file in files if (found := find(file))}


def test_imports_go_downward_only() -> None:
    def imported_from_above(file: Path) -> set[str]:
        ours = {module.split(".")[1] for module in imports(file) if module.startswith("metalearn_gui.")}
        return ours - {"__version__"} - MAY_IMPORT[part(file)]

    assert not found_in([file for file in FILES if part(file) in MAY_IMPORT], imported_from_above)


def test_a_layer_stays_clear_of_what_is_foreign_to_it() -> None:
    def foreign(file: Path) -> set[str]:
        packages = FOREIGN_TO.get(part(file), set())
        return {module for module in imports(file) for package in packages if is_of(module, package)}

    assert not found_in(FILES, foreign)


def test_a_panel_imports_no_other_panel() -> None:
    panels = sorted((PACKAGE / "ui" / "panels").glob("[!_]*.py"))
    modules = {file: f"metalearn_gui.ui.panels.{file.stem}" for file in panels}
    assert not found_in(panels, lambda file: (set(modules.values()) - {modules[file]}).intersection(imports(file)))


def test_importing_the_engine_loads_no_qt_and_no_tensorflow() -> None:
    everything = "\n".join(
        f"import {name.removesuffix('.py').removesuffix('/__init__').replace('/', '.')}"
        for name in NAMES
        if name.startswith("metalearn_gui/engine/")
    )
    assert not loaded_after(everything) & {*QT, "tensorflow", "keras"}


def test_registries_offer_their_choices_without_tensorflow() -> None:
    code = """
from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.engine.networks import NETWORKS
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.tasks import TASKS
assert LEARNERS and NETWORKS and TASKS and ExperimentSettings
"""
    assert not loaded_after(code) & {*QT, "tensorflow", "keras"}


def test_commands_that_need_no_window_load_no_qt() -> None:
    code = """
import importlib
from metalearn_gui.cli.command import COMMANDS
for name in COMMANDS.values():
    importlib.import_module(name)
"""
    assert not loaded_after(code) & {*QT, "tensorflow", "keras"}


def test_the_window_is_shown_before_tensorflow_is_imported() -> None:
    code = "from metalearn_gui.app import open_window\nwindow = open_window([])\nassert window.isVisible()"
    loaded = loaded_after(code)
    assert "PySide6" in loaded
    assert not loaded & {"tensorflow", "keras"}


def test_a_file_of_the_window_is_shorter_than_300_lines() -> None:
    files = sorted((PACKAGE / "ui").rglob("*.py"))
    assert not found_in(files, lambda file: file.read_text(encoding="utf-8").splitlines()[LONGEST_UI_FILE - 1 :])


def test_a_function_is_shorter_than_60_lines() -> None:
    def too_long(file: Path) -> list[str]:
        functions = [node for node in nodes(file) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        return [one.name for one in functions if (one.end_lineno or 0) - one.lineno + 1 >= LONGEST_FUNCTION]

    assert not found_in(FILES, too_long)


def test_no_tracked_file_names_a_path_of_one_machine() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    a_home = re.compile(rb"(?<![\w.])/(home|Users|root|work)/\w")
    found = {
        name: match.group()
        for name in filter(None, listed.split("\0"))
        if (ROOT / name).is_file() and (match := a_home.search((ROOT / name).read_bytes()))
    }
    assert not found


def test_nobody_asks_a_layout_for_its_items() -> None:
    """shiboken keeps what itemAt returns after Qt has deleted it; a widget at the same place is then taken for it."""

    def lines_with_item_at(file: Path) -> list[int]:
        return [node.lineno for node in nodes(file) if isinstance(node, ast.Attribute) and node.attr == "itemAt"]

    named = found_in(FILES, lines_with_item_at)
    assert not named, f"itemAt on lines {named}: keep the widgets, or go through layout.children()"


@pytest.mark.parametrize("file", sorted((PACKAGE / "engine" / "networks").glob("*.py")), ids=lambda file: file.stem)
def test_a_network_knows_no_learner(file: Path) -> None:
    """Learners work with networks: a type alone would already close the circle."""
    assert [module for module in imports(file) if is_of(module, "metalearn_gui.engine.learners")] == []
