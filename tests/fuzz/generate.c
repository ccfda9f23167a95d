// SPDX-License-Identifier: GPL-2.0-or-later
/* Creating and mutating programs. */

#include <string.h>

#include "generate.h"
#include "names.h"

/* Offsets of the arrays of ioctls in the area for buffers. */
#define OPS_AT		0
#define WORDS_AT	0x10000
#define RESULTS_AT	0x20000
#define DATA_AT		0x30000

#define PICK(random, array) \
	((array)[rnd_below(random, sizeof(array) / sizeof((array)[0]))])

static uint64_t boundary(struct rnd *random)
{
	static const uint64_t numbers[] = {
		0, 1, 2, 3, 4, 7, 8, 16, 63, 64, 65, 0xff, 0x100, 0xfff, 0x1000, 0x1001, 0xffff,
		0x10000, 0x1fffff, 0x200000, 0x7fffffff, 0x80000000, 0xfffff000, 0xffffffff,
		0x100000000, 1ull << 46, 0x7ffffffff000, 1ull << 47, 1ull << 63, ~0ull, ~0ull - 7,
		~0xfffull,
	};

	if (rnd_percent(random, 10))
		return rnd_next(random) >> rnd_below(random, 64);

	return PICK(random, numbers);
}

static uint64_t bad_address(struct rnd *random)
{
	static const uint64_t addresses[] = {
		0, 0x1000, 0x7ffffffff000, 0x800000000000, 0xffff800000000000, 0xffff888000000000,
		0xffffffff81000000, 0xffffffffff600000, 0xfffffffffffff000, ~0ull,
		0x8000000000000000,
	};

	return PICK(random, addresses);
}

static uint64_t offset(struct rnd *random)
{
	switch (rnd_below(random, 10)) {
	case 0 ... 4:
		return 0;
	case 5 ... 6:
		return rnd_below(random, 16) * 0x1000;
	case 7:
		return 0x200000;
	case 8:
		return rnd_below(random, AREA_SIZE / 0x1000) * 0x1000;
	default:
		return rnd_below(random, 0x4000);
	}
}

static unsigned int some_area(struct rnd *random)
{
	return rnd_below(random, rnd_percent(random, 50) ? AREA_HUGE + 1 : AREA_BUFFERS);
}

/*
 * The address that most calls of a program use, so that the calls affect each other.
 */
static struct arg focus;
static uint64_t focus_length;

static void set_focus(struct rnd *random, const struct program *program)
{
	focus = (struct arg){ offset(random) & ~0xfffull, 1 + rnd_below(random, AREA_HUGE + 1) };
	focus_length = 0x1000ull << rnd_below(random, 5);
	for (unsigned int i = 0; i < program->num; i++) {
		const struct call *call = &program->calls[i];

		for (unsigned int j = 0; j < call_args(call->type); j++)
			if (call->args[j].area && call->args[j].area != 1 + AREA_BUFFERS)
				focus = call->args[j];
	}
}

static void make_address(struct rnd *random, struct arg *arg)
{
	if (rnd_percent(random, 60)) {
		*arg = focus;
		return;
	}
	if (rnd_percent(random, 8)) {
		arg->value = bad_address(random);
		return;
	}
	arg->area = 1 + (rnd_percent(random, 4) ? AREA_BUFFERS : some_area(random));
	arg->value = offset(random);
}

static uint64_t length(struct rnd *random)
{
	static const uint64_t lengths[] = {
		0x1000, 0x1000, 0x1000, 0x1000, 0x2000, 0x3000, 0x8000, 0x10000, 0x10000, 8, 8,
		64, 1, 0, 0xfff, 0x1001,
	};

	if (rnd_percent(random, 40))
		return focus_length;
	if (rnd_percent(random, 5))
		return rnd_percent(random, 80) ? 0x200000 : 0x400000;

	return rnd_percent(random, 94) ? PICK(random, lengths) : boundary(random);
}

static uint64_t count(struct rnd *random)
{
	static const uint64_t counts[] = { 1024, 1025, 4096, 4097, 65536, 1u << 28 };

	if (rnd_percent(random, 85))
		return rnd_below(random, 5);

	return rnd_percent(random, 60) ? PICK(random, counts) : boundary(random);
}

