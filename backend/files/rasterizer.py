# SPDX-License-Identifier: GPL-3.0-or-later
"""A small renderer for the 22-joint figure: a perspective camera, round limbs, a shadow and a ground.

Everything is drawn with Pillow at ``SUPERSAMPLE`` times the wanted size and scaled down afterwards. Points are metres,
Y up; a picture's pixels count from its upper left corner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from ...rigs.body.skeleton import INDEX

SUPERSAMPLE = 3
Colour = tuple[int, int, int]

PAPER: Colour = (246, 246, 243)
INK: Colour = (52, 58, 70)
QUIET: Colour = (140, 145, 154)
GROUND: Colour = (233, 233, 227)
GRID: Colour = (205, 206, 202)
SHADOW: Colour = (96, 100, 110)
BODY: Colour = (118, 126, 140)
LEFT: Colour = (47, 128, 205)
RIGHT: Colour = (232, 115, 52)
PATH: Colour = (45, 160, 128)

# (from, to, radius there, radius here, colour): the mannequin's limbs in metres. Both sides are added below.
_MIDLINE = (
    ("pelvis", "spine1", 0.115, 0.105),
    ("spine1", "spine2", 0.105, 0.115),
    ("spine2", "spine3", 0.115, 0.12),
    ("spine3", "neck", 0.10, 0.055),
    ("neck", "head", 0.05, 0.05),
)
_SIDES = (
    ("pelvis", "hip", 0.10, 0.085, False),
    ("hip", "knee", 0.08, 0.055, True),
    ("knee", "ankle", 0.055, 0.04, True),
    ("ankle", "foot", 0.042, 0.038, True),
    ("spine3", "shoulder", 0.085, 0.062, False),
    ("shoulder", "elbow", 0.052, 0.042, True),
    ("elbow", "wrist", 0.042, 0.032, True),
)
_HEAD_RADIUS = 0.102
_LIGHT = np.array([-0.28, -0.36])  # the lit edge of a limb in shares of its radius: light comes from the upper left
_FOG = 0.16  # how far the colours of the rearmost limb go towards the paper


@dataclass(frozen=True)
class Camera:
    """Looks at ``target`` from ``distance`` metres away and shows it at ``centre``.

    ``azimuth`` is the heading of the camera as seen from the target, from +Z towards +X; -50 degrees shows a figure
    that faces +Z from its front right, so that it walks to the right of the picture. ``zoom`` is pixels per metre at
    the target.
    """

    target: tuple[float, float, float]
    centre: tuple[float, float]
    zoom: float
    azimuth: float = -50.0
    elevation: float = 14.0
    distance: float = 6.0

    def project(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Points (..., 3) in metres -> pixels (..., 2) and pixels per metre (...,), larger when nearer."""
        azimuth, elevation = np.radians(self.azimuth), np.radians(self.elevation)
        back = np.array(
            [np.sin(azimuth) * np.cos(elevation), np.sin(elevation), np.cos(azimuth) * np.cos(elevation)]
        )  # from the target to the camera
        right = np.array([np.cos(azimuth), 0.0, -np.sin(azimuth)])  # up x back
        up = np.cross(back, right)
        offset = np.asarray(points, dtype=np.float64) - np.array(self.target)
        depth = np.maximum(self.distance - offset @ back, 0.2)
        scale = self.zoom * self.distance / depth
        pixels = np.stack([self.centre[0] + scale * (offset @ right), self.centre[1] - scale * (offset @ up)], axis=-1)
        return pixels, scale


def font(size: float) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    """Pillow's own scalable typeface, so that pictures look alike on every machine."""
    return ImageFont.load_default(size)


def mix(colour: Colour, other: Colour, share: float) -> Colour:
    """``share`` of the way from one colour to the other."""
    r, g, b = (round(a + (o - a) * share) for a, o in zip(colour, other, strict=True))
    return r, g, b


@dataclass(frozen=True)
class _Limb:
    start: np.ndarray  # (3,)
    end: np.ndarray  # (3,)
    radii: tuple[float, float]
    colour: Colour


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / max(float(np.linalg.norm(vector)), 1e-6)


def _limbs(pose: np.ndarray) -> list[_Limb]:
    """Pose (22, 3) -> the capsules of one mannequin, with hands, a head and a nose that shows where it faces."""
    limbs = [_Limb(pose[INDEX[a]], pose[INDEX[b]], (ra, rb), BODY) for a, b, ra, rb in _MIDLINE]
    for side, colour in (("left_", LEFT), ("right_", RIGHT)):
        for a, b, ra, rb, coloured in _SIDES:
            start = pose[INDEX.get(side + a, INDEX.get(a, 0))]
            limbs.append(_Limb(start, pose[INDEX[side + b]], (ra, rb), colour if coloured else BODY))
        elbow, wrist = pose[INDEX[side + "elbow"]], pose[INDEX[side + "wrist"]]
        limbs.append(_Limb(wrist, wrist + 0.1 * _unit(wrist - elbow), (0.034, 0.026), mix(colour, PAPER, 0.25)))
    neck, head = pose[INDEX["neck"]], pose[INDEX["head"]]
    # The head joint lies in front of the neck: halfway to the trunk's direction is where the crown really is.
    up = _unit(_unit(head - neck) + _unit(neck - pose[INDEX["spine2"]]))
    crown = head + 0.07 * up
    across = pose[INDEX["left_shoulder"]] - pose[INDEX["right_shoulder"]]
    forward = _unit(np.cross(across, up))
    limbs.append(_Limb(crown, crown + 0.02 * up, (_HEAD_RADIUS, _HEAD_RADIUS), mix(BODY, PAPER, 0.3)))
    nose = crown + (_HEAD_RADIUS - 0.012) * forward - 0.02 * up
    limbs.append(_Limb(nose, nose + 0.022 * forward, (0.028, 0.02), mix(BODY, PAPER, 0.15)))
    return limbs


