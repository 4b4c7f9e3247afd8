# SPDX-License-Identifier: GPL-3.0-or-later
"""The smooth correction after sampling: no jumps between tokens, no trembling, a path that fits the steps, one floor.

A generator of absolute coordinates places every token by itself; errors of a few centimetres between tokens are
small to it and show as a sliding, trembling figure. What the limbs do is more exact than where the pelvis
is, so the quick part of the path is taken from the feet that stand, and only its slow part from the generator.

On good motion it does little: a real walk is moved by less than two centimetres, which a test holds.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view
from torch import Tensor

from ...rigs.body.bone_lengths import fix_bone_lengths
from ...rigs.body.canonical import floor_height
from ...rigs.body.skeleton import FPS, INDEX, TOKEN_FRAMES
from ...rigs.body.smoothing import smoothed
from ...rigs.solve.feet import planted_joints
from ..model.autoencoders.autoencoder import Autoencoder
from ..model.autoencoders.path_autoencoder import PathAutoencoder
from ..model.graphs import replayed
from .floor_levelling import levelled

TREMBLE = 1.15  # frames; deviation of the Gaussian over the pose, half power at 2.3 Hz beyond which little is meant
DRIFT = 2.0  # frames; deviation of the Gaussian that gives the path its speed where no foot stands
SLOW = 12.0  # frames; deviation of the Gaussian that parts the slow from the quick part of the path (0.6 s)
FEET = [INDEX[name] for name in ("left_ankle", "right_ankle", "left_foot", "right_foot")]
STANDING = np.array([0.07, 0.07, 0.0, 0.0])  # metres of ankles and toes above the floor in a flat stance
CONTACT_HEIGHT = 0.04  # metres above the lower foot up to which a foot may stand
CONTACT_WIDTH = 0.01  # metres over which contact fades
CONTACT_SPEED = 0.7  # metres per second
FLOOR = 0.3  # metres; a figure that stays further above the floor is meant to hang or climb
TIPTOE = 0.045  # metres; up to here planted feet stay where they are
SLIDES, SLIDES_OF = 0.6, 0.15  # m/s, and part of the pace, at which feet slide that should stand
STANDS = 0.2  # m/s of a foot in the middle of a real stance of a run, at 20 fps
GAIT, STEPS, HALF_STEP = 1.0, 4, 4  # m/s and steps from which a motion is a gait; frames between two steps of a foot
HEAD_UP = 0.25  # metres of the head above the pelvis of who runs, and does not roll or turn a cartwheel
UPRIGHT = (0.55, 0.75)  # metres of pelvis height between which a figure goes from lying or sitting to standing


@torch.no_grad()
def decoded(autoencoder: Autoencoder | PathAutoencoder, latents: Tensor) -> Tensor:
    """Joints (B, 4 T, 66) of latents (B, T, C), settled."""

    def work(latents: Tensor) -> Tensor:
        return settled(autoencoder, autoencoder.decode(latents))

    return replayed(autoencoder.graphs, "decoded", work, latents)


@torch.no_grad()
def settled(autoencoder: Autoencoder | PathAutoencoder, joints: Tensor) -> Tensor:
    """Decoded joints (B, 4 T, 66) averaged with themselves encoded and decoded at the other three frame offsets.

    Neighbouring tokens do not quite fit each other, so decoded motion jumps every four frames. A token that lies across
    such a border is none that the autoencoder knows: coming back from it, the motion is smooth there.
    """
    length = joints.shape[1] - TOKEN_FRAMES
    if not length:
        return joints
    total, count = joints.clone(), torch.ones_like(joints[:, :, :1])
    spans = [slice(offset, offset + length) for offset in range(1, TOKEN_FRAMES)]
    again = autoencoder.decode(autoencoder.encode(torch.cat([joints[:, span] for span in spans])))
    for span, rows in zip(spans, again.chunk(len(spans)), strict=True):
        total[:, span] += rows
        count[:, span] += 1
    return total / count


def standing_step(joints: np.ndarray, drift: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Step of the pelvis over the ground (F - 1, 2) if standing feet do not slide, and how sure (F - 1,), 0 to 1.

    A foot that stands has no velocity of its own, so the pelvis moves by minus the foot's motion relative to it. A foot
    counts by its height above the lower one, for the floor under a generated figure may be centimetres off, and by how
    slow it is while the pelvis moves by ``drift`` (F - 1, 2) a frame: a foot that swings low past the other does not
    stand, and none does in a jump. Nobody stands whose pelvis is near the floor.
    """
    ground = joints[..., [0, 2]]
    relative = np.diff(ground[:, FEET] - ground[:, :1], axis=0)  # (F - 1, 4, 2)
    heights = np.maximum(joints[1:, FEET, 1], joints[:-1, FEET, 1]) - STANDING
    heights -= heights.min(axis=1, keepdims=True)
    speed = np.linalg.norm(relative + drift[:, None], axis=-1) * FPS
    low = 1 / (1 + np.exp(np.clip((heights - CONTACT_HEIGHT) / CONTACT_WIDTH, -50, 50)))
    weights = low * np.exp(-((speed / CONTACT_SPEED) ** 2))
    step = -(weights[..., None] * relative).sum(axis=1) / (weights.sum(axis=1)[:, None] + 1e-9)
    upright = np.clip((joints[1:, 0, 1] - UPRIGHT[0]) / (UPRIGHT[1] - UPRIGHT[0]), 0, 1)
    return step, weights.max(axis=1) * upright


