# SPDX-License-Identifier: GPL-3.0-or-later
"""Installs the backend's Python: a virtual environment with the torch that fits this machine.

Only the standard library is imported here. Blender plans with it, and a Python that has nothing installed yet runs it.
"""