def draw_capsule(draw: ImageDraw.ImageDraw, ends: np.ndarray, radii: np.ndarray, fill: Colour | int) -> None:
    """A thick line with round ends between two pixels (2, 2), its radii (2,) in pixels."""
    (a, b), (ra, rb) = ends, radii
    along = b - a
    length = float(np.hypot(*along))
    if length > 1e-6:
        normal = np.array([-along[1], along[0]]) / length
        corners = [a + normal * ra, b + normal * rb, b - normal * rb, a - normal * ra]
        draw.polygon([(float(x), float(y)) for x, y in corners], fill=fill)
    for (x, y), r in ((a, ra), (b, rb)):
        draw.ellipse((x - r, y - r, x + r, y + r), fill=fill)


def draw_figure(image: Image.Image, camera: Camera, pose: np.ndarray) -> None:
    """Draw one pose (22, 3), far limbs first, each with a rim and a lit edge so that crossings stay readable."""
    draw = ImageDraw.Draw(image)
    limbs = _limbs(pose)
    ends = np.array([(limb.start, limb.end) for limb in limbs])  # (limbs, 2, 3)
    pixels, scales = camera.project(ends)
    nearness = scales.mean(axis=1)
    low, high = float(nearness.min()), float(nearness.max())
    rim = max(1.0, 0.009 * camera.zoom)
    trunk = [i for i, limb in enumerate(limbs) if limb.colour == BODY]
    # The trunk is drawn as one body, rims first, at the depth of its middle.
    groups = [trunk] + [[i] for i in range(len(limbs)) if i not in trunk]
    for group in sorted(groups, key=lambda members: float(nearness[members].mean())):
        fog = _FOG * (high - float(nearness[group].mean())) / max(high - low, 1e-6)
        colour = mix(limbs[group[0]].colour, PAPER, fog)
        for grow, shift, share, fill in (
            (rim, 0.0, 1.0, mix(colour, INK, 0.55)),
            (0.0, 0.0, 1.0, colour),
            (0.0, 1.0, 0.45, mix(colour, PAPER, 0.22)),
        ):
            for i in group:
                radii = np.array(limbs[i].radii) * scales[i]
                ends = pixels[i] + shift * _LIGHT * radii[:, None]
                draw_capsule(draw, ends, share * radii + grow, fill)


def draw_shadow(image: Image.Image, camera: Camera, pose: np.ndarray) -> None:
    """A soft shadow straight below the pose (22, 3): a figure that floats parts from it."""
    mask = Image.new("L", image.size, 0)
    draw = ImageDraw.Draw(mask)
    for limb in _limbs(pose):
        ends = np.array([limb.start, limb.end]) * (1.0, 0.0, 1.0)
        pixels, scale = camera.project(ends)
        draw_capsule(draw, pixels, 0.8 * np.array(limb.radii) * scale, 105)
    mask = mask.filter(ImageFilter.GaussianBlur(0.022 * camera.zoom))
    image.paste(Image.new("RGB", image.size, SHADOW), (0, 0), mask)


def draw_ground(image: Image.Image, camera: Camera, centre: Sequence[float], radius: float, step: float = 0.5) -> None:
    """A round piece of floor about ``centre`` (x, z) with the world's own grid, fading out to its edge."""
    x0, z0 = centre
    floor = Image.new("RGB", image.size, GROUND)
    draw = ImageDraw.Draw(floor)
    width = max(1, round(0.008 * camera.zoom))
    for axis, middle in ((0, x0), (2, z0)):
        for at in np.arange(np.ceil((middle - radius) / step), np.floor((middle + radius) / step) + 1) * step:
            line = np.zeros((2, 3))
            line[:, axis] = at
            other = 2 - axis
            line[:, other] = np.array([-radius, radius]) + (z0 if other == 2 else x0)
            pixels, _ = camera.project(line)
            draw.line([tuple(p) for p in pixels], fill=GRID, width=width)
    mask = Image.new("L", image.size, 0)
    brush = ImageDraw.Draw(mask)
    angles = np.linspace(0, 2 * np.pi, 72)
    for share in np.linspace(1.0, 0.55, 16):
        circle = share * radius * np.stack([np.sin(angles), 0.0 * angles, np.cos(angles)], axis=-1)
        pixels, _ = camera.project(circle + np.array([x0, 0.0, z0]))
        brush.polygon([tuple(p) for p in pixels], fill=round(255 * (1.0 - share) / 0.45))
    image.paste(floor, (0, 0), mask)


def draw_path(image: Image.Image, camera: Camera, track: np.ndarray, now: int) -> None:
    """The pelvis's way on the floor, track (F, 2) as (x, z): what is behind frame ``now`` in full, the rest faint."""
    draw = ImageDraw.Draw(image)
    points = np.stack([track[:, 0], np.zeros(len(track)), track[:, 1]], axis=-1)
    pixels, _ = camera.project(points)
    width = max(2, round(0.022 * camera.zoom))
    for part, colour in ((pixels[now:], mix(PATH, GROUND, 0.72)), (pixels[: now + 1], PATH)):
        if len(part) > 1:
            draw.line([tuple(p) for p in part], fill=colour, width=width, joint="curve")
