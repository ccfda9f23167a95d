# SPDX-License-Identifier: GPL-2.0-or-later
#
# The front door. Nothing is built in the checkout, and nothing on the host but
# packages is changed: vm/README.md tells where things are.

.PHONY: help demo test check unit unit-oldest kunit vmtest vmtest-stock boottest series series-check \
	series-other kunit-upstream gpu-docs igt hmm-upstream bench deb debtest install \
	fuzz faultinject kcsan soak test-long shell run clean distclean

CACHE := $(or $(GPUSVM_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/gpusvm-topology)

help: ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' $(firstword $(MAKEFILE_LIST)) | \
		awk -F '\t' '{ printf "  make %-14s %s\n", $$1, $$2 }'
	@echo "  Variables: T=\"NAME ...\" (VM tests), FILE=PATH (demo), GPUSVM_CACHE, KERNEL_SRC"

demo: ## data placed by pagemap ID on virtual GPUs, step by step
	@vm/run --kernel stock $(if $(FILE),--stdin) -- demo/run $(if $(FILE),- <"$(FILE)")

test: ## everything; the last line counts
	@tests/lib/parts check-files+check-tree+unit+igt-bare+igt-ours-stock \
		vmtest:1of2+vmtest:2of2+vmtest-stock

test-long: ## what takes too long for make test, hours; counts as make test does
	@tests/lib/parts unit-oldest soak fuzz faultinject kcsan igt-bare+igt \
		hmm-upstream kunit-upstream series-check series-other gpu-docs boottest debtest

check: ## static checks of all files
	@tests/lib/parts check-files+check-tree

unit: ## the tests of the programs, without a VM
	@tests/lib/parts unit

unit-oldest: ## the same on the oldest Debian that README.md promises
	@tests/lib/parts unit-oldest

kunit: ## the tests inside of the kernel modules
	@tests/lib/parts kunit

vmtest: ## tests/vm on the test kernel, KUnit too; T=NAME for one of them
	@tests/lib/parts vmtest

vmtest-stock: ## those for Debian's own kernel, on it
	@tests/lib/parts vmtest-stock

faultinject: ## each allocation of each operation fails, one at a time
	@tests/lib/parts faultinject

kcsan: ## tests/vm on a kernel that finds data races; T=NAME for one of them
	@tests/lib/parts kcsan

boottest: ## peer groups at a boot by systemd, on Debian's own kernel
	@tests/lib/parts boottest

series: ## the kernel patches as mails; KERNEL_SRC=DIR OUT=DIR FORMAT="-v2"
	@vm/series write "$(OUT)" $(FORMAT)

series-check: ## the kernel builds after each of these mails; T=BEGINNING for one
	@tests/lib/parts series-check

series-other: ## they apply to another kernel, and build there; V=7.2
	@tests/lib/parts series-other

kunit-upstream: ## the KUnit suites of DRM and xe, with the patches and without
	@tests/lib/parts kunit-upstream

gpu-docs: ## the kernel's documents on GPUs, with ours, without warnings of ours
	@tests/lib/parts gpu-docs

igt: ## our IGT tests and others' by igt_runner, and hmm-tests; T=SUITE for one
	@tests/lib/parts igt-bare igt

hmm-upstream: ## hmm-tests, on the kernel with the patches and without
	@tests/lib/parts hmm-upstream

deb: ## the Debian packages, modules by DKMS; OUT=DIR
	@vm/build deb "$(OUT)"

debtest: ## apt and DKMS install them in a VM with Debian's own kernel
	@tests/lib/parts debtest

install: ## the tool, the library and the scripts; DESTDIR, prefix, BUILD
	@$(MAKE) -C tools/gpusvm-topology install BUILD="$(or $(BUILD),$(CACHE)/install)"

soak: ## everything at once, at random, under memory pressure; MINUTES SEED
	@MINUTES="$(MINUTES)" SEED="$(SEED)" tests/lib/parts soak

fuzz: ## random calls of ioctls, sysfs and configfs, guided by coverage; CALLS SEED OUT
	@CALLS="$(CALLS)" SEED="$(SEED)" OUT="$(OUT)" tests/lib/parts fuzz

bench: ## what things cost, as ratios
	@bench/run

shell: ## a shell in a VM with modules and programs; K=test for the test kernel
	@vm/run --kernel $(or $(K),stock)

run: ## a command in a VM: make run C='uname -a'
	@vm/run --kernel $(or $(K),stock) -- bash -c "$$C"

clean: ## forget what was compiled; kernels and roots stay
	@vm/build clean

distclean: ## forget everything in the cache
	@vm/build distclean