/* Returns the correct stride, most of the time. */
static uint64_t stride(struct rnd *random, const char *field)
{
	static const struct {
		const char *field;
		unsigned int size;
	} known[] = {
		{ "op_stride", sizeof(struct drm_vgpusvm_op) },
		{ "attr_stride", sizeof(struct drm_vgpusvm_range_attr) },
		{ "region_stride", sizeof(struct drm_vgpusvm_region) },
		{ "placement_stride", sizeof(struct drm_vgpusvm_placement) },
		{ "stats_size", sizeof(struct drm_vgpusvm_stats) },
		{ "size", sizeof(struct drm_vgpusvm_caps) },
	};
	unsigned int size = PICK(random, known).size;

	for (unsigned int i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(known[i].field, field))
			size = known[i].size;
	if (rnd_percent(random, 80))
		return size;
	if (rnd_percent(random, 60))
		return size + 8 * rnd_below(random, 4);

	return rnd_percent(random, 50) ? DRM_VGPUSVM_STRIDE_MAX + 8 * rnd_below(random, 2) :
	       boundary(random);
}

static bool is_ioctl(const struct call_type *type, const char *name)
{
	return type->structure && !strcmp(type->name, name);
}

/* Makes the pointer to an array or to the results of an ioctl. */
static void make_pointer(struct rnd *random, const char *field, struct arg *arg)
{
	static const struct {
		const char *field;
		unsigned int offset;
	} known[] = {
		{ "ops", OPS_AT }, { "placements", WORDS_AT }, { "attrs", RESULTS_AT },
		{ "pages", RESULTS_AT }, { "regions", RESULTS_AT }, { "stats", RESULTS_AT },
		{ "caps", RESULTS_AT },
	};

	make_address(random, arg);
	if (rnd_percent(random, 12))
		return;
	for (unsigned int i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(known[i].field, field))
			*arg = (struct arg){ known[i].offset, 1 + AREA_BUFFERS };
	if (!strcmp(field, "fence_addr"))
		*arg = (struct arg){};
}

static unsigned int path_use(const struct call_type *type)
{
	static const struct {
		const char *call;
		unsigned int use;
	} uses[] = {
		{ "mkdir", PATH_DIR }, { "rmdir", PATH_DIR }, { "write", PATH_WRITE },
		{ "read", PATH_READ }, { "ls", PATH_LIST | PATH_DIR }, { "readlink", PATH_LINK },
		{ "rename", PATH_DIR }, { "keep", PATH_READ | PATH_WRITE },
	};

	for (unsigned int i = 0; i < sizeof(uses) / sizeof(uses[0]); i++)
		if (!strcmp(uses[i].call, type->name))
			return uses[i].use;

	return ~0u;
}

static void make_path(struct rnd *random, struct call *call, unsigned int i)
{
	unsigned int use = rnd_percent(random, 97) ? path_use(call->type) : ~0u;
	unsigned int path;
	const char *kind;

	do {
		path = rnd_below(random, num_paths);
	} while (!(paths[path].use & use));
	call->args[i].value = path;
	for (kind = paths[path].names; *kind; kind++)
		call->args[++i].value = rnd_percent(random, 70) ? rnd_below(random, 2) :
					rnd_below(random, num_names(*kind));
}

/* Returns a value that the file accepts, most of the time. */
static uint64_t value_for(struct rnd *random, const struct call *call)
{
	unsigned int use = ~0u, value;

	if (call->type->args[0] == ARG_PATH && rnd_percent(random, 88))
		use = paths[call->args[0].value % num_paths].values ?: ~0u;
	do {
		value = rnd_below(random, num_values);
	} while (!(values[value].use & use));

	return value;
}

static uint64_t gpu(struct rnd *random)
{
	if (rnd_percent(random, 85))
		return rnd_below(random, 3);

	return rnd_percent(random, 70) ? 4 + rnd_below(random, 2) : rnd_below(random, 20);
}

static uint64_t small(struct rnd *random, unsigned int certain, unsigned int n)
{
	if (rnd_percent(random, certain))
		return rnd_below(random, n);

	return rnd_percent(random, 60) ? rnd_below(random, 3 * n + 3) : boundary(random);
}

