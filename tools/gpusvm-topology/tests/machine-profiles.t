#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# vgpusvm-machine, without a kernel: what it would do, its messages, and its options.
# tests/vm/machine.sh tests what it does.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

source=${GPUSVM_TESTS%/tests}
tool=$source/scripts/vgpusvm-machine
mkdir configfs

# ends STATUS: the tool ended with it, and printed a message unless it succeeded.
ends() {
	[ "$status" -eq "$1" ] && { [ "$1" -eq 0 ] || [ -s err ]; }
}

# wrong WHAT LINE...: a description with these lines is refused, at the last line.
wrong() {
	printf '%s\n' "${@:2}" >wrong.conf
	run --configfs "$PWD/configfs" apply wrong.conf
	check "machine: $1 is refused" ends 14
	check "machine: $1: the message has the line" \
		grep -q "^vgpusvm-machine: wrong.conf:$(($# - 1)): " err
	check "machine: $1: nothing was made" test -z "$(ls configfs)"
}

# makes PATTERN COUNT: the output has so many directories or writes.
makes() {
	[ "$(tr ' ' '\n' <out | grep -cE -- "$1")" -eq "$2" ]
}

run list
for file in "$source"/machines/*.conf; do
	name=${file##*/}
	name=${name%.conf}
	check "machine: list has $name with a description" grep -qE "^$name +[a-z]" out
	check "machine: the manual page lists $name" \
		grep -qx ".It Sy $name" "$source/man/vgpusvm-machine.8"
	"$tool" --dry-run apply "$name" >script 2>err
	check "machine: $name can be applied" test $? -eq 0
	check "machine: $name: the commands are ones of a shell" bash -n script
	check "machine: show $name" same_as <("$tool" show "$name") <"$file"
done

run --dry-run apply full-mesh-8
check "machine: a full mesh of 8 has 56 links" makes '/links/gpu[0-7]$' 56
check "machine: each GPU has one region" makes '/regions/[0-9]*$' 8
check "machine: each GPU is enabled" makes '>.*/enabled$' 8
run --dry-run apply two-islands
check "machine: islands: 32 paths between them are refused" makes '/refusal$' 32
run --dry-run apply ring-8
check "machine: a ring of 8 has 16 links" makes '/links/gpu[0-7]$' 16
run --dry-run --size 8M apply full-mesh-8
check "machine: --size replaces the sizes" test "$(grep -c '^echo 8M .*/size' out)" -eq 8
check "machine: --size leaves no other size" test "$(grep -c '/size$' out)" -eq 8

cat >small.conf <<'END'
; comment
# comment
[gpu a]
  regions=2
size = 4M
bandwidth = 100

[gpu b1..2]
index = 7
END
run --dry-run apply small.conf
check "machine: two GPUs can't have one index" ends 14
sed -i '$d' small.conf
cat >>small.conf <<'END'
regions = 0

[region 1 a]
size = 8M

[link a b2]
bandwidth = 50
max_read_bandwidth = 70
latency = 9
[links b1 -- a]
refusal = acs
END
run --dry-run --configfs /c apply small.conf
check "machine: the commands of a description" same_as out <<'END'
mkdir -- /c/a
mkdir -- /c/b1
mkdir -- /c/b2
mkdir -- /c/a/regions/1 /c/a/links/b2 /c/b1/links/a /c/a/links/b1 /c/a/regions/0
echo 8M >/c/a/regions/1/size
echo 100 >/c/a/regions/1/read_bandwidth
echo 100 >/c/a/regions/1/write_bandwidth
echo 100 >/c/a/regions/1/max_read_bandwidth
echo 100 >/c/a/regions/1/max_write_bandwidth
echo 50 >/c/a/links/b2/read_bandwidth
echo 50 >/c/a/links/b2/write_bandwidth
echo 70 >/c/a/links/b2/max_read_bandwidth
echo 50 >/c/a/links/b2/max_write_bandwidth
echo 9 >/c/a/links/b2/read_latency
echo 9 >/c/a/links/b2/write_latency
echo acs >/c/b1/links/a/refusal
echo acs >/c/a/links/b1/refusal
echo 4M >/c/a/regions/0/size
echo 100 >/c/a/regions/0/read_bandwidth
echo 100 >/c/a/regions/0/write_bandwidth
echo 100 >/c/a/regions/0/max_read_bandwidth
echo 100 >/c/a/regions/0/max_write_bandwidth
echo 1 >/c/a/enabled
echo 1 >/c/b1/enabled
echo 1 >/c/b2/enabled
END

wrong "a description without GPUs" '# nothing'
wrong "an unknown section" '[gpus a]'
wrong "an unknown key of a GPU" '[gpu a]' 'vram = 1G'
wrong "an unknown key of a link" '[gpu a b]' '[link a b]' 'size = 1G'
wrong "an unknown key of a region" '[gpu a]' '[region 0 a]' 'type = xgmi'
wrong "a key of the machine" '[machine]' 'name = x'
wrong "a key without a section" 'size = 1G'
wrong "a line that is neither" '[gpu a]' 'size 1G'
wrong "a name with a slash" '[gpu a/b]'
LC_ALL=C.UTF-8 wrong "a name that is no text" $'[gpu a\xff]'
wrong "a name with a pattern" '[gpu a*]'
wrong "a section without a name" '[gpu]'
wrong "a GPU of two sections" '[gpu a b]' '[gpu b]'
wrong "a link of an unknown GPU" '[gpu a]' '[link a b]'
wrong "a link to itself" '[gpu a]' '[link a a]'
wrong "too many regions" '[gpu a]' 'regions = 65'
wrong "a region without a number" '[gpu a]' '[region a]'

run apply nonexistent
check "machine: an unknown profile" ends 4
run --dry-run apply full-mesh-8 ring-8
check "machine: two profiles" ends 2
run
check "machine: no command" ends 2
run --size
check "machine: an option without a value" ends 2
run --frob list
check "machine: an unknown option" ends 2
run --configfs "$PWD/missing" remove
check "machine: remove without the module" ends 3
mkdir configfs/gpu3
run --configfs "$PWD/configfs" apply full-mesh-8
check "machine: a GPU that exists already" ends 7
check "machine: ... keeps all others from being made" test "$(ls configfs)" = gpu3
rmdir configfs/gpu3
# In these directories, unlike those of configfs, GPUs have no directory "regions".
run --configfs "$PWD/configfs" apply full-mesh-8
check "machine: regions that cannot be made" ends 1
check "machine: ... leave no GPU" test -z "$(ls configfs)"
touch configfs/gpu2
run --configfs "$PWD/configfs" apply full-mesh-8
check "machine: the third GPU cannot be made" ends 7
check "machine: ... and is named" grep -qx "vgpusvm-machine: making gpu2: File exists" err
check "machine: ... which leaves what others have made" test "$(ls configfs)" = gpu2
run --configfs "$PWD/configfs" remove full-mesh-8
check "machine: remove: a GPU that does not exist" ends 4
run --help
check "machine: --help" ends 0

[ "$failures" -eq 0 ]
