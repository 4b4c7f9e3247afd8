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
    from targets import TARGETS, mutated_header, survives

    if sys.argv[1] not in TARGETS:
        from index_targets import TARGETS
    if sys.argv[1] not in TARGETS:
        from weights_targets import TARGETS


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
    target = TARGETS[name]
    for number, seed in enumerate(target.seeds()):
        (folder / "corpus" / f"seed-{number}").write_bytes(seed)
    words = "".join(f'"{word}"\n' for word in target.words if '"' not in word)
    (folder / "words").write_text(words or '"\\x00"\n', encoding="utf-8")
    options = {"custom_mutator": mutate} if name == "message" else {}
    atheris.Setup([sys.argv[0], *sys.argv[3:]], lambda data: survives(target, data), **options)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
