# SPDX-License-Identifier: GPL-3.0-or-later
"""Motion for prompts: the engine behind worker and command line, long motions, and what is done after sampling."""
