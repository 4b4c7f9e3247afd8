# SPDX-License-Identifier: GPL-3.0-or-later
"""The ``coamd`` command: one module per subcommand, imported only when it is called."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path
from types import ModuleType

from ...rigs.errors import UserError
from .terminal import safe_terminal

# name -> one line for ``coamd --help``. Each module has configure(parser) and run(args) -> exit code.
COMMANDS: dict[str, str] = {
    "generate": "make motion from a prompt",
    "batch": "make the motions of a table of prompts; goes on where it was killed",
    "edit": "change a range of a motion file and leave the rest alone",
    "retarget": "put a motion file on the skeleton of a character",
    "teach": "show the model a few takes, so that it makes more of them",
    "models": "list, rename, remove, export and import taught models",
    "label": "name the actions in motion files",
    "index": "read takes once, so that searches answer at once",
    "search": "find the takes that fit a text or an example",
    "serve": "run the backend process",
    "install": "make, repair or remove the Python that runs the backend",
    "doctor": "say what is installed, what is wrong and how to mend it",
}
# The same of the laboratory, which an installed extension does not hold.
LAB_COMMANDS: dict[str, str] = {
    "demo": "run the whole product once: backend, add-on, character, film",
    "prepare": "turn motion capture files into training data",
    "train": "train one part of the model",
    "convert": "turn released checkpoints into a weights folder",
    "evaluate": "measure the model on held-out clips",
    "benchmark": "measure speed on this machine",
    "parity": "compare the modules with reference vectors",
}
FEWER = "Close other programs, ask for less at once, or compute on the CPU (--device cpu)."
AGAIN = "Give the command again; if it fails again, restart the computer or compute on the CPU (--device cpu)."
NO_LAB = "This command is not in the Blender extension. Install the repository: pip install -e . in a clone of it."


def main(argv: list[str] | None = None) -> int:
    """Run one subcommand; 0 is success, 1 a failed check, 2 a mistake the user can mend."""
    with safe_terminal():
        return _main(argv)


def _main(argv: list[str] | None) -> int:
    argv = sys.argv[1:] if argv is None else argv
    parser = argparse.ArgumentParser(prog="coamd", description="CoAMD Motion: text to motion, on your rig.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    chosen = next((word for word in argv if not word.startswith("-")), None)
    module = None
    for name, summary in (COMMANDS | LAB_COMMANDS).items():
        sub = commands.add_parser(name, help=summary, description=summary)
        if name == chosen:
            module = _module(name)
            if module is None:
                print(f"coamd {name}: {NO_LAB}", file=sys.stderr)
                return 2
            module.configure(sub)
    args = parser.parse_args(argv)
    assert module is not None
    try:
        return int(module.run(args) or 0)
    except UserError as error:
        print(f"coamd {args.command}: {error}", file=sys.stderr)
        return 2
    except (OSError, RuntimeError, MemoryError) as error:
        text = _sentence(error)
        if not text:
            raise
        print(f"coamd {args.command}: {text}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130


def _sentence(error: Exception) -> str:
    """What the user can mend, the disk's, the memory's and the graphics card's faults; empty for any other."""
    from ..system.atomic_write import NO_SPACE
    from ..system.failures import named

    if not isinstance(error, OSError):
        return str(named(error, "The command could not end", FEWER, AGAIN) or "")
    if error.errno in NO_SPACE:
        return "The disk is full. Free some space and try again."
    if isinstance(error, PermissionError) and error.filename:
        return f"The system does not let you use {error.filename}. Choose another place, or mend its permissions."
    return ""


def _module(name: str) -> ModuleType | None:
    """A subcommand's module; None where it was left out: the laboratory's, and what an extension does not need."""
    if name in COMMANDS:
        there = Path(__file__).with_name(f"{name}.py").is_file()
        return importlib.import_module(f".{name}", __package__) if there else None
    if not (Path(__file__).parents[1] / "lab").is_dir():
        return None
    return importlib.import_module(f"..lab.commands.{name}", __package__)
