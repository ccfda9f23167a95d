#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The installed library: its symbols, its files, and a program that uses it.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

source=$(dirname "$GPUSVM_TESTS")
library=$GPUSVM_BUILD/libgpusvm-topology.so
version=$(make -s -C "$source" version)

grep -oh 'gpusvm_[a-z_]*(' "$source"/lib/gpusvm-*.h | tr -d '(' |
	grep -v '_foreach$' | sort -u >declared
nm -D --defined-only --with-symbol-versions "$library" |
	sed -n 's/.* T \(.*\)@@GPUSVM_TOPOLOGY_[0-9]*_[0-9]*$/\1/p' | sort >exported
check "install: the library exports exactly the declared functions" diff declared exported
check "install: the library exports no other symbols" \
	test "$(nm -D --defined-only "$library" | grep -c ' [TDBR] ')" -eq "$(wc -l <declared)"
check "install: soname" grep -q 'SONAME.*\[libgpusvm-topology.so.0\]' \
	<(readelf -d "$library")

make -s -C "$source" BUILD="$GPUSVM_BUILD" DESTDIR="$PWD/root" prefix=/opt/gpusvm \
	UAPI="$source/../../include/uapi" install >make.log 2>&1
check "install: make install" test $? -eq 0
mapfile -t functions <declared
check "install: a manual page for each function" diff <(printf '%s.3\n' "${functions[@]}") \
	<(cd root/opt/gpusvm/share/man/man3 && find . -name 'gpusvm_*' -printf '%f\n' | sort)
