# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may import whom, and how every file begins. Read from the source, so nothing here needs torch or Blender."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("rigs", "backend", "blender_addon")
SOURCES = sorted(path for part in PARTS for path in (ROOT / part).rglob("*.py"))
FILES = sorted({*SOURCES, *(ROOT / "tests").rglob("*.py"), *ROOT.glob("*.py")})
# The rooms of the backend that Blender's own Python imports.
CLIENT_SIDE = {"requests", "wire", "client", "system", "install", "taught", "bootstrap"}
USERS_OF_THE_MODEL = {"server", "cli", "editing", "training", "teaching", "labelling", "motion", "batch"}
LAB = "coamd.backend.lab"
HEAVY = {"torch", "transformers", "safetensors", "tokenizers"}


def name_of(path: Path) -> str:
    """``backend/cli/serve.py`` -> ``coamd.backend.cli.serve``; a package is called like its folder."""
    parts = ["coamd", *path.relative_to(ROOT).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> set[str]:
    """Absolute names of all that a file imports anywhere, those for type checkers left out.

    ``from ..rigs import resample`` counts as both ``coamd.rigs`` and ``coamd.rigs.body.resample``.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            node.body = []
    package = name_of(path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            found |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
    return found


def missing(path: Path, tree: ast.AST) -> list[str]:
    """Relative imports of a file, late ones and those for type checkers too, that name what is not there.

    mypy is told to ignore missing imports, for the sake of torch and bpy, and so misses a module that was moved.
    """
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or not node.level:
            continue
        module = path.parents[node.level - 1].joinpath(*(node.module.split(".") if node.module else ()))
        file = module / "__init__.py" if module.is_dir() else module.with_suffix(".py")
        for alias in node.names:
            is_module = (module / f"{alias.name}.py").is_file() or (module / alias.name / "__init__.py").is_file()
            if not is_module and not (file.is_file() and alias.name in defined(file)):
                found.append(f"{'.' * node.level}{node.module or ''}.{alias.name}")
    return found


@cache
def defined(path: Path) -> set[str]:
    """Names that a file binds at its top level, whatever condition or `try` they stand in."""
    names: set[str] = set()
    left: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while left:
        node = left.pop()
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        left += ast.iter_child_nodes(node)
    return names


def within(name: str, *roots: str) -> bool:
    """Whether a dotted name is one of the roots or below one."""
    return any(name == root or name.startswith(root + ".") for root in roots)


def forbidden(source: str, target: str) -> bool:
    """Whether the module ``source`` may not import ``target`` (dotted names)."""
    return (within(target, LAB) and not within(source, LAB)) or _against_the_arrows(source, target)


def _against_the_arrows(source: str, target: str) -> bool:
    here = source.removeprefix("coamd.")
    if here.startswith("rigs"):
        return within(target, "coamd.backend", "coamd.blender_addon", "zmq", "msgpack", *HEAVY) or target == "scipy"
    if here.startswith("blender_addon"):
        backend = within(target, "coamd.backend") and target != "coamd.backend"
        return within(target, *HEAVY) or (backend and not within(target, *(f"coamd.backend.{n}" for n in CLIENT_SIDE)))
    if within(target, "coamd.blender_addon"):
        return not within(source, LAB)  # it runs the add-on inside Blender
    if within(here.removeprefix("backend."), *CLIENT_SIDE):
        backend = within(target, "coamd.backend") and target != "coamd.backend"
        late = within(source, "coamd.backend.bootstrap") and within(target, "coamd.backend.cli")
        return within(target, *HEAVY) or (
            backend and not late and not within(target, *(f"coamd.backend.{n}" for n in CLIENT_SIDE))
        )
    if here.startswith("backend.model"):
        return within(target, *(f"coamd.backend.{n}" for n in {*CLIENT_SIDE, *USERS_OF_THE_MODEL}))
    return False


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_arrows_point_one_way(path: Path) -> None:
    wrong = sorted(target for target in imports(path) if forbidden(name_of(path), target))
    assert not wrong, f"{name_of(path)} must not import {', '.join(wrong)}"


def circles(arrows: dict[str, set[str]]) -> list[list[str]]:
    """Groups of modules that import each other, round and round (Tarjan's strongly connected components)."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    path: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        order[name] = lowest[name] = len(order)
        path.append(name)
        for target in arrows[name]:
            if target not in order:
                visit(target)
            if target in path:
                lowest[name] = min(lowest[name], lowest[target])
        if lowest[name] == order[name]:
            group = path[path.index(name) :]
            del path[path.index(name) :]
            if len(group) > 1:
                found.append(sorted(group))

    for name in arrows:
        if name not in order:
            visit(name)
    return found


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Late imports, inside functions, count as well: they hide a circle and do not cut it."""
    names = {name_of(path): path for path in SOURCES}
    arrows = {
        name: {
            target  # `from . import module` names the package of both too, whose __init__ imports nothing
            for target in imports(path) & names.keys()
            if not (names[target].name == "__init__.py" and within(name, target))
        }
        for name, path in names.items()
    }
    assert circles(arrows) == []


def test_a_circle_is_seen() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set()}) == [["b", "c"]]


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_inside_the_package_imports_are_relative(path: Path) -> None:
    """The same files run as ``coamd.*`` and, in Blender, as ``bl_ext.<repository>.coamd.*``."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        named = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and not node.level and node.module:
            named.append(node.module)
        assert not any(within(name, "coamd", *PARTS) for name in named), ast.unparse(node)


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_what_is_imported_is_there(path: Path) -> None:
    assert missing(path, ast.parse(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("line", "lacks"),
    [
        ("from ..wire.protocol import decode", []),
        ("from ..wire import protocol", []),
        ("from .. import wire", []),
        ("from ..wire.protocols import decode", ["..wire.protocols.decode"]),
        ("from ..wire.protocol import decoded", ["..wire.protocol.decoded"]),
        ("def late():\n    from ..wire import protocols", ["..wire.protocols"]),
        ("if TYPE_CHECKING:\n    from ...rigs.files.bvh import Bhv", ["...rigs.files.bvh.Bhv"]),
    ],
)
def test_an_import_of_what_is_not_there_is_seen(line: str, lacks: list[str]) -> None:
    assert missing(ROOT / "backend" / "client" / "client.py", ast.parse(line)) == lacks


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_only_the_add_on_imports_bpy(path: Path) -> None:
    blender = {name for name in imports(path) if within(name, "bpy", "bmesh", "mathutils", "addon_utils", "gpu")}
    assert not blender or within(name_of(path), "coamd.blender_addon", LAB, "coamd.backend.cli.doctor")


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_nothing_is_unpickled(path: Path) -> None:
    assert not {name for name in imports(path) if within(name, "pickle", "joblib", "dill", "shelve")}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            call, safe = ast.unparse(node.func), {key.arg: ast.unparse(key.value) for key in node.keywords}
            assert call != "torch.load" or safe.get("weights_only") == "True", f"line {node.lineno}"
            assert call not in {"np.load", "numpy.load"} or safe.get("allow_pickle") == "False", f"line {node.lineno}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_names_its_licence(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("# SPDX-License-Identifier: GPL-3.0-or-later\n")


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("coamd.rigs.solve.retarget", "coamd.backend.wire.protocol"),
        ("coamd.rigs.solve.retarget", "torch"),
        ("coamd.backend.client.client", "torch.nn"),
        ("coamd.backend.client.client", "coamd.blender_addon.ui.pie"),
        ("coamd.backend.client.client", "coamd.backend.motion.pipeline"),
        ("coamd.backend.model.sampler", "coamd.backend.server.server"),
        ("coamd.backend.model.sampler", "coamd.backend.cli.teach"),
        ("coamd.backend.teaching.material", "coamd.backend.lab.training.mixture"),
        ("coamd.blender_addon.generate.panel", "coamd.backend.motion.pipeline"),
    ],
)
def test_a_wrong_arrow_is_seen(source: str, target: str) -> None:
    assert forbidden(source, target)
