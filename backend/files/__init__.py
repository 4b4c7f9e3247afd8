# SPDX-License-Identifier: GPL-3.0-or-later
"""Motion in and out of files, and pictures of it."""
