# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading motion: cutting takes into named segments, and finding takes by text or by example."""
