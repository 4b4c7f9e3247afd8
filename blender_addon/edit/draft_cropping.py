# SPDX-License-Identifier: GPL-3.0-or-later
"""Crops the context of a draft: its sampling time grows with the number of frames."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...backend.requests.edit import EditRequest

CONTEXT = 20  # frames at 20 fps on each side


def cropped(request: EditRequest, context: int = CONTEXT) -> EditRequest:
    """The same edit with only ``context`` frames kept on either side of the range; of an extension, twice as many at
    the end that it extends."""
    if request.mode != "extend":
        first, stop = max(request.start - context, 0), request.end + context
    elif request.after:
        first, stop = max(len(request.joints) - 2 * context, 0), len(request.joints)
    else:
        first, stop = 0, 2 * context
    ends = {} if request.mode == "extend" else {"start": request.start - first, "end": request.end - first}
    return replace(
        request,
        **ends,
        joints=request.joints[first:stop],
        segments=tuple(replace(each, start=each.start - first, end=each.end - first) for each in request.segments),
        keep_poses=tuple(frame - first for frame in request.keep_poses),
        path=None if request.path is None else request.path - np.array([first, 0.0, 0.0]),
        targets=tuple(replace(each, frame=each.frame - first) for each in request.targets),
    )