static void make_field(struct rnd *random, struct call *call, unsigned int i)
{
	const struct field *field = &call->type->fields[i - 1];
	struct arg *arg = &call->args[i];

	switch (field->type) {
	case ARG_ADDR:
		if (!strcmp(field->name, "start"))
			make_address(random, arg);
		else
			make_pointer(random, field->name, arg);
		break;
	case ARG_STRIDE:
		arg->value = stride(random, field->name);
		break;
	case ARG_FILE:
		arg->value = rnd_percent(random, 85) ? 0 : rnd_below(random, MAX_FILES);
		break;
	case ARG_PAGEMAP:
		arg->value = rnd_percent(random, 80) ? 1 + rnd_below(random, 4) :
						      small(random, 70, 8);
		break;
	default:
		break;
	}
}

static void make_arg(struct rnd *random, struct call *call, unsigned int i)
{
	enum arg_type type = call_arg_type(call->type, i);
	struct arg *arg = &call->args[i];

	*arg = (struct arg){};
	switch (type) {
	case ARG_FILE:
	case ARG_KEPT:
		arg->value = rnd_percent(random, 85) ? 0 : rnd_below(random, 3);
		break;
	case ARG_GPU:
		arg->value = gpu(random);
		break;
	case ARG_VM:
		arg->value = rnd_percent(random, 80) ? 1 : small(random, 70, 4);
		break;
	case ARG_PAGEMAP:
		arg->value = 1 + rnd_below(random, 5);
		break;
	case ARG_ADDR:
		make_address(random, arg);
		break;
	case ARG_MEMORY:
		*arg = focus;
		if (rnd_percent(random, 40))
			arg->area = 1 + some_area(random);
		if (rnd_percent(random, 40))
			arg->value = offset(random);
		arg->value &= ~0xfffull;
		break;
	case ARG_LENGTH:
		arg->value = length(random);
		break;
	case ARG_COUNT:
		arg->value = count(random);
		break;
	case ARG_FLAGS:
		arg->value = small(random, 95, 2);
		break;
	case ARG_ZERO:
		arg->value = rnd_percent(random, 97) ? 0 : boundary(random);
		break;
	case ARG_OP:
		arg->value = 1 + small(random, 95, 7);
		break;
	case ARG_KIND:
		arg->value = rnd_below(random, AREA_BUFFERS);
		break;
	case ARG_PROT:
		arg->value = rnd_below(random, 4);
		break;
	case ARG_ADVICE:
		arg->value = rnd_below(random, 15);
		break;
	case ARG_PATH:
		make_path(random, call, i);
		break;
	case ARG_VALUE:
		arg->value = value_for(random, call);
		break;
	case ARG_NUM:
	case ARG_STRIDE:
		arg->value = boundary(random);
		break;
	case ARG_NAME:
	case ARG_NONE:
		break;
	}
	if (call->type->structure && i)
		make_field(random, call, i);
}

/* Without a flag, EVICT takes a range of a VM. With the flag, it takes the ID of a region. */
static void fit_evict(struct arg *args)
{
	if (args[2].value != DRM_VGPUSVM_EVICT_REGION) {
		args[5] = (struct arg){};
		return;
	}
	args[1] = (struct arg){};
	args[3] = (struct arg){};
	args[4] = (struct arg){};
}

static void make_args(struct rnd *random, struct call *call)
{
	for (unsigned int i = 0; i < call_args(call->type); i++) {
		enum arg_type type = call_arg_type(call->type, i);

		/* The path has set its names already. */
		if (type != ARG_NAME)
			make_arg(random, call, i);
	}
	if (is_ioctl(call->type, "evict") && rnd_percent(random, 90))
		fit_evict(call->args);
}

static struct call *add(struct program *program, const char *name)
{
	struct call *call = &program->calls[program->num];

	if (program->num == MAX_CALLS)
		return NULL;
	program->num++;
	memset(call, 0, sizeof(*call));
	call->type = call_find(name);

	return call;
}

/* Adds a call with random arguments. The caller may change them. */
static struct call *add_made(struct rnd *random, struct program *program, const char *name)
{
	struct call *call = add(program, name);

	if (call)
		make_args(random, call);

	return call;
}

