# SPDX-License-Identifier: GPL-3.0-or-later
"""Many prompts at once: a table in, a folder of motions out, on one device or on the workers of a Ray cluster."""
