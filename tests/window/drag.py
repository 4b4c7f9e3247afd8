# SPDX-License-Identifier: GPL-3.0-or-later
"""A file on the screen that the mouse can drag onto another window, as one in a file manager can.

``python3 drag.py FILE X Y`` runs on the screen under test, with Debian's python3-xlib. It prints ``ready`` once the
file can be taken, and ends with 0 once another window has it. It is the source of X11's drag-and-drop protocol (XDND,
version 5 and what is older, https://www.freedesktop.org/wiki/Specifications/XDND).
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Any

from Xlib import X, Xatom, display
from Xlib.protocol import event

_SIZE = (260, 40)
_VERSION = 5
_SECONDS = 120  # then nobody has taken the file
_FORMAT = "text/uri-list"


class Source:
    """The file's window, and the drag that starts in it."""

    def __init__(self, file: Path, at: tuple[int, int]) -> None:
        self.display = display.Display()
        self._uri = f"{file.resolve().as_uri()}\r\n".encode()
        screen = self.display.screen()
        self._root = screen.root
        events = X.ExposureMask | X.ButtonPressMask | X.ButtonReleaseMask | X.ButtonMotionMask
        self._window = self._root.create_window(
            *at, *_SIZE, 0, screen.root_depth, background_pixel=screen.white_pixel, event_mask=events
        )
        self._pen = self._window.create_gc(foreground=screen.black_pixel, background=screen.white_pixel)
        self._name = file.name
        self._target: Any = None
        self._version = 0
        self._window.map()
        self.display.flush()

    def run(self) -> None:
        """Serve until the file is where it was dropped."""
        while True:
            now = self.display.next_event()
            if now.type == X.Expose:
                self._window.draw_text(self._pen, 10, 24, self._name.encode())
                print("ready", flush=True)
            elif now.type == X.ButtonPress:
                self._window.set_selection_owner(self._atom("XdndSelection"), now.time)
            elif now.type == X.MotionNotify:
                self._hover(now)
            elif now.type == X.ButtonRelease:
                if self._target is None:
                    raise SystemExit("The file was let go over nothing that takes it.")
                self._send("XdndDrop", 0, now.time)
            elif now.type == X.SelectionRequest:
                self._hand_over(now)
            elif now.type == X.ClientMessage and now.client_type == self._atom("XdndFinished"):
                return
            self.display.flush()

    def _atom(self, name: str) -> int:
        return int(self.display.intern_atom(name))

    def _hover(self, now: Any) -> None:
        target = self._below(now.root_x, now.root_y)
        if target is None:
            return
        if self._target is None:
            self._target = target
            self._send("XdndEnter", self._version << 24, self._atom(_FORMAT))
        self._send("XdndPosition", 0, now.root_x << 16 | now.root_y, now.time, self._atom("XdndActionCopy"))

    def _below(self, x: int, y: int) -> Any:
        """The uppermost window there that says it takes drops."""
        for window in reversed(self._root.query_tree().children):
            place = window.get_geometry()
            if place.x <= x < place.x + place.width and place.y <= y < place.y + place.height:
                aware = window.get_full_property(self._atom("XdndAware"), Xatom.ATOM)
                if aware is not None:
                    self._version = min(_VERSION, aware.value[0])
                    return window
        return None

    def _send(self, name: str, *values: int) -> None:
        data = (32, [self._window.id, *values, *[0] * (4 - len(values))])
        self._target.send_event(event.ClientMessage(window=self._target, client_type=self._atom(name), data=data))

    def _hand_over(self, asked: Any) -> None:
        asked.requestor.change_property(asked.property, asked.target, 8, self._uri)
        asked.requestor.send_event(
            event.SelectionNotify(
                time=asked.time,
                requestor=asked.requestor,
                selection=asked.selection,
                target=asked.target,
                property=asked.property,
            )
        )


if __name__ == "__main__":
    signal.alarm(_SECONDS)
    Source(Path(sys.argv[1]), (int(sys.argv[2]), int(sys.argv[3]))).run()
