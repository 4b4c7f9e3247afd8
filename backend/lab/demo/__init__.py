# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo's Blender side: run by ``coamd demo`` in a process of its own, with Blender as the bpy wheel."""
