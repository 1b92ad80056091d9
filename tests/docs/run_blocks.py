#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""run_blocks.py PAGE DIRECTORY COMPILER FLAGS...: compiles every ```c block of a page as a program of its own, warnings as
errors, runs it, and compares what it prints with the ```output block that follows it, if one does. A page of the guide
without a program is an error: the test would prove nothing."""
import os
import re
import subprocess
import sys

page, directory, compiler, flags = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
os.makedirs(directory, exist_ok=True)
text = open(page, encoding="utf-8").read()
blocks = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.M | re.S)
name = os.path.splitext(os.path.basename(page))[0]
passed = failed = 0


def fail(what):
    global failed
    failed += 1
    print(what)


for index, (language, body) in enumerate(blocks):
    if language != "c":
        continue
    source = os.path.join(directory, f"{name}_{index}.c")
    program = source[:-2]
    line = text[: text.index(body)].count("\n") + 1
    with open(source, "w", encoding="utf-8") as out:
        out.write(f'#line {line} "{page}"\n{body}')
    built = subprocess.run([compiler, "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", source, "-o", program]
                           + flags, capture_output=True, text=True)
    if built.returncode:
        fail(f"{page}:{line}: does not compile\n{built.stderr}")
        continue
    ran = subprocess.run([program], capture_output=True, text=True, cwd=directory, timeout=120)
    expected = blocks[index + 1][1] if index + 1 < len(blocks) and blocks[index + 1][0] == "output" else None
    if ran.returncode:
        fail(f"{page}:{line}: exit status {ran.returncode}\n{ran.stdout}{ran.stderr}")
    elif expected is not None and ran.stdout != expected:
        fail(f"{page}:{line}: prints\n{ran.stdout}and the page says\n{expected}")
    else:
        passed += 1

if passed + failed == 0:
    fail(f"{page}: no program in it")
print(f"{passed} passed, {failed} failed")
sys.exit(failed != 0)
