// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>
#include <stdlib.h>

#include "export.h"

/* Pixels */
#define GPU_RADIUS 9.0
#define GPU_DISTANCE 22.0
#define LEAST_RADIUS 150.0
#define LABEL_ROOM 270.0
#define THINNEST 1.2
#define THICKEST 5.0

/* Colours of groups, which repeat. They also differ in print and for the colour-blind */
#define COLORS 8

/* More lines would hide each other, so these are thin and faint */
#define MANY_LINES 120
#define FAINTEST 0.08

const char *const drawing_style =
	"svg{--line:#8a94a3;--text:#1d2430;--back:#ffffff;--bad:#c62828;"
	"--c0:#3366cc;--c1:#d9720b;--c2:#138a55;--c3:#a23b9e;--c4:#8a6d00;--c5:#0b8fa8;"
	"--c6:#c2395b;--c7:#5b5fc7}\n"
	"@media (prefers-color-scheme:dark){svg{--line:#75808f;--text:#e6e9ee;--back:#14181f;"
	"--bad:#ff6b6b;--c0:#7aa5ff;--c1:#ffa24d;--c2:#4ed19a;--c3:#e58ae0;--c4:#d9bd4a;"
	"--c5:#4fd3ea;--c6:#ff8aa5;--c7:#a5a8ff}}\n"
	"svg text{font:12px system-ui,sans-serif;fill:var(--text)}\n"
	"svg .memory{font-size:10px;opacity:.75}\n"
	"svg path{fill:none}\n"
	"svg .off{stroke:var(--line);stroke-dasharray:5 4}\n"
	"svg .gpu{stroke-width:2}\n"
	"svg .none{fill:var(--back)}\n"
	"svg .denied{stroke:var(--bad)!important;stroke-width:3}\n";

struct drawing {
	const struct model *model;
	size_t *order;		/* the GPU at each place of the circle */
	size_t *place;		/* of each GPU */
	double radius;
	double thickest;
	double opacity;
};

static double angle(const struct drawing *drawing, double place)
{
	return 2 * M_PI * place / (drawing->model->count ?: 1) - M_PI / 2;
}

static double get_radius(const struct model *model)
{
	return fmax(LEAST_RADIUS, model->count * GPU_DISTANCE / (2 * M_PI));
}

static size_t color_of(const struct gpu *gpu)
{
	return gpu->group % COLORS;
}

static double width_of(const struct drawing *drawing, const struct path *path)
{
	double most = drawing->model->most_bandwidth;

	if (!path->bandwidth || most == 0)
		return THINNEST;
	return THINNEST + (drawing->thickest - THINNEST) * sqrt(path->bandwidth / most);
}

static void print_title(const char *from, const char *to, const struct path *path)
{
	fputs("<title>", stdout);
	xml_print(from);
	fputs(" to ", stdout);
	xml_print(to);
	fputs(": ", stdout);
	xml_print(path_describe(path));
	if (path->bandwidth)
		printf(", %llu MB/s", (unsigned long long)path->bandwidth);
	if (path->state == PATH_UNUSABLE) {
		fputs(", not usable: ", stdout);
		xml_print(gpusvm_link_get_usable_reason(path->link) ?: "unknown");
	}
	fputs("</title>", stdout);
}

/* Bends a line towards the middle, more if its ends are farther apart */
static void print_line(const struct drawing *drawing, size_t from, size_t to)
{
	const struct model *model = drawing->model;
	const struct path *path = model_path(model, from, to);
	double a = angle(drawing, drawing->place[from]), b = angle(drawing, drawing->place[to]);
	double bend = 0.45 * drawing->radius;

	printf("<path d=\"M%.1f %.1fQ%.1f %.1f %.1f %.1f\" stroke-width=\"%.1f\" opacity=\"%.2f\"",
	       drawing->radius * cos(a), drawing->radius * sin(a),
	       bend * (cos(a) + cos(b)) / 2, bend * (sin(a) + sin(b)) / 2,
	       drawing->radius * cos(b), drawing->radius * sin(b),
	       width_of(drawing, path), drawing->opacity);
	if (path->state == PATH_USABLE)
		printf(" stroke=\"var(--c%zu)\"", color_of(&model->gpus[from]));
	else
		fputs(" class=\"off\"", stdout);
	printf(" data-a=\"%zu\" data-b=\"%zu\">", from, to);
	print_title(model->gpus[from].uid, model->gpus[to].uid, path);
	puts("</path>");
}

/* Draws one line for both directions, for the better one if they differ */
static void print_pair(const struct drawing *drawing, size_t a, size_t b)
{
	const struct path *there = model_path(drawing->model, a, b);
	const struct path *back = model_path(drawing->model, b, a);

	if (back->state > there->state ||
	    (back->state == there->state && back->bandwidth > there->bandwidth)) {
		if (back->state >= PATH_UNUSABLE)
			print_line(drawing, b, a);
	} else if (there->state >= PATH_UNUSABLE) {
		print_line(drawing, a, b);
	}
}

