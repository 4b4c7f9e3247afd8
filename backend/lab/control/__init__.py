# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a model does what a prompt says: measured in joints, by its wording, and by eye."""
