#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Alert rules and the dashboard for Prometheus, with the metrics that the tool prints.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

shipped=$(dirname "$GPUSVM_TESTS")/prometheus
rules=$shipped/gpusvm-topology.rules.yml
dashboard=$shipped/gpusvm-topology.dashboard.json

# judged WHAT COMMAND...: one test, which is skipped without promtool.
judged() {
	if command -v promtool >/dev/null; then
		check "prometheus: $1" "${@:2}"
	else
		skip "prometheus: $1" "no promtool"
	fi
}

# measure BEFORE AFTER: prints the series of two outputs of the tool as a test of rules has them,
# with the second one from an hour on.
measure() {
	awk '!/^#/ {
		value = $NF
		name = substr($0, 1, length($0) - length(value) - 1)
		sub(/{/, "{instance=\"n1\",", name) || sub(/$/, "{instance=\"n1\"}", name)
		if (FNR == NR)
			before[name] = value
		else
			after[name] = value
		all[name]
	}
	function values(number, count) {
		return number == "" ? "_x" count : number "+0x" count
	}
	END {
		for (name in all)
			printf "      - { series: '\''%s'\'', values: '\''%s %s'\'' }\n", name,
				values(before[name], 59), values(after[name], 120)
	}' "$1" "$2"
}

# fires ALERT TIME [LABELS]: with the outputs "before" and "after", this alert fires at the time
# with these labels, or does not fire.
fires() {
	local labels=${3:-}
	cat >test.yml <<-END
		rule_files: [rules.yml]
		evaluation_interval: 1m
		tests:
		  - interval: 1m
		    input_series:
		$(measure before after)
		      - { series: 'node_textfile_mtime_seconds{instance="n1",file="/t/gpusvm.prom"}', values: '0+60x30 1800+0x200' }
		    alert_rule_test:
		      - eval_time: $2
		        alertname: $1
		        exp_alerts: [${labels:+{ exp_labels: { instance: n1, $labels \} \}}]
	END
	# Texts of alerts are for people.
	sed '/^ *annotations:/,/^$/d' "$rules" >rules.yml
	promtool test rules test.yml >out 2>err
}

# changes WHAT: the tree is as it is from an hour on.
changes() {
	run_tree export prometheus
	mv out after
	check "prometheus: $1: status" test "$status" -eq "${2:-0}"
}

# correct FILE: promtool finds nothing in a file of rules.
correct() {
	promtool check rules --lint=all --lint-fatal "$1" >out 2>err
}

judged "the rules are correct" correct "$rules"

make_tree gpus=4 topology=islands refused=1 pci=1
run_tree export prometheus
cp out before
link=$sys/class/drm_pagemap_link/pci-0000:03:00.0--pagemap2
labels='initiator: "pci-0000:03:00.0", pagemap: "pci-0000:04:00.0-vram0"'
changes "no change"
for alert in GpusvmLinkDown GpusvmLinkRefused GpusvmLinkDegraded GpusvmGroupIncomplete \
	GpusvmGroupPending GpusvmTopologyUnreadable; do
	judged "no change: no $alert" fires "$alert" 170m
done
judged "fresh metrics" fires GpusvmMetricsStale 40m
judged "old metrics" fires GpusvmMetricsStale 60m 'severity: warning, file: /t/gpusvm.prom'

echo 40000 >"$link/write_bandwidth"
changes "slow writes"
check "prometheus: slow writes: one series" diff - <(grep '^gpusvm_link_degraded' after) <<'END'
gpusvm_link_degraded{initiator="pci-0000:03:00.0",pagemap="pci-0000:04:00.0-vram0",reason="write_bandwidth"} 1
END
judged "slow writes: not at once" fires GpusvmLinkDegraded 62m
judged "slow writes" fires GpusvmLinkDegraded 70m "severity: warning, reason: write_bandwidth, $labels"
echo 40000 >"$link/read_bandwidth"
changes "slow in both directions"
check "prometheus: slow in both directions: two series" \
	test "$(grep -c '^gpusvm_link_degraded{' after)" -eq 2
