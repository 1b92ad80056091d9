# SPDX-License-Identifier: BSD-3-Clause
"""What measuring needs and may have to be made first: the build, and a Python with the peers."""
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGES = {"numpy": ["numpy", "scipy"], "numexpr": ["numexpr"], "torch": ["torch"],
            "torch.compile": ["torch", "setuptools"], "jax": ["jax"], "dask": ["dask", "numpy"],
            "joblib": ["joblib", "numpy"]}


def say(*words):
    print(*words, flush=True)


def peers_python(options, wanted):
    """A Python with as many of the wanted peers as can be had, or None; and what could not be had."""
    given = os.environ.get("LOCKSTEP_BENCH_VENV")
    folder = pathlib.Path(given) if given else ROOT / "build" / "bench-venv"
    python = folder / "bin" / "python"
    if not wanted:
        return None
    if not python.exists():
        if given or options.no_install:
            fallback = shutil.which("python3")
            say(f"bench: no Python in {folder}; taking {fallback}")
            return fallback
        say(f"bench: making {folder}")
        if subprocess.run([sys.executable, "-m", "venv", str(folder)]).returncode:
            say("bench: python3 -m venv failed (on Debian: apt-get install python3-venv); taking the peers there are")
            shutil.rmtree(folder, ignore_errors=True)
            return sys.executable
    if not given and not options.no_install:
        for name in wanted:
            install(python, name)
    return str(python)


def install(python, name):
    """Installs a peer unless it is there; says so when it cannot be had."""
    for package in PACKAGES[name]:
        if not subprocess.run([python, "-c", f"import {package}"], capture_output=True).returncode:
            continue
        say(f"bench: installing {package}")
        command = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", package]
        if subprocess.run(command, stdout=subprocess.DEVNULL).returncode:
            say(f"bench: {package} could not be installed; going on without it")


def build(folder, options):
    """The two C workers of a build folder; made unless they are there already."""
    if not options.no_build:
        say(f"bench: building in {folder}; the first time this takes minutes")
        if not (folder / "CMakeCache.txt").exists():
            generator = ["-G", "Ninja"] if shutil.which("ninja") else []
            run_logged(["cmake", "-S", str(ROOT), "-B", str(folder), *generator, "-DCMAKE_BUILD_TYPE=Release"], folder)
        run_logged(["cmake", "--build", str(folder), "--parallel", str(os.cpu_count()), "--target", "bench_suite_ours",
                    "bench_suite_limits"], folder)
    if not (folder / "bin" / "bench_suite_ours").exists():
        sys.exit(f"bench: there is no {folder}/bin/bench_suite_ours")


def run_logged(command, folder):
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        sys.exit(f"{done.stdout[-4000:]}\nbench: {' '.join(command)} failed")