/* Draws unusable links first, so that they are below the others */
static void print_lines(const struct drawing *drawing, bool usable)
{
	const struct model *model = drawing->model;

	for (size_t a = 0; a < model->count; a++) {
		for (size_t b = a + 1; b < model->count; b++) {
			bool is_usable = model_path(model, a, b)->state == PATH_USABLE ||
					 model_path(model, b, a)->state == PATH_USABLE;

			if (is_usable == usable)
				print_pair(drawing, a, b);
		}
	}
}

static size_t count_lines(const struct model *model)
{
	size_t count = 0;

	for (size_t i = 0; i < model->count * model->count; i++)
		count += model->paths[i].state >= PATH_UNUSABLE;
	return count / 2;
}

static bool is_denied(const struct gpu *gpu)
{
	return rights_get_color(rights_of(gpu->initiator));
}

static void print_gpu_title(const struct gpu *gpu)
{
	const struct gpusvm_group *group = gpusvm_initiator_get_group(gpu->initiator);
	const char *rights = rights_of(gpu->initiator);
	char *memory = gpu_describe(gpu);

	fputs("<title>", stdout);
	xml_print(gpu->uid);
	fputs(", ", stdout);
	xml_print(gpusvm_initiator_get_render(gpu->initiator) ?: "no render node");
	if (rights)
		printf(" (%s)", rights);
	printf("\n%s\nin group ", memory);
	xml_print(group ? gpusvm_group_get_name(group) : "unknown");
	fputs("</title>", stdout);
	free(memory);
}

/* Writes along the radius, and never upside down */
static void print_label(const struct drawing *drawing, size_t place, const struct gpu *gpu)
{
	double degrees = angle(drawing, place) * 180 / M_PI;
	double distance = drawing->radius + GPU_RADIUS + 14;
	bool is_left = degrees > 90.001 && degrees < 269.999;
	char *memory = gpu_describe(gpu);

	printf("<text dy=\".35em\" text-anchor=\"%s\"", is_left ? "end" : "start");
	printf(" transform=\"rotate(%.2f) translate(%.1f 0)%s\">", degrees, distance,
	       is_left ? " rotate(180)" : "");
	xml_print(gpu->uid);
	printf("<tspan class=\"memory\" dx=\"6\">%s%s</tspan></text>\n", memory,
	       is_denied(gpu) ? ", access denied" : "");
	free(memory);
}

static void print_gpu(const struct drawing *drawing, size_t place)
{
	size_t index = drawing->order[place];
	const struct gpu *gpu = &drawing->model->gpus[index];
	double a = angle(drawing, place);

	printf("<g data-gpu=\"%zu\"><circle class=\"gpu%s%s\" stroke=\"var(--c%zu)\"", index,
	       gpu->pagemaps ? "" : " none", is_denied(gpu) ? " denied" : "", color_of(gpu));
	printf(" cx=\"%.1f\" cy=\"%.1f\" r=\"%.0f\"", drawing->radius * cos(a),
	       drawing->radius * sin(a), GPU_RADIUS);
	if (gpu->pagemaps)
		printf(" fill=\"var(--c%zu)\"", color_of(gpu));
	putchar('>');
	print_gpu_title(gpu);
	puts("</circle>");
	print_label(drawing, place, gpu);
	puts("</g>");
}

static double get_half(const struct model *model)
{
	return get_radius(model) + LABEL_ROOM;
}

/* Prints the attributes of the <svg> element */
void drawing_print_size(const struct model *model)
{
	double half = get_half(model);

	printf(" viewBox=\"%.0f %.0f %.0f %.0f\" width=\"%.0f\" height=\"%.0f\"",
	       -half, -half, 2 * half, 2 * half, 2 * half, 2 * half);
}

void drawing_print(const struct model *model)
{
	struct drawing drawing = {
		.model = model,
		.order = model_order_by_group(model),
		.place = check_memory(calloc(model->count + 1, sizeof(*drawing.place))),
		.radius = get_radius(model),
	};
	size_t lines = count_lines(model);

	drawing.thickest = lines > MANY_LINES ? 2 * THINNEST : THICKEST;
	drawing.opacity = lines > MANY_LINES ? fmax(FAINTEST, 0.9 * MANY_LINES / lines) : 0.9;
	for (size_t place = 0; place < model->count; place++)
		drawing.place[drawing.order[place]] = place;
	print_lines(&drawing, false);
	print_lines(&drawing, true);
	for (size_t place = 0; place < model->count; place++)
		print_gpu(&drawing, place);
	free(drawing.order);
	free(drawing.place);
}
