# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys of actions: found, written, replaced and thinned, in every Blender from 4.2 on."""
