# SPDX-License-Identifier: GPL-3.0-or-later
"""The released code beside ours: its checkpoints converted, its numbers compared."""
