# SPDX-License-Identifier: GPL-3.0-or-later
"""``python tests/endurance kills --jobs 200``, ``... writers``, ``... folders`` and ``... memory``: what takes long.

``kills``: kill -9 of Blender or of the backend at a random moment of each job; the file is as it was and the next job
works. ``writers``: two processes of each two kinds (index, teach, Blender, backend, batch) at one user's folder, both
killed in each round; nothing is lost. ``backends``: two that start at once, killed or not; the next one answers.
``folders``: so many files, most of them damaged, of which every good one is read. ``memory``: jobs in a row, and the
memory of both sides. The small engine of the tests serves; ``memory --model`` takes the bundled model.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from presence import PRESENT


def main() -> int:
    parser = argparse.ArgumentParser(prog="python tests/endurance", description=__doc__)
    trials = parser.add_subparsers(dest="trial", required=True)
    for name, jobs in (("kills", 200), ("writers", 200), ("backends", 200), ("folders", 2000), ("memory", 500)):
        trial = trials.add_parser(name)
        trial.add_argument("--jobs", type=int, default=jobs)
        trial.add_argument("--seed", type=int, default=1)
        if name == "writers":
            trial.add_argument("--kinds", nargs=2, choices=tuple(PRESENT), help="only this pair")
    trial.add_argument("--model", action="store_true", help="the bundled model in place of the small engine")
    args = parser.parse_args()
    if args.trial == "kills":
        from kills import trial_of_kills

        print(trial_of_kills(args.jobs, args.seed, lambda text: print(text, flush=True)))
    elif args.trial == "writers":
        from writers import PAIRS, trial_of_writers

        for pair in (tuple(args.kinds),) if args.kinds else PAIRS:
            with tempfile.TemporaryDirectory() as folder:
                report = lambda text: print(text, flush=True)  # noqa: E731
                print(trial_of_writers(pair, Path(folder), args.jobs, args.seed, report), flush=True)
    elif args.trial == "backends":
        from writers import trial_of_backends

        with tempfile.TemporaryDirectory() as folder:
            print(trial_of_backends(Path(folder), args.jobs, args.seed, lambda text: print(text, flush=True)))
    elif args.trial == "folders":
        from damaged_folders import trial_of_folders

        with tempfile.TemporaryDirectory() as folder:
            print(trial_of_folders(Path(folder), args.jobs, args.seed, lambda text: print(text, flush=True)))
    else:
        from memory import trial_of_memory

        print(trial_of_memory(args.jobs, model=args.model))
    return 0


if __name__ == "__main__":
    sys.exit(main())
