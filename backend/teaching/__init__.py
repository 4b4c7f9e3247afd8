# SPDX-License-Identifier: GPL-3.0-or-later
"""Teaching: the user shows a few takes, and the model makes more of them."""
