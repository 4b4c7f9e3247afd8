# SPDX-License-Identifier: GPL-3.0-or-later
"""Our modules beside the numbers of the released code.

A folder of reference vectors holds ``*.safetensors`` with ``weights.*`` (released names), ``in.*`` and ``out.*``, and
two JSON files for the mask schedule and the metrics. Sizes are read from the weights; all modules have four heads.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from ....rigs.body.skeleton import TOKEN_FRAMES
from ....rigs.errors import UserError
from ...model.autoencoders.autoencoder import Autoencoder
from ...model.config import AutoencoderConfig, GeneratorConfig, HeadKind, RecognizerConfig
from ...model.diffusion.head import DDPM_STEPS, DDPMHead, SiTHead, cosine_betas
from ...model.generator import Generator
from ...model.guidance import climbed, slope
from ...model.masking import masked_counts
from ...model.recognizer import Recognizer
from ...model.streams import bones, motion
from ..evaluation import metrics
from ..training.recognition.losses import recognition, retrieval
from .released import AUTOENCODER, GENERATOR, RECOGNIZER

LIMIT = 1e-4  # relative: max |ours - theirs| / max |theirs|
SOLVER_LIMIT = 2e-3  # adaptive solvers agree to their tolerance only
HEADS = 4
SCALE = 4.5  # of the guided outputs
Vectors = Mapping[str, Tensor]
Outputs = Iterator[tuple[str, Tensor]]


@dataclass(frozen=True)
class Comparison:
    """One output: largest absolute and relative error, and the relative error allowed."""

    file: str
    output: str
    absolute: float
    relative: float
    limit: float

    @property
    def passed(self) -> bool:
        """False also for errors that are not numbers."""
        return self.relative <= self.limit


def compare(folder: Path) -> list[Comparison]:
    """Compare all reference files of a folder.

    UserError ``no_reference`` without any, ``broken_reference`` for a damaged one.
    """
    files = [name for name in READERS if (folder / name).is_file()]
    if not files:
        raise UserError(
            f"There are no reference vectors in {folder}.", f"It should hold {', '.join(READERS)}.", "no_reference"
        )
    found: list[Comparison] = []
    for name in files:
        try:
            found.extend(READERS[name](folder, name))
        except (SafetensorError, OSError, ValueError, KeyError) as error:
            raise UserError(
                f"The reference file {folder / name} cannot be used ({type(error).__name__}: {error}).",
                "Get it again.",
                "broken_reference",
            ) from error
    return found


def autoencoder_outputs(vectors: Vectors) -> Outputs:
    """Streams, latents and reconstruction."""
    model = autoencoder_of(vectors)
    joints = vectors["in.joints"]
    yield "bones", bones(joints)
    yield "motion", motion(joints)
    latents = model.encode(joints)
    yield "latent", latents.mT
    yield "reconstruction", model.decode(latents)


def generator_outputs(vectors: Vectors, kind: HeadKind) -> Outputs:
    """Contexts of the transformer, and what the head makes of its inputs."""
    model = generator_of(vectors, kind)
    latents, condition = vectors["in.latents"], vectors["in.cond"]
    valid = torch.arange(latents.shape[1]) < vectors["in.lengths"][:, None]
    yield "context", model(latents, valid, condition)
    yield "context_uncond", model(latents, valid, torch.zeros_like(condition))
    if isinstance(model.head, SiTHead):
        yield from sit_outputs(model.head, vectors)
    else:
        yield from ddpm_outputs(model.head, vectors)


def sit_outputs(head: SiTHead, vectors: Vectors) -> Outputs:
    """Velocity, loss and solved samples; guided ones take the rows' first half with text, the second without."""
    z, t, x, noise = (vectors[f"in.{name}"] for name in ("z", "t", "x_t", "ode_noise"))
    half = len(z) // 2
    yield "velocity", head.net(x, t, z)
    yield "velocity_cfg4.5", head.net.guided(x[:half], t, z[:half], z[half:], SCALE).repeat(2, 1)
    yield "flow_loss", head.loss_at(vectors["in.target"], z, t, vectors["in.noise"])
    yield "ode_sample", head.sample(x, z, None, 1.0, solver="dopri5", evaluations=0)
    guided = head.sample(noise[:half], z[:half], z[half:], SCALE, solver="dopri5", evaluations=0)
    yield "ode_sample_cfg4.5", guided.repeat(2, 1)


