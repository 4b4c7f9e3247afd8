# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens while Live is on: a draft for each change, and the real job when the user pauses.

A draft takes few steps and is shown as the stick figure alone. While it is sampled it may finish, for a short while,
as one that is dropped at every mouse move would never be seen; of the changes meanwhile the newest is made next. The
real job becomes keys in one undo step, which replaces the previous one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ...rigs.errors import UserError
from ..session.session import Session
from ..session.tasks import DONE, FAILED, RUNNING, Job
from ..ui.notices import WARNING, Notice
from .watched_settings import Watched

REST = 0.4  # seconds without a change until the real job begins
PATIENCE = 1.0  # seconds for which a draft may finish while newer changes wait
NOTHING, DRAFT, REAL = "nothing", "draft", "real"
_STATUS = {NOTHING: "Live: waiting for a change", DRAFT: "Live: drafting", REAL: "Live: full quality"}


class JobMaker(Protocol):
    """What Live makes jobs of."""

    button: str  # of the panel that it belongs to

    def watched(self) -> Watched:
        """The values of everything that it depends on; UserError when it cannot continue, which ends Live."""
        ...

    def obstacle(self) -> str:
        """What has to end first, as a sentence; empty if nothing."""
        ...

    def job(self, draft: bool) -> Job:
        """A job to submit; UserError where the settings make none."""
        ...

    def written(self, job: Job) -> None:
        """Called with each job whose keys have been written."""
        ...


class Live:
    """The switch, and its running jobs. ``tick`` is called with a clock in seconds, also in the middle of a drag.

    ``wake`` sees that the backend runs.
    """

    def __init__(self, session: Session, wake: Callable[[], None]) -> None:
        self.maker: JobMaker | None = None
        self.status = ""  # for the panel
        self._session, self._wake = session, wake
        self._watched: Watched | None = None
        self._settled: Watched | None = None  # the values of what is written, or those before anything changed
        self._changed = 0.0  # when it was last seen to differ
        self._due = NOTHING
        self._afresh = False  # the values seen next are the new baseline
        self._draft: Job | None = None
        self._begun = 0.0  # when the draft was
        self._real: Job | None = None

    @property
    def on(self) -> bool:
        """Whether it has to be called."""
        return self.maker is not None

    def is_about(self, button: str) -> bool:
        """Whether it is on for the panel with that button."""
        return self.maker is not None and self.maker.button == button

    def start(self, maker: JobMaker) -> None:
        """Turn it on; the first draft shows how it is now."""
        self.stop()
        self.maker, self._due = maker, DRAFT
        self._watched = self._settled = maker.watched()
        self.status = _STATUS[DRAFT]

    def stop(self) -> None:
        """Turn it off; written keys stay."""
        self._drop(self._draft)
        self._drop(self._real)
        self.maker = self._watched = self._draft = self._real = None
        self._due, self.status = NOTHING, ""

    def after_undo(self) -> None:
        """After undo or redo: restored settings are not a change, as a new result would clear the redo steps."""
        if self.maker is None:
            return
        self._drop(self._draft)
        self._drop(self._real)
        self._draft = self._real = None
        self._due, self._afresh = NOTHING, True
        self._session.message = Notice("Live continues with your next change.", about=self.maker.button)

    def tick(self, now: float) -> bool:
        """See what has changed, and begin what is due; True when the panel shows something else now."""
        if self.maker is None:
            return False
        before = self.status
        try:
            self._look(self.maker, now)
        except UserError as error:
            button = self.maker.button
            self.stop()
            self._session.message = Notice(error.message, error.hint, WARNING, error.code, button)
            return True
        return self.status != before

    def _look(self, maker: JobMaker, now: float) -> None:
        self._take_done(maker)
        watched = maker.watched()
        if self._afresh:
            self._watched, self._settled, self._afresh = watched, watched, False
        if watched != self._watched:
            self._watched, self._changed, self._due = watched, now, DRAFT
            self._drop(self._real)
            self._real = None
        waits = maker.obstacle()
        if not waits and self._due == DRAFT and not self._is_seen_through(now):
            self._drop(self._draft)
            self._draft, self._begun = self._begin(maker, draft=True), now
            self._due = NOTHING if self._draft is None else REAL
        elif not waits and self._due == REAL and self._draft_over and now - self._changed > REST:
            # A drag that is taken back writes nothing.
            self._due, self._real = NOTHING, None if watched == self._settled else self._begin(maker, draft=False)
        going = DRAFT if not self._draft_over else REAL if self._real is not None else NOTHING
        self.status = waits or _STATUS[going]

    @property
    def _draft_over(self) -> bool:
        return self._draft is None or self._draft.over

    def _is_seen_through(self, now: float) -> bool:
        """Whether the running draft is worth waiting for."""
        draft = self._draft
        return draft is not None and draft.state == RUNNING and now - self._begun < PATIENCE

    def _begin(self, maker: JobMaker, draft: bool) -> Job | None:
        try:
            job = maker.job(draft)
        except UserError as error:
            self._session.message = Notice.of(error, maker.button)
            return None
        self._wake()
        self._session.submit(job)
        return job

    def _take_done(self, maker: JobMaker) -> None:
        """Drop the draft once the real job has a preview; report what is written to the maker."""
        real, draft = self._real, self._draft
        if draft is not None and draft.state == FAILED:
            self._draft, self._due = None, NOTHING if self._due == REAL else self._due
        if real is None:
            return
        if draft is not None and (real.preview is not None or real.over):
            self._drop(draft)
            self._draft = None
        if real.over:
            if real.state == DONE:
                self._settled = self._watched  # another one would have dropped it
                maker.written(real)
            self._real = None

    def _drop(self, job: Job | None) -> None:
        if job is not None:
            self._session.withdraw(job)