def steadied(joints: np.ndarray) -> np.ndarray:
    """Motion (F, 22, 3) without tremble, its path over the ground made to fit the steps; metres, Y up, floor at 0.

    Only the quick part of the path changes: over half a second and more the figure goes where it went.
    """
    if len(joints) < 4:
        return joints.copy()
    pelvis = joints[:, :1]
    result = smoothed(joints - pelvis, TREMBLE) + smoothed(pelvis, TREMBLE)
    path = result[:, 0][:, [0, 2]]
    drift = np.diff(smoothed(path, DRIFT), axis=0)
    step, sure = standing_step(result, drift)
    mixed = sure[:, None] * step + (1 - sure[:, None]) * drift
    walked = np.concatenate([path[:1], path[:1] + np.cumsum(mixed, axis=0)])
    shift = smoothed(path, SLOW) + walked - smoothed(walked, SLOW) - path
    result[..., [0, 2]] += shift[:, None]
    return result


def slide_and_pace(joints: np.ndarray) -> tuple[float, float, int]:
    """How fast, in m/s, the feet of a gait (F, 22, 3) go forward where they are slowest in each step, how fast the
    figure is there, both in the median, and of how many steps.

    A foot that stands is slowest at about 0. Where it is not, the path is longer than the steps that are made on it.
    Feet that do not swing, as on a skateboard, make no steps.
    """
    if len(joints) < HALF_STEP:
        return 0.0, 0.0, 0
    ground = joints[..., [0, 2]].astype(np.float64)
    velocity = np.gradient(smoothed(ground[:, 0], DRIFT), axis=0) * FPS
    pace = np.linalg.norm(velocity, axis=1)
    ahead = velocity / np.maximum(pace, 1e-6)[:, None]
    slides: list[float] = []
    at: list[float] = []
    for side in (0, 1):
        foot = ground[:, FEET[side::2]].mean(axis=1)
        forward = smoothed(((np.gradient(foot, axis=0) * FPS) * ahead).sum(axis=1)[:, None], 0.7)[:, 0]
        swing = _around(forward, 2 * HALF_STEP).max(axis=1) - forward
        slowest = (forward <= _around(forward, HALF_STEP).min(axis=1)) & (swing > GAIT)
        slowest[:2] = slowest[-2:] = False
        slides += forward[slowest].tolist()
        at += pace[slowest].tolist()
    return (float(np.median(slides)), float(np.median(at)), len(slides)) if slides else (0.0, 0.0, 0)


def _around(values: np.ndarray, reach: int) -> np.ndarray:
    """Values (F,) with up to ``reach`` frames to either side, (F, 2 reach + 1); the ends go on."""
    return sliding_window_view(np.pad(values, reach, mode="edge"), 2 * reach + 1)


def on_its_steps(joints: np.ndarray) -> np.ndarray:
    """A gait (F, 22, 3) whose path is as long as its steps are; other motion, and gaits whose feet stand, as they are.

    Sprints were made at 8 m/s on legs that run at 4: the figure glided.
    """
    slide, pace, steps = slide_and_pace(joints)
    upright = float(np.median(joints[:, 0, 1])) > UPRIGHT[1]
    head_over_heels = float((joints[:, INDEX["head"], 1] - joints[:, 0, 1]).min()) < HEAD_UP
    if not upright or head_over_heels or steps < STEPS or pace < GAIT or slide < max(SLIDES, SLIDES_OF * pace):
        return joints
    path = (joints[:, :1] - joints[:1, :1]) * np.array([1.0, 0.0, 1.0], dtype=joints.dtype)
    return joints - (slide - STANDS) / pace * path


def grounded(joints: np.ndarray, *, raised: bool = True) -> np.ndarray:
    """Motion (F, 22, 3) with its floor at 0, unless it stays well above the floor throughout and that may be meant."""
    floor = floor_height(joints)
    return joints if raised and floor >= FLOOR else joints - np.array([0.0, floor, 0.0])


def finished(joints: np.ndarray, *, raised: bool = True) -> np.ndarray:
    """What the user gets of a sampled motion (F, 22, 3): steadied, its path as long as its steps, on one level floor,
    its standing feet planted there, with the skeleton's bone lengths. ``raised`` tells whether the figure may stand on
    something or hang."""
    steady = fix_bone_lengths(on_its_steps(steadied(joints)))
    level = levelled(grounded(steady, raised=raised), raised=raised)
    planted = grounded(planted_joints(level), raised=raised)
    if not raised:  # feet that are planted where they stood too high bring the figure up again
        planted = levelled(planted, raised=False, band=TIPTOE)
    return planted.astype(np.float32)