static void add_vm(struct rnd *random, struct program *program, unsigned int slot)
{
	struct call *call = add_made(random, program, "open");

	if (call)
		call->args[0].value = slot;
	call = add(program, "vm_create");
	if (call)
		call->args[0].value = slot;
}

/* Adds an operation without the arguments that it must not have. */
static void add_op(struct rnd *random, struct program *program, unsigned int index)
{
	struct call *call = add_made(random, program, "op");
	struct arg *args;

	if (!call)
		return;
	args = call->args;
	args[0].value = index;
	if (rnd_percent(random, 10))
		return;
	switch (args[1].value) {
	case DRM_VGPUSVM_OP_ADD:
		args[4] = rnd_percent(random, 50) ? args[3] : args[4];
		break;
	case DRM_VGPUSVM_OP_ATOMIC_ADD:
		args[5].value = 8;
		break;
	}
	if (args[1].value != DRM_VGPUSVM_OP_READ && args[1].value != DRM_VGPUSVM_OP_WRITE)
		args[6] = (struct arg){};
	else if (rnd_percent(random, 80))
		args[6] = (struct arg){ DATA_AT, 1 + AREA_BUFFERS };
	if (args[1].value == DRM_VGPUSVM_OP_CRC32 || args[1].value == DRM_VGPUSVM_OP_READ)
		args[3] = (struct arg){};
	else if (args[1].value != DRM_VGPUSVM_OP_COPY && args[1].value != DRM_VGPUSVM_OP_ADD)
		args[4] = (struct arg){};
}

static void add_exec(struct rnd *random, struct program *program)
{
	unsigned int num = 1 + rnd_below(random, 2);
	struct call *call;

	for (unsigned int i = 0; i < num; i++)
		add_op(random, program, i);
	call = add_made(random, program, "exec");
	if (!call)
		return;
	if (rnd_percent(random, 90))
		call->args[3].value = num;
	if (call->args[2].value == DRM_VGPUSVM_EXEC_ASYNC && rnd_percent(random, 90))
		call->args[6] = (struct arg){ RESULTS_AT, 1 + AREA_BUFFERS };
}

/* Adds calls that place memory in a pagemap and then access or move it. */
static void add_place(struct rnd *random, struct program *program)
{
	static const char * const movers[] = { "prefetch", "load", "evict", "query_residency" };
	struct call *call = add_made(random, program, "madvise");

	if (!call)
		return;
	call->args[2].value = 0;
	call->args[3] = focus;
	call->args[4].value = focus_length;
	call->args[5].value = 1 + rnd_below(random, 3);
	call->args[6].value = 0;
	add_made(random, program, "prefetch");
	call = add_made(random, program, PICK(random, movers));
	if (!call)
		return;
	call->args[call->type->structure ? 3 : 0] = focus;
	call->args[call->type->structure ? 4 : 1].value = focus_length;
	if (!is_ioctl(call->type, "evict"))
		return;
	call->args[1].value = 1;
	call->args[2].value = 0;
	fit_evict(call->args);
}

/* Gives every second page a pagemap, which makes more parts than a query lists. */
static void add_parts(struct rnd *random, struct program *program)
{
	const unsigned int num = 8 + rnd_below(random, 64);
	const uint32_t area = 1 + some_area(random);
	struct call *call;

	for (unsigned int i = 0; i < num; i++) {
		call = add(program, "madvise");
		if (!call)
			return;
		call->args[1].value = 1;
		call->args[3] = (struct arg){ 0x2000 * i, area };
		call->args[4].value = 0x1000;
		call->args[5].value = 1;
	}
	call = add_made(random, program, "query_range");
	if (!call)
		return;
	call->args[1].value = 1;
	call->args[3] = (struct arg){ 0, area };
	call->args[4].value = 0x2000 * num;
}

static unsigned int find_path(const char *text)
{
	unsigned int i = 0;

	while (i < num_paths && strcmp(paths[i].text, text))
		i++;

	return i;
}

static void add_path(struct program *program, const char *name, const char *path, uint64_t name0,
		     uint64_t name1, const char *value)
{
	struct call *call = add(program, name);

	if (!call)
		return;
	call->args[0].value = find_path(path);
	call->args[1].value = name0;
	call->args[2].value = name1;
	if (!value)
		return;
	while (call->args[4].value < num_values &&
	       strcmp(values[call->args[4].value].text, value))
		call->args[4].value++;
}

