# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of taught models in the user's folder. Blender's own Python reads them, too."""