def ddpm_outputs(head: DDPMHead, vectors: Vectors) -> Outputs:
    """Schedule, noise prediction, loss and one step back."""
    z, t, x, step = (vectors[f"in.{name}"] for name in ("z", "t", "x_t", "respaced_step"))
    yield "alphas_cumprod", head.alpha_bar
    yield "respaced_betas", cosine_betas(DDPM_STEPS)
    yield "respaced_timesteps", torch.arange(DDPM_STEPS)
    yield "q_sample", head.noised(vectors["in.target"], t, vectors["in.noise"])
    yield "eps", head.net(x, t, z)
    yield "eps_loss", head.loss_at(vectors["in.target"], z, t, vectors["in.noise"])
    clean = head.clean(x, step, head.net(x, step, z))
    mean, log_variance = head.posterior(clean, x, step)
    yield "pred_xstart", clean
    yield "posterior_mean", mean
    yield "posterior_log_variance", log_variance.expand_as(mean)


def recognizer_outputs(vectors: Vectors) -> Outputs:
    """Features, text B and the two contrastive losses."""
    model = recognizer_of(vectors)
    joints = vectors["in.motion"]
    valid = torch.arange(joints.shape[1]) < vectors["in.lengths"][:, None]
    yield from zip(("fused", "joint", "bone", "motion_stream"), model(joints, valid), strict=True)
    yield "text", model.text(vectors["in.tokens"])
    moved, text = vectors["in.loss_motion"], vectors["in.loss_text"]
    yield "loss_recognition_tau0.4", recognition(moved, text).reshape(1)
    yield "loss_retrieval_t0.1_thr0.9", retrieval(moved, text, vectors["in.loss_sentence"]).reshape(1)


