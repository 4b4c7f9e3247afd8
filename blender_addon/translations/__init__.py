# SPDX-License-Identifier: GPL-3.0-or-later
"""The add-on's texts in other languages than English."""
