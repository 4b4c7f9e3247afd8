# SPDX-License-Identifier: GPL-3.0-or-later
"""Generate with Start: Continue from Here: an extension of the character's action from the playhead on."""

from __future__ import annotations

import math
from typing import Any

from ....backend.requests.generate import GenerateRequest
from ....rigs.body.body_parts import PARTS
from ....rigs.body.rest_rig import RestRig
from ....rigs.detect.mapping import Mapping
from ....rigs.errors import UserError
from ...generate.prompt_steps import frames_of
from ...generate.steps import joined_prompt, prompts_and_seconds
from ...keys import source_action as source_actions
from ...keys.scene_time import playhead, usable_rate
from ...session.identity import Identity
from .. import frame_range
from ..ik_limbs import driven_limbs
from ..order import EditOrder, SceneSegment, check_pose_position


def read(context: Any, rig_object: Any, rig: RestRig, mapping: Mapping) -> tuple[EditOrder, Mapping]:
    """The order of Generate's settings at the playhead, and the mapping adapted to it.

    UserError where the character has no motion there. A pose that is held counts as a second of standing still.
    """
    scene, settings = context.scene, context.scene.coamd
    source = source_actions.find(rig_object)
    curves = source_actions.bone_curves(source)
    check_pose_position(rig_object)
    frame_range.check_no_repeats(curves)
    first, last = frame_range.extent(rig_object, source, curves)
    start, fps = playhead(scene), usable_rate(scene)
    if start < first:
        raise UserError(
            f"At the playhead, frame {start}, “{rig_object.name}” has not begun to move: its first key is at {first}.",
            "Move the playhead to where the motion is to go on.",
            "before_first",
        )
    steps = prompts_and_seconds(settings) if settings.use_steps else ()
    seconds = sum(length for _, length in steps) if steps else round(settings.seconds, 4)
    end = start + round(seconds * fps)
    spans = frames_of([length for _, length in steps], start, end + 1)
    driven, mapping = driven_limbs(rig_object, source, rig, mapping, PARTS, start, end)
    prompt = joined_prompt(steps) if steps else settings.prompt.strip()
    order = EditOrder(
        GenerateRequest(
            prompt,
            seconds,
            settings.seed,
            settings.variations,
            settings.chosen_models(),
            steps=settings.sampler_steps(),
        ),
        mode="EXTEND",
        continues=True,
        character_id=Identity.of(rig_object),
        scene_id=Identity.of(scene),
        source=source,
        fingerprint=frame_range.fingerprint(rig_object, source, start, end),
        start=start,
        end=end,
        first=min(first, start - math.ceil(fps)),
        last=start,
        erased_to=max(end, last),
        closed_start=True,
        closed_end=False,
        fps=fps,
        parts=PARTS,
        segments=tuple(SceneSegment(prompt, *span) for (prompt, _), span in zip(steps, spans, strict=True)),
        strength=1.0,
        same_action=source.tweaked,
        tolerance=settings.tolerance(),
        driven=driven,
    )
    return order, mapping
