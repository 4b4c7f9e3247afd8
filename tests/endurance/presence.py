# SPDX-License-Identifier: GPL-3.0-or-later
"""What the files of a trial of writers hold, read as the product reads them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from writer import ORIGIN, contents, embedder


def of_index(folder: Path) -> set[str]:
    """The files in the index."""
    return set(_index(folder).sources)


def of_backend(folder: Path) -> set[str]:
    """Takes that the index has both as files and as offered."""
    from coamd.backend.labelling.index_service import OFFERED

    takes = _index(folder)
    offered = {take.name for take in takes.takes_of(OFFERED + ORIGIN)}
    return offered & {Path(name).stem for name in takes.sources if takes.takes_of(name)}


def _index(folder: Path):
    from coamd.backend.labelling.index import TakeIndex

    takes, note = TakeIndex.open(folder / "takes.npz", embedder())  # type: ignore[arg-type]
    assert not note, note
    return takes


def of_teach(folder: Path) -> set[str]:
    """The taught models."""
    from coamd.backend.taught import library
    from coamd.backend.taught.model_file import WORDS, load

    from tests.taught import arrays

    found, problems = library.models(folder / "models")
    assert not problems, problems
    shapes = {name: array.shape for name, array in arrays().items() if name != WORDS}
    for model in found:
        load(model.path, shapes)  # type: ignore[arg-type]
    return {model.card.name for model in found}


def of_blender(folder: Path) -> set[str]:
    """What is both a favourite and a preset's name."""
    from coamd.blender_addon.generate import prompt_history
    from coamd.rigs.detect.preset_file import read_presets

    os.environ["COAMD_HOME"] = str(folder)
    prompt_history.load()
    assert not (folder / "prompts.damaged.json").exists(), "a half file was put aside"
    presets, problems = read_presets(folder / "rigs")
    assert not problems, problems
    return {preset.family for preset in presets.values()} & set(prompt_history.favourites)


def of_batch(folder: Path) -> set[str]:
    """The rows of the table that have their files."""
    from coamd.backend.batch.summary import BatchSummary

    summary = BatchSummary.open(folder / "batch")
    files = [path for path in (folder / "batch").glob("row*") if path.is_file()]
    assert all(path.read_bytes() == contents(path.name) for path in files), "a file is half"
    known = {file for entry in summary.entries.values() for file in entry.files}
    assert {path.name for path in files} <= known, "a file that no row knows of"
    return {path.stem for path in files}


PRESENT: dict[str, Callable[[Path], set[str]]] = {
    "index": of_index,
    "teach": of_teach,
    "blender": of_blender,
    "backend": of_backend,
    "batch": of_batch,
}
