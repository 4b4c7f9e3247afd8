# SPDX-License-Identifier: GPL-3.0-or-later
"""The client of the backend and the process that it starts. No torch."""
