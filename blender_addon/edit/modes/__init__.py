# SPDX-License-Identifier: GPL-3.0-or-later
"""What single modes of Edit need: reach targets, paths, loops, and Generate that goes on from the playhead."""
