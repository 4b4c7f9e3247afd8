# SPDX-License-Identifier: GPL-3.0-or-later
"""Motion files: what is written is read back, what is broken is named, what was there stays."""

from __future__ import annotations

import pickle
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from coamd.backend.files.motion_file import check_output, read_motion, write_motion
from coamd.backend.files.source_bvh import OwnBvh
from coamd.backend.system.atomic_write import replacing
from coamd.rigs.body.canonical import canonical
from coamd.rigs.body.skeleton import BONE_LENGTHS, PARENTS
from coamd.rigs.errors import UserError


@pytest.fixture
def walk() -> np.ndarray:
    """A canonical motion (60, 22, 3): random but smooth limb directions on the model's bone lengths."""
    rng = np.random.default_rng(3)
    rest = rng.normal(size=(22, 3))
    swing = rng.normal(size=(22, 3)) * 0.4
    phase = np.sin(np.linspace(0.0, 6.0, 60))[:, None, None]
    bones = rest + phase * swing
    bones[:, 1], bones[:, 2] = [1.0, 0.0, 0.0], [-1.0, 0.0, 0.0]
    bones *= BONE_LENGTHS[:, None] / np.linalg.norm(bones, axis=-1, keepdims=True)
    joints = np.zeros((60, 22, 3))
    joints[:, 0] = np.linspace([0.0, 1.0, 0.0], [0.0, 1.0, 2.0], 60)
    for joint in range(1, 22):
        joints[:, joint] = joints[:, PARENTS[joint]] + bones[:, joint]
    return canonical(joints, 20.0)


def refusal(path: Path) -> UserError:
    with pytest.raises(UserError) as caught:
        read_motion(path)
    assert caught.value.hint
    assert caught.value.message.count(". ") == 0  # one sentence
    return caught.value


def test_npz_and_back(walk: np.ndarray, tmp_path: Path) -> None:
    write_motion(tmp_path / "walk.npz", walk)
    with np.load(tmp_path / "walk.npz", allow_pickle=False) as arrays:
        assert arrays["joints"].dtype == np.float32
        assert np.array_equal(arrays["joints"], walk)
        assert float(arrays["fps"]) == 20.0
    assert np.abs(read_motion(tmp_path / "walk.npz") - walk).max() < 1e-5


def test_bvh_and_back(walk: np.ndarray, tmp_path: Path) -> None:
    write_motion(tmp_path / "walk.bvh", walk)
    assert np.abs(read_motion(tmp_path / "walk.bvh") - walk).max() < 1e-3


def test_any_frame_rate_is_read_at_20(walk: np.ndarray, tmp_path: Path) -> None:
    np.savez(tmp_path / "fast.npz", joints=np.repeat(walk, 2, axis=0)[::2], fps=40)
    assert len(read_motion(tmp_path / "fast.npz")) == pytest.approx(len(walk) / 2, abs=1)


@pytest.mark.parametrize("suffix", [".png", ".gif", ".mp4"])
def test_pictures_are_written(suffix: str, walk: np.ndarray, tmp_path: Path) -> None:
    write_motion(tmp_path / f"walk{suffix}", walk[:12], title="a walk")
    assert [file.name for file in tmp_path.iterdir()] == [f"walk{suffix}"]
    assert (tmp_path / f"walk{suffix}").stat().st_size > 1000


