#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# packages: yes
# timeout: 2400
#
# The Debian packages on Debian's own kernel: apt installs them, DKMS builds the modules,
# the installed files work, and purge leaves nothing. The test uses a fresh root of the
# image, which has no other file of this project.

# Mounts of a namespace are gone when the test ends, however it ends.
if [ "${1:-}" != alone ]; then
	exec unshare --mount "$0" alone
fi

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/debian.sh
. "$(dirname "$0")/debian.sh"

CLASS=/sys/class/drm_pagemap
PACKAGES=(gpusvm-topology gpusvm-topology-dkms hwloc-gpusvm libgpusvm-topology-dev
	libgpusvm-topology0)

# Differences from the image: new files and missing files, except the records of apt and
# dpkg.
changes() {
	local path
	(
		cd "$WORK/upper"
		find . \( -path ./var/lib/dpkg -o -path ./var/lib/apt -o -path ./var/cache \
			-o -path ./var/log \) -prune -o -print
	) | while read -r path; do
		if [ ! -e "$WORK/image/$path" ] || [ -c "$WORK/upper/$path" ]; then
			echo "$path"
		fi
	done
}

# A program that a user of the library might write; prints a uid.
compile() {
	cat >"$DEBIAN/tmp/first.c" <<-'END'
		#include <stdio.h>
		#include <drm/vgpusvm_drm.h>
		#include <gpusvm-topology.h>
		int main(void)
		{
			struct gpusvm_ctx *ctx;
			struct gpusvm_topology *topology;

			if (gpusvm_new(&ctx) || gpusvm_topology_new(ctx, &topology))
				return 1;
			puts(gpusvm_pagemap_get_uid(gpusvm_pagemap_get_first(topology)));
			return 0;
		}
	END
	# shellcheck disable=SC2016 # for the shell in the root
	in_debian sh -c 'gcc -Wall -Werror -o /tmp/first /tmp/first.c \
		$(pkg-config --cflags --libs libgpusvm-topology)'
}

# Build the example from the installed packages.
make_example() {
	# shellcheck disable=SC2016 # for the shell in the root
	in_debian sh -c 'cp -r /usr/share/doc/libgpusvm-topology-dev/examples /tmp/example &&
		make -C /tmp/example'
}

make_debian none
nok "without the packages, the module does not exist" in_debian modinfo vgpusvm
nok "... nor does the tool" in_debian gpusvm-topology --version

ok "apt installs the packages" in_debian sh -c \
	'apt-get install -y /media/*gpusvm-topology*.deb /media/hwloc*.deb'
version=$(in_debian dpkg-query --show gpusvm-topology-dkms | cut -f2)
is "DKMS has built the modules for this kernel" "$(in_debian dkms status)" \
	"gpusvm-topology/$version, $(uname -r), x86_64: installed"
ok "modprobe loads the topology of the packages" dkms_module drm_pagemap_topology
ok "... and their virtual GPU" dkms_module vgpusvm

ok "modprobe" in_debian modprobe vgpusvm gpus=2 topology=full
is "the topology is in sysfs" "$(cat "$CLASS"/pagemap[12]/uid | paste -sd' ')" \
	"platform-vgpusvm.0-vram0 platform-vgpusvm.1-vram0"
is "the tool shows the topology" \
	"$(in_debian gpusvm-topology list -rn -o UID | paste -sd' ')" \
	"platform-vgpusvm.0-vram0 platform-vgpusvm.1-vram0"
is "the tool prints its version" "$(in_debian gpusvm-topology --version)" "gpusvm-topology $version"
like "hwloc loads the plugin" "$(in_debian hwloc-info os=gpusvm2)" \
	"GPUSVMPagemap = platform-vgpusvm.1-vram0"
ok "a program compiles with the library" compile
is "... and runs with it" "$(in_debian /tmp/first)" platform-vgpusvm.0-vram0
ok "the example compiles where it is installed" make_example
like "... and places memory on the other GPU" \
	"$(in_debian /tmp/example/build/gpusvm-crc32 --pagemap peer /etc/services)" \
	"pages  *[0-9]+ on pagemap 2"

echo 'member = platform-vgpusvm.0' >"$DEBIAN/etc/gpusvm/groups.d/one.conf"
ok "gpusvm-peer-groups makes peer groups" in_debian gpusvm-peer-groups start
is "... from /etc/gpusvm" "$(cat /sys/class/drm_pagemap_group/one/pagemap_list)" 1
ok "... and removes them" in_debian gpusvm-peer-groups stop
rm "$DEBIAN/etc/gpusvm/groups.d/one.conf"
is "at boot, systemd starts the service" \
	"$(in_debian systemctl is-enabled gpusvm-peer-groups.service)" enabled
ok "the unit is valid" \
	in_debian systemd-analyze verify /usr/lib/systemd/system/gpusvm-peer-groups.service
ok "the udev rule is valid" \
	in_debian udevadm verify /usr/lib/udev/rules.d/70-gpusvm-topology.rules
ok "vgpusvm-machine finds its profiles" in_debian vgpusvm-machine --dry-run apply dead-link
ok "man finds the manual pages" in_debian man -w gpusvm-topology gpusvm-peer-groups \
	vgpusvm-machine gpusvm-groups.conf libgpusvm-topology hwloc-gpusvm
for package in "${PACKAGES[@]}"; do
	ok "$package has a license" test -s "$DEBIAN/usr/share/doc/$package/copyright"
done

ok "the modules can be unloaded" in_debian modprobe -r vgpusvm drm_pagemap_topology
ok "apt purges the packages" in_debian apt-get purge -y "${PACKAGES[@]}"
nok "the module is gone" in_debian modinfo vgpusvm
is "purge leaves exactly the files from before" "$(changes)" ""

done_testing
