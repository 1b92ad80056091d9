# SPDX-License-Identifier: BSD-3-Clause
"""What this machine is and has, and what its CPUs are doing."""
import os
import pathlib
import platform
import re


def physical_cpus():
    """One CPU of each core this process may run on."""
    chosen, seen = [], set()
    for cpu in sorted(os.sched_getaffinity(0)):
        try:
            core = pathlib.Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list").read_text()
        except OSError:
            core = str(cpu)
        if core not in seen:
            seen.add(core)
            chosen.append(cpu)
    return chosen


def machine():
    model, memory = platform.processor() or platform.machine(), 0
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith(("model name", "Model")):
            model = line.split(":", 1)[1].strip()
            break
    for line in pathlib.Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemTotal"):
            memory = int(line.split()[1]) * 1024
    return {"cpu": re.sub(r"\((R|TM)\)", "", model), "cores": len(physical_cpus()), "memory": memory,
            "system": f"{platform.system()} {platform.release()}"}


def available_memory():
    for line in pathlib.Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable"):
            return int(line.split()[1]) * 1024
    return 1 << 40


def busy_seconds():
    """What all CPUs did since the start, stolen time included (a neighbour on the same host is foreign, too)."""
    with open("/proc/stat") as stat:
        user, nice, system, _, _, irq, softirq, steal = map(int, stat.readline().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")
