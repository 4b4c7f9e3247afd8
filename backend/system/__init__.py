# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's folder and the processes of this machine. Standard library only."""
