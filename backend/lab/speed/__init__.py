# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast and how large the product is."""
