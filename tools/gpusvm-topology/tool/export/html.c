// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "export.h"

static const char page_style[] =
	":root{color-scheme:light dark;--text:#1d2430;--back:#ffffff;--soft:#f2f4f7;"
	"--edge:#d5dae1;--muted:#667080;--accent:#3366cc;--bad:#b3261e;--warn:#8a5a00}\n"
	"@media (prefers-color-scheme:dark){:root{--text:#e6e9ee;--back:#14181f;--soft:#1d232c;"
	"--edge:#38414d;--muted:#9aa5b3;--accent:#7aa5ff;--bad:#ff8a80;--warn:#ffc766}}\n"
	"body{margin:0 auto;padding:1rem 1.5rem 3rem;font:15px/1.45 system-ui,sans-serif;"
	"color:var(--text);background:var(--back)}\n"
	"h1{font-size:1.4rem;margin:.4rem 0}h2{font-size:1.1rem;margin:2rem 0 .6rem}\n"
	"p{margin:.4rem 0;max-width:60rem}.muted{color:var(--muted)}\n"
	".drawing{overflow:auto;text-align:center}\n"
	".drawing svg{max-width:100%;height:auto;min-width:min(100%,40rem)}\n"
	".scroll{overflow:auto;max-height:85vh;border:1px solid var(--edge);border-radius:6px;"
	"width:fit-content;max-width:100%}\n"
	"table{border-collapse:separate;border-spacing:0;font-size:12.5px}\n"
	"th,td{padding:.3rem .55rem;white-space:nowrap;border-right:1px solid var(--edge);"
	"border-bottom:1px solid var(--edge);text-align:left}\n"
	"th{background:var(--soft);font-weight:600;position:sticky;top:0;z-index:1}\n"
	"tbody th{left:0;z-index:1;top:auto}thead th:first-child{left:0;z-index:2}\n"
	".matrix td{text-align:right;font-variant-numeric:tabular-nums}\n"
	".matrix .own{font-weight:600}\n"
	".matrix .usable{background:color-mix(in srgb,var(--accent) calc(var(--heat)*45%),var(--back))}\n"
	".matrix .unusable{color:var(--warn)}.matrix .refused{color:var(--bad)}\n"
	".matrix .none{color:var(--muted)}\n"
	".matrix tr:hover td,.list tr:hover td{box-shadow:inset 0 1px var(--accent),inset 0 -1px var(--accent)}\n"
	".group{display:inline-block;width:.75em;height:.75em;border-radius:50%;margin-right:.4em}\n"
	".dim{opacity:.06!important}\n"
	"select{font:inherit;padding:.15rem .3rem}\n";

static const char page_script[] =
	"'use strict';\n"
	"const choose = document.getElementById('show');\n"
	"const cells = document.querySelectorAll('.matrix td');\n"
	"choose.closest('p').hidden = false;\n"
	"choose.addEventListener('change', () => {\n"
	"  for (const cell of cells) {\n"
	"    const value = cell.dataset[choose.value];\n"
	"    if (cell.dataset.type !== undefined)\n"
	"      cell.textContent = (value || '?') + (cell.dataset.mark || '');\n"
	"  }\n"
	"});\n"
	"const lines = document.querySelectorAll('svg path');\n"
	"for (const gpu of document.querySelectorAll('svg g[data-gpu]')) {\n"
	"  const index = gpu.dataset.gpu;\n"
	"  gpu.addEventListener('mouseenter', () => {\n"
	"    for (const line of lines)\n"
	"      line.classList.toggle('dim', ![line.dataset.a, line.dataset.b].includes(index));\n"
	"  });\n"
	"  gpu.addEventListener('mouseleave', () => {\n"
	"    for (const line of lines)\n"
	"      line.classList.remove('dim');\n"
	"  });\n"
	"}\n";

