# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Functions that read the list of mutants.

MUTANTS=()
declare -A PROMISE OLD NEW MUTATED PROOF SIGN

# Sets MUTANTS and the arrays, by name.
read_mutants() {
	local key value name=''
	while read -r key value; do
		case $key in
		mutant)
			name=$value
			MUTANTS+=("$name")
			;;
		promise) PROMISE[$name]=$value ;;
		file) MUTATED[$name]=$value ;;
		old) OLD[$name]=$value ;;
		new) NEW[$name]=$value ;;
		test) PROOF[$name]=$value ;;
		sign) SIGN[$name]=$value ;;
		'' | \#*) ;;
		*)
			echo "tests/mutants/list: what is \"$key\"?" >&2
			return 1
			;;
		esac
	done <tests/mutants/list
}

# kind_of TEST: igt, pci (IGT on PCI), kunit, xe (KUnit of xe), fuzz or unit.
kind_of() {
	case $1 in
	fuzz) echo fuzz ;;
	vgpusvm_pci@*) echo pci ;;
	*@*) echo igt ;;
	xe_*.*) echo xe ;;
	*.*) echo kunit ;;
	*) echo unit ;;
	esac
}

# test_exists TEST SUBTESTS: the latter are those of IGT, as "PROGRAM SUBTEST" lines.
test_exists() {
	case $(kind_of "$1") in
	igt | pci) grep -qxF "${1%@*} ${1#*@}" <<<"$2" ;;
	kunit | xe)
		grep -rlF "\"${1%.*}\"" drivers --include='*_test.c' --include='*_kunit.c' |
			xargs -r grep -qE "KUNIT_CASE(_SLOW)?\(${1#*.}\)"
		;;
	fuzz) ;;
	unit) compgen -G "tools/gpusvm-topology/tests/$1.[tc]" >/dev/null ;;
	esac
}
