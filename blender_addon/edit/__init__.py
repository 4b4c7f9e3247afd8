# SPDX-License-Identifier: GPL-3.0-or-later
"""Edit: from the panel to changed keys."""
