# SPDX-License-Identifier: GPL-3.0-or-later
"""What torch and graphics cards raise, in their own words, and what the user is told of it."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from coamd.backend.system.failures import GPU_LOST, OUT_OF_MEMORY, explain, is_gpu_lost, is_out_of_memory
from coamd.rigs.errors import UserError

FULL = [
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 7.79 GiB."),
    RuntimeError("MPS backend out of memory (MPS allocated: 8.00 GiB, max allowed: 9.07 GiB)."),
    torch.AcceleratorError("CUDA error: out of memory\nCUDA kernel errors might be asynchronously reported"),
    RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
    RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"),
    RuntimeError("cuDNN error: CUDNN_STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED"),
    RuntimeError("cuDNN error: CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED"),
    MemoryError("Unable to allocate 10.0 TiB for an array"),
]
GONE = [
    torch.AcceleratorError("CUDA error: unspecified launch failure\nCUDA kernel errors might be reported later"),
    torch.AcceleratorError("CUDA error: CUDA-capable device(s) is/are busy or unavailable"),
    RuntimeError("CUDA error: an illegal memory access was encountered"),
    RuntimeError("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED"),
    RuntimeError("cuDNN error: CUDNN_STATUS_INTERNAL_ERROR"),
    RuntimeError("HIP error: the device has been lost"),
]
OURS = [RuntimeError("a bug"), ValueError("CUDA error: not torch's"), KeyError("out of memory")]


@pytest.mark.parametrize("error", FULL, ids=str)
def test_memory_that_is_not_there(error: Exception) -> None:
    told = explain(error, "The job failed", "job_failed")
    assert is_out_of_memory(error) and not is_gpu_lost(error)
    assert told.code == OUT_OF_MEMORY and told.message == "The job failed: there is not enough memory."
    assert "fewer seconds" in told.hint


def test_the_processor_s_own_allocator() -> None:
    with pytest.raises(RuntimeError) as caught:
        torch.empty(2**60)
    assert is_out_of_memory(caught.value)
    with pytest.raises(MemoryError) as caught_of_numpy:
        np.empty(2**46)
    assert is_out_of_memory(caught_of_numpy.value)


@pytest.mark.parametrize("error", GONE, ids=str)
def test_a_card_that_is_gone(error: Exception) -> None:
    told = explain(error, "The job failed", "job_failed")
    assert is_gpu_lost(error) and not is_out_of_memory(error)
    assert told.code == GPU_LOST and "Start the backend again" in told.hint
    assert "\n" not in told.message


@pytest.mark.parametrize("error", OURS, ids=str)
def test_a_fault_of_ours_is_neither(error: Exception) -> None:
    assert not is_out_of_memory(error) and not is_gpu_lost(error)
    assert explain(error, "The job failed", "job_failed").code == "job_failed"


def test_what_is_for_the_user_stays_as_it_is() -> None:
    error = UserError("The prompt is empty.", "Type one.", "empty_prompt")
    assert explain(error, "The job failed", "job_failed") is error
