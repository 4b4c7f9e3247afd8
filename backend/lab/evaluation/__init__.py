# SPDX-License-Identifier: GPL-3.0-or-later
"""How good generated motion is, beside real motion."""
