# SPDX-License-Identifier: GPL-3.0-or-later
"""Passwords of proxies and package indexes, taken out of every text before it is written or shown."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Mapping
from urllib.parse import quote, unquote

HIDDEN = "****"
_NAMES = re.compile(r"PROXY|INDEX|FIND_LINKS|TRUSTED_HOST|URL", re.IGNORECASE)  # variables that hold addresses
_SHORTEST = 4  # letters of a secret that is looked for anywhere; a shorter one would be found in every other word
_URL = re.compile(r"\b([a-z][a-z0-9+.\-]*:/{1,2})[^\s'\"<>]*@", re.IGNORECASE)
_BARE = re.compile(r"(?<![\w/])[^\s'\"<>/:@]+:[^\s'\"<>@]+@(?=[\w\[])")
_HEADER = re.compile(r"((?:proxy-)?authorization['\"]?\s*[:=]\s*['\"]?\s*(?:basic|bearer|digest)\s+)\S+", re.IGNORECASE)


def secrets(environment: Mapping[str, str]) -> tuple[str, ...]:
    """What the addresses in environment variables hold of passwords, in every way in which it may be written."""
    found: set[str] = set()
    for name, value in environment.items():
        if not _NAMES.search(name):
            continue
        for address in (value, *value.split()):
            access = address.rpartition("@")[0].rpartition("://")[2].strip()
            user, _, password = access.partition(":")
            if password:
                both = base64.b64encode(f"{unquote(user)}:{unquote(password)}".encode()).decode()
                found |= {access, password, unquote(password), quote(unquote(password), safe=""), both}
    return tuple(sorted((one for one in found if len(one) >= _SHORTEST), key=len, reverse=True))


def redacted(text: str, known: tuple[str, ...] | None = None) -> str:
    """``text`` without passwords. ``known``: as `secrets` gives them, by default those of this process."""
    for secret in secrets(os.environ) if known is None else known:
        text = text.replace(secret, HIDDEN)
    text = _URL.sub(rf"\1{HIDDEN}@", text)
    text = _BARE.sub(f"{HIDDEN}@", text)
    return _HEADER.sub(rf"\1{HIDDEN}", text)
