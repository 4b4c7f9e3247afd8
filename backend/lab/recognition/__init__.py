# SPDX-License-Identifier: GPL-3.0-or-later
"""How right labels and search are."""
