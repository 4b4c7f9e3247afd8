# SPDX-License-Identifier: GPL-3.0-or-later
"""What the backend needs, said once: pyproject.toml has the same lines (a test compares them)."""

from __future__ import annotations

OLDEST, NEWEST = (3, 11), (3, 13)  # of Python

# module -> what pyproject.toml asks for
REQUIREMENTS = {
    "torch": "torch==2.13.0",
    "numpy": "numpy>=1.26,<3",
    "transformers": "transformers==5.23.0",
    "safetensors": "safetensors>=0.5",
    "zmq": "pyzmq>=26",
    "msgpack": "msgpack>=1.1",
    "tqdm": "tqdm>=4.66",
    "PIL": "pillow>=11",
    "imageio": "imageio>=2.37",
    "imageio_ffmpeg": "imageio-ffmpeg>=0.6",
    "spellchecker": "pyspellchecker>=0.8",
    "filelock": "filelock>=3.12",
}
FILMS = ("imageio", "imageio_ffmpeg")  # for .mp4 files, which Blender's backend never writes: 68 MB of a download
INSTALLED = tuple(module for module in REQUIREMENTS if module not in FILMS)  # what the installer puts there
SERVING = ("numpy", "zmq", "msgpack", "torch", "transformers", "safetensors")  # without these the backend cannot start

# The versions that the installer takes, the newest that the product was tested with: what is installed next year is
# what works today. torch is not among them, as its build depends on the device (builds.py).
PINS = {
    "numpy": "2.4.6",
    "transformers": "5.23.0",
    "safetensors": "0.8.0",
    "pyzmq": "27.3.0",
    "msgpack": "1.2.4",
    "tqdm": "4.70.1",
    "pillow": "13.0.0",
    "pyspellchecker": "0.9.1",
    "filelock": "4.3.1",
}
TORCH = REQUIREMENTS["torch"].partition("==")[2]


def pinned(torch: str = TORCH) -> tuple[str, ...]:
    """Everything that is installed with its one version; ``torch`` with its build, as in "2.13.0+cpu"."""
    return (f"torch=={torch}", *(f"{name}=={version}" for name, version in PINS.items()))
