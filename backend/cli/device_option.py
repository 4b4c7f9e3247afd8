# SPDX-License-Identifier: GPL-3.0-or-later
"""``--device``, which the commands that run without numpy have as well."""

from __future__ import annotations

import argparse
import re

DEVICE = re.compile(r"auto|cpu|mps(:0)?|cuda(:[0-9]+)?")


def add_device_option(parser: argparse.ArgumentParser) -> None:
    """``--device``."""
    parser.add_argument(
        "--device",
        type=device,
        default="auto",
        metavar="DEVICE",
        help="auto (CUDA, else MPS, else the CPU), cpu, mps, cuda, or one of several cards: cuda:1",
    )


def device(text: str) -> str:
    """A check for argparse: a name that a device can have. Whether it is there is found out when it is to be used."""
    if not DEVICE.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a device: give auto, cpu, mps, cuda, or one card, as cuda:1")
    return text
