# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The module test_hmm of the kernel's source for the stock kernel, which comes without it.

# build_test_hmm DIR
build_test_hmm() {
	mkdir -p "$1/src" "$1/obj"
	cp "$SOURCE"/lib/test_hmm{.c,_uapi.h} "$1/src"
	echo 'obj-m += test_hmm.o' >"$1/src/Kbuild"
	say "building test_hmm"
	logged test-hmm kbuild_stock "$1/src" "$1/obj" modules
	mv "$1/obj/test_hmm.ko" "$1"
	remove "$1"/{src,obj}
}

# Sets TEST_HMM, a directory with the module.
test_hmm() {
	kernel_source
	TEST_HMM=$CACHE/stock-hmm-$( (echo "${ROOT##*-} $SOURCE_ID"
		cat "$TOP/vm/lib/hmm.sh") | key)
	product "$TEST_HMM" build_test_hmm
}
