# SPDX-License-Identifier: GPL-3.0-or-later
"""The backend's process: one socket, one queue of jobs, and the one thread that owns the model."""
