// SPDX-License-Identifier: GPL-2.0-or-later
/* Programs as text and as C, and the arguments of the runtime for their calls. */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "program.h"
#include "resolve.h"

static void print_quoted(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '\n')
			fputs("\\n", out);
		else if (*text == '\t')
			fputs("\\t", out);
		else if (!isprint((unsigned char)*text) || strchr("\"\\", *text))
			fprintf(out, "\\%03o", (unsigned char)*text);
		else
			fputc(*text, out);
	}
	fputc('"', out);
}

/* Returns the end of the quoted text that begins at @text, or NULL if it is malformed. */
static const char *read_quoted(const char *text, char *value, size_t size)
{
	size_t n = 0;

	if (*text++ != '"')
		return NULL;
	while (*text && *text != '"' && n + 1 < size) {
		char c = *text++;

		if (c == '\\') {
			c = *text++;
			if (c == 'n') {
				c = '\n';
			} else if (c == 't') {
				c = '\t';
			} else if (isdigit((unsigned char)c)) {
				c = strtoul((char[]){ c, text[0], text[1], '\0' }, NULL, 8);
				text += 2;
			}
		}
		value[n++] = c;
	}
	value[n] = '\0';

	return *text == '"' ? text + 1 : NULL;
}

static void print_arg(FILE *out, enum arg_type type, const struct arg *arg)
{
	fputc(' ', out);
	if (type == ARG_PATH)
		fputs(paths[arg->value % num_paths].text, out);
	else if (type == ARG_VALUE)
		print_quoted(out, values[arg->value % num_values].text);
	else if (arg->area)
		fprintf(out, "m%u+%#llx", arg->area - 1, (unsigned long long)arg->value);
	else
		fprintf(out, arg->value < 10 ? "%llu" : "%#llx", (unsigned long long)arg->value);
}

/* Zeroes at the end are omitted. */
static unsigned int args_to_print(const struct call *call)
{
	unsigned int num = call_args(call->type);

	while (num) {
		enum arg_type type = call_arg_type(call->type, num - 1);
		const struct arg *arg = &call->args[num - 1];

		if (arg->value || arg->area || type == ARG_PATH || type == ARG_VALUE)
			break;
		num--;
	}

	return num;
}

size_t program_print(const struct program *program, char *text, size_t size)
{
	FILE *out = fmemopen(text, size, "w");
	long length;

	for (unsigned int i = 0; i < program->num; i++) {
		const struct call *call = &program->calls[i];

		fprintf(out, "%s%s", call->lane ? "& " : "", call->type->name);
		for (unsigned int j = 0; j < args_to_print(call); j++)
			print_arg(out, call_arg_type(call->type, j), &call->args[j]);
		fputc('\n', out);
	}
	fputc('\n', out);
	fflush(out);
	length = ftell(out);
	fclose(out);

	return length;
}

static bool find_path(const char *word, struct arg *arg)
{
	for (arg->value = 0; arg->value < num_paths; arg->value++)
		if (!strcmp(paths[arg->value].text, word))
			return true;

	return false;
}

static bool find_value(const char *text, struct arg *arg)
{
	for (arg->value = 0; arg->value < num_values; arg->value++)
		if (!strcmp(values[arg->value].text, text))
			return true;

	return false;
}

static bool read_number(const char *word, struct arg *arg)
{
	char *end;

	if (*word == 'm') {
		arg->area = strtoul(word + 1, &end, 10) + 1;
		if (*end != '+' || arg->area > AREAS)
			return false;
		word = end + 1;
	}
	arg->value = strtoull(word, &end, 0);

	return end != word && !*end;
}

/* Takes an argument from *@text. Returns false if it is malformed. */
static bool read_arg(const char **text, enum arg_type type, struct arg *arg)
{
	char word[256];
	size_t length;

	*text += strspn(*text, " ");
	if (!**text)
		return true;
	if (type == ARG_VALUE) {
		*text = read_quoted(*text, word, sizeof(word));
		return *text && find_value(word, arg);
	}
	length = strcspn(*text, " ");
	if (length >= sizeof(word))
		return false;
	memcpy(word, *text, length);
	word[length] = '\0';
	*text += length;

	return type == ARG_PATH ? find_path(word, arg) : read_number(word, arg);
}

static bool read_call(const char *line, struct call *call)
{
	char name[32];
	size_t length;

	memset(call, 0, sizeof(*call));
	if (!strncmp(line, "& ", 2)) {
		call->lane = 1;
		line += 2;
	}
	length = strcspn(line, " ");
	snprintf(name, sizeof(name), "%.*s", (int)length, line);
	call->type = call_find(name);
	if (!call->type)
		return false;
	line += length;
	for (unsigned int i = 0; i < call_args(call->type); i++)
		if (!read_arg(&line, call_arg_type(call->type, i), &call->args[i]))
			return false;

	return true;
}

bool program_read(FILE *file, struct program *program)
{
	char line[1024];

	program->num = 0;
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (*line == '#')
			continue;
		if (!*line && program->num)
			return true;
		if (!*line || program->num == MAX_CALLS)
			continue;
		if (read_call(line, &program->calls[program->num]))
			program->num++;
		else
			fprintf(stderr, "gpusvm-fuzz: no such call: %s\n", line);
	}

	return program->num;
}

unsigned int program_common(const struct program *program)
{
	unsigned int i = 0;

	while (i < program->num && !program->calls[i].lane)
		i++;

	return i;
}

void program_copy(struct program *program, const struct program *from)
{
	program->num = from->num;
	memcpy(program->calls, from->calls, from->num * sizeof(from->calls[0]));
}

