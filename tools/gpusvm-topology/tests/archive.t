#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Snapshots in archives: they show the same as unpacked ones. A broken archive causes an error
# and does no harm.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

# show_all ROOT: prints the output of several commands.
show_all() {
	local command
	for command in list "list links -J" matrix tree "export hwloc" "group show"; do
		# Split it into words.
		# shellcheck disable=SC2086
		"$tool" --sysroot "$1" $command
	done
}

# refused WHAT MESSAGE: the tool refuses bad.tar, with exactly this message.
refused() {
	run --sysroot bad.tar list
	check "archive: $1: status" ended_with 1
	check "archive: $1: message" diff <(echo "gpusvm-topology: $2") err
	check "archive: $1: no output" test ! -s out
}

# malformed WHAT: the tool refuses bad.tar, with one line that has the reason of libarchive.
malformed() {
	run --sysroot bad.tar list
	check "archive: $1: status" ended_with 1
	check "archive: $1: message" grep -q "^gpusvm-topology: cannot read bad.tar: [A-Za-z]" err
	check "archive: $1: one line" test "$(wc -l <err)" -eq 1
	check "archive: $1: no output" test ! -s out
}

make_tree gpus=4 topology=ring regions=2,1 memless=1 refused=1
run_tree snapshot good.tar
show_all tree >shown
for pack in "cat tar" "gzip tar.gz" "xz tar.xz" "bzip2 tar.bz2" "zstd tar.zst"; do
	program=${pack% *}
	file=some:where.${pack#* }
	if ! command -v "$program" >/dev/null; then
		skip "archive: $program" "no $program"
		continue
	fi
	"$program" <good.tar >"$file"
	check "archive: $program: shows the same" diff shown <(show_all "$file" 2>&1)
	PATH=/nowhere run --sysroot "$file" list
	check "archive: $program: needs no other program" ended_with 0
done
mv good.tar ./-good.tar
run --sysroot=-good.tar list
check "archive: the name may begin like an option" ended_with 0
run --sysroot "$PWD/-good.tar" snapshot again.tar
check "archive: a snapshot of it is the same" cmp again.tar ./-good.tar
mv ./-good.tar good.tar
gzip <good.tar >pipe.tar.gz
run --sysroot <(cat pipe.tar.gz) list
check "archive: a pipe" ended_with 0

# Entries of an archive may be broken, too.
rm "$sys/devices/platform/vgpusvm.0/drm_pagemap/pagemap1/size"
tar -cf broken.tar -C tree .
run --sysroot broken.tar list
check "archive: a broken entry: status" ended_with 4
check "archive: a broken entry: the warning names the archive" warned \
	"broken.tar/sys/class/drm_pagemap/pagemap1/size: missing"
rm -r tree/sys/class
tar -cf broken.tar -C tree .
run --sysroot broken.tar list
check "archive: no topology: status" ended_with 3
check "archive: no topology: message" grep -qx \
	"gpusvm-topology: cannot read broken.tar/sys/class/drm_pagemap: No such file or directory" err
run --sysroot nowhere.tar list
check "archive: no file" grep -qx "gpusvm-topology: cannot open nowhere.tar: No such file or directory" err

# As a baseline
make_tree gpus=4 topology=ring regions=2,1 memless=1 refused=1
run_tree check --against good.tar
check "archive: check: finds no difference" ended_with 0
echo 1000 >"$sys/class/drm_pagemap_link/platform-vgpusvm.1--pagemap1/read_bandwidth"
run_tree check -rn --against good.tar
check "archive: check: finds a slower link" test "$status" -eq 11
run --sysroot good.tar check -rn --against good.tar
check "archive: check: an archive equals itself" ended_with 0

# Broken archives
echo text >bad.tar
malformed "no archive"
: >bad.tar
malformed "an empty file"
block=$(tar -tRf good.tar | sed -n 's/^block \([0-9]*\): .*\/uid$/\1/p' | head -n 1)
head -c $(((block + 1) * 512)) good.tar >bad.tar
malformed "cut off"
head -c $((block * 512)) good.tar >bad.tar
refused "cut off between files" "cannot read bad.tar: the archive ends early"
gzip <good.tar | head -c 500 >bad.tar
malformed "cut off, compressed"
gzip <good.tar | tr 'a-e' 'b-f' >bad.tar
malformed "garbage, compressed"
head -c 700 good.tar | tail -c 188 >bad.tar
malformed "a piece"

# pack NAME...: puts these files into bad.tar, under these names.
pack() {
	rm -f bad.tar
	tar -P -cf bad.tar "$@"
}

mkdir in
echo victim >victim
cp victim victim.kept
(cd in && pack ../victim && mv bad.tar ..)
echo other >victim
refused "a name with .." "cannot read bad.tar: ../victim has \"..\" in its name"
echo victim >"$PWD/absolute"
pack "$PWD/absolute"
rm absolute
refused "an absolute name" "cannot read bad.tar: $PWD/absolute is an absolute name"
check "archive: an absolute name: no file is written" test ! -e absolute
check "archive: a name with ..: no file is written" test "$(<victim)" = other

# linked LINK TARGET: puts a topology with this link into bad.tar.
linked() {
	make_tree gpus=1
	ln -sfn "$2" "tree/$1"
	pack -C tree sys
}

linked sys/out ../../victim
refused "a link with .." "cannot read bad.tar: sys/out is a link to outside of the archive"
linked sys/out /etc
refused "an absolute link" "cannot read bad.tar: sys/out is a link to outside of the archive"
ln -sfn . tree/sys/here
linked_twice=here/here/here/../../../..
ln -sfn "$linked_twice" tree/sys/out
pack -C tree sys
refused "a link with .. behind other links" "cannot read bad.tar: sys/out is a link to outside of the archive"
linked $'sys/ou\et' /etc
refused "a name with an escape sequence" "cannot read bad.tar: sys/ou?t is a link to outside of the archive"
linked sys/loop loop
run --sysroot bad.tar list
check "archive: a link to itself is allowed" ended_with 0
linked sys/nowhere class/nothing
run --sysroot bad.tar list
check "archive: a link to a missing file is allowed" ended_with 0

# A link to a directory, then a file behind it
mkdir -p away link/sys dir/sys/out
ln -s "$PWD/away" link/sys/out
echo harm >dir/sys/out/file
tar -cf bad.tar -C link sys
tar -rf bad.tar -C "$PWD/dir" sys/out/file
run --sysroot bad.tar list
check "archive: a file behind a link: status" ended_with 1
check "archive: a file behind a link: no file is written" test -z "$(ls -A away)"

# A hard link to a file elsewhere
ln victim hard
tar -P -cf bad.tar "$PWD/victim" "$PWD/hard"
tar -P --delete -f bad.tar "$PWD/victim"
run --sysroot bad.tar list
check "archive: a hard link to the outside: status" ended_with 1
check "archive: a hard link to the outside: the file does not change" test "$(<victim)" = other

make_tree gpus=1
mkfifo tree/sys/pipe
pack -C tree sys
refused "a FIFO" "cannot read bad.tar: sys/pipe is not a file, a directory or a link"
make_tree gpus=1
truncate -s 1G tree/sys/large
tar -S -cf bad.tar -C tree sys
refused "a large sparse file" "cannot read bad.tar: sys/large is too large for a snapshot"
make_tree gpus=1
mkdir -p tree/sys/closed/more
touch tree/sys/closed/more/file
chmod 0 tree/sys/closed/more tree/sys/closed
tar -cf bad.tar -C tree sys 2>/dev/null
run --sysroot bad.tar list
chmod 700 tree/sys/closed tree/sys/closed/more
check "archive: directories without permissions" test "$status" -eq 0
gzip -k good.tar
TMPDIR=/nowhere run --sysroot good.tar.gz list
check "archive: no temporary file is written" ended_with 0

# Archives from other programs
make_tree gpus=4 topology=ring regions=2,1 memless=1 refused=1
long=tree/sys/$(printf 'y%.0s' {1..90})/$(printf 'z%.0s' {1..90})
mkdir -p "$long"
echo value >"$long/$(printf 'x%.0s' {1..120})"
for format in gnu pax oldgnu ustar; do
	[ "$format" != ustar ] || rm -rf tree/sys/yyy*
	tar --format="$format" -cf other.tar -C tree sys
	check "archive: format $format: shows the same" diff shown <(show_all other.tar 2>&1)
done

# A large machine. The archive is read once
run --synthetic "gpu:64 regions=2" snapshot large.tar
timeout 60 "$tool" --sysroot large.tar list links -J -o INITIATOR >found
check "archive: a large machine is read in time" test $? -eq 0
check "archive: a large machine is complete" test "$(grep -c initiator_uid found)" -eq 8192

echo text >bad.tar
run --sysroot bad.tar monitor
check "archive: monitor refuses it" ended_with 2

[ "$failures" -eq 0 ]
