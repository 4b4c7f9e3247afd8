# SPDX-License-Identifier: GPL-3.0-or-later
"""How well motion sits on real rigs."""
