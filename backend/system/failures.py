# SPDX-License-Identifier: GPL-3.0-or-later
"""What the errors of torch and of the graphics card mean to the user. torch is not imported: Blender reads this too."""

from __future__ import annotations

from ...rigs.errors import UserError

OUT_OF_MEMORY, GPU_LOST = "out_of_memory", "gpu_lost"
# How the allocators say it: the processor's, CUDA's, ROCm's and Apple's, and the libraries' on a full card.
_MEMORY = ("out of memory", "can't allocate memory", "not enough memory", "STATUS_ALLOC_FAILED", "_ALLOCATION_FAILED")
# What a card says from then on, whatever it is asked: the process has to be started again.
_LOST = ("CUDA error", "HIP error", "STATUS_EXECUTION_FAILED", "STATUS_NOT_INITIALIZED", "STATUS_INTERNAL_ERROR")
_FEWER = "Ask for fewer variations or fewer seconds, close other programs, or start the backend on the CPU."
_AGAIN = "Start the backend again; if it fails again, restart the computer or choose the processor as its device."


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory was asked for that is not there, the computer's or the graphics card's."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    return isinstance(error, RuntimeError) and any(sign in str(error) for sign in _MEMORY)


def is_gpu_lost(error: BaseException) -> bool:
    """Whether the graphics card gives no results any more, in this process."""
    if not isinstance(error, RuntimeError) or is_out_of_memory(error):
        return False
    return type(error).__name__ == "AcceleratorError" or any(sign in str(error) for sign in _LOST)


def named(error: BaseException, what: str, fewer: str = _FEWER, again: str = _AGAIN) -> UserError | None:
    """Missing memory or a lost graphics card as a sentence with a remedy; None for any other error.

    ``what`` happened is said of missing memory, with the remedy ``fewer``; ``again`` is the remedy for a lost card.
    """
    if is_out_of_memory(error):
        return UserError(f"{what}: there is not enough memory.", fewer, OUT_OF_MEMORY)
    if is_gpu_lost(error):
        return UserError(f"The graphics card has stopped working ({_reason(error)}).", again, GPU_LOST)
    return None


def explain(error: Exception, what: str, code: str) -> UserError:
    """``error`` as a sentence with a remedy; one that is already for the user stays as it is.

    ``what`` happened and its ``code`` are said of an error that has no name of its own here.
    """
    if isinstance(error, UserError):
        return error
    known = named(error, what)
    if known is not None:
        return known
    reason = _reason(error)
    text = f"{what}: {type(error).__name__}{': ' + reason if reason else ''}"
    return UserError(text.rstrip(".") + ".", "Look at the backend's log; `coamd doctor` names what is wrong.", code)


def _reason(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0][:300].rstrip(".")
