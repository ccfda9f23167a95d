// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "synthetic.h"

/* A full mesh of more GPUs would take hundreds of megabytes */
#define MOST_GPUS 512
#define MOST_REGIONS 16
#define MOST_BANDWIDTH 1000000000
#define MOST_LATENCY 1000000000
#define MOST_MEMORY (UINT64_MAX >> 10)

/* The kind of value after a word, and the member for it */
enum value_kind {
	VALUE_COUNT,	/* an unsigned int */
	VALUE_WIDE,	/* an uint64_t */
	VALUE_SIZE,	/* an uint64_t, in bytes */
	VALUE_WORD,	/* a const char * */
};

struct value {
	const char *word;
	enum value_kind kind;
	size_t offset;
	uint64_t min;
	uint64_t max;
};

#define COUNT(word, member, min, max) \
	{ word, VALUE_COUNT, offsetof(struct synthetic, member), min, max }
#define WIDE(word, member, min, max) \
	{ word, VALUE_WIDE, offsetof(struct synthetic, member), min, max }
#define OTHER(word, kind, member) \
	{ word, kind, offsetof(struct synthetic, member), 0, 0 }

static const struct value gpus = COUNT("gpu", gpus, 1, MOST_GPUS);

static const struct shape {
	const char *word;
	enum synthetic_shape shape;
	struct value parts;
} shapes[] = {
	{ "full", SYNTHETIC_FULL, { 0 } },
	{ "ring", SYNTHETIC_RING, { 0 } },
	{ "line", SYNTHETIC_LINE, { 0 } },
	{ "none", SYNTHETIC_NONE, { 0 } },
	{ "islands", SYNTHETIC_ISLANDS, COUNT("islands", parts, 1, MOST_GPUS) },
	{ "switches", SYNTHETIC_SWITCHES, COUNT("switches", parts, 1, MOST_GPUS) },
};

static const struct value keys[] = {
	WIDE("bw", bandwidth, 1, MOST_BANDWIDTH),
	WIDE("far-bw", far_bandwidth, 1, MOST_BANDWIDTH),
	WIDE("local-bw", local_bandwidth, 1, MOST_BANDWIDTH),
	WIDE("lat", latency, 1, MOST_LATENCY),
	WIDE("far-lat", far_latency, 1, MOST_LATENCY),
	WIDE("local-lat", local_latency, 1, MOST_LATENCY),
	COUNT("regions", regions, 1, MOST_REGIONS),
	COUNT("memless", memless, 0, MOST_GPUS),
	COUNT("numa", nodes, 1, MOST_GPUS),
	OTHER("mem", VALUE_SIZE, memory),
	OTHER("type", VALUE_WORD, type),
	OTHER("refused", VALUE_WORD, reason),
};

#define ENTRIES(array) (sizeof(array) / sizeof(*(array)))

/* Logs the error of a word. Returns -EINVAL */
static int refuse(struct gpusvm_ctx *ctx, const char *word, const char *format, ...)
	__printf(3, 4);
static int refuse(struct gpusvm_ctx *ctx, const char *word, const char *format, ...)
{
	char what[256], message[512];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	snprintf(message, sizeof(message), "synthetic topology: \"%.100s\": %s", word, what);
	ctx_log(ctx, LOG_ERR, message);
	return -EINVAL;
}

static int take_number(struct gpusvm_ctx *ctx, const char *word, const char *text,
		       const struct value *number, struct synthetic *synthetic)
{
	void *member = (char *)synthetic + number->offset;
	uint64_t value;

	if (!text || !parse_number(text, number->max, &value) || value < number->min)
		return refuse(ctx, word, "%s needs a number from %llu to %llu", number->word,
			      (unsigned long long)number->min, (unsigned long long)number->max);
	if (number->kind == VALUE_WIDE)
		*(uint64_t *)member = value;
	else
		*(unsigned int *)member = value;
	return 0;
}

static int take_size(struct gpusvm_ctx *ctx, const char *word, const char *text,
		     uint64_t *size)
{
	if (gpusvm_parse_size(text, size) || !*size || *size > MOST_MEMORY)
		return refuse(ctx, word, "mem needs a size such as 48G or 512M");
	return 0;
}

static int take_word(struct gpusvm_ctx *ctx, const char *word, const char *text,
		     const char **member)
{
	if (!is_word(text))
		return refuse(ctx, word, "a word is missing after '='");
	*member = text;
	return 0;
}

static int take_value(struct gpusvm_ctx *ctx, const char *word, char *text,
		      const struct value *value, struct synthetic *synthetic)
{
	void *member = (char *)synthetic + value->offset;

	switch (value->kind) {
	case VALUE_SIZE:
		return take_size(ctx, word, text, member);
	case VALUE_WORD:
		return take_word(ctx, word, text, member);
	default:
		return take_number(ctx, word, text, value, synthetic);
	}
}

static int take_key(struct gpusvm_ctx *ctx, const char *word, const char *key, char *text,
		    struct synthetic *synthetic)
{
	for (size_t i = 0; i < ENTRIES(keys); i++) {
		if (strcmp(keys[i].word, key))
			continue;
		if (synthetic->keys & 1U << i)
			return refuse(ctx, word, "%s occurs twice", key);
		synthetic->keys |= 1U << i;
		return take_value(ctx, word, text, &keys[i], synthetic);
	}
	return refuse(ctx, word, "unknown key \"%s\"", key);
}

