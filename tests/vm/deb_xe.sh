#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# packages: xe
# timeout: 1800
#
# gpusvm-xe-dkms on Debian's own kernel. apt installed it, and DKMS compiled xe, in a copy of
# the root outside of the VM, because the compiler would take hours here. This xe is loaded
# with the topology. DKMS skips kernels that the package is not for. After a purge, the
# kernel's own xe is loaded.

# Mounts of a namespace are gone when the test ends, however it ends.
if [ "${1:-}" != alone ]; then
	exec unshare --mount "$0" alone
fi

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/debian.sh
. "$(dirname "$0")/debian.sh"

CLASS=/sys/class/drm_pagemap
KERNEL=$(uname -r)
OWN=/lib/modules/$KERNEL/kernel/drivers/gpu/drm/xe/xe.ko.xz

# prepare RELEASE: as DKMS runs it, if linux-source-7.3 has the source of that release.
prepare() {
	printf '#!/bin/sh\necho %s\n' "$1" >"$DEBIAN/tmp/bin/dpkg-query"
	in_debian env PATH=/tmp/bin:/usr/sbin:/usr/bin \
		"/usr/src/gpusvm-xe-$version/prepare" "$version" "$KERNEL" \
		"/lib/modules/$KERNEL/build" 2>&1 || echo "exit $?"
}

# dkms_skips KERNEL: the package is not for a kernel that is called so.
dkms_skips() {
	local status=0
	in_debian dkms build "gpusvm-xe/$version" -k "$1" \
		--kernelsourcedir "/lib/modules/$KERNEL/build" || status=$?
	[ "$status" = 77 ]
}

mkdir -p "$TAP_TMP/xe"
mount -t 9p -o trans=virtio,version=9p2000.L,ro,cache=loose xe "$TAP_TMP/xe"
make_debian "$TAP_TMP/xe/layer.tar"
umount "$TAP_TMP/xe"
mkdir "$DEBIAN/tmp/bin"
touch "$DEBIAN/tmp/bin/dpkg-query"
chmod +x "$DEBIAN/tmp/bin/dpkg-query"
version=$(in_debian dpkg-query --show gpusvm-xe-dkms | cut -f2)

like "DKMS installed xe for this kernel" "$(in_debian dkms status gpusvm-xe)" \
	"^gpusvm-xe/$version, ${KERNEL//+/[+]}, x86_64: installed"
ok "modprobe finds xe of the package" dkms_module xe
is "... which is for this kernel" "$(in_debian modinfo -F vermagic xe)" \
	"$(in_debian modinfo -F vermagic drm_gpusvm_helper)"
like "... and needs the topology" ",$(in_debian modinfo -F depends xe)," \
	',drm_pagemap_topology,'
ok "xe is loaded" in_debian modprobe xe
like "... and taints the kernel as a module from elsewhere" "$(cat /sys/module/xe/taint)" O
ok "... and holds the topology" test -e /sys/module/drm_pagemap_topology/holders/xe
ok "the topology is in sysfs" test -e "$CLASS/topology/generation"
ok "xe can be unloaded" in_debian modprobe -r xe

is "the package is not for the release that the source lacks" "$(prepare 7.3.99)" \
	"gpusvm-xe: not for $KERNEL, whose own xe stays: it is Linux ${KERNEL%%[!0-9.]*}, but \
linux-source-7.3 has the source of 7.3.99. Upgrade both, and run: dkms autoinstall -k $KERNEL
exit 77"
ok "DKMS skips another version of Linux" dkms_skips 7.4.1-amd64

ok "apt purges the packages" in_debian apt-get purge -y gpusvm-xe-dkms gpusvm-topology-dkms
is "modprobe finds the kernel's own xe" "$(in_debian modinfo -n xe)" "$OWN"
ok "... which is as it was" cmp "$DEBIAN/$OWN" "$WORK/image/$OWN"
ok "the kernel's own xe is loaded" in_debian modprobe xe
is "... and does not taint the kernel" "$(cat /sys/module/xe/taint)" ""
nok "... and does not have the topology" test -e "$CLASS"
ok "... and can be unloaded" in_debian modprobe -r xe
is "nothing of the packages is left" \
	"$(cd "$DEBIAN" && find usr/src var/lib/dkms "lib/modules/$KERNEL/updates" \
		-name 'gpusvm*' -o -name 'vgpusvm.*' -o -name 'drm_pagemap_topology.*' \
		-o -name 'xe.*' 2>/dev/null)" ""

done_testing
