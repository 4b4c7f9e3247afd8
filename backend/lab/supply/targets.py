# SPDX-License-Identifier: GPL-3.0-or-later
"""The machines that the lock of packages is for: each system with each Python that the backend runs with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from packaging.markers import Marker
from packaging.tags import Tag, compatible_tags, cpython_tags, mac_platforms

from ...install.requirements import NEWEST, OLDEST, TORCH

_LINUX = (*(f"manylinux_2_{minor}_x86_64" for minor in range(28, 16, -1)), "manylinux2014_x86_64")  # as torch wants it
_MACOS = 14  # the oldest that torch is built for
_FACTS = {
    "linux": ("posix", "Linux", "x86_64"),
    "win32": ("nt", "Windows", "AMD64"),
    "darwin": ("posix", "Darwin", "arm64"),
}
PYTHONS = tuple(f"{OLDEST[0]}.{minor}" for minor in range(OLDEST[1], NEWEST[1] + 1))


@dataclass(frozen=True)
class Target:
    """One system, in Python's word for it, and one version of Python."""

    system: str  # sys.platform
    python: str

    @property
    def torch(self) -> str:
        """torch's version where there is no graphics card: on Linux the package index has none without CUDA."""
        return f"{TORCH}+cpu" if self.system == "linux" else TORCH

    @property
    def platforms(self) -> tuple[str, ...]:
        """What wheels may be built for, the best first."""
        return {
            "linux": _LINUX,
            "win32": ("win_amd64",),
            "darwin": tuple(mac_platforms((_MACOS, 0), "arm64")),
        }[self.system]

    @property
    def tags(self) -> frozenset[Tag]:
        """The wheels that run there."""
        version = tuple(map(int, self.python.split(".")))
        short = self.python.replace(".", "")
        own = cpython_tags(version, platforms=self.platforms)
        return frozenset((*own, *compatible_tags(version, f"cp{short}", self.platforms)))

    def fits(self, marker: Marker | str | None) -> bool:
        """Whether a requirement with this marker counts there, without extras."""
        if not marker:
            return True
        family, name, machine = _FACTS[self.system]
        return Marker(str(marker)).evaluate(
            {
                "os_name": family,
                "sys_platform": self.system,
                "platform_system": name,
                "platform_machine": machine,
                "platform_release": "",
                "platform_version": "",
                "platform_python_implementation": "CPython",
                "implementation_name": "cpython",
                "implementation_version": f"{self.python}.0",
                "python_version": self.python,
                "python_full_version": f"{self.python}.0",
                "extra": "",
            }
        )


TARGETS = tuple(Target(system, python) for system in _FACTS for python in PYTHONS)


def marker(targets: Iterable[Target]) -> str:
    """The shortest marker that counts on these targets alone; empty for all of them."""
    wanted = set(targets)
    if wanted == set(TARGETS):
        return ""
    parts = []
    everywhere = [python for python in PYTHONS if {Target(system, python) for system in _FACTS} <= wanted]
    for system in _FACTS:
        pythons = [python for python in PYTHONS if Target(system, python) in wanted]
        if pythons == list(PYTHONS):
            parts.append(f'sys_platform == "{system}"')
        else:
            parts += [
                f'sys_platform == "{system}" and python_version == "{python}"'
                for python in pythons
                if python not in everywhere
            ]
    return " or ".join((*parts, *(f'python_version == "{python}"' for python in everywhere)))
