#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# packages.sh FOLDER PREFIX CPACK BUILD: makes the Debian packages, looks at what is in them, unpacks them into one root
# and runs the command and a sample from there.
set -euo pipefail
folder=$1 cpack=$3 build=$4
rm -rf "$folder" && mkdir -p "$folder" && cd "$folder"
"$cpack" --config "$build/CPackConfig.cmake" -B "$folder/packages" > cpack.log 2>&1 || { cat cpack.log; exit 1; }

failed=0
passed=0
check() { # WHAT COMMAND...
    local what=$1
    shift
    if "$@" > /dev/null; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "failed: $what"
    fi
}
package() {
    find packages -maxdepth 1 -name "$1_*.deb"
}
holds() { # PACKAGE REGEX
    dpkg-deb -c "$(package "$1")" | awk '{ print $6 }' | grep -E "$2" # not -q, which would end the pipe early
}
lacks() {
    ! holds "$1" "$2"
}
field() { # PACKAGE FIELD REGEX
    dpkg-deb -f "$(package "$1")" "$2" | grep -E "$3"
}
check "two or three packages" test "$(find packages -maxdepth 1 -name '*.deb' | wc -l)" -ge 2
check "the library" holds lockstep '/liblockstep\.so\.[0-9.]+$'
check "the command" holds lockstep '^\./usr/bin/lockstep$'
check "the manual page" holds lockstep '/man1/lockstep\.1$'
check "no headers in the runtime package" lacks lockstep '/include/|\.a$|/liblockstep\.so$|\.pc$'
check "the name to link" holds lockstep-dev '/liblockstep\.so$'
check "headers" holds lockstep-dev '/include/lockstep/types\.h$'
check "the static library" holds lockstep-dev '/liblockstep\.a$'
check "find_package" holds lockstep-dev '/cmake/Lockstep/LockstepConfig\.cmake$'
check "pkg-config" holds lockstep-dev '/pkgconfig/lockstep\.pc$'
check "no library in the dev package" lacks lockstep-dev '/liblockstep\.so\.'
check "dependencies of the library" field lockstep Depends 'libc6.*(libgomp1|libomp)'
check "dev needs the same version" field lockstep-dev Depends 'lockstep \(= [0-9]'
for name in lockstep lockstep-dev; do
    check "a licence in $name" holds $name "/doc/$name/copyright$"
    check "nothing outside /usr in $name" test -z "$(dpkg-deb -c "$(package $name)" | awk '{ print $6 }' | grep -vE '^\./(usr/.*)?$')"
done
if [[ -n $(package lockstep-cuda) ]]; then
    check "the plug-in in its own folder" holds lockstep-cuda '/lockstep/liblockstep-cuda\.so$'
    check "no dependency on CUDA" test -z "$(dpkg-deb -f "$(package lockstep-cuda)" Depends | grep -iE 'cuda|nvidia')"
fi

for deb in packages/*.deb; do
    dpkg-deb -x "$deb" root
done
check "the command runs" test "$(root/usr/bin/lockstep eval '6 * 7')" == 42
PKG_CONFIG_PATH=$(dirname "$(find root -name lockstep.pc)")
export PKG_CONFIG_PATH
# shellcheck disable=SC2046
"$CC" "$SOURCE/samples/01_hello.c" $(pkg-config --cflags --libs lockstep) -o hello
check "no run path in a package for /usr" test -z "$(readelf -d hello | grep -i runpath)"
library=$(dirname "$(find root -name 'liblockstep.so.*' | head -n 1)")
check "a sample runs" env "LD_LIBRARY_PATH=$library" ./hello 1000
echo "$passed passed, $failed failed"
[[ $failed == 0 ]]
