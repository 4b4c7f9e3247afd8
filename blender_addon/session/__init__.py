# SPDX-License-Identifier: GPL-3.0-or-later
"""The session with the backend: its timer, its tasks, and the link to the process."""
