# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries an edited motion over to the rig, relative to the pose that the rig already has."""
