# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is animated: the armature, its bone mapping, and the mannequin."""
