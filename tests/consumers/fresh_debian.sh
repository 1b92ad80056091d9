#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# fresh_debian.sh PACKAGES ROOT [SUITE]: installs the .deb files of a folder on a fresh Debian, made by debootstrap in
# ROOT unless one is there, runs the command and a sample, shared and static. Needs root and a Debian mirror, so CTest
# does not run it; the test consumer_packages looks at the same files without installing them.
set -euo pipefail
packages=$(readlink -f "$1") root=$2 suite=${3-bookworm}
source=$(readlink -f "$(dirname "$0")/../..")
if [[ ! -x $root/usr/bin/apt-get ]]; then
    debootstrap --variant=minbase "$suite" "$root" ${MIRROR:+"$MIRROR"} # its own default mirror unless MIRROR says
fi
cp /etc/resolv.conf "$root/etc/resolv.conf"
rm -rf "$root/packages" && mkdir "$root/packages"
cp "$packages"/*.deb "$source/samples/01_hello.c" "$source/samples/common.h" "$root/packages"
inside() {
    chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
        bash -euo pipefail -c "$1"
}
inside 'apt-get -qq update; apt-get -qq install -y --no-install-recommends /packages/lockstep_*.deb > /dev/null'
inside 'cd /; lockstep --version; lockstep info; test "$(lockstep eval "6 * 7")" = 42; ldconfig -p | grep liblockstep'
inside 'apt-get -qq install -y --no-install-recommends /packages/*.deb gcc libc6-dev pkg-config > /dev/null'
inside 'cd /tmp; cc /packages/01_hello.c $(pkg-config --cflags --libs lockstep) -o hello; ./hello 10000'
inside 'apt-get -qq install -y --no-install-recommends libhwloc-dev zlib1g-dev > /dev/null
        cd /tmp; cc /packages/01_hello.c $(pkg-config --cflags --libs lockstep-static) -o hello; ./hello 10000'
inside 'apt-get -qq remove -y lockstep > /dev/null; ! command -v lockstep'
echo "passed on a fresh $suite"
