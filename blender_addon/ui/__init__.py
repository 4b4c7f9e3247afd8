# SPDX-License-Identifier: GPL-3.0-or-later
"""What all panels share: notices, progress, preview, status bar and pie menu."""
