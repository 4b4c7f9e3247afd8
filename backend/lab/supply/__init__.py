# SPDX-License-Identifier: GPL-3.0-or-later
"""What the installed backend is made of: the lock of its packages is written and looked through here."""