/* Properties for the matrix: the name in data-*, and the label */
static const struct shown {
	const char *name;
	const char *label;
	struct json_object *(*get)(const void *link);
} shown[] = {
	{ "read", "read bandwidth, MB/s", link_read_bandwidth },
	{ "write", "write bandwidth, MB/s", link_write_bandwidth },
	{ "latency", "read latency, ns", link_read_latency },
	{ "hops", "hops", link_hops },
	{ "type", "type", link_type },
};

#define SHOWN (sizeof(shown) / sizeof(*shown))

static void print_value(const struct shown *what, const struct gpusvm_link *link)
{
	struct json_object *value = what->get(link);
	char *name = text_format("data-%s", what->name);

	xml_attribute(name, json_object_get_string(value));
	free(name);
	json_object_put(value);
}

static double heat_of(const struct model *model, const struct gpusvm_link *link)
{
	uint64_t bandwidth;

	if (!model->most_bandwidth || gpusvm_link_get_read_bandwidth(link, &bandwidth))
		return 0.3;
	return fmin(1, sqrt((double)bandwidth / model->most_bandwidth));
}

static void print_direct_cell(const struct model *model, const struct gpusvm_link *link)
{
	bool is_own = gpusvm_pagemap_get_initiator(gpusvm_link_get_pagemap(link)) ==
		      gpusvm_link_get_initiator(link);
	bool is_usable = gpusvm_link_is_usable(link);
	struct json_object *value = shown[0].get(link);
	const char *mark = is_usable ? "" : " !";
	const char *reason = is_usable ? "" : gpusvm_link_get_usable_reason(link) ?: "?";

	printf("<td class=\"%s%s\" style=\"--heat:%.2f\"", is_usable ? "usable" : "unusable",
	       is_own ? " own" : "", heat_of(model, link));
	for (size_t i = 0; i < SHOWN; i++)
		print_value(&shown[i], link);
	if (!is_usable) {
		printf(" data-mark=\"%s", mark);
		xml_print(reason);
		putchar('"');
	}
	printf(">%s%s", json_object_get_string(value) ?: "?", mark);
	xml_print(reason);
	puts("</td>");
	json_object_put(value);
}

static void print_cell(const struct model *model, const struct gpusvm_link *link)
{
	if (!link) {
		puts("<td class=\"none\">–</td>");
	} else if (gpusvm_link_is_direct(link)) {
		print_direct_cell(model, link);
	} else {
		fputs("<td class=\"refused\">✕ ", stdout);
		xml_print(gpusvm_link_get_reason(link) ?: "?");
		puts("</td>");
	}
}

static void print_headings(const struct model *model)
{
	const struct gpusvm_pagemap *pagemap;

	fputs("<thead><tr><th>initiator</th>", stdout);
	gpusvm_pagemap_foreach(model->topology, pagemap) {
		fputs("<th", stdout);
		xml_attribute("title", gpusvm_pagemap_get_uid(pagemap));
		printf(">%u</th>", gpusvm_pagemap_get_id(pagemap));
	}
	puts("</tr></thead>");
}

static void print_row(const struct model *model, const struct gpu *gpu)
{
	const struct gpusvm_pagemap *pagemap;

	fputs("<tr><th>", stdout);
	xml_print(gpu->uid);
	puts("</th>");
	gpusvm_pagemap_foreach(model->topology, pagemap)
		print_cell(model, gpusvm_link_find(gpu->initiator, pagemap));
	puts("</tr>");
}

static void print_matrix(const struct model *model)
{
	puts("<h2>Links from GPUs to GPU memory</h2>\n"
	     "<p hidden=\"hidden\"><label>Show <select id=\"show\">");
	for (size_t i = 0; i < SHOWN; i++)
		printf("<option value=\"%s\">%s</option>\n", shown[i].name, shown[i].label);
	puts("</select></label></p>\n"
	     "<p class=\"muted\">The matrix shows the read bandwidth in MB/s first. “!” marks direct\n"
	     "access that groups make unusable, with the reason. “✕” is no access, with the\n"
	     "reason, “–” is no path, and “?” is an unknown value.</p>\n"
	     "<div class=\"scroll\"><table class=\"matrix\">");
	print_headings(model);
	puts("<tbody>");
	for (size_t i = 0; i < model->count; i++)
		print_row(model, &model->gpus[i]);
	puts("</tbody></table></div>");
}

