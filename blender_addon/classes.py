# SPDX-License-Identifier: GPL-3.0-or-later
"""Every class that is registered with Blender, panels in the order of the "CoAMD" tab."""

from __future__ import annotations

from . import preferences, properties
from .character import bone_mapping, rig_choice
from .character import operators as character_operators
from .character import panel as character_panel
from .edit import operators as edit_operators
from .edit import panel as edit_panel
from .edit.modes import path_drawing
from .edit.modes import reach as reach_mode
from .export import operators as export_operators
from .export import panel as export_panel
from .find import operators as find_operators
from .find import panel as find_panel
from .generate import operators as generate_operators
from .generate import panel as generate_panel
from .generate import prompt_menus, prompt_operators, step_operators
from .install import operators as install_operators
from .install import panel as install_panel
from .label import operators as label_operators
from .label import panel as label_panel
from .live import operators as live_operators
from .results import apply_operators, nla_operators, results
from .results import operators as results_operators
from .results import panel as results_panel
from .session import help_operators, tunnel
from .session import operators as session_operators
from .session import panel as session_panel
from .teach import chosen_models, model_choice, model_operators
from .teach import operators as teach_operators
from .teach import panel as teach_panel
from .ui import menus, pie

SETTINGS = (
    *chosen_models.CLASSES,
    *reach_mode.CLASSES,
    *bone_mapping.CLASSES,
    *rig_choice.CLASSES,
    *results.CLASSES,
    *properties.CLASSES,
    *preferences.CLASSES,
)
OPERATORS = (
    *session_operators.CLASSES,
    *install_operators.CLASSES,
    *character_operators.CLASSES,
    *generate_operators.CLASSES,
    *apply_operators.CLASSES,
    *edit_operators.CLASSES,
    *path_drawing.CLASSES,
    *live_operators.CLASSES,
    *label_operators.CLASSES,
    *find_operators.CLASSES,
    *teach_operators.CLASSES,
    *model_choice.CLASSES,
    *model_operators.CLASSES,
    *results_operators.CLASSES,
    *nla_operators.CLASSES,
    *export_operators.CLASSES,
    *prompt_operators.CLASSES,
    *step_operators.CLASSES,
    *help_operators.CLASSES,
    *tunnel.CLASSES,
)
PANELS = (
    *install_panel.FIRST,
    *character_panel.CLASSES,
    *prompt_menus.CLASSES,
    *generate_panel.CLASSES,
    *results_panel.CLASSES,
    *export_panel.CLASSES,
    *edit_panel.CLASSES,
    *label_panel.CLASSES,
    *find_panel.CLASSES,
    *teach_panel.CLASSES,
    *session_panel.CLASSES,
    *install_panel.CLASSES,
    *pie.CLASSES,
    *menus.CLASSES,
)
CLASSES = (*SETTINGS, *OPERATORS, *PANELS)
