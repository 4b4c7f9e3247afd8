# SPDX-License-Identifier: GPL-3.0-or-later
"""Presets in files: what is written is read again, and what is damaged is told and left out."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import characters
import pytest
from coamd.rigs.detect import preset_file
from coamd.rigs.detect.detection import detect
from coamd.rigs.detect.mapping import IkLimb, Mapping, Switch, Twist
from coamd.rigs.detect.preset_file import LARGEST, preset_path, read_preset, read_presets, write_preset
from coamd.rigs.errors import UserError
from hypothesis import given, settings
from hypothesis import strategies as st

BONES = detect(characters.mixamo()).bones
FULL = Mapping(
    "Häuser’s rig",
    1.0,
    BONES,
    (),
    (Switch("arm", "IK_FK", 1.0),),
    (("ORG-shoulder.L", "shoulder.L"),),
    (Twist("upperarm_twist_01_l", "left_shoulder", 0.25),),
    (
        IkLimb("left_wrist", "hand_ik.L", "pole.L", (Switch("arm", "IK_FK", 0.0),)),
        IkLimb("right_ankle", "foot_ik.R", toes="toe_ik.R"),
    ),
)


def test_a_preset_comes_back_as_it_was(tmp_path: Path) -> None:
    path = write_preset(tmp_path / "rigs", FULL.family, FULL)
    assert read_preset(path) == FULL
    assert '\n  "bones": {\n' in path.read_text(encoding="utf-8"), "people can read it"
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_plain_preset_holds_names_and_bones_alone(tmp_path: Path) -> None:
    path = write_preset(tmp_path, "plain", detect(characters.mixamo()))
    assert json.loads(path.read_text()).keys() == {"coamd_preset", "name", "bones"}
    assert read_preset(path).score == 1.0


def test_writing_again_replaces_the_preset(tmp_path: Path) -> None:
    write_preset(tmp_path, "one", FULL)
    write_preset(tmp_path, "one", detect(characters.mixamo()))
    good, bad = read_presets(tmp_path)
    assert ([preset.ik for preset in good.values()], bad) == ([()], [])


def test_presets_of_names_with_the_same_letters_do_not_meet(tmp_path: Path) -> None:
    (tmp_path / "House_rig.json").write_text("{ by hand, and not finished")
    for name in ("House rig", "House rig!", "House: rig", "House rig"):
        write_preset(tmp_path, name, FULL)
    good, bad = read_presets(tmp_path)
    assert sorted(preset.family for preset in good.values()) == ["House rig", "House rig!", "House: rig"]
    assert len(bad) == 1 and (tmp_path / "House_rig.json").read_text() == "{ by hand, and not finished"


@pytest.mark.parametrize("name", ["../../evil", "a/b", "C:\\x", "nul\0", "…/.."])
def test_a_preset_stays_in_its_folder(tmp_path: Path, name: str) -> None:
    assert preset_path(tmp_path, name + "1").parent == tmp_path


@pytest.mark.parametrize("name", ["", "  ", "...", "//"])
def test_a_preset_needs_a_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError) as caught:
        write_preset(tmp_path, name, FULL)
    assert caught.value.code == "bad_name"


@pytest.mark.skipif(sys.platform == "win32" or not hasattr(os, "geteuid"), reason="POSIX only")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError) as caught:
        write_preset(tmp_path / "file" / "rigs", "name", FULL)
    assert caught.value.code == "unwritable"


def table(**changes: Any) -> dict[str, Any]:
    return {"coamd_preset": 1, "name": "mine", "bones": BONES, **changes}


def without(role: str) -> dict[str, str]:
    return {key: value for key, value in BONES.items() if key != role}


DAMAGED = {
    "no table": ([], "begin"),
    "another version": (table(coamd_preset=2), "begin"),
    "no name": (table(name=None), "name"),
    "no bones": (table(bones=[]), "bones"),
    "a bone that is not a name": (table(bones=BONES | {"head": 3}), "name"),
    "an unknown joint": (table(bones=BONES | {"tail": "Tail"}), "tail"),
    "a spine without end": (table(bones=BONES | {"spine99999": "x"}), "spine99999"),
    "a needed joint is missing": (table(bones=without("left_knee")), "left knee"),
    "one bone twice": (table(bones=BONES | {"head": BONES["neck"]}), "two joints"),
    "an unknown part": (table(script="import os"), "script"),
    "a twist nowhere": (table(twists=[{"bone": "x", "segment": "head", "share": 0.5}]), "place"),
    "a twist beyond": (table(twists=[{"bone": "x", "segment": "left_hip", "share": 2}]), "place"),
    "a switch that is not a number": (table(switches=[{"bone": "x", "property": "y", "value": "1"}]), "number"),
    "a switch that is not finite": (table(switches=[{"bone": "x", "property": "y", "value": float("nan")}]), "number"),
    "a switch beyond all numbers": (table(switches=[{"bone": "x", "property": "y", "value": 10**400}]), "number"),
    "a list of nothing": (table(ik=[None]), "entry"),
    "no list": (table(twists={}), "list"),
    "half a pair": (table(moved_by=[["one"]]), "pairs"),
    "a limb that is none": (table(ik=[{"limb": "head", "target": "x"}]), "end of a limb"),
}


@pytest.mark.parametrize("what", DAMAGED)
def test_damaged_presets_say_what_is_wrong(tmp_path: Path, what: str) -> None:
    content, word = DAMAGED[what]
    path = tmp_path / "damaged.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(UserError) as caught:
        read_preset(path)
    assert caught.value.code == "broken_preset"
    assert "damaged.json" in caught.value.message
    assert word in caught.value.message


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"cos\nsystem\n(S'true'\ntR.", b" " * LARGEST + b"{}"]
)
def test_what_is_no_preset_at_all(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.json"
    path.write_bytes(content)
    write_preset(tmp_path, "good", FULL)
    good, bad = read_presets(tmp_path)
    assert [preset.family for preset in good.values()] == ["good"]
    assert [error.code for error in bad] == ["broken_preset"]


def test_a_preset_that_another_blender_deletes_meanwhile_is_no_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("good", "gone"):
        write_preset(tmp_path, name, FULL)

    def read_late(path: Path) -> Mapping:
        if path.stem == "gone":
            path.unlink()
        return read_preset(path)

    monkeypatch.setattr(preset_file, "read_preset", read_late)
    good, bad = read_presets(tmp_path)
    assert ([path.stem for path in good], bad) == (["good"], [])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without pipes that have a name")
def test_a_pipe_among_the_presets_holds_nobody_up(tmp_path: Path) -> None:
    """Blender reads them when it starts: it would wait for a writer for ever."""
    os.mkfifo(tmp_path / "pipe.json")
    write_preset(tmp_path, "good", FULL)
    good, bad = read_presets(tmp_path)
    assert [preset.family for preset in good.values()] == ["good"]
    assert [error.code for error in bad] == ["unreadable"]


def test_no_folder_is_no_presets(tmp_path: Path) -> None:
    assert read_presets(tmp_path / "nowhere") == ({}, [])


@settings(max_examples=60)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["bone", "bones", "segment", "limb", "switches", "name"]), inner, max_size=3),
        max_leaves=8,
    ),
    st.sampled_from(["bones", "name", "twists", "switches", "moved_by", "ik"]),
)
def test_no_content_is_anything_but_a_preset_or_a_user_error(
    tmp_path_factory: pytest.TempPathFactory, value: object, part: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_text(json.dumps(table(**{part: value})), encoding="utf-8")
    try:
        read_preset(path)
    except UserError as error:
        assert error.code == "broken_preset"
