# SPDX-License-Identifier: GPL-3.0-or-later
"""The released checkpoints' form, torch files, to a weights folder of safetensors.

A torch file is read with ``weights_only``: tensors and plain containers, and nothing in it is run.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ....rigs.body.skeleton import JOINTS
from ....rigs.errors import UserError
from ...model.autoencoders.autoencoder import Autoencoder
from ...model.config import ModelConfig
from ...model.generator import Generator
from ...model.recognizer import Recognizer
from ...model.weights import CONFIG, load_config, save_module
from .released import AUTOENCODER, GENERATOR, RECOGNIZER, NameMap

COORDINATES = 3 * len(JOINTS)


@dataclass(frozen=True)
class ReleasedModule:
    """Where a module's state lies in its released file, and what it becomes."""

    keys: tuple[str, ...]  # the first that is there; without any, the file is the state itself
    names: NameMap
    build: Callable[[ModelConfig], nn.Module]
    beside: str = ""  # names of another module in the same state: frozen CLIP


PARTS: dict[str, ReleasedModule] = {
    "autoencoder": ReleasedModule(("ae",), AUTOENCODER, lambda config: Autoencoder(config.autoencoder)),
    # the averaged weights are the ones that the paper samples with
    "generator": ReleasedModule(
        ("ema_mardm", "mardm"), GENERATOR, lambda config: Generator(config.generator), r"clip_model\."
    ),
    "recognizer": ReleasedModule(
        ("contrast_model",), RECOGNIZER, lambda config: Recognizer(config.recognizer), r"clip_model\."
    ),
}


def read_checkpoint(path: Path, part: ReleasedModule) -> dict[str, Tensor]:
    """The state in a released file, under its own names, on the CPU in float32.

    Raises:
        UserError: ``no_checkpoint`` (no such file), ``weights_broken`` (not a torch file, holds more than tensors, or
            has no state of this part).
    """
    if not path.is_file():
        raise UserError(f"There is no checkpoint {path}.", "Check the path.", "no_checkpoint")
    try:
        content: Any = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # damaged and hostile files raise nearly anything
        raise UserError(
            f"{path} is not a checkpoint of tensors that can be read safely.",
            "Download it again; a file with other things in it is never opened here.",
            "weights_broken",
        ) from error
    state = content
    if isinstance(content, Mapping):
        state = next((content[key] for key in part.keys if key in content), content)
    tensors = isinstance(state, Mapping) and all(isinstance(value, Tensor) for value in state.values())
    if not tensors or not state:
        raise UserError(
            f"{path} has no weights under {' or '.join(part.keys)}.",
            "Give each file with its own option: --autoencoder, --generator, --recognizer.",
            "weights_broken",
        )
    return {
        str(name).removeprefix("module."): value.float() if value.is_floating_point() else value
        for name, value in state.items()
        if not (part.beside and re.match(part.beside, str(name).removeprefix("module.")))
    }


def read_statistics(path: Path) -> Tensor:
    """Mean or deviation of the 66 coordinates from a .npy file; UserError ``bad_statistics``."""
    try:
        values = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise UserError(
            f"{path} is not a .npy file.", "Give Mean.npy and Std.npy of the data.", "bad_statistics"
        ) from error
    if values.size != COORDINATES or not np.isfinite(values.astype(np.float64)).all():
        raise UserError(
            f"{path} has the shape {values.shape}, and {COORDINATES} finite numbers are needed.",
            "Give the statistics of 22 joints in absolute coordinates.",
            "bad_statistics",
        )
    return torch.from_numpy(values.astype(np.float32).reshape(COORDINATES))


def fitted(config: ModelConfig, generator: Mapping[str, Tensor]) -> ModelConfig:
    """The config with as many blocks as the generator's checkpoint has: released ones were trained with 8 or 6."""
    blocks = {int(match[1]) for name in generator if (match := re.match(r"MARTransformer\.(\d+)\.", name))}
    layers = max(blocks, default=-1) + 1 or config.generator.layers
    return dataclasses.replace(config, generator=dataclasses.replace(config.generator, layers=layers))


def convert(
    files: Mapping[str, Path],
    statistics: tuple[Tensor, Tensor],
    config: ModelConfig,
    out: Path,
    labels: tuple[str, ...],
) -> ModelConfig:
    """Write the given parts into the weights folder ``out``, with the config; returns the config as written.

    Args:
        files: released file by part: autoencoder, generator, recognizer; those that are missing are left as they are.
        statistics: mean and deviation (66,) of the training data's coordinates in metres.
        labels: class names; none keeps the list that is there, or writes an empty one.

    Raises:
        UserError: as ``read_checkpoint``; ``weights_broken`` where a state does not fit the config; ``other_weights``
            where ``out`` holds another model.
    """
    states = {name: read_checkpoint(path, PARTS[name]) for name, path in files.items()}
    there = load_config(out) if (out / CONFIG).exists() else None
    if there is not None and there.name == config.name:
        config = there
    if "generator" in states:
        config = fitted(config, states["generator"])
    if there is not None and there != config:
        raise UserError(f"{out} holds another model.", "Give another folder to write.", "other_weights")
    modules: dict[str, nn.Module] = {}
    for name, state in states.items():
        modules[name] = PARTS[name].build(config)
        PARTS[name].names.load(modules[name], state)
        own = dict(modules[name].named_buffers())
        for buffer, values in zip(("mean", "std"), statistics, strict=True):
            if buffer in own:
                own[buffer].copy_(values)
    for name, module in modules.items():
        save_module(out / f"{name}.safetensors", module)
    listed = out / config.labels
    if labels or not listed.exists():
        listed.write_text("".join(f"{label}\n" for label in labels), encoding="utf-8")
    (out / CONFIG).write_text(config.to_json(), encoding="utf-8")
    return config