static int take_shape(struct gpusvm_ctx *ctx, const char *word, const char *name,
		      const char *parts, struct synthetic *synthetic)
{
	for (size_t i = 0; i < ENTRIES(shapes); i++) {
		if (strcmp(shapes[i].word, name))
			continue;
		if (synthetic->has_shape)
			return refuse(ctx, word, "the description already has a shape");
		synthetic->has_shape = true;
		synthetic->shape = shapes[i].shape;
		if (shapes[i].parts.word)
			return take_number(ctx, word, parts, &shapes[i].parts, synthetic);
		if (parts)
			return refuse(ctx, word, "%s takes no number", name);
		return 0;
	}
	return refuse(ctx, word, "unknown shape \"%s\"", name);
}

/* Parses a word, which is a part of synthetic->text. May write to it */
static int take(struct gpusvm_ctx *ctx, char *word, bool first, struct synthetic *synthetic)
{
	const char *whole = word;
	char *copy, *name, *rest;
	int err;

	copy = strdup(word);
	if (!copy)
		return -ENOMEM;
	whole = copy;

	rest = word;
	name = strsep(&rest, strchr(word, '=') ? "=" : ":");
	if (first && (strcmp(name, gpus.word) || strchr(whole, '=')))
		err = refuse(ctx, whole, "a description must begin with gpu:N");
	else if (first)
		err = take_number(ctx, whole, rest, &gpus, synthetic);
	else if (strchr(whole, '='))
		err = take_key(ctx, whole, name, rest, synthetic);
	else
		err = take_shape(ctx, whole, name, rest, synthetic);
	free(copy);
	return err;
}

static bool has_key(const struct synthetic *synthetic, const char *key)
{
	for (size_t i = 0; i < ENTRIES(keys); i++) {
		if (!strcmp(keys[i].word, key))
			return synthetic->keys & 1U << i;
	}
	return false;
}

/* Refuses keys that have no effect on this shape */
static int check_effect(struct gpusvm_ctx *ctx, const struct synthetic *synthetic)
{
	static const char *const far[] = { "far-bw", "far-lat" }, *const near[] = { "bw", "lat" };
	bool is_far = synthetic->shape == SYNTHETIC_SWITCHES && synthetic->parts > 1;
	bool is_full = synthetic->shape == SYNTHETIC_FULL ||
		       synthetic->shape == SYNTHETIC_SWITCHES;

	for (size_t i = 0; i < ENTRIES(far); i++) {
		if (has_key(synthetic, far[i]) && !is_far)
			return refuse(ctx, far[i], "needs two switches or more");
		if (has_key(synthetic, near[i]) && synthetic->shape == SYNTHETIC_NONE)
			return refuse(ctx, near[i], "has no effect with none");
	}
	if (synthetic->reason && is_full)
		return refuse(ctx, "refused", "has no effect: each GPU reaches all others");
	return 0;
}

/* Checks combinations of words */
static int check(struct gpusvm_ctx *ctx, const struct synthetic *synthetic)
{
	if (synthetic->parts > synthetic->gpus)
		return refuse(ctx, "gpu", "fewer GPUs than islands or switches");
	if (synthetic->memless > synthetic->gpus)
		return refuse(ctx, "memless", "exceeds the number of GPUs");
	/* Only the kernel's rule knows the groups in this case */
	if (synthetic->memless &&
	    (synthetic->shape == SYNTHETIC_RING || synthetic->shape == SYNTHETIC_LINE))
		return refuse(ctx, "memless", "is not possible with ring and line");
	return check_effect(ctx, synthetic);
}

static int parse_words(struct gpusvm_ctx *ctx, struct synthetic *synthetic)
{
	char *rest = synthetic->text, *word;
	bool first = true;
	int err = 0;

	while (!err && (word = strsep(&rest, " \t\n"))) {
		if (!*word)
			continue;
		err = take(ctx, word, first, synthetic);
		first = false;
	}
	if (!err && first)
		err = refuse(ctx, "", "a description must begin with gpu:N");
	return err ? err : check(ctx, synthetic);
}

/* Returns 0, -EINVAL with a message to the log function, or -ENOMEM */
int synthetic_parse(struct gpusvm_ctx *ctx, const char *description,
		    struct synthetic *synthetic)
{
	int err;

	*synthetic = (struct synthetic){
		.shape = SYNTHETIC_FULL,
		.parts = 1,
		.regions = 1,
		.memory = 64ULL << 30,
		.bandwidth = 64000,
		.local_bandwidth = 1000000,
		.type = "virtual",
		.text = strdup(description),
	};
	if (!synthetic->text)
		return -ENOMEM;

	err = parse_words(ctx, synthetic);
	if (!synthetic->far_bandwidth)
		synthetic->far_bandwidth = synthetic->bandwidth;
	if (!synthetic->far_latency)
		synthetic->far_latency = synthetic->latency;
	if (err)
		free(synthetic->text);
	return err;
}