static void add_gpu(struct rnd *random, struct program *program)
{
	unsigned int name = rnd_below(random, 2);

	add_path(program, "mkdir", "kernel/config/vgpusvm/@", name, 0, NULL);
	if (rnd_percent(random, 85)) {
		add_path(program, "mkdir", "kernel/config/vgpusvm/@/regions/@", name, 0, NULL);
		add_path(program, "write", "kernel/config/vgpusvm/@/regions/@/size", name, 0,
			 "4M\n");
	}
	if (rnd_percent(random, 50))
		add_path(program, "mkdir", "kernel/config/vgpusvm/@/links/@", name, !name, NULL);
	if (rnd_percent(random, 85))
		add_path(program, "write", "kernel/config/vgpusvm/@/enabled", name, 0, "1\n");
}

static void add_peers(struct rnd *random, struct program *program)
{
	unsigned int name = rnd_below(random, 2), members = 1 + rnd_below(random, 2);

	add_path(program, "mkdir", "kernel/config/drm_pagemap/groups/@", name, 0, NULL);
	for (unsigned int i = 0; i < members; i++)
		add_path(program, "mkdir", "kernel/config/drm_pagemap/groups/@/members/@", name,
			 rnd_below(random, 5), NULL);
	if (rnd_percent(random, 85))
		add_path(program, "write", "kernel/config/drm_pagemap/groups/@/enabled", name, 0,
			 "1\n");
}

static const struct call_type *some_type(struct rnd *random)
{
	unsigned int sum = 0, n;

	for (unsigned int i = 0; i < num_call_types; i++)
		sum += call_types[i].weight;
	n = rnd_below(random, sum);
	for (unsigned int i = 0; ; i++) {
		if (n < call_types[i].weight)
			return &call_types[i];
		n -= call_types[i].weight;
	}
}

static void add_some(struct rnd *random, struct program *program)
{
	switch (rnd_below(random, 40)) {
	case 0:
		add_gpu(random, program);
		break;
	case 1:
		add_peers(random, program);
		break;
	case 2 ... 5:
		add_place(random, program);
		break;
	case 6 ... 12:
		add_exec(random, program);
		break;
	default:
		add_made(random, program, some_type(random)->name);
	}
}

/* Chooses the lane of each call from @first on. */
static void choose_lanes(struct rnd *random, struct program *program, unsigned int first)
{
	for (unsigned int i = first; i < program->num; i++)
		program->calls[i].lane = rnd_below(random, LANES);
}

void program_generate(struct rnd *random, struct program *program)
{
	unsigned int first, wanted;

	program->num = 0;
	set_focus(random, program);
	if (rnd_percent(random, 10))
		add_gpu(random, program);
	if (rnd_percent(random, 10))
		add_peers(random, program);
	if (rnd_percent(random, 75))
		add_vm(random, program, 0);
	if (rnd_percent(random, 20))
		add_vm(random, program, 1);
	first = program->num;
	wanted = first + 4 + rnd_below(random, SHORT_CALLS - 8);
	while (program->num < wanted && program->num < SHORT_CALLS)
		add_some(random, program);
	if (rnd_percent(random, 35))
		choose_lanes(random, program, first);
}

static void insert(struct rnd *random, struct program *program)
{
	struct program more;
	unsigned int at = rnd_below(random, program->num + 1);
	unsigned int lane = at < program->num ? program->calls[at].lane : 0;

	more.num = 0;
	add_some(random, &more);
	if (program->num + more.num > MAX_CALLS)
		return;
	memmove(&program->calls[at + more.num], &program->calls[at],
		(program->num - at) * sizeof(program->calls[0]));
	for (unsigned int i = 0; i < more.num; i++) {
		program->calls[at + i] = more.calls[i];
		program->calls[at + i].lane = lane;
	}
	program->num += more.num;
}

