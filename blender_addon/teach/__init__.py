# SPDX-License-Identifier: GPL-3.0-or-later
"""Teach: the user shows takes, and the model makes more of them."""
