# SPDX-License-Identifier: GPL-3.0-or-later
"""Training the bundled model and the paper's: its parts in order, what they are shown, and in which words."""
