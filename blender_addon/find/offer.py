# SPDX-License-Identifier: GPL-3.0-or-later
"""A take of the user's own that fits the prompt of Generate: looked up in the index beside the job, and offered.

No files are read for it: the index is used as Find left it, for the places that Find searches. Failures are not
reported, as nobody asked for an offer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import bpy
import numpy as np

from ...backend.requests.label import Moment
from ...backend.wire.messages import Find, Found, Reply, Request
from ...rigs.errors import UserError
from ..session.tasks import DONE, SOLVING, Task
from ..session.timer import session
from ..ui.notices import OFFER, USE
from . import thumbnails
from .settings import found_moments, places_of

LIKELY = 0.6  # from which an offered take mostly does what the prompt says (docs/measurements/recognition.md)
PICTURE = "offer"  # among the thumbnails


@dataclass
class OfferJob(Task):
    """Looks up the take nearest to a prompt."""

    prompt: str
    places: tuple[str, ...]
    origin: str  # the open file
    this_file: bool
    moment: Moment | None = field(default=None, kw_only=True)
    image: np.ndarray | None = field(default=None, kw_only=True)

    @property
    def button(self) -> str:
        return OFFER

    @property
    def writer(self) -> str:
        return "show_offer"

    @property
    def beside(self) -> bool:
        return True

    @property
    def is_silent(self) -> bool:
        return True

    @property
    def writes_in_tweak_mode(self) -> bool:
        return True  # nothing is written but the offer

    def message(self, id: str) -> Request:
        return Find(id, self.prompt, None, self.places, self.origin, self.this_file, 1)

    def take(self, reply: Reply) -> None:
        assert isinstance(reply, Found)
        if reply.moments and reply.moments[0].score >= LIKELY:
            self.moment, self.state = reply.moments[0], SOLVING
        else:
            self.end(DONE)

    def refused(self, _error: UserError) -> None:
        self.end(DONE)

    @property
    def is_solved(self) -> bool:
        return self.image is not None

    def solve_on(self) -> None:
        assert self.moment is not None
        self.image = thumbnails.picture(self.moment.poses)

    def report(self) -> str:
        return ""


def look_for_offer(context: Any, prompt: str) -> None:
    """Forget the last offer and request another; without a place to search nothing is requested."""
    found_moments().offered.clear()
    settings = context.scene.coamd.find
    places = () if session.link.elsewhere else places_of(context)
    if prompt and (places or settings.this_file):
        session.submit(OfferJob(prompt, places, bpy.data.filepath, settings.this_file))


def draw(layout: Any, context: Any) -> None:
    """The offered take, with its picture, score and button; nothing if there is none for the current prompt."""
    offered = found_moments().offered
    if not len(offered) or offered[0].prompt != context.scene.coamd.prompt.strip():
        return
    item = offered[0]
    box = layout.box()
    row = box.row()
    row.template_icon(icon_value=thumbnails.icon(0, PICTURE), scale=3.0)
    column = row.column(align=True)
    column.label(text="You have a recorded take of this:")
    column.label(text=f"{item.title} ({item.score:.2f})", translate=False)
    if session.current_of(USE) is None:
        column.operator("coamd.use_offer", icon="CHECKMARK")
