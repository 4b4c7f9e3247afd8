# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may import whom, and how every file begins. Read from the source, so nothing here needs torch or Blender."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("rigs", "backend", "blender_addon")
SOURCES = sorted(path for part in PARTS for path in (ROOT / part).rglob("*.py"))
FILES = sorted({*SOURCES, *(ROOT / "tests").rglob("*.py"), *ROOT.glob("*.py")})
# The side of the backend that Blender's own Python imports.
CLIENT_SIDE = {"protocol", "messages", "fields", "limits", "editing.request", "editing.checks"}
CLIENT_SIDE |= {"labelling.request", "labelling.tables"}
CLIENT_SIDE |= {"connection", "client", "process", "lifetime", "bootstrap", "home", "children", "install"}
USERS_OF_THE_MODEL = {"server", "worker", "gate", "cli", "editing", "training", "labelling", "pipeline"}
HEAVY = {"torch", "transformers", "safetensors", "tokenizers"}


def name_of(path: Path) -> str:
    """``backend/cli/serve.py`` -> ``coamd.backend.cli.serve``; a package is called like its folder."""
    parts = ["coamd", *path.relative_to(ROOT).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> set[str]:
    """Absolute names of all that a file imports anywhere, those for type checkers left out.

    ``from ..rigs import resample`` counts as both ``coamd.rigs`` and ``coamd.rigs.resample``.
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


def within(name: str, *roots: str) -> bool:
    """Whether a dotted name is one of the roots or below one."""
    return any(name == root or name.startswith(root + ".") for root in roots)


def forbidden(source: str, target: str) -> bool:
    """Whether the module ``source`` may not import ``target`` (dotted names)."""
    here = source.removeprefix("coamd.")
    if here.startswith("rigs"):
        return within(target, "coamd.backend", "coamd.blender_addon", "zmq", "msgpack", *HEAVY) or target == "scipy"
    if here.startswith("blender_addon"):
        backend = within(target, "coamd.backend") and target != "coamd.backend"
        return within(target, *HEAVY) or (backend and not within(target, *(f"coamd.backend.{n}" for n in CLIENT_SIDE)))
    if within(target, "coamd.blender_addon"):
        return not within(source, "coamd.backend.cli")  # `coamd demo` runs the add-on inside Blender
    if within(here.removeprefix("backend."), *CLIENT_SIDE):
        return within(target, *HEAVY, "coamd.backend.model", "coamd.backend.pipeline")
    if here.startswith("backend.model"):
        return within(target, *(f"coamd.backend.{n}" for n in {*CLIENT_SIDE, *USERS_OF_THE_MODEL}))
    return False


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_arrows_point_one_way(path: Path) -> None:
    wrong = sorted(target for target in imports(path) if forbidden(name_of(path), target))
    assert not wrong, f"{name_of(path)} must not import {', '.join(wrong)}"


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
def test_only_the_add_on_imports_bpy(path: Path) -> None:
    blender = {name for name in imports(path) if within(name, "bpy", "bmesh", "mathutils", "addon_utils", "gpu")}
    assert not blender or within(name_of(path), "coamd.blender_addon", "coamd.backend.cli")


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
        ("coamd.rigs.retarget", "coamd.backend.protocol"),
        ("coamd.rigs.retarget", "torch"),
        ("coamd.backend.client", "torch.nn"),
        ("coamd.backend.client", "coamd.blender_addon.panels"),
        ("coamd.backend.model.sampler", "coamd.backend.server"),
        ("coamd.backend.model.sampler", "coamd.backend.cli.train"),
        ("coamd.blender_addon.panels", "coamd.backend.pipeline"),
    ],
)
def test_a_wrong_arrow_is_seen(source: str, target: str) -> None:
    assert forbidden(source, target)