def guidance_outputs(vectors: Vectors, folder: Path) -> Outputs:
    """The score through the reference autoencoder and recognizer, and the step along the reference's own gradient.

    The gradient itself says nothing: the random weights decode to coordinates of 1e5, so attention scores are of the
    order 1e10, and float32 leaves of the gradient mostly rounding errors. The recorded one is 35 to 117 times as long
    as the one in float64, and another processor makes another. Ours is held in float64 by finite differences.
    """
    autoencoder = autoencoder_of(load_file(folder / "autoencoder.safetensors"))
    recognizer = recognizer_of(load_file(folder / "recognizer.safetensors"))
    latents = vectors["in.latents"]
    valid = torch.arange(latents.shape[1]) < (vectors["in.lengths_frames"] // TOKEN_FRAMES)[:, None]
    yield "score", slope(autoencoder, recognizer, latents, vectors["in.text"], valid).score
    yield "latents_lambda1", climbed(latents, vectors["out.gradient"], vectors["in.is_mask"], 1.0)


def autoencoder_of(vectors: Vectors) -> Autoencoder:
    """The reference autoencoder, its coordinates already normalised."""
    weights = _weights(vectors)
    latent, width, _ = weights["encoder.main_encoder.3.weight"].shape
    model = Autoencoder(AutoencoderConfig(width=width, latent=latent)).eval()
    AUTOENCODER.load(model, weights)
    return model


def generator_of(vectors: Vectors, kind: HeadKind) -> Generator:
    """The reference generator."""
    weights = _weights(vectors)
    width, latent = weights["input_process.poseEmbedding.weight"].shape
    config = GeneratorConfig(
        latent=latent,
        condition=weights["cond_emb.weight"].shape[1],
        width=width,
        layers=_count(weights, "MARTransformer."),
        heads=HEADS,
        feed_forward=weights["MARTransformer.0.mlp.fc1.weight"].shape[0],
        head=kind,
        head_depth=_count(weights, "DiffMLPs.net.res_blocks."),
        head_width=weights["DiffMLPs.net.input_proj.weight"].shape[0],
    )
    model = Generator(config).eval()
    GENERATOR.load(model, weights)
    return model


def recognizer_of(vectors: Vectors) -> Recognizer:
    """The reference recognizer, its coordinates already normalised."""
    weights = _weights(vectors)
    stream = "motion_encoder.joint_encoder."
    vocabulary, text_width = weights["token_embedding.weight"].shape
    config = RecognizerConfig(
        width=weights[stream + "embed_motion.weight"].shape[0],
        layers=_count(weights, stream + "transformer.layers."),
        heads=HEADS,
        feed_forward=weights[stream + "transformer.layers.0.linear1.weight"].shape[0],
        feature=weights["out.weight"].shape[0],
        text_width=text_width,
        text_layers=_count(weights, "textTransEncoder.layers."),
        text_heads=HEADS,
        text_feed_forward=weights["textTransEncoder.layers.0.linear1.weight"].shape[0],
        vocabulary=vocabulary,
        positions=weights["positional_embedding"].shape[0],
    )
    model = Recognizer(config).eval()
    RECOGNIZER.load(model, weights)
    return model


def _weights(vectors: Vectors) -> dict[str, Tensor]:
    return {name.removeprefix("weights."): value for name, value in vectors.items() if name.startswith("weights.")}


def _count(weights: Vectors, prefix: str) -> int:
    return len({name.removeprefix(prefix).split(".")[0] for name in weights if name.startswith(prefix)})


def measure(file: str, output: str, ours: Tensor, theirs: Tensor, limit: float = LIMIT) -> Comparison:
    """The errors of one output, in float64; ValueError where shapes differ."""
    if ours.shape != theirs.shape:
        raise ValueError(f"{output} has shape {tuple(ours.shape)}, not {tuple(theirs.shape)}")
    absolute = float((ours.double() - theirs.double()).abs().max())
    return Comparison(file, output, absolute, absolute / max(float(theirs.double().abs().max()), 1e-12), limit)


def _vectors(
    outputs: Callable[[Vectors, Path], Outputs], read_as_input: tuple[str, ...] = ()
) -> Callable[[Path, str], list[Comparison]]:
    @torch.no_grad()
    def read(folder: Path, name: str) -> list[Comparison]:
        vectors = load_file(folder / name)
        left = {key.removeprefix("out."): value for key, value in vectors.items() if key.startswith("out.")}
        for output in read_as_input:
            del left[output]
        found = []
        for output, ours in outputs(vectors, folder):
            limit = SOLVER_LIMIT if output.startswith("ode_") else LIMIT
            found.append(measure(name, output, ours, left.pop(output), limit))
        if left:
            raise KeyError(f"no module makes {', '.join(left)}")
        return found

    return read


def _schedules(folder: Path, name: str) -> list[Comparison]:
    rows = json.loads((folder / name).read_text(encoding="utf-8"))
    return [
        measure(
            name,
            f"{row['steps']} steps, {row['length']} tokens",
            masked_counts(row["steps"], torch.tensor([row["length"]]))[:, 0],
            torch.tensor(row["num_masked"]),
        )
        for row in rows
    ]


def _metrics(folder: Path, name: str) -> list[Comparison]:
    """FID is between text and motion features as two sets; the others take the first 32 pairs."""
    vectors = load_file(folder / "metrics.safetensors")
    text, moved = vectors["in.text"].numpy(), vectors["in.motion"].numpy()
    first = slice(0, metrics.BATCH)
    ours: dict[str, float | np.ndarray] = {
        "r_precision_top3_first32": metrics.r_precision(text[first], moved[first]),
        "fid": metrics.fid(text, moved),
        "matching_score_first32": metrics.matching_score(text[first], moved[first]),
    }
    theirs = json.loads((folder / name).read_text(encoding="utf-8"))
    return [
        measure(name, key, torch.tensor(ours[key], dtype=torch.float64), torch.tensor(value, dtype=torch.float64))
        for key, value in theirs.items()
    ]


READERS: dict[str, Callable[[Path, str], list[Comparison]]] = {
    "autoencoder.safetensors": _vectors(lambda vectors, _folder: autoencoder_outputs(vectors)),
    "generator_sit.safetensors": _vectors(lambda vectors, _folder: generator_outputs(vectors, "sit")),
    "generator_ddpm.safetensors": _vectors(lambda vectors, _folder: generator_outputs(vectors, "ddpm")),
    "recognizer.safetensors": _vectors(lambda vectors, _folder: recognizer_outputs(vectors)),
    "guidance.safetensors": _vectors(guidance_outputs, read_as_input=("gradient",)),
    "mask_schedule.json": _schedules,
    "metrics.json": _metrics,
}
