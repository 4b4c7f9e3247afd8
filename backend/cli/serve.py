# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd serve``: the backend process, until it is stopped or its parent is gone."""

from __future__ import annotations

import argparse
import faulthandler
import importlib.util
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ...rigs.errors import UserError
from ..install.requirements import REQUIREMENTS, SERVING
from .options import add_device_option

if TYPE_CHECKING:
    from ..server.engine_protocol import Engine


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--connection-file", type=Path, metavar="F", help="where to write the address and the keys")
    add_device_option(parser)
    parser.add_argument("--weights", type=Path, metavar="DIR", help="folder of a model (the bundled one)")
    parser.add_argument("--parent-pid", type=int, metavar="N", help="stop by itself when process N is gone")


def run(args: argparse.Namespace) -> int:
    check_installation()
    from ..server.server import run as serve

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stdout)
    faulthandler.enable()  # a crash inside a library leaves its stack in the log

    def load() -> Engine:
        from ..motion.pipeline import Pipeline

        return Pipeline.load(args.weights, args.device)

    return serve(load, connection_file=args.connection_file, parent_pid=args.parent_pid)


def check_installation() -> None:
    """UserError "torch_missing" with the command that mends it, if this Python lacks what the backend needs."""
    missing = [module for module in SERVING if importlib.util.find_spec(module) is None]
    if missing:
        wanted = " ".join(f'"{REQUIREMENTS[module]}"' for module in missing)
        text = f"The Python {sys.executable} lacks {', '.join(missing)}, which the backend needs."
        raise UserError(text, f'Run: "{sys.executable}" -m pip install {wanted}', "torch_missing")