if command -v mandoc >/dev/null; then
	check "install: mandoc accepts these pages" diff /dev/null \
		<(mandoc -T lint -W warning root/opt/gpusvm/share/man/man3/* 2>&1)
	mandoc -T ascii root/opt/gpusvm/share/man/man3/gpusvm_initiator_find.3 | col -b >page
	check "install: a page has the arguments" grep -q '^ *topology$' page
	check "install: a page has the return values" grep -q '^RETURN VALUES' page
else
	skip "install: pages for functions" "no mandoc"
fi
check "install: manual pages name the prefix" \
	grep -q '/opt/gpusvm/share/gpusvm-topology/gpusvm-topology.schema.json' \
	root/opt/gpusvm/share/man/man5/gpusvm-topology.json.5
check "install: manual pages name no other prefix" \
	eval '! grep -r /usr/local root/opt/gpusvm/share/man'
plugin=
if [ -e "$GPUSVM_BUILD/hwloc/hwloc_gpusvm.so" ]; then
	plugin=$'./opt/gpusvm/lib/hwloc/hwloc_gpusvm.so\n'
	check "install: hwloc finds the plugin by its symbol" grep -q ' D hwloc_gpusvm_component$' \
		<(nm -D --defined-only root/opt/gpusvm/lib/hwloc/hwloc_gpusvm.so)
fi
check "install: exactly these files are installed" diff <(cd root && find . ! -type d ! -name 'gpusvm_*.3' | sort) - <<END
./opt/gpusvm/bin/gpusvm-topology
./opt/gpusvm/include/drm/vgpusvm_drm.h
./opt/gpusvm/include/gpusvm-peer-groups.h
./opt/gpusvm/include/gpusvm-placement.h
./opt/gpusvm/include/gpusvm-topology.h
./opt/gpusvm/include/gpusvm-work.h
${plugin}./opt/gpusvm/lib/libgpusvm-topology.so
./opt/gpusvm/lib/libgpusvm-topology.so.0
./opt/gpusvm/lib/libgpusvm-topology.so.$version
./opt/gpusvm/lib/pkgconfig/libgpusvm-topology.pc
./opt/gpusvm/lib/systemd/system/gpusvm-peer-groups.service
./opt/gpusvm/lib/udev/rules.d/70-gpusvm-topology.rules
./opt/gpusvm/sbin/gpusvm-peer-groups
./opt/gpusvm/sbin/gpusvm-selftest
./opt/gpusvm/sbin/vgpusvm-machine
./opt/gpusvm/share/bash-completion/completions/gpusvm-topology
./opt/gpusvm/share/doc/gpusvm-topology/recipes.md
./opt/gpusvm/share/gpusvm-topology/gpusvm-topology.schema.json
./opt/gpusvm/share/gpusvm-topology/machines/asymmetric.conf
./opt/gpusvm/share/gpusvm-topology/machines/dead-link.conf
./opt/gpusvm/share/gpusvm-topology/machines/full-mesh-8.conf
./opt/gpusvm/share/gpusvm-topology/machines/partitions.conf
./opt/gpusvm/share/gpusvm-topology/machines/ring-8.conf
./opt/gpusvm/share/gpusvm-topology/machines/switch-pair.conf
./opt/gpusvm/share/gpusvm-topology/machines/two-islands.conf
./opt/gpusvm/share/gpusvm-topology/machines/two-pairs.conf
./opt/gpusvm/share/gpusvm-topology/prometheus/gpusvm-topology.dashboard.json
./opt/gpusvm/share/gpusvm-topology/prometheus/gpusvm-topology.rules.yml
./opt/gpusvm/share/man/man1/gpusvm-topology.1
./opt/gpusvm/share/man/man3/libgpusvm-topology.3
./opt/gpusvm/share/man/man5/gpusvm-groups.conf.5
./opt/gpusvm/share/man/man5/gpusvm-topology.json.5
./opt/gpusvm/share/man/man7/hwloc-gpusvm.7
./opt/gpusvm/share/man/man8/gpusvm-peer-groups.8
./opt/gpusvm/share/man/man8/gpusvm-selftest.8
./opt/gpusvm/share/man/man8/vgpusvm-machine.8
END
check "install: the tool has no path of the build" \
	eval '! readelf -d root/opt/gpusvm/bin/gpusvm-topology | grep -Eq "RPATH|RUNPATH"'

cat >user.c <<'END'
#include <gpusvm-topology.h>
#include <stdio.h>

int main(void)
{
	return puts(gpusvm_version()) < 0;
}
END
export PKG_CONFIG_SYSROOT_DIR=$PWD/root PKG_CONFIG_PATH=$PWD/root/opt/gpusvm/lib/pkgconfig
# shellcheck disable=SC2046
check "install: a program builds with pkg-config" \
	"${CC:-cc}" -Wall -Werror -o user user.c $(pkg-config --cflags --libs libgpusvm-topology)
check "install: the program runs" \
	test "$(LD_LIBRARY_PATH=root/opt/gpusvm/lib ./user)" = "$(pkg-config --modversion libgpusvm-topology)"

if command -v "${CXX:-c++}" >/dev/null; then
	check "install: a C++ compiler accepts the header" \
		"${CXX:-c++}" -x c++ -Wall -Wextra -Wpedantic -Werror -fsyntax-only user.c -Iroot/opt/gpusvm/include
else
	skip "install: a C++ compiler accepts the header" "no C++ compiler"
fi


# A pkg-config that finds only libdrm and libudev
cat >pkg-config <<'END'
#!/bin/sh
[ "$1" = --exists ] || exit 1
[ "$2" = libdrm ] || [ "$2" = libudev ]
END
chmod +x pkg-config
make -s -C "$source" BUILD="$PWD/nothing" PKG_CONFIG="$PWD/pkg-config" >make.log 2>&1
check "install: a build without libraries fails" test $? -ne 0
check "install: its first message names the missing packages" diff \
	<(head -n 1 make.log) - <<END
gpusvm-topology: not found: libarchive json-c smartcols; on Debian: apt install libarchive-dev libjson-c-dev libsmartcols-dev
END
check "install: nothing is compiled then" test ! -e nothing
make -s -C "$source" BUILD="$PWD/nothing" CC=no-cc PKG_CONFIG=no-pkg-config >make.log 2>&1
check "install: a build without any tool names all packages" diff <(head -n 1 make.log) - <<END
gpusvm-topology: not found: no-cc pkg-config libarchive libdrm json-c smartcols libudev; on Debian: apt install gcc pkgconf libarchive-dev libdrm-dev libjson-c-dev libsmartcols-dev libudev-dev
END

[ "$failures" -eq 0 ]
