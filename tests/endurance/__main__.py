# SPDX-License-Identifier: GPL-3.0-or-later
"""``python tests/endurance kills --jobs 200`` and ``... memory --jobs 500``: what takes long to show.

``kills``: kill -9 of Blender or of the backend at a random moment of each job; the file is as it was and the next job
works. ``memory``: jobs in a row, and the memory of both sides. The small engine of the tests serves both;
``memory --model`` takes the bundled model.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python tests/endurance", description=__doc__)
    trials = parser.add_subparsers(dest="trial", required=True)
    for name, jobs in (("kills", 200), ("memory", 500)):
        trial = trials.add_parser(name)
        trial.add_argument("--jobs", type=int, default=jobs)
        trial.add_argument("--seed", type=int, default=1)
    trial.add_argument("--model", action="store_true", help="the bundled model in place of the small engine")
    args = parser.parse_args()
    if args.trial == "kills":
        from kills import trial_of_kills

        print(trial_of_kills(args.jobs, args.seed, lambda text: print(text, flush=True)))
    else:
        from memory import trial_of_memory

        print(trial_of_memory(args.jobs, model=args.model))
    return 0


if __name__ == "__main__":
    sys.exit(main())
