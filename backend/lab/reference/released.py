# SPDX-License-Identifier: GPL-3.0-or-later
"""The released code's parameter names and the ones they have here.

Released checkpoints are torch files with these names under ``ae``, under ``mardm`` and ``ema_mardm``, and under
``contrast_model``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor, nn

from ....rigs.errors import UserError

Rules = tuple[tuple[str, str], ...]  # pattern at the start of a released name -> our replacement


@dataclass(frozen=True)
class NameMap:
    """How one module's parameters are called; ``dropped`` are computed here or never used there."""

    rules: Rules
    dropped: tuple[str, ...] = ()

    def ours(self, state: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The state under our names; UserError ``weights_broken`` for a name that no rule covers."""
        renamed: dict[str, Tensor] = {}
        for theirs, value in state.items():
            if any(re.search(pattern, theirs) for pattern in self.dropped):
                continue
            for pattern, replacement in self.rules:
                name, hits = re.subn("^" + pattern, replacement, theirs)
                if hits:
                    renamed[name] = value
                    break
            else:
                raise _misfit(f"'{theirs}' is not a parameter of the released code")
        return renamed

    def load(self, module: nn.Module, state: Mapping[str, Tensor]) -> None:
        """Load a released state strictly; the module's own statistics (``mean``, ``std``) stay as they are."""
        renamed = self.ours(state)
        wanted = module.state_dict()
        for name in ("mean", "std"):
            if name in wanted:
                renamed.setdefault(name, wanted[name])
        odd = sorted(set(renamed) ^ set(wanted)) or sorted(
            name for name in wanted if wanted[name].numel() != renamed[name].numel()
        )
        if odd:
            raise _misfit(f"{len(odd)} names do not fit, first '{odd[0]}'")
        # single tokens come with leading axes of length one
        module.load_state_dict({name: value.reshape(wanted[name].shape) for name, value in renamed.items()})


def _misfit(reason: str) -> UserError:
    return UserError(
        f"These are not the weights of this module: {reason}.",
        "Check that the file and the config belong together.",
        "weights_broken",
    )


def _layers(theirs: str, ours: str) -> Rules:
    """One torch TransformerEncoder."""
    names = {
        r"linear1\.": "mlp_in.",
        r"linear2\.": "mlp_out.",
        r"norm1\.": "norm_attention.",
        r"norm2\.": "norm_mlp.",
        r"self_attn\.in_proj_": "qkv.",
        r"self_attn\.out_proj\.": "proj.",
    }
    return tuple((rf"{theirs}\.layers\.(\d+)\.{a}", rf"{ours}.layers.\1.{b}") for a, b in names.items())


def _stream(theirs: str, ours: str) -> Rules:
    base = rf"motion_encoder\.{theirs}"
    return (
        *_layers(rf"{base}\.transformer", ours),
        (rf"{base}\.embed_motion\.", f"{ours}.embed."),
        (rf"{base}\.query_token$", f"{ours}.query_token"),
        (rf"{base}\.out_ln\.", f"{ours}.norm."),
        (rf"{base}\.out\.", f"{ours}.out."),
    )


AUTOENCODER = NameMap(
    (
        (r"encoder\.(joint|bone|motion)_proj\.", r"encoder.\1."),
        (r"encoder\.main_encoder\.1\.0\.", "encoder.down.0.0."),
        (r"encoder\.main_encoder\.1\.1\.model\.", "encoder.down.0.1."),
        (r"encoder\.main_encoder\.2\.0\.", "encoder.down.1.0."),
        (r"encoder\.main_encoder\.2\.1\.model\.", "encoder.down.1.1."),
        (r"encoder\.main_encoder\.3\.", "encoder.out."),
        (r"decoder\.model\.0\.", "decoder.first."),
        (r"decoder\.model\.2\.0\.model\.", "decoder.up.0.0."),
        (r"decoder\.model\.2\.2\.", "decoder.up.0.2."),
        (r"decoder\.model\.3\.0\.model\.", "decoder.up.1.0."),
        (r"decoder\.model\.3\.2\.", "decoder.up.1.2."),
        (r"decoder\.model\.4\.", "decoder.last."),
        (r"decoder\.model\.6\.", "decoder.out."),
    )
)

GENERATOR = NameMap(
    (
        (r"input_process\.poseEmbedding\.", "token_in."),
        (r"cond_emb\.", "condition_in."),
        (r"mask_latent$", "mask_token"),
        (r"MARTransformer\.(\d+)\.adaLN_modulation\.1\.", r"blocks.\1.modulation."),
        (r"MARTransformer\.(\d+)\.attn\.(query|key|value|proj)\.", r"blocks.\1.\2."),
        (r"MARTransformer\.(\d+)\.mlp\.fc1\.", r"blocks.\1.mlp_in."),
        (r"MARTransformer\.(\d+)\.mlp\.fc2\.", r"blocks.\1.mlp_out."),
        (r"DiffMLPs\.net\.input_proj\.", "head.net.latent_in."),
        (r"DiffMLPs\.net\.cond_embed\.", "head.net.context_in."),
        (r"DiffMLPs\.net\.time_embed\.mlp\.0\.", "head.net.time_inner."),
        (r"DiffMLPs\.net\.time_embed\.mlp\.2\.", "head.net.time_outer."),
        (r"DiffMLPs\.net\.res_blocks\.(\d+)\.in_ln\.", r"head.net.blocks.\1.norm."),
        (r"DiffMLPs\.net\.res_blocks\.(\d+)\.mlp\.0\.", r"head.net.blocks.\1.inner."),
        (r"DiffMLPs\.net\.res_blocks\.(\d+)\.mlp\.2\.", r"head.net.blocks.\1.outer."),
        (r"DiffMLPs\.net\.res_blocks\.(\d+)\.adaLN_modulation\.1\.", r"head.net.blocks.\1.modulation."),
        (r"DiffMLPs\.net\.final_layer\.adaLN_modulation\.1\.", "head.net.final_modulation."),
        (r"DiffMLPs\.net\.final_layer\.linear\.", "head.net.out."),
    ),
    (r"^position_enc\.pe$",),
)

RECOGNIZER = NameMap(
    (
        *_stream("joint_encoder", "joint"),
        *_stream("bone_encoder", "bone"),
        *_stream("motion_encoder_stream", "motion"),
        (r"motion_encoder\.fusion_layer\.0\.", "fusion_norm."),
        (r"motion_encoder\.fusion_layer\.1\.", "fusion."),
        *_layers("textTransEncoder", "text"),
        (r"token_embedding\.weight$", "text.token_embedding"),
        (r"positional_embedding$", "text.position_embedding"),
        (r"text_ln\.", "text.norm."),
        (r"out\.", "text.out."),
    ),
    (r"\.sequence_pos_encoder\.pe$", r"\.time_embed\."),
)
