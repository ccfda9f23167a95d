# SPDX-License-Identifier: GPL-2.0-or-later
#
# The front door. Nothing is built in the checkout, and nothing on the host but
# packages is changed: vm/README.md lists where things are.

.PHONY: help demo shell run install test check unit kunit vmtest vmtest-stock igt bench \
	test-long machines unit-oldest soak fuzz faultinject kcsan mutants boottest hmm-upstream deb debtest \
	series series-check series-other xe-builds fixes fixes-check kunit-upstream gpu-docs clean distclean

CACHE := $(or $(GPUSVM_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/gpusvm-topology)

help:
	@sed -nE 's/^##@ (.*)/\n\1:/p; s/^([a-z-]+):.*## (.*)/\1\t\2/p' \
		$(firstword $(MAKEFILE_LIST)) | \
		awk -F '\t' 'NF < 2 { print; next } { printf "  make %-14s %s\n", $$1, $$2 }'
	@echo
	@echo "Variables: GPUSVM_CACHE=DIR (what is built), KERNEL_SRC=DIR (another kernel tree)"

##@ Use

demo: ## show placement by pagemap ID on virtual GPUs; FILE=PATH places it; MACHINE=FILE
	@vm/run --kernel stock $(if $(FILE),--stdin) $(if $(MACHINE),--machine "$(MACHINE)") -- demo/run $(if $(FILE),- <"$(FILE)")

shell: ## open a shell in a VM with modules and programs; K=test for the test kernel
	@vm/run --kernel $(or $(K),stock)

run: ## run a command in such a VM: make run C='uname -a'
	@vm/run --kernel $(or $(K),stock) -- bash -c "$$C"

install: ## install the tool, the library and the scripts; DESTDIR, prefix, BUILD
	@$(MAKE) -C tools/gpusvm-topology install BUILD="$(or $(BUILD),$(CACHE)/install)"

##@ Test

test: ## run checks, unit tests and tests in VMs; the last line has the result
	@tests/lib/parts check-files+check-tree+unit+igt-bare+igt-ours-stock+soak-short+machines-short \
		vmtest+igt-ours+vmtest-stock

check: ## check files, the series of mails, and the kernel tree
	@tests/lib/parts check-files+check-tree

unit: ## test the tool and the library without a VM; T="NAME ..."
	@tests/lib/parts unit

kunit: ## run the KUnit suites of the modules; T=GLOB, as in T='*_rule.*'
	@tests/lib/parts kunit

vmtest: ## run tests/vm and KUnit on the test kernel; T="NAME ..."
	@tests/lib/parts vmtest

vmtest-stock: ## run tests/vm on Debian's kernel; T="NAME ..."
	@tests/lib/parts vmtest-stock

igt: ## run the IGT tests and hmm-tests on the test kernel; T="SUITE ...", K=stock
	@tests/lib/parts igt-bare igt

bench: ## measure beside a baseline, and write bench/results; T="NAME ..."
	@bench/run $(T)

##@ Test, for hours

test-long: ## run all tests that make test leaves out
	@tests/lib/parts machines unit-oldest soak fuzz faultinject kcsan mutants igt-bare+igt \
		hmm-upstream kunit-upstream series-check xe-builds series-other fixes-check gpu-docs \
		boottest debtest

machines: ## test GPUs on PCI in each machine of vm/machines; T="NAME ..."
	@tests/lib/parts machines

unit-oldest: ## build and test the programs on the oldest supported Debian; T="NAME ..."
	@tests/lib/parts unit-oldest

soak: ## use everything at random under memory pressure; MINUTES=N SEED=N MACHINE=FILE
	@MINUTES="$(MINUTES)" SEED="$(SEED)" MACHINE="$(MACHINE)" tests/lib/parts soak

fuzz: ## fuzz ioctls, sysfs and configfs by coverage; CALLS=N SEED=N OUT=DIR SHORTEN=N
	@CALLS="$(CALLS)" SEED="$(SEED)" OUT="$(OUT)" tests/lib/parts fuzz

faultinject: ## fail each allocation of each operation once
	@tests/lib/parts faultinject

kcsan: ## run tests on a kernel that detects data races; T="NAME ..."
	@tests/lib/parts kcsan

mutants: ## break each promise of the kernel modules once; T="NAME ..." of tests/mutants/list
	@tests/lib/parts mutants

boottest: ## boot Debian's kernel with systemd and peer groups
	@tests/lib/parts boottest

hmm-upstream: ## run hmm-tests with and without the patches
	@tests/lib/parts hmm-upstream

##@ Release

deb: ## build the Debian packages, modules by DKMS; OUT=DIR
	@vm/build deb "$(OUT)"

debtest: ## install the packages with apt and DKMS in a VM
	@tests/lib/parts debtest

series: ## write the kernel patches as mails; KERNEL_SRC=DIR OUT=DIR FORMAT="-v2"
	@vm/series write "$(OUT)" $(FORMAT)

series-check: ## build the kernel after each mail; T=BEGINNING of one mail's name
	@tests/lib/parts series-check

series-other: ## build another kernel with the mails; V=7.2
	@tests/lib/parts series-other

xe-builds: ## compile xe in each configuration of pagemaps and topology; T="NAME ..."
	@tests/lib/parts xe-builds

fixes: ## write the fixes of mainline as mails; KERNEL_SRC=DIR OUT=DIR FORMAT="-v2"
	@vm/series fixes "$(OUT)" $(FORMAT)

fixes-check: ## compile each fix on a kernel without the others; T=BEGINNING of one's name
	@tests/lib/parts fixes-check

kunit-upstream: ## run the KUnit suites of DRM and xe with and without the patches
	@tests/lib/parts kunit-upstream

gpu-docs: ## make the kernel's GPU documents, and look for warnings
	@tests/lib/parts gpu-docs

##@ Maintain

clean: ## remove compiled files from the cache; kernels and roots stay
	@vm/build clean

distclean: ## remove the cache
	@vm/build distclean
