# SPDX-License-Identifier: GPL-3.0-or-later
"""The laboratory measures and compares the product. Nothing outside imports it; the extension is without it."""
