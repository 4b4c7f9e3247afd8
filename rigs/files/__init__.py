# SPDX-License-Identifier: GPL-3.0-or-later
"""Skeletons and motion in files: BVH and Acclaim."""
