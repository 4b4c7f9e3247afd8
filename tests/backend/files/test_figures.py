# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures: the camera's geometry, which limb has which colour, and files of the right form."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from coamd.backend.files import motion_pictures, rasterizer
from coamd.rigs.body.skeleton import BONE_LENGTHS, FPS, INDEX, PARENTS
from PIL import Image, ImageSequence


def stand(frames: int = 24, speed: float = 0.0) -> np.ndarray:
    """A figure (frames, 22, 3) facing +Z with its arms out, gliding along +Z at ``speed`` m/s."""
    directions = np.tile([0.0, 1.0, 0.0], (22, 1))
    for side, sign in (("left_", 1.0), ("right_", -1.0)):
        directions[INDEX[side + "hip"]] = (sign, 0.0, 0.0)
        directions[[INDEX[side + "knee"], INDEX[side + "ankle"]]] = (0.0, -1.0, 0.0)
        directions[INDEX[side + "foot"]] = (0.0, 0.0, 1.0)
        for name in ("collar", "shoulder", "elbow", "wrist"):
            directions[INDEX[side + name]] = (sign, 0.0, 0.0)
    pose = np.zeros((22, 3))
    for joint in range(1, 22):
        pose[joint] = pose[PARENTS[joint]] + BONE_LENGTHS[joint] * directions[joint]
    pose[:, 1] -= pose[:, 1].min()
    joints = np.tile(pose, (frames, 1, 1))
    joints[..., 2] += (np.arange(frames) * speed / FPS)[:, None]
    return joints


def colour_at(image: Image.Image, camera: rasterizer.Camera, point: np.ndarray) -> np.ndarray:
    """Red, green and blue where the camera shows a point (3,)."""
    (x, y), _ = camera.project(point)
    return np.asarray(image, dtype=int)[round(float(y)), round(float(x))]


def test_poses_of_a_moment_are_drawn_with_the_times_of_the_take(tmp_path: Path) -> None:
    """Five poses out of four seconds make the picture that the whole clip makes, and not with the times of 20 fps."""
    clip = stand(81)
    clip[:, INDEX["head"], 0] += np.linspace(0.0, 0.1, 81)
    motion_pictures.strip(clip, tmp_path / "clip.png", poses=5)
    for name, rate, start in (("poses", 1.0, 0.0), ("wrong", FPS, 0.0), ("later", 1.0, 2.0)):
        motion_pictures.strip(clip[::20], tmp_path / f"{name}.png", poses=5, fps=rate, start=start)
    pictures = {path.stem: path.read_bytes() for path in tmp_path.iterdir()}
    assert pictures["poses"] == pictures["clip"]
    assert pictures["wrong"] != pictures["clip"] != pictures["later"]


def test_the_camera_shows_up_as_up_and_forward_as_right() -> None:
    camera = rasterizer.Camera((0.0, 1.0, 0.0), (100.0, 100.0), 50.0)
    pixels, scale = camera.project(np.array([[0.0, 1.0, 0.0], [0.0, 1.5, 0.0], [0.0, 1.0, 0.5]]))
    assert pixels[0] == pytest.approx([100.0, 100.0])
    assert scale[0] == pytest.approx(50.0)
    assert pixels[1][1] < 100.0
    assert pixels[2][0] > 100.0
    assert scale[2] > scale[0]  # the camera stands in front, so what comes forward grows


def test_the_camera_does_not_mirror() -> None:
    """Seen from the front (azimuth 0) a figure that faces the viewer has its left side at the right of the picture."""
    camera = rasterizer.Camera((0.0, 1.0, 0.0), (0.0, 0.0), 50.0, azimuth=0.0)
    pixels, _ = camera.project(stand()[0])
    assert pixels[INDEX["left_wrist"]][0] > 0.0 > pixels[INDEX["right_wrist"]][0]


def test_left_limbs_are_blue_and_right_limbs_orange() -> None:
    camera = rasterizer.Camera((0.0, 1.0, 0.0), (150.0, 150.0), 110.0, azimuth=0.0, elevation=0.0)
    image = Image.new("RGB", (300, 300), rasterizer.PAPER)
    pose = stand()[0]
    rasterizer.draw_figure(image, camera, pose)
    for side, bluish in (("left_", True), ("right_", False)):
        for a, b in (("hip", "knee"), ("knee", "ankle"), ("shoulder", "elbow")):
            middle = (pose[INDEX[side + a]] + pose[INDEX[side + b]]) / 2
            red, _, blue = colour_at(image, camera, middle)
            assert (blue > red) == bluish


