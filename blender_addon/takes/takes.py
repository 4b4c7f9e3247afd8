# SPDX-License-Identifier: GPL-3.0-or-later
"""The takes that a file holds: actions, each with the armature on which it is read and where it is on the timeline."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np

from ...rigs.body.skeleton import FPS
from ...rigs.errors import UserError
from ..character import armature
from ..keys import key_range
from ..keys.scene_time import rate
from ..keys.source_action import bone_of, curves_of_slot, extent
from .hidden_scene import PlayedAction

_MATCH = 0.6  # share of an action's bones that an armature must have to be its character
SHORTEST = 0.45  # seconds that can be named: ten frames at 20 per second

Problem = tuple[str, str]  # take, and why it cannot be read


@dataclass(frozen=True)
class Take:
    """An action, or one slot of it, as found."""

    name: str  # for people; no other take of the file has it
    played: PlayedAction
    character: str  # name of the armature object
    first: float  # frames of the action
    last: float
    fps: float  # of the scene
    fingerprint: str  # changes when keys, range or rig do
    scale: float = 1.0  # frames of the scene for one of the action
    backwards: bool = False
    starts: tuple[float, ...] = ()  # frames of the scene at which it begins to play

    @property
    def seconds(self) -> float:
        """How long it plays."""
        return (self.last - self.first) * self.scale / self.fps

    def places(self) -> np.ndarray:
        """Frames of the action (K,) at 20 per second of playing."""
        return self.to_action(np.arange(int(np.floor(self.seconds * FPS + 1e-6)) + 1))

    def to_action(self, numbers: np.ndarray) -> np.ndarray:
        """Numbers of frames at 20 per second as frames of the action."""
        passed = numbers * self.fps / FPS / self.scale
        return self.last - passed if self.backwards else self.first + passed

    def to_scene(self, number: float) -> list[float]:
        """A frame at 20 per second as frames of the scene: one for each time it is played."""
        return [start + number * self.fps / FPS for start in self.starts]


def active(context: Any) -> Take:
    """The take that the character plays now. UserError if there is none."""
    rig_object = armature.character(context)
    if rig_object is None:
        raise UserError("There is no character to read.", "Select an armature with an action.", "no_armature")
    data, name = rig_object.animation_data, rig_object.name
    action = data.action if data else None
    if action is None:
        raise UserError(
            f"“{name}” has no action to read.",
            "Choose one in the Action editor, or take all actions of the file.",
            "no_action",
        )
    slot = getattr(data, "action_slot", None)
    if hasattr(action, "slots") and slot is None:
        raise UserError(
            f"The action “{action.name}” has no slot that moves “{name}”.",
            "Choose a slot beside the action in the Action editor.",
            "no_slot",
        )
    found = _take(action, slot, rig_object, rate(context.scene), _Fingerprints())
    if found is None:
        raise UserError(
            f"The action “{action.name}” has no keys on the bones of “{name}”.",
            "Choose an action that moves the bones.",
            "no_keys",
        )
    if not data.use_tweak_mode:
        return _playing(found, (found.first,))
    first, last = (data.nla_tweak_strip_time_to_scene(frame) for frame in (found.first, found.last))
    scale = abs(last - first) / max(found.last - found.first, 1e-6)
    return _playing(found, (min(first, last),), scale, last < first)


def of_strips(scene: Any) -> list[Take]:
    """The selected NLA strips of the scene's armatures. UserError where none is selected."""
    fingerprints = _Fingerprints()
    found = []
    for rig_object in scene.objects:
        if rig_object.type != "ARMATURE" or rig_object.animation_data is None:
            continue
        for track in rig_object.animation_data.nla_tracks:
            for strip in _selected(track.strips):
                slot = getattr(strip, "action_slot", None)
                take = _take(strip.action, slot, rig_object, rate(scene), fingerprints)
                if take is not None:
                    found.append(_of_strip(take, strip))
    if not found:
        raise UserError(
            "No NLA strip of a character is selected.",
            "Select strips in the NLA editor and try again.",
            "no_strips",
        )
    return found


def _selected(strips: Iterable[Any], all_of_them: bool = False) -> Iterator[Any]:
    """The selected strips that play an action; of a selected meta strip all that are in it."""
    for strip in strips:
        chosen = all_of_them or strip.select
        if strip.type == "META":
            yield from _selected(strip.strips, chosen)
        elif chosen and strip.action is not None:
            yield strip


def _of_strip(take: Take, strip: Any) -> Take:
    """The strip's own range, speed and repetitions."""
    first, last = float(strip.action_frame_start), float(strip.action_frame_end)
    once = (last - first) * strip.scale
    count = max(int(np.ceil(strip.repeat - 1e-3)), 1)
    starts = tuple(float(strip.frame_start) + k * once for k in range(count))
    name = strip.name if strip.name == take.name else f"{strip.name} ({take.name})"
    return Take(
        name,
        take.played,
        take.character,
        first,
        last,
        take.fps,
        take.fingerprint,
        strip.scale,
        strip.use_reverse,
        starts,
    )