void program_remove(struct program *program, unsigned int at, unsigned int num)
{
	program->num -= num;
	memmove(&program->calls[at], &program->calls[at + num],
		(program->num - at) * sizeof(program->calls[0]));
}

void program_append(struct program *program, const struct program *other)
{
	for (unsigned int i = 0; i < other->num && program->num < MAX_CALLS; i++)
		program->calls[program->num++] = other->calls[i];
}

/* The address stays in its area, and out of the area for buffers. */
static uint64_t memory_address(const struct arg *arg)
{
	unsigned int area = arg->area ? arg->area - 1 : 0;

	if (area == AREA_BUFFERS)
		area = AREA_ANON;

	return AREA(area) + arg->value % AREA_SIZE;
}

void resolve(const struct call *call, struct resolved *r)
{
	memset(r->args, 0, sizeof(r->args));
	for (unsigned int i = 0; i < call_args(call->type); i++) {
		const struct arg *arg = &call->args[i];
		uint64_t names[3];

		switch (call_arg_type(call->type, i)) {
		case ARG_PATH:
			for (unsigned int j = 0; j < 3; j++)
				names[j] = call->args[i + 1 + j].value;
			path_text(r->path, sizeof(r->path), arg->value, names, runtime_process);
			r->args[i] = S(r->path);
			break;
		case ARG_NAME:
			break;
		case ARG_VALUE:
			value_text(r->value, sizeof(r->value), arg->value, runtime_process);
			r->args[i] = S(r->value);
			break;
		case ARG_MEMORY:
			r->args[i] = memory_address(arg);
			break;
		default:
			r->args[i] = arg->area ? AREA(arg->area - 1) + arg->value : arg->value;
		}
	}
}

/* A slot becomes the descriptor of its file. Slot 0 stands for no file. */
static void fill_fields(const struct call_type *type, const uint64_t *args, char *structure)
{
	for (unsigned int i = 0; type->fields[i].name; i++) {
		const struct field *field = &type->fields[i];
		uint64_t value = args[i + 1];

		if (field->type == ARG_FILE && value)
			value = runtime_files[value % MAX_FILES];
		memcpy(structure + field->offset, &value, field->size);
	}
}

static long run_structure(const struct call_type *type, const uint64_t *args)
{
	char structure[256] = {};

	fill_fields(type, args, structure);

	return run_ioctl(args[0], type->request, structure);
}

long call_run(const struct call *call)
{
	struct resolved r;

	resolve(call, &r);
	if (call->type->structure)
		return run_structure(call->type, r.args);

	return call->type->run(r.args);
}

/* C */

static void c_structure(const struct call *call, const struct resolved *r, FILE *out)
{
	const struct call_type *type = call->type;

	fprintf(out, "\trun_ioctl(%u, %s, &(struct %s){", (unsigned int)r->args[0],
		type->function, type->structure);
	for (unsigned int i = 0; type->fields[i].name; i++) {
		uint64_t value = r->args[i + 1];

		if (!value)
			continue;
		if (type->fields[i].type == ARG_FILE)
			fprintf(out, " .%s = runtime_files[%u],", type->fields[i].name,
				(unsigned int)(value % MAX_FILES));
		else
			fprintf(out, " .%s = %#llx,", type->fields[i].name,
				(unsigned long long)value);
	}
	fputs(" });\n", out);
}

static void c_plain(const struct call *call, const struct resolved *r, FILE *out)
{
	fprintf(out, "\tCALL(%s", call->type->function);
	for (unsigned int i = 0; i < call_args(call->type); i++) {
		enum arg_type type = call_arg_type(call->type, i);

		fputs(", ", out);
		if (type == ARG_PATH || type == ARG_VALUE) {
			fputs("S(", out);
			print_quoted(out, type == ARG_PATH ? r->path : r->value);
			fputc(')', out);
		} else {
			fprintf(out, "%#llx", (unsigned long long)r->args[i]);
		}
	}
	if (!call_args(call->type))
		fputs(", 0", out);
	fputs(");\n", out);
}

/* Prints the calls of a lane from @from to before @to as a function. */
static void c_function(const struct program *program, const char *name, unsigned int lane,
		       unsigned int from, unsigned int to, FILE *out)
{
	fprintf(out, "\nstatic void %s(void)\n{\n", name);
	for (unsigned int i = from; i < to; i++) {
		const struct call *call = &program->calls[i];
		struct resolved r;

		if (call->lane != lane)
			continue;
		resolve(call, &r);
		if (call->type->structure)
			c_structure(call, &r, out);
		else
			c_plain(call, &r, out);
	}
	fputs("}\n", out);
}

void program_to_c(const struct program *program, const char *gpus, FILE *out)
{
	unsigned int common = program_common(program);

	fprintf(out, "// %s: GPL-2.0-or-later\n", "SPDX-License-Identifier");
	fputs("/* cc -D_GNU_SOURCE -Itests/fuzz -Iinclude/uapi -idirafter /usr/include/drm \\\n"
	      " *	FILE tests/fuzz/runtime*.c -pthread\n", out);
	fprintf(out, " * modprobe vgpusvm %s\n */\n\n", gpus);
	fputs("#include <stddef.h>\n\n"
	      "#include \"runtime.h\"\n", out);
	c_function(program, "before", 0, 0, common, out);
	c_function(program, "lane0", 0, common, program->num, out);
	if (common < program->num)
		c_function(program, "lane1", 1, common, program->num, out);
	fprintf(out, "\nint main(void)\n{\n\truntime_process = %u;\n\truntime_start();\n"
		"\tbefore();\n\trun_lanes(lane0, %s);\n\truntime_end();\n"
		"\truntime_remove_config();\n\treturn 0;\n}\n", runtime_process,
		common < program->num ? "lane1" : "NULL");
}