def test_a_missing_file_and_an_unknown_suffix(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.npz").code == "no_file"
    assert refusal(tmp_path / "walk.fbx").code == "unknown_suffix"
    assert refusal(tmp_path / "walk").code == "unknown_suffix"
    with pytest.raises(UserError, match=r"\.obj"):
        check_output(tmp_path / "walk.obj")
    with pytest.raises(UserError, match="no folder"):
        check_output(tmp_path / "nowhere" / "walk.npz")


def test_a_bvh_of_many_hours_is_refused_before_its_joints_are_computed(walk: np.ndarray, tmp_path: Path) -> None:
    write_motion(tmp_path / "long.bvh", walk)
    text = (tmp_path / "long.bvh").read_text()
    frames, seconds = next(line for line in text.splitlines() if line.startswith("Frame Time:")), "Frame Time: 9.9"
    head, _, rows = text.replace(frames, seconds).partition(seconds + "\n")
    count = len(rows.splitlines())
    head = head.replace(f"Frames: {count}", f"Frames: {40 * count}")
    (tmp_path / "long.bvh").write_text(head + seconds + "\n" + rows * 40)
    for read in (read_motion, OwnBvh):
        with pytest.raises(UserError, match="hours") as caught:
            read(tmp_path / "long.bvh")
        assert caught.value.code == "too_long" and caught.value.hint


@pytest.mark.parametrize(
    ("frames", "fps", "sentence"),
    [
        (40_000, 1.0, "lasts 11.1 hours"),
        (600_000, 120.0, "600000 frames; at most"),
        (10, 5e-324, "impossible frame rate"),
        (10, 1e-9, "impossible frame rate"),
        (10, 1e300, "impossible frame rate"),
        (10, float("nan"), "impossible frame rate"),
    ],
)
def test_what_comes_out_of_a_small_npz_is_counted(frames: int, fps: float, sentence: str, tmp_path: Path) -> None:
    """24 kB at 1 fps became 800,000 frames and 3 GB. What is refused takes no more than what the file unpacks to."""
    np.savez_compressed(tmp_path / "small.npz", joints=np.zeros((frames, 22, 3), np.float32), fps=np.array(fps))
    unpacked = frames * 22 * 3 * 4
    tracemalloc.start()
    try:
        assert sentence in refusal(tmp_path / "small.npz").message
        assert tracemalloc.get_traced_memory()[1] < 2 * unpacked + 2**24
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kept", [0, 10, 200, 3000])
def test_a_truncated_npz(kept: int, walk: np.ndarray, tmp_path: Path) -> None:
    write_motion(tmp_path / "whole.npz", walk)
    (tmp_path / "cut.npz").write_bytes((tmp_path / "whole.npz").read_bytes()[:kept])
    assert refusal(tmp_path / "cut.npz").code == "broken_npz"


def test_a_flipped_byte_in_an_npz(walk: np.ndarray, tmp_path: Path) -> None:
    write_motion(tmp_path / "spoilt.npz", walk)
    data = bytearray((tmp_path / "spoilt.npz").read_bytes())
    data[len(data) // 2] ^= 0xFF
    (tmp_path / "spoilt.npz").write_bytes(data)
    assert refusal(tmp_path / "spoilt.npz").code == "broken_npz"


class Boom:
    """Unpickling this makes a file: the proof that nothing was unpickled is that the file is missing."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return (Path.touch, (self.path,))


def test_pickles_are_never_loaded(tmp_path: Path) -> None:
    mark = tmp_path / "unpickled"
    np.savez(tmp_path / "objects.npz", joints=np.array([Boom(mark)], dtype=object))
    (tmp_path / "bare.npz").write_bytes(pickle.dumps(Boom(mark)))
    assert refusal(tmp_path / "objects.npz").code == "broken_npz"
    assert refusal(tmp_path / "bare.npz").code == "broken_npz"
    assert not mark.exists()


@pytest.mark.parametrize(
    ("arrays", "code"),
    [
        ({"motion": np.zeros((9, 22, 3))}, "no_joints"),
        ({"joints": np.zeros((9, 21, 3))}, "wrong_shape"),
        ({"joints": np.zeros((9, 66))}, "wrong_shape"),
        ({"joints": np.zeros((0, 22, 3))}, "wrong_shape"),
        ({"joints": np.zeros((500_001, 22, 3), np.float16)}, "too_long"),
        ({"joints": np.ones((8000, 22, 3), np.float16), "fps": 1.0}, "too_long"),  # 160,000 frames at 20 fps
        ({"joints": np.full((9, 22, 3), np.nan)}, "wrong_values"),
        ({"joints": np.full((9, 22, 3), 1e30)}, "wrong_values"),
        ({"joints": np.full((9, 22, 3), "a")}, "wrong_values"),
        ({"joints": np.zeros((9, 22, 3))}, "wrong_values"),
        ({"joints": np.ones((9, 22, 3)), "fps": 0.0}, "wrong_fps"),
        ({"joints": np.ones((9, 22, 3)), "fps": np.nan}, "wrong_fps"),
        ({"joints": np.ones((9, 22, 3)), "fps": np.ones(3)}, "wrong_values"),
        ({"joints": np.ones((1, 22, 3))}, "too_short"),
    ],
)
def test_an_npz_that_holds_no_motion(arrays: dict[str, np.ndarray], code: str, tmp_path: Path) -> None:
    np.savez(tmp_path / "odd.npz", **arrays)
    assert refusal(tmp_path / "odd.npz").code == code


@pytest.mark.parametrize("text", ["", "hello", "HIERARCHY\nROOT Hips\n{\n", "\x00\xff" * 50])
def test_a_broken_bvh(text: str, tmp_path: Path) -> None:
    (tmp_path / "broken.bvh").write_text(text, encoding="utf-8")
    assert refusal(tmp_path / "broken.bvh").code == "broken_bvh"


def test_a_bvh_that_breaks_off(walk: np.ndarray, tmp_path: Path) -> None:
    write_motion(tmp_path / "whole.bvh", walk)
    text = (tmp_path / "whole.bvh").read_text()
    (tmp_path / "cut.bvh").write_text(text[: text.index("MOTION") // 2])
    assert refusal(tmp_path / "cut.bvh").code == "broken_bvh"


def test_of_a_bvh_recording_that_breaks_off_the_whole_frames_are_read(walk: np.ndarray, tmp_path: Path) -> None:
    write_motion(tmp_path / "whole.bvh", walk)
    text = (tmp_path / "whole.bvh").read_text()
    (tmp_path / "cut.bvh").write_text(text[: (text.index("MOTION") + len(text)) // 2])
    whole, cut = read_motion(tmp_path / "whole.bvh"), read_motion(tmp_path / "cut.bvh")
    assert 0.4 * len(whole) < len(cut) < 0.6 * len(whole)
    pose, same = (joints - joints[:, :1] for joints in (cut, whole[: len(cut)]))  # the floor is that of fewer frames
    assert np.allclose(pose, same, atol=1e-4)


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "old.npz"
    target.write_bytes(b"precious")
    with pytest.raises(UserError, match="disk is full"), replacing(target) as part:
        part.write_bytes(b"half")
        raise OSError(28, "No space left on device")
    assert [file.name for file in tmp_path.iterdir()] == ["old.npz"]
    assert target.read_bytes() == b"precious"


# A file-size limit is what stops the writing here: a real refusal by the system, in a process of its own.
_LIMITED = """
import resource, sys
import numpy as np
from coamd.backend.files.motion_file import write_motion
from coamd.rigs.errors import UserError
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
try:
    write_motion(sys.argv[1], np.random.default_rng(0).normal(size=(60, 22, 3)))
except UserError as error:
    print(error.code)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file-size limit for a process")
@pytest.mark.parametrize("suffix", [".npz", ".bvh", ".png", ".gif"])
def test_a_disk_that_refuses(suffix: str, tmp_path: Path) -> None:
    target = tmp_path / f"old{suffix}"
    target.write_bytes(b"precious")
    command = [sys.executable, "-c", _LIMITED, str(target)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.stdout.strip() == "disk_full", done.stderr
    assert [file.name for file in tmp_path.iterdir()] == [target.name]
    assert target.read_bytes() == b"precious"
