# SPDX-License-Identifier: GPL-3.0-or-later
"""The laboratory's subcommands of ``coamd``."""
