# SPDX-License-Identifier: GPL-3.0-or-later
"""New training clips made of recorded ones."""
