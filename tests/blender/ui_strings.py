# SPDX-License-Identifier: GPL-3.0-or-later
"""Every text of the add-on that Blender shows and can translate, found in what is registered and in the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy
from coamd import blender_addon

SOURCE = Path(blender_addon.__file__).parent
_SHOWN = {"text", "placeholder"}  # keywords of a layout's functions
_TRANSLATED = {"iface": 0, "Remedy": 1}  # our own calls, and which argument of theirs is a text for the user
_TABLES = ("PHASES", "_STATES", "BUTTONS", "RANGE_WORDS")  # dictionaries of texts that panels look words up in


def _classes(kind: Any) -> Iterator[Any]:
    for cls in kind.__subclasses__():
        if cls.__module__.startswith("coamd.") and cls.is_registered:
            yield cls


def _properties(properties: Any, left_out: tuple[str, ...]) -> Iterator[str]:
    for prop in properties:
        if prop.identifier in left_out or prop.is_hidden:
            continue
        yield from (prop.name, prop.description)
        if prop.type == "ENUM":
            for item in prop.enum_items:
                yield from (item.name, item.description)


def registered() -> set[str]:
    """Labels, tool tips and choices of all classes."""
    found: set[str] = set()
    for kind in (bpy.types.PropertyGroup, bpy.types.AddonPreferences):
        for cls in _classes(kind):
            found.update(_properties(cls.bl_rna.properties, ("name", "rna_type", "bl_idname")))
    for kind in (bpy.types.Panel, bpy.types.Menu):
        found.update(cls.bl_label for cls in _classes(kind))
    for name in dir(bpy.ops.coamd):
        operator = getattr(bpy.ops.coamd, name).get_rna_type()
        found.update((operator.name, operator.description))
        found.update(_properties(operator.properties, ("rna_type",)))
    return found


def written(folder: Path = SOURCE) -> set[str]:
    """Texts that panels and operators give to a layout, and those that the add-on translates itself."""
    found: set[str] = set()
    for path in folder.rglob("*.py"):
        if "demo" not in path.parts and "translations" not in path.parts:
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                found.update(_shown_by(node))
    return found


def _shown_by(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call):
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        keywords = {key.arg: key.value for key in node.keywords}
        if ast.unparse(keywords.get("translate", ast.Constant(True))) != "False":
            for keyword in _SHOWN & keywords.keys():
                yield from _texts(keywords[keyword])
        if name in _TRANSLATED:
            yield from _texts(node.args[_TRANSLATED[name]])
    elif isinstance(node, ast.FunctionDef) and node.name == "description":
        for inner in ast.walk(node):
            if isinstance(inner, ast.Return) and inner.value is not None:
                yield from _texts(inner.value)
    elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in _TABLES:
        yield from _texts(node.value)


def _texts(node: ast.AST) -> Iterator[str]:
    """The literals that an expression may come to; what it computes is not the catalogue's."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*_texts(node.body), *_texts(node.orelse))
    elif isinstance(node, ast.BoolOp | ast.Dict):
        for value in node.values:
            yield from _texts(value)
    elif isinstance(node, ast.Tuple):
        yield from _texts(node.elts[0])
    elif isinstance(node, ast.Call):
        for argument in node.args:
            yield from _texts(argument)


def wanted() -> set[str]:
    """All of them that have a letter."""
    return {text for text in registered() | written() if any(letter.isalpha() for letter in text)}
