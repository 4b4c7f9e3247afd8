# SPDX-License-Identifier: GPL-3.0-or-later
"""The taught models in the user's folder: listed, found by name, renamed, removed, exported and imported. No torch."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ...rigs.errors import UserError
from ...rigs.files.regular_file import open_regular
from ..requests.lesson import LONGEST_NAME, checked_name
from ..system.atomic_write import disk_errors, replacing
from ..system.user_files import locked, open_private, sweep
from ..system.user_folder import home
from .model_file import SUFFIX, ModelCard, read, renamed, save

MOST_LETTERS = 40  # of a file's name
_PATIENCE = 30.0  # seconds for another process that writes into the folder


@dataclass(frozen=True)
class TaughtModel:
    """A file of the folder and what it says of itself."""

    path: Path
    card: ModelCard


def default_folder() -> Path:
    """Where taught models are kept."""
    return home() / "models"


def models(folder: Path | None = None) -> tuple[list[TaughtModel], list[UserError]]:
    """The models of a folder by name, and what is wrong with files that cannot be used."""
    found: list[TaughtModel] = []
    problems: list[UserError] = []
    folder = folder or default_folder()
    for path in sorted(folder.glob(f"[!.]*{SUFFIX}")) if folder.is_dir() else ():  # ".": half written, or killed
        try:
            found.append(TaughtModel(path, read(path)))
        except UserError as error:
            if os.path.lexists(path):  # else another process has removed it meanwhile
                problems.append(error)
    return sorted(found, key=lambda model: model.card.name.casefold()), problems


def named(name: str, folder: Path | None = None) -> TaughtModel:
    """The model of that name, upper and lower case alike. UserError ``no_model`` lists the names there are."""
    found, _ = models(folder)
    wanted = " ".join(name.split()).casefold()
    for model in found:
        if model.card.name.casefold() == wanted:
            return model
    names = ", ".join(f"“{model.card.name}”" for model in found) or "none yet"
    raise UserError(f"There is no taught model “{name}”.", f"There are: {names}. coamd teach makes one.", "no_model")


def place(name: str, folder: Path | None = None) -> Path:
    """The file for a new model of that name. UserError ``same_model`` where there is one of that name."""
    folder = folder or default_folder()
    name = checked_name(name)
    if any(model.card.name.casefold() == name.casefold() for model in models(folder)[0]):
        raise UserError(
            f"There is a taught model “{name}” already.", "Give another name, or remove that one first.", "same_model"
        )
    return free_path(folder, name)


def free_path(folder: Path, name: str) -> Path:
    """A file name that no file of the folder has, made of the letters of a model's name."""
    stem = re.sub(r"[^\w-]+", "_", name).strip("_")[:MOST_LETTERS].lower() or "model"
    path, number = folder / f"{stem}{SUFFIX}", 1
    while path.exists():
        number += 1
        path = folder / f"{stem}_{number}{SUFFIX}"
    return path


def keep(card: ModelCard, arrays: Mapping[str, np.ndarray], folder: Path | None = None) -> TaughtModel:
    """Write a new model's file. Where another of its name has come meanwhile, it gets a number: nothing is lost.

    UserError where the disk refuses.
    """
    folder = folder or default_folder()
    with _alone(folder):
        names = {model.card.name.casefold() for model in models(folder)[0]}
        name, number = card.name, 1
        while name.casefold() in names:
            number += 1
            name = f"{card.name[: LONGEST_NAME - len(f' {number}')]} {number}"
        card = replace(card, name=name)
        path = free_path(folder, name)
        save(path, card, arrays)
    return TaughtModel(path, card)


def rename(name: str, new: str, folder: Path | None = None) -> Path:
    """Give a model another name; its file is replaced in one step. UserError ``no_model``, ``same_model``."""
    with _alone(folder or default_folder()):
        model = named(name, folder)
        if checked_name(new).casefold() != model.card.name.casefold():
            place(new, folder)
        renamed(model.path, new, model.path)
    return model.path


def remove(name: str, folder: Path | None = None) -> None:
    """Delete a model's file. UserError ``no_model``, ``not_writable``."""
    with _alone(folder or default_folder()):  # a file may go to another model of that name, or be given another name
        path = named(name, folder).path
        try:
            path.unlink()
        except OSError as error:
            raise UserError(
                f"{path} could not be removed ({error.strerror}).", "Mend its permissions.", "not_writable"
            ) from error


def export(name: str, target: Path, folder: Path | None = None) -> Path:
    """Copy a model's file to ``target``, a file or a folder. UserError ``file_exists`` or where the disk refuses."""
    model = named(name, folder)
    path = target / model.path.name if target.is_dir() else target.with_suffix(SUFFIX)
    if path.exists():
        raise UserError(f"{path} exists already.", "Move it away, or give another name.", "file_exists")
    with replacing(path) as part:
        shutil.copyfile(model.path, part)
    return path


def bring_in(source: Path, folder: Path | None = None) -> TaughtModel:
    """Copy a file from elsewhere into the folder. UserError ``no_model``, ``broken_model`` or ``same_model``."""
    folder = folder or default_folder()
    card = read(source)
    with _alone(folder):
        path = place(card.name, folder)
        with replacing(path) as part, open_regular(source) as foreign, open_private(part, "xb") as file:
            shutil.copyfileobj(foreign, file)
    return TaughtModel(path, card)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """The folder, made where it is not there, with no other process that gives a name or a file in it.

    What one that was killed has left there is removed.
    """
    with disk_errors(folder), locked(folder / "models", _PATIENCE):
        sweep(folder)
        yield
