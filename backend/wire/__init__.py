# SPDX-License-Identifier: GPL-3.0-or-later
"""What client and backend say to each other, and where they find each other. No torch."""
