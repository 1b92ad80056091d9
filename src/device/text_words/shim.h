/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Stands for the tests' shim.h while functions.h is made a text: the words of kernels/gpu.h stay as they are, and the
 * first lines of a generated source say what they mean. */
