# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be asked of the backend, with the checks that refuse nonsense. No torch."""