static void change(struct rnd *random, struct call *call)
{
	unsigned int num = call_args(call->type);
	unsigned int i = num ? rnd_below(random, num) : 0;
	struct arg *arg = &call->args[i];

	if (!num)
		return;
	if (call_arg_type(call->type, i) == ARG_NAME) {
		arg->value = rnd_below(random, 8);
		return;
	}
	if (rnd_percent(random, 80) || call_arg_type(call->type, i) == ARG_PATH ||
	    call_arg_type(call->type, i) == ARG_VALUE) {
		make_arg(random, call, i);
		return;
	}
	switch (rnd_below(random, 4)) {
	case 0:
		arg->value += 1 << rnd_below(random, 13);
		break;
	case 1:
		arg->value -= 1 << rnd_below(random, 13);
		break;
	case 2:
		arg->value ^= 1ull << rnd_below(random, 64);
		break;
	default:
		arg->value = boundary(random);
	}
}

/* Adds up to @num copies of the call at @at, with other arguments. */
static void add_copies(struct rnd *random, struct program *program, unsigned int at,
		       unsigned int num)
{
	for (unsigned int i = 0; i < num && program->num < MAX_CALLS; i++) {
		struct call *copy = &program->calls[program->num++];
		unsigned int changes = 1 + rnd_below(random, 3);

		*copy = program->calls[at];
		while (changes--)
			change(random, copy);
	}
}

/* Opens a GPU and creates a VM first, else most calls would not reach the driver. */
static void put_vm_first(struct rnd *random, struct program *program)
{
	struct program first;

	first.num = 0;
	add_vm(random, &first, 0);
	first.calls[0].args[1].value = rnd_below(random, 3);
	program_append(&first, program);
	program_copy(program, &first);
}

/* Whether a kept file is open before the call. Otherwise most copies fail with EBADF. */
static bool has_its_file(const struct program *program, unsigned int at)
{
	if (program->calls[at].type->args[0] != ARG_KEPT)
		return true;
	for (unsigned int i = 0; i < at; i++)
		if (program->calls[i].type->run == keep_open)
			return true;

	return false;
}

/* Returns the index of one of the first calls, or of a new one that can be repeated. */
static unsigned int to_repeat(struct rnd *random, struct program *program, unsigned int first)
{
	const struct call_type *type;

	if (rnd_percent(random, 50))
		return rnd_below(random, first);
	do {
		type = some_type(random);
	} while (!type->copies);
	add_made(random, program, type->name);

	return program->num - 1;
}

void program_repeat(struct rnd *random, struct program *program)
{
	unsigned int first;

	put_vm_first(random, program);
	if (rnd_percent(random, 2))
		add_parts(random, program);
	set_focus(random, program);
	first = program->num;
	while (program->num < MAX_CALLS) {
		unsigned int at = to_repeat(random, program, first);
		unsigned int num = program->calls[at].type->copies;

		if (num && has_its_file(program, at))
			add_copies(random, program, at, rnd_below(random, 1 + num));
	}
}

void program_hasten(struct program *program, unsigned int cost)
{
	unsigned int num = 0;

	for (unsigned int i = 0; i < program->num; i++) {
		unsigned int more = call_cost(&program->calls[i]);

		if (more > cost)
			continue;
		cost -= more;
		program->calls[num++] = program->calls[i];
	}
	program->num = num;
}

static void splice(struct rnd *random, struct program *program, const struct program *other)
{
	unsigned int keep = rnd_below(random, program->num + 1);
	unsigned int from = rnd_below(random, other->num);

	program->num = keep;
	for (; from < other->num && program->num < MAX_CALLS; from++)
		program->calls[program->num++] = other->calls[from];
}

static void mutate_once(struct rnd *random, struct program *program,
			const struct program *other)
{
	unsigned int i = rnd_below(random, program->num);

	switch (rnd_below(random, 20)) {
	case 0 ... 4:
		insert(random, program);
		break;
	case 5 ... 6:
		if (program->num > 1)
			program_remove(program, i, 1);
		break;
	case 7 ... 8:
		splice(random, program, other);
		break;
	case 9:
		program->calls[i].lane ^= 1;
		break;
	case 10:
		choose_lanes(random, program, i);
		break;
	default:
		change(random, &program->calls[i]);
	}
}

void program_mutate(struct rnd *random, struct program *program,
		    const struct program *other)
{
	unsigned int times = 1 + rnd_below(random, 4);

	set_focus(random, program);
	while (times-- && program->num)
		mutate_once(random, program, other);
	if (!program->num)
		program_generate(random, program);
}
