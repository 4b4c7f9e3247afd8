# SPDX-License-Identifier: GPL-3.0-or-later
"""The character's NLA: strips for what is made, and what lies above what."""

from __future__ import annotations

from typing import Any

from ...rigs.errors import UserError

HOLD, FORWARD, NOTHING = "HOLD", "HOLD_FORWARD", "NOTHING"


def strips(rig_object: Any) -> list[Any]:
    """All strips of a character, from the lowest track up."""
    data = rig_object.animation_data
    return [strip for track in data.nla_tracks for strip in track.strips] if data is not None else []


def strip_at(rig_object: Any, frame: float) -> Any | None:
    """The strip whose action a character plays at a frame of its animation: the highest there, else the last one."""
    found = [strip for strip in strips(rig_object) if strip.type == "CLIP" and not strip.mute and strip.action]
    here = [strip for strip in found if strip.frame_start <= frame <= strip.frame_end]
    return here[-1] if here else found[-1] if found else None


def let_strips_show(rig_object: Any) -> None:
    """Keep an action that lies above strips from hiding them before its first key."""
    data = rig_object.animation_data
    if data is not None and data.action_extrapolation == HOLD and strips(rig_object):
        data.action_extrapolation = FORWARD


def add_strip(rig_object: Any, action: Any, slot: Any | None, start: int) -> Any:
    """Put an action on a track of its own, which lies above all that begins earlier."""
    data = rig_object.animation_data or rig_object.animation_data_create()
    below, later = None, False
    for track in data.nla_tracks:
        later = later or any(strip.frame_start > start for strip in track.strips)
        below = below if later else track
    first = not strips(rig_object)
    track = data.nla_tracks.new(prev=below)
    track.name = action.name
    strip = track.strips.new(action.name, start, action)
    if slot is not None and strip.action_slot is None:
        strip.action_slot = slot
    strip.extrapolation = HOLD if first else NOTHING if later and below is None else FORWARD
    return strip


def push_down(rig_object: Any) -> Any:
    """Make a strip of the action that a character has; UserError where there is none."""
    data = rig_object.animation_data
    action = data.action if data is not None else None
    if action is None:
        raise UserError(
            f"“{rig_object.name}” has no action to push down.", "Generate a motion, or choose an action.", "no_action"
        )
    slot = getattr(data, "action_slot", None)
    strip = add_strip(rig_object, action, slot, round(action.frame_range[0]))
    data.action = None
    return strip


def tweak(rig_object: Any, strip: Any) -> None:
    """Open a strip for changes, as Tab in the NLA editor does."""
    data = rig_object.animation_data
    for track in data.nla_tracks:
        own = strip in list(track.strips)
        track.select = own
        if own:
            data.nla_tracks.active = track
        for other in track.strips:
            other.select = other == strip
    data.use_tweak_mode = True
