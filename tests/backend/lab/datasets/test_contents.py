# SPDX-License-Identifier: GPL-3.0-or-later
"""What the report says of clips whose speed, turns and words are known."""

from __future__ import annotations

import numpy as np
import pytest
from coamd.backend.lab.datasets.contents import contents, count_classes, side_classes, speed_class, turn_classes
from coamd.backend.training.data import Clip
from coamd.backend.training.mirrored_words import mirrored_clip

from tests.motions import still, walk


@pytest.mark.parametrize(("speed", "name"), [(0.3, "0.0-0.5"), (1.1, "0.85-1.35"), (5.0, "4.0 and more")])
def test_speeds_fall_into_their_classes(speed: float, name: str) -> None:
    assert speed_class(walk(4.0, speed=speed)) == name


def test_turns_are_told_by_angle_and_side() -> None:
    assert turn_classes(walk(4.0, turning=np.pi / 8)) == ["90 left"]
    assert turn_classes(walk(4.0, turning=-np.pi / 4)) == ["180 right"]
    assert turn_classes(still(4.0)) == []


def test_sides_and_counts_are_read_off_the_words() -> None:
    assert side_classes(["a left-handed throw", "walks"]) == ["left"]
    assert side_classes(["a bright copyright"]) == []
    assert count_classes(["jumps twice", "three kicks"]) == ["2 x", "3 x"]


def test_each_clip_counts_once_and_its_mirror_image_not_at_all() -> None:
    joints = walk(3.0).astype(np.float32)
    clip = Clip("a", "train", joints, ("a person walks",), ("walk",), "walk", source="here")
    lines = contents([clip, mirrored_clip(clip)]).splitlines()
    assert [line.split() for line in lines if "here" in line] == [["here", "1", "clips", "0.1", "min"]]
    assert "  none" in lines
