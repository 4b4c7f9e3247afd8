# SPDX-License-Identifier: GPL-3.0-or-later
"""How well takes are learnt that the bundled model does not know."""
