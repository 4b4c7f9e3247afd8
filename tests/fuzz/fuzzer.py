# SPDX-License-Identifier: GPL-3.0-or-later
"""``fuzzer.py TARGET FOLDER [libFuzzer options]``: one campaign, in the process that libFuzzer owns."""

from __future__ import annotations

import sys
from pathlib import Path

import atheris
import numpy as np

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[1] / "backend")]
with atheris.instrument_imports(include=["coamd"]):
    import coamd.rigs  # noqa: F401
    from case import survives
    from catalogue import target_of
    from message_targets import mutated_header

    TARGET = target_of(sys.argv[1])


def mutate(data: bytes, most: int, seed: int) -> bytes:
    """Every other case of a message has its header changed as a structure, not as bytes."""
    random = np.random.default_rng(seed)
    if random.integers(2):
        changed = mutated_header(data, random)
        if len(changed) <= most:
            return changed
    return bytes(atheris.Mutate(data, most))


def main() -> None:
    name, folder = sys.argv[1], Path(sys.argv[2])
    for number, seed in enumerate(TARGET.seeds()):
        (folder / "corpus" / f"seed-{number}").write_bytes(seed)
    words = "".join(f'"{word}"\n' for word in TARGET.words if '"' not in word)
    (folder / "words").write_text(words or '"\\x00"\n', encoding="utf-8")
    options = {"custom_mutator": mutate} if name == "message" else {}
    atheris.Setup([sys.argv[0], *sys.argv[3:]], lambda data: survives(TARGET, data), **options)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
