# SPDX-License-Identifier: BSD-3-Clause
# lsi_gpu_module(name source definitions...): see cmake/gpu.cmake.
