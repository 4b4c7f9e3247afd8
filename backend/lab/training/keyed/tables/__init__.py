# SPDX-License-Identifier: GPL-3.0-or-later
"""What is keyed by hand, one table for each kind of action: words and keys, no code that moves anybody."""
