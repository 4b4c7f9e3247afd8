# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user typed, as the model reads it: spelling, and how far a prompt is from the training data."""
