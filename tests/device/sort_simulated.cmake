# SPDX-License-Identifier: BSD-3-Clause
# Sorting on the simulated GPU, which declines it: the host's results, as arrays of the device.
lsi_simulated(sort test_sort_device SEEDS 1 2)