def test_what_is_nearer_covers_what_is_farther() -> None:
    """From the figure's right side the right leg hides the left one."""
    camera = rasterizer.Camera((0.0, 0.5, 0.0), (100.0, 100.0), 100.0, azimuth=-90.0, elevation=0.0)
    image = Image.new("RGB", (200, 200), rasterizer.PAPER)
    pose = stand()[0]
    rasterizer.draw_figure(image, camera, pose)
    red, _, blue = colour_at(image, camera, (pose[INDEX["left_knee"]] + pose[INDEX["left_ankle"]]) / 2)
    assert red > blue


def test_poses_of_a_strip_stand_apart(tmp_path: Path) -> None:
    motion_pictures.strip(stand(60), tmp_path / "strip.png", poses=5)
    picture = np.asarray(Image.open(tmp_path / "strip.png").convert("RGB"), dtype=int)
    body = picture[60:200]  # the rows of heads and arms: no text, no floor
    filled = (body.sum(axis=-1) < 600).any(axis=0)  # columns with a limb or its rim
    edges = np.flatnonzero(np.diff(filled.astype(int)))
    starts, ends = edges[::2], edges[1::2]
    assert len(starts) == 5
    assert (starts[1:] - ends[:-1] > 8).all()
    assert np.ptp(np.diff(starts)) <= 2  # at even distances


def test_a_strip_of_a_travelling_figure_has_a_map(tmp_path: Path) -> None:
    motion_pictures.strip(stand(60), tmp_path / "still.png")
    motion_pictures.strip(stand(60, speed=1.0), tmp_path / "moving.png")
    still, moving = (Image.open(tmp_path / name) for name in ("still.png", "moving.png"))
    assert moving.width > still.width + 100


def test_short_clips_and_high_climbs_are_drawn(tmp_path: Path) -> None:
    motion_pictures.strip(stand(1), tmp_path / "one.png", title="one frame" * 40)
    climb = stand(40)
    climb[..., 1] += np.linspace(0.0, 4.0, 40)[:, None]
    motion_pictures.strip(climb, tmp_path / "climb.png")
    assert Image.open(tmp_path / "climb.png").height == pytest.approx(Image.open(tmp_path / "one.png").height, abs=40)


def test_a_sheet_has_a_place_for_every_clip(tmp_path: Path) -> None:
    motion_pictures.sheet(
        [("first", stand()), ("second", stand(speed=1.0)), ("third", stand())], tmp_path / "sheet.png"
    )
    one = tmp_path / "one.png"
    motion_pictures.sheet([("first", stand())], one)
    assert Image.open(tmp_path / "sheet.png").height == 2 * Image.open(one).height
    with pytest.raises(ValueError, match="at least one"):
        motion_pictures.sheet([], one)


def test_a_gif_has_every_frame_at_20_fps(tmp_path: Path) -> None:
    motion_pictures.film(stand(9, speed=1.0), tmp_path / "film.gif", size=128)
    film = Image.open(tmp_path / "film.gif")
    assert (len(list(ImageSequence.Iterator(film))), film.info["duration"], film.size) == (9, 50, (128, 128))


def test_an_mp4_has_every_frame(tmp_path: Path) -> None:
    import imageio_ffmpeg

    motion_pictures.film(stand(12, speed=1.0), tmp_path / "film.mp4", size=128)
    frames, seconds = imageio_ffmpeg.count_frames_and_secs(str(tmp_path / "film.mp4"))
    assert frames == 12
    assert seconds == pytest.approx(0.6, abs=0.06)


@pytest.mark.parametrize("bad", [np.zeros((5, 21, 3)), np.zeros((0, 22, 3)), np.full((5, 22, 3), np.nan)])
def test_what_is_no_motion_is_refused(bad: np.ndarray, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="finite joints"):
        motion_pictures.strip(bad, tmp_path / "bad.png")
    with pytest.raises(ValueError, match=r"\.gif or an \.mp4"):
        motion_pictures.film(stand(), tmp_path / "film.avi")
