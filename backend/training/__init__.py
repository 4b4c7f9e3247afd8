# SPDX-License-Identifier: GPL-3.0-or-later
"""Training as far as teaching on a user's machine needs it: clips, the loop, the generator's loss."""