echo 53000 >"$link/write_bandwidth"
changes "slow reads"
judged "slow reads" fires GpusvmLinkDegraded 70m "severity: warning, reason: read_bandwidth, $labels"
rm "$link/max_read_bandwidth"
changes "an unknown maximum"
judged "an unknown maximum is no reason for an alert" fires GpusvmLinkDegraded 70m

echo none >"$link/access"
echo 0 >"$link/usable"
echo acs >"$link/reason"
changes "a link that is refused later"
judged "a link that is refused later" fires GpusvmLinkRefused 65m \
	"severity: warning, reason: acs, $labels"
judged "a link that is refused later: not before" fires GpusvmLinkRefused 55m
judged "a link that is refused later is not down" fires GpusvmLinkDown 65m
check "prometheus: refused links have reasons" diff - <(sed -n \
	's/^gpusvm_link_refused.*reason="\([^"]*\)"} 1$/\1/p' after | sort | uniq -c | xargs) \
	<<<"1 acs 8 host-bridge"
echo link-down >"$link/reason"
changes "a link goes down"
judged "a link goes down" fires GpusvmLinkDown 65m \
	"severity: critical, reason: link-down, $labels"

make_tree gpus=4 topology=ring
run_tree export prometheus
cp out before
check "prometheus: links that are not usable have reasons" diff - <(grep -c \
	'^gpusvm_link_not_usable{initiator="platform-vgpusvm.[0-9]",pagemap="[^"]*",reason="clique"} 1$' \
	out) <<<4
group=auto-platform-vgpusvm.0
echo admin >"$sys/class/drm_pagemap_group/$group/origin"
echo 1 >"$sys/class/drm_pagemap_group/$group/pending"
echo 0 >"$sys/class/drm_pagemap_group/$group/complete"
changes "a group is incomplete"
judged "a group is incomplete" fires GpusvmGroupIncomplete 75m \
	"severity: warning, group: $group, origin: admin"
judged "a change waits" fires GpusvmGroupPending 130m \
	"severity: info, group: $group, origin: admin"
echo x >"$topology/generation"
changes "a malformed file" 4
judged "a malformed file" fires GpusvmTopologyUnreadable 80m "severity: warning"

# Exporting each metric and asking for an unknown one are both seen.
make_tree gpus=4 topology=ring refused=1
echo 1 >"$sys/class/drm_pagemap_link/platform-vgpusvm.0--pagemap2/read_bandwidth"
echo 1 >"$sys/class/drm_pagemap_group/$group/complete"
run_tree export prometheus --all-links
sed -n 's/^# TYPE \([^ ]*\) .*/\1/p' out | sort >exported
check "prometheus: each metric has values" diff exported <(sed -n \
	's/^\(gpusvm_[a-z_]*\).*/\1/p' out | sort -u)

# asks_for_exported FILE: all metrics in the file are those of the tool. A pattern stands for
# all its words.
asks_for_exported() {
	! grep -o 'gpusvm_[a-z_]*[a-z]\b' "$1" | sort -u | comm -23 - exported | grep -vx gpusvm_link
}

check "prometheus: rules ask for metrics that exist" asks_for_exported "$rules"
check "prometheus: the dashboard asks for metrics that exist" asks_for_exported "$dashboard"
jq -r '.panels[].targets[].expr' "$dashboard" >expressions
check "prometheus: the dashboard has expressions" test "$(wc -l <expressions)" -ge 10
jq -R '{record: "gpusvm:test\(input_line_number)",
	expr: sub("\\$__rate_interval"; "5m")}' expressions |
	jq -s '{groups: [{name: "test", rules: .}]}' >expressions.json
judged "the dashboard's expressions are correct" correct expressions.json
check "prometheus: panels of the dashboard have different IDs" jq -e \
	'[.panels[].id] | length == (unique | length)' "$dashboard" >out
# shellcheck disable=SC2016 # variables of jq
check "prometheus: panels of the dashboard do not overlap" jq -e \
	'[.panels[].gridPos | range(.x; .x + .w) as $x | range(.y; .y + .h) as $y | [$x, $y]] |
		length == (unique | length) and all(.[0] < 24)' "$dashboard" >out

[ "$failures" -eq 0 ]
