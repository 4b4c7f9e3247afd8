# SPDX-License-Identifier: GPL-3.0-or-later
"""``python tests/fuzz [TARGET ...] --cases 200000``: coverage-guided fuzzing of everything that reads foreign bytes.

atheris (libFuzzer) runs each target in a process of its own, keeps every mutation that reaches new code and goes on
from there. A case may take 10 s and the process may grow to 2 GB; the first one that goes beyond, or raises what is no
refusal, ends its target and is kept beside the report. Without atheris, as on Windows, there is no campaign.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "backend")]

from catalogue import NAMES  # noqa: E402

SECONDS, MEGABYTES = 10, 2048  # for one case; for the process
LONGEST = 16384  # bytes of a case
IN_MEMORY = Path("/dev/shm")
# libFuzzer asks the kernel for the most memory that its process had (ru_maxrss), and a process begins with that of the
# one that it was started from, a whole test run's here. A small shell between them has little to pass on.
SMALL_PARENT = ["/bin/sh", "-c", '"$@"; exit $?', "sh"]


@dataclass(frozen=True)
class Outcome:
    """What a campaign of one target has come to."""

    target: str
    cases: int
    edges: int  # of our own bytecode, that were reached
    reached_at_first: int  # by the seeds alone
    grown: int  # megabytes of memory, from the first tenth of the cases to their end
    fault: str  # the last words of the process, "" if all went well

    def __str__(self) -> str:
        text = f"{self.target:<11} {self.cases:>8} cases  {self.reached_at_first:>5} -> {self.edges:>5} edges  "
        return text + f"{self.grown:>4} MB grown  {self.fault or 'no fault'}"


def campaign(target: str, cases: int, seed: int = 1, keep: Path = Path()) -> Outcome:
    """Run one target in a process of its own. A case that fails is written to ``keep``."""
    with tempfile.TemporaryDirectory(dir=IN_MEMORY if IN_MEMORY.is_dir() else None) as name:
        folder = Path(name)
        (folder / "corpus").mkdir()
        command = [*SMALL_PARENT, sys.executable, str(HERE / "fuzzer.py"), target, name, f"-runs={cases}"]
        command += [f"-seed={seed}", f"-timeout={SECONDS}", f"-rss_limit_mb={MEGABYTES}"]
        command += [f"-max_len={LONGEST}", "-len_control=0"]
        command += [f"-artifact_prefix={keep}/{target}-", f"-dict={folder / 'words'}", str(folder / "corpus")]
        environment = {**os.environ, "TMPDIR": name}  # where its files go, too: libFuzzer ends without tidying up
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", check=False, cwd=HERE, env=environment
        )
    return outcome(target, done.stderr + done.stdout, done.returncode)


def outcome(target: str, said: str, code: int) -> Outcome:
    """libFuzzer's words as an Outcome."""
    marks = [tuple(map(int, found)) for found in re.findall(r"#(\d+)\s.*?cov: (\d+).*?rss: (\d+)Mb", said)]
    cases = max((number for number, _, _ in marks), default=0)
    first = next((edges for number, edges, _ in marks), 0)
    settled = next((memory for number, _, memory in marks if number >= cases / 10), 0)
    edges, memory = max((mark[1] for mark in marks), default=0), marks[-1][2] if marks else 0
    raised = re.search(r"^ *[\w.]*(?:Error|Exception|Exit)\b.*", said, re.MULTILINE)
    raised = raised or re.search(r"^==\d+== ?ERROR.*", said, re.MULTILINE)
    fault = (raised[0].strip()[:200] if raised else f"exit code {code}") if code else ""
    return Outcome(target, cases, edges, first, memory - settled, fault)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python tests/fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(NAMES))
    parser.add_argument("--cases", type=int, default=200_000, help="of each target")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("out/fuzz"), help="where cases that fail are written")
    args = parser.parse_args()
    args.keep.mkdir(parents=True, exist_ok=True)
    failed = 0
    for target in args.targets or NAMES:
        result = campaign(target, args.cases, args.seed, args.keep.resolve())
        print(result, flush=True)
        failed += bool(result.fault)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
