# SPDX-License-Identifier: GPL-3.0-or-later
"""Weights on disk: safetensors, parameters in float16, buffers as they are; loading is strict."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from ...rigs.errors import UserError
from ..language.familiarity import Phrases, load_phrases
from .autoencoders.autoencoder import Autoencoder, build_autoencoder
from .autoencoders.path_autoencoder import PathAutoencoder
from .calibration import Calibration, fingerprint, load_calibration
from .config import ModelConfig
from .generator import Generator
from .recognizer import Recognizer
from .taught_actions import TaughtActions
from .text import TextEncoder, load_text_encoder

CONFIG = "config.json"
HALF_LIMIT = torch.finfo(torch.float16).max
AGAIN = "Install the extension or the package again, or name another weights folder."


@dataclass(frozen=True)
class System:
    """All modules of one model, in evaluation mode on one device."""

    config: ModelConfig
    autoencoder: Autoencoder | PathAutoencoder
    generator: Generator
    recognizer: Recognizer
    text: TextEncoder
    labels: tuple[str, ...]
    phrases: Phrases | None = None  # what the model was trained on, for warnings; a folder may lack it
    calibration: Calibration | None = None  # how sure a label is; a folder may lack it
    taught: TaughtActions | None = None  # what the taught models that were chosen add


def save_module(path: Path, module: nn.Module) -> None:
    """Write a module's state: parameters in float16, buffers (statistics in metres) in their own precision."""
    parameters = dict(module.named_parameters())
    state: dict[str, Tensor] = {}
    for name, value in module.state_dict().items():
        small = name in parameters and bool(value.abs().max() < HALF_LIMIT)
        state[name] = (value.detach().half() if small else value.detach()).contiguous().cpu()
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    save_file(state, part, metadata={"format": "pt"})
    part.replace(path)


def load_module(path: Path, module: nn.Module) -> None:
    """Read ``save_module``'s file into a module, every name and shape as expected.

    UserError ``weights_missing`` or ``weights_broken``.
    """
    if not path.is_file():
        raise UserError(f"The weights file {path} is missing.", AGAIN, "weights_missing")
    try:
        state = load_file(path)
    except (SafetensorError, OSError, ValueError) as error:
        raise UserError(f"The weights file {path} is damaged or cut off.", AGAIN, "weights_broken") from error
    wanted = module.state_dict()
    odd = sorted(set(state) ^ set(wanted)) or sorted(n for n in wanted if wanted[n].shape != state[n].shape)
    if odd:
        raise UserError(
            f"The weights file {path} does not fit its config ({len(odd)} names, first '{odd[0]}').",
            AGAIN,
            "weights_broken",
        )
    module.load_state_dict({name: value.to(wanted[name].dtype) for name, value in state.items()})


def save_system(folder: Path, system: System) -> None:
    """Write a whole weights folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("autoencoder", "generator", "recognizer"):
        save_module(folder / f"{name}.safetensors", getattr(system, name))
    system.text.save(folder / "text")
    (folder / system.config.labels).write_text("".join(f"{label}\n" for label in system.labels), encoding="utf-8")
    if system.phrases is not None:
        system.phrases.save(folder)
    if system.calibration is not None:
        system.calibration.save(folder)
    (folder / CONFIG).write_text(system.config.to_json(), encoding="utf-8")


def load_config(folder: Path) -> ModelConfig:
    """The config of a weights folder; UserError ``weights_missing`` or ``weights_broken``."""
    path = folder / CONFIG
    if not path.is_file():
        raise UserError(f"There are no weights in {folder}.", AGAIN, "weights_missing")
    return ModelConfig.from_json(path.read_text(encoding="utf-8", errors="replace"))


def load_system(folder: Path, device: torch.device) -> System:
    """Load every part of a weights folder in float32, ready for use.

    UserError ``weights_missing``, ``weights_broken`` or ``text_encoder_missing``.
    """
    config = load_config(folder)
    autoencoder = build_autoencoder(config.autoencoder)
    generator = Generator(config.generator)
    recognizer = Recognizer(config.recognizer)
    parts: dict[str, nn.Module] = {"autoencoder": autoencoder, "generator": generator, "recognizer": recognizer}
    for name, module in parts.items():
        load_module(folder / f"{name}.safetensors", module)
    text = load_text_encoder(config.text, folder)
    for module in (*parts.values(), text):
        module.to(device).eval().requires_grad_(False)
    path = folder / config.labels
    if not path.is_file():
        raise UserError(f"The label list {path} is missing.", AGAIN, "weights_missing")
    labels = tuple(line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    calibration = load_calibration(folder)
    if calibration is not None and calibration.fingerprint != fingerprint(recognizer, text):
        calibration = None  # of other weights: it says nothing about these
    return System(config, autoencoder, generator, recognizer, text, labels, load_phrases(folder), calibration)