static void print_text_cell(const struct column *column, const void *object,
			    const struct options *options)
{
	struct json_object *value = column->get(object);
	char *text = value_text(value, column->flags, options);

	fputs("<td>", stdout);
	xml_print(text ?: "–");
	puts("</td>");
	free(text);
	json_object_put(value);
}

static void print_list(const struct model *model, const char *title, const struct kind *kind)
{
	static const struct options for_people = { 0 };
	const struct column *column;
	const void *object;

	printf("<h2>%s</h2>\n<div class=\"scroll\"><table class=\"list\"><thead><tr>", title);
	for (column = kind->columns; column->name; column++)
		printf("<th title=\"%s\">%s</th>", column->help, column->key);
	puts("</tr></thead><tbody>");
	for (object = kind->first(model->topology); object; object = kind->next(object)) {
		puts("<tr>");
		for (column = kind->columns; column->name; column++)
			print_text_cell(column, object, &for_people);
		puts("</tr>");
	}
	puts("</tbody></table></div>");
}

static void print_count(size_t count, const char *one, const char *many)
{
	printf("%zu %s", count, count == 1 ? one : many);
}

static void print_summary(const struct model *model)
{
	const struct gpusvm_topology *topology = model->topology;
	const struct gpusvm_pagemap *pagemap;
	uint64_t generation;
	size_t pagemaps = 0;

	gpusvm_pagemap_foreach(topology, pagemap)
		pagemaps++;
	fputs("<p>", stdout);
	print_count(model->count, "GPU, ", "GPUs, ");
	print_count(pagemaps, "pagemap, ", "pagemaps, ");
	print_count(model->groups, "group", "groups");
	if (!gpusvm_topology_get_generation(topology, &generation))
		printf("; generation %llu", (unsigned long long)generation);
	if (gpusvm_topology_is_synthetic(topology))
		fputs("; synthetic", stdout);
	if (gpusvm_topology_count_warnings(topology))
		printf("; %u entries were unreadable or malformed",
		       gpusvm_topology_count_warnings(topology));
	puts(".</p>");
}

static void print_drawing(const struct model *model)
{
	puts("<p class=\"muted\">A circle is a GPU, filled if it has memory. Its colour shows its\n"
	     "group. Lines are direct access, thicker if faster, and dashed if groups make it\n"
	     "unusable. Point at a GPU to see its lines only.</p>");
	fputs("<div class=\"drawing\"><svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"GPUs and the paths between them\"",
	      stdout);
	drawing_print_size(model);
	puts(">");
	drawing_print(model);
	puts("</svg></div>");
}

/* A single page without external files. It is also XML, which more programs can check */
int export_html(const struct gpusvm_topology *topology, const struct options *options)
{
	struct model *model = model_new(topology);

	(void)options;
	printf("<!DOCTYPE html>\n<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\"><head><meta charset=\"utf-8\"/>\n"
	       "<meta name=\"viewport\" content=\"width=device-width\"/>\n"
	       "<title>GPU memory topology</title>\n<style>\n%s%s</style></head>\n<body>\n"
	       "<h1>GPU memory topology</h1>\n", drawing_style, page_style);
	print_summary(model);
	print_drawing(model);
	print_matrix(model);
	print_list(model, "Pagemaps", &pagemap_kind);
	print_list(model, "Initiators", &initiator_kind);
	print_list(model, "Groups", &group_kind);
	printf("<script>\n%s</script>\n</body></html>\n", page_script);
	model_free(model);
	return 0;
}
