# SPDX-License-Identifier: GPL-3.0-or-later
"""Find: takes by a text or an example, and putting one on the character."""
