// SPDX-License-Identifier: GPL-2.0-or-later
/* The meanings of reasons, and their remedies */
#include <stdlib.h>
#include <string.h>

#include "explain.h"

/*
 * In a remedy, %1 is the uid of the initiator, %2 the uid of the initiator that owns the
 * pagemap, %3 the peer group that one of them is in, and %4 the uid of the other one.
 */
static const struct reason {
	const char *word;
	const char *why;
	const char *remedies[EXPLAIN_REMEDIES];
} reasons[] = {
	{ "no-path", "their drivers know no path between them",
	  { "Use other hardware or another driver." } },
	{ "acs", "PCIe Access Control Services redirect requests between peers upstream",
	  { "Disable this on the bridges between them: boot with pci=disable_acs_redir=..." } },
	{ "host-bridge", "the host bridge between them does not forward requests between peers",
	  { "Put both below one PCIe switch." } },
	{ "iommu", "the configuration of the IOMMU prevents it",
	  { "Boot with iommu=pt, or put both devices into the same domain." } },
	{ "bar-size", "peers see only a part of the memory through its BAR",
	  { "Resize the BAR: enable Resizable BAR in the firmware settings." } },
	{ "link-down", "the link between them is not up",
	  { "Check cables and bridges, and the kernel log." } },
	{ "one-way", "only this direction exists, and migration needs both",
	  { "Bring up the other direction: see the link from %2." } },
	{ "cross-driver", "this GPU's driver cannot decode the addresses of the other one's driver",
	  { "Use GPUs with the same driver." } },
	{ "driver", "the driver decided so",
	  { "Check the kernel log for the reason." } },
	{ "admin-group", "one of them is in a peer group that the other one is not in",
	  { "Put both into one group: gpusvm-topology group add %3 %4",
	    "Or disable the group: gpusvm-topology group disable %3" } },
	{ "threshold",
	  "the maximum bandwidth of a link is below auto/min_bandwidth, or unknown",
	  { "Lower /sys/kernel/config/drm_pagemap/auto/min_bandwidth.",
	    "Or make a group: gpusvm-topology group create --enable NAME %1 %2" } },
	{ "clique", "all GPUs of a group reach each other, and other groups have more bandwidth",
	  { "Make a group: gpusvm-topology group create --enable NAME %1 %2" } },
	{ "held", "they will be in one group when the holders of their current groups are gone",
	  { "Wait; gpusvm-topology groups shows the number of holders in USERS." } },
	{ "going", "the device of one of them is about to go",
	  { "Wait until it is gone or bound again." } },
};

static const struct reason *find_reason(const char *word)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++) {
		if (!strcmp(reasons[i].word, word))
			return &reasons[i];
	}
	return NULL;
}

struct explanation explain(const struct gpusvm_initiator *initiator,
			   const struct gpusvm_pagemap *pagemap)
{
	struct explanation explanation = { initiator, pagemap, NULL, false, NULL };
	const struct gpusvm_link *link = gpusvm_link_find(initiator, pagemap);

	explanation.link = link;
	if (!link) {
		explanation.reason = "no-path";
	} else if (!gpusvm_link_is_direct(link)) {
		explanation.reason = gpusvm_link_get_reason(link) ?: "unknown";
	} else {
		explanation.usable = gpusvm_link_is_usable(link);
		if (!explanation.usable)
			explanation.reason = gpusvm_link_get_usable_reason(link) ?: "unknown";
	}
	return explanation;
}

static const char *uid_of(const struct gpusvm_initiator *initiator)
{
	return initiator ? gpusvm_initiator_get_uid(initiator) : "-";
}

static const struct gpusvm_group *admin_group(const struct gpusvm_group *group)
{
	const char *origin = group ? gpusvm_group_get_origin(group) : NULL;

	return origin && !strcmp(origin, "admin") ? group : NULL;
}

/* Formats the known attributes of a link, for instance ": virtual, 53000 MB/s, 900 ns" */
static char *attributes(const struct gpusvm_link *link)
{
	char *text = text_format(": %s", gpusvm_link_get_type(link) ?: "link"), *longer;
	uint64_t value;

	if (!gpusvm_link_get_read_bandwidth(link, &value)) {
		longer = text_format("%s, %llu MB/s", text, (unsigned long long)value);
		free(text);
		text = longer;
	}
	if (!gpusvm_link_get_read_latency(link, &value)) {
		longer = text_format("%s, %llu ns", text, (unsigned long long)value);
		free(text);
		text = longer;
	}
	return text;
}

static char *why_usable(const struct explanation *explanation)
{
	const struct gpusvm_group *group = gpusvm_pagemap_get_group(explanation->pagemap);
	char *link = attributes(explanation->link);
	char *text;

	text = text_format("It has direct access%s. Both are in the group %s.", link,
			   group ? gpusvm_group_get_name(group) : "-");
	free(link);
	return text;
}

char *explain_why(const struct explanation *explanation)
{
	const struct reason *reason;
	const char *reaches;

	if (explanation->usable)
		return why_usable(explanation);
	reason = find_reason(explanation->reason);
	reaches = explanation->link && gpusvm_link_is_direct(explanation->link) ?
		  "It has direct access, but they are in different groups" :
		  "It has no direct access";
	if (!reason)
		return text_format("%s (%s).", reaches, explanation->reason);
	return text_format("%s (%s): %s.", reaches, reason->word, reason->why);
}

/* Replaces %1 to %4 in @remedy */
static char *fill_in(const char *remedy, const char *const words[4])
{
	char *text = text_copy(""), *longer;

	while (*remedy) {
		size_t length = strcspn(remedy, "%");
		const char *word = "";

		if (remedy[length]) {
			word = words[remedy[length + 1] - '1'];
			longer = text_format("%s%.*s%s", text, (int)length, remedy, word);
			remedy += length + 2;
		} else {
			longer = text_format("%s%s", text, remedy);
			remedy += length;
		}
		free(text);
		text = longer;
	}
	return text;
}

char *explain_remedy(const struct explanation *explanation, size_t index)
{
	const struct gpusvm_initiator *owner =
		gpusvm_pagemap_get_initiator(explanation->pagemap);
	const struct gpusvm_group *from, *to;
	const struct reason *reason;
	const char *words[4];

	reason = explanation->reason ? find_reason(explanation->reason) : NULL;
	if (!reason || !reason->remedies[index])
		return NULL;
	from = admin_group(gpusvm_initiator_get_group(explanation->initiator));
	to = admin_group(gpusvm_pagemap_get_group(explanation->pagemap));
	words[0] = uid_of(explanation->initiator);
	words[1] = uid_of(owner);
	words[2] = from ? gpusvm_group_get_name(from) : to ? gpusvm_group_get_name(to) : "NAME";
	words[3] = from ? words[1] : words[0];
	return fill_in(reason->remedies[index], words);
}