def of_file(scene: Any, preferred: str = "") -> Iterator[Take | Problem | None]:
    """Every action of the file that moves bones, one after the other, and problems where no armature can play one.

    Each step looks at one action, None where it moves no bones, so that a caller can stop in between. Where several
    armatures could play an action that none has, it is the one named ``preferred``.
    """
    fingerprints = _Fingerprints()
    armatures = [obj for obj in bpy.data.objects if obj.type == "ARMATURE"]
    armatures.sort(key=lambda obj: (obj.name != preferred, scene.objects.get(obj.name) is None, obj.name))
    playing = {obj: _playing_now(obj) for obj in armatures}
    fps = rate(scene)
    for action in list(bpy.data.actions):
        slots: Sequence[Any] = list(action.slots) if hasattr(action, "slots") else [None]
        for slot in slots:
            bones = _bones(action, slot)
            if not bones:
                yield None
                continue
            rig_object = next((obj for obj in armatures if (action, _handle(slot)) in playing[obj]), None)
            rig_object = rig_object or _best_match(bones, armatures)
            name = _name(action, slot, len(slots))
            if rig_object is None:
                yield name, "No armature of this file has its bones."
                continue
            take = _take(action, slot, rig_object, fps, fingerprints, name)
            if take is None:
                yield name, f"“{rig_object.name}”, which plays it, has none of its bones."
                continue
            yield _playing(take, (take.first,)) if _is_active(rig_object, action, slot) else take


def _handle(slot: Any | None) -> int | None:
    return slot.handle if slot is not None else None


def _playing_now(rig_object: Any) -> set[tuple[Any, int | None]]:
    """Actions with slots that an object has, on its own or in strips."""
    data = rig_object.animation_data
    if data is None:
        return set()
    strips = [strip for track in data.nla_tracks for strip in track.strips]
    return {(user.action, _handle(getattr(user, "action_slot", None))) for user in (data, *strips) if user.action}


def _is_active(rig_object: Any, action: Any, slot: Any | None) -> bool:
    """Whether the scene shows it frame by frame."""
    data = rig_object.animation_data
    if data is None or data.use_tweak_mode or data.action != action:
        return False
    return _handle(getattr(data, "action_slot", None)) == _handle(slot)


def _bones(action: Any, slot: Any | None) -> set[str]:
    curves = curves_of_slot(action, _handle(slot))
    return {bone for curve in curves if len(curve.keyframe_points) and (bone := bone_of(curve.data_path))}


def _best_match(bones: set[str], armatures: Sequence[Any]) -> Any | None:
    """The armature with most of the bones; the first of several."""
    shares = [len(bones & set(obj.data.bones.keys())) / len(bones) for obj in armatures]
    best = max(shares, default=0.0)
    return armatures[shares.index(best)] if best >= _MATCH else None


def _name(action: Any, slot: Any | None, slots: int) -> str:
    name = str(action.name)
    if action.library is not None:
        name += f" ({bpy.path.basename(action.library.filepath)})"
    return f"{name} / {slot.name_display}" if slot is not None and slots > 1 else name


def _take(
    action: Any, slot: Any | None, rig_object: Any, fps: float, fingerprints: _Fingerprints, name: str = ""
) -> Take | None:
    """The take, not yet on the timeline; None where no key moves a bone."""
    curves = [
        curve
        for curve in curves_of_slot(action, _handle(slot))
        if len(curve.keyframe_points) and (bone_of(curve.data_path) or "") in rig_object.data.bones
    ]
    if not curves:
        return None
    if action.use_frame_range:
        first, last = float(action.frame_start), float(action.frame_end)
    else:
        first, last = extent(curves)
    name = name or _name(action, slot, len(action.slots) if slot is not None else 1)
    library = action.library.filepath if action.library is not None else None
    played = PlayedAction(action.name, library, _handle(slot))
    return Take(
        name, played, rig_object.name, first, last, fps, fingerprints.of(curves, rig_object, (first, last, fps))
    )


def _playing(take: Take, starts: tuple[float, ...], scale: float = 1.0, backwards: bool = False) -> Take:
    return Take(
        take.name,
        take.played,
        take.character,
        take.first,
        take.last,
        take.fps,
        take.fingerprint,
        scale,
        backwards,
        starts,
    )


class _Fingerprints:
    """Fingerprints of takes; the rest pose of each armature is read once."""

    def __init__(self) -> None:
        self._rests: dict[str, bytes] = {}

    def of(self, curves: Sequence[Any], rig_object: Any, numbers: tuple[float, ...]) -> str:
        """32 letters that change with any key of the curves, the numbers, or the rig."""
        digest = hashlib.blake2b(repr(numbers).encode(), digest_size=16)
        digest.update(self._rest(rig_object))
        for curve in curves:
            digest.update(f"{curve.data_path} {curve.array_index}".encode())
            digest.update(key_range.shape(curve))
        return digest.hexdigest()

    def _rest(self, rig_object: Any) -> bytes:
        if rig_object.name_full not in self._rests:
            bones = rig_object.data.bones
            matrices = np.empty(16 * len(bones), dtype=np.float32)
            bones.foreach_get("matrix_local", matrices)
            scale = np.array(rig_object.matrix_world.to_scale(), dtype=np.float32)
            self._rests[rig_object.name_full] = matrices.tobytes() + scale.tobytes()
        return self._rests[rig_object.name_full]
