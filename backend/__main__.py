# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m coamd.backend COMMAND``: the same as the ``coamd`` command."""

import sys

from .cli import main

sys.exit(main())
