# SPDX-License-Identifier: GPL-3.0-or-later
"""Generate: from the prompt to keys."""
