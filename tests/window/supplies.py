# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a real installation in the chroot gets its Python and its packages.

Packages come as this machine's own pip gets them: its configuration (mirrors, certificates, proxy) goes along. Where
PyTorch's index cannot be reached, but pip has torch's build for processors all the same, a server on this machine's
loopback stands in for the index: the chroot knows it by the index's name and trusts its certificate, and the installer
runs as it does everywhere. Such a wheel fits this interpreter's version alone, so that the installer must then take
this interpreter and not the one that Debian's Blender has.
"""

from __future__ import annotations

import functools
import shlex
import socket
import ssl
import subprocess
import sys
import threading
from http.server import ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from chroot import Chroot
from coamd.backend.install.machine import Machine
from coamd.backend.install.python_finder import fits
from coamd.backend.install.requirements import NEWEST, OLDEST, PINS
from coamd.backend.install.torch_builds import build_for
from served import Quiet

_BUILD = build_for(Machine("linux", "x86_64"))  # torch for processors
_HOST = str(urlsplit(_BUILD.index).hostname)
_ADDRESS = "127.0.77.1"  # loopback, and nobody else's
_PROBE = f"filelock=={PINS['filelock']}"  # small
_SECONDS = 5.0
_CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"


class Supplies:
    """Use ``with``, before the chroot is entered; ``lack`` says in a sentence why nothing can be installed here."""

    def __init__(self, chroot: Chroot) -> None:
        self._chroot, self._folder = chroot, chroot.share / "supplies"
        self._index = self._folder / "index"
        self._server: ThreadingHTTPServer | None = None
        self._lendable = fits(sys.version_info[:3]) and Path(sys.base_prefix) != Path("/usr")
        self.environment: dict[str, str] = {}  # for Blender
        self.lack = ""

    def __enter__(self) -> Supplies:
        self._folder.mkdir(parents=True, exist_ok=True)
        reached = _reached()
        self.lack = self._why_not(reached)
        if not self.lack:
            self._carry_configuration()
            if self._lendable:
                self._bring_python()
            if not reached:
                self._stand_in()
        return self

    def __exit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def _why_not(self, reached: bool) -> str:
        """A look with pip: packages of PyPI, and torch's build for processors."""
        programs = self._chroot.root / "usr/bin"
        own = any((programs / f"python3.{minor}").exists() for minor in range(OLDEST[1], NEWEST[1] + 1))
        if not self._lendable and not (reached and own):
            return f"{sys.executable} is the system's, or of a version that does not fit: the chroot cannot have it."
        wheels = self._index / urlsplit(_BUILD.index).path.lstrip("/") / "torch"
        wanted = [_PROBE] if reached else [_PROBE, f"torch=={_BUILD.torch}"]
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:"]
        done = subprocess.run(
            [*command, "--retries", "1", "--dest", str(wheels), *wanted], capture_output=True, text=True, check=False
        )
        if done.returncode:
            return f"Neither a network nor wheels of {' and '.join(wanted)} are here, so that nothing can be installed."
        return ""

    def _carry_configuration(self) -> None:
        """pip's settings as variables; this machine's files are below /host. Its folders of wheels stay here."""
        command = [sys.executable, "-m", "pip", "config", "list"]
        listed = subprocess.run(command, capture_output=True, text=True, check=True)
        for line in listed.stdout.splitlines():
            name, _, quoted = line.partition("=")
            section, _, key = name.rpartition(".")
            if key == "find-links" or section not in ("global", "install", ":env:"):
                continue
            value = " ".join(_inside(word) for word in " ".join(shlex.split(quoted)).split())
            self.environment[f"PIP_{key.upper().replace('-', '_')}"] = value

    def _bring_python(self) -> None:
        """This interpreter beside Debian's, where `pythons.candidates` finds it: as a user of sid installs one."""
        self._chroot.binds.append((Path(sys.base_prefix), sys.base_prefix))
        version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
        script = self._folder / "bin" / version
        script.parent.mkdir()
        script.write_text(f'#!/bin/sh\nexec {sys.base_prefix}/bin/{version} "$@"\n', "utf-8")
        script.chmod(0o755)
        self.environment["PATH"] = f"/usr/local/bin:/usr/bin:/bin:{script.parent}"

    def _stand_in(self) -> None:
        """Serve the index under its own name, and leave Debian's Python without what makes an environment."""
        key, own, trusted, hosts = (self._folder / name for name in ("key.pem", "own.pem", "trusted.pem", "hosts"))
        request = "openssl req -x509 -newkey rsa:2048 -nodes -days 2"
        names = ["-subj", f"/CN={_HOST}", "-addext", f"subjectAltName=DNS:{_HOST}"]
        subprocess.run(
            [*request.split(), *names, "-keyout", str(key), "-out", str(own)], capture_output=True, check=True
        )
        others = self.environment.get("PIP_CERT", _CERTIFICATES).removeprefix("/host")
        trusted.write_bytes(Path(others).read_bytes() + own.read_bytes())
        self.environment["PIP_CERT"] = str(trusted)
        hosts.write_text(f"127.0.0.1 localhost\n{_ADDRESS} {_HOST}\n", "utf-8")
        self._chroot.binds.append((hosts, "/etc/hosts"))
        nothing = self._folder / "nothing"
        nothing.mkdir()
        (nothing / "__init__.py").write_text("raise ImportError('left out for this test')\n", "utf-8")
        for venv in self._chroot.root.glob("usr/lib/python3.*/venv"):
            self._chroot.binds.append((nothing, f"/{venv.relative_to(self._chroot.root)}"))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(own, key)
        self._server = ThreadingHTTPServer((_ADDRESS, 443), functools.partial(Quiet, directory=str(self._index)))
        self._server.socket = context.wrap_socket(
            self._server.socket,
            server_side=True,
            do_handshake_on_connect=False,  # each request's thread does that
        )
        threading.Thread(target=self._server.serve_forever, daemon=True).start()


def _reached() -> bool:
    """Whether PyTorch's index is there."""
    try:
        socket.create_connection((_HOST, 443), _SECONDS).close()
    except OSError:
        return False
    return True


def _inside(word: str) -> str:
    """A setting's word with the place that its file has in the chroot."""
    path = word.removeprefix("file://")
    if not path.startswith("/") or not Path(path).exists():
        return word
    return word[: len(word) - len(path)] + "/host" + path
