// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "export.h"

#define HASH_LENGTH 9

/* FNV-1a, so that truncated names differ */
static uint32_t hash(const char *text)
{
	uint32_t sum = 2166136261u;

	for (; *text; text++)
		sum = (sum ^ (unsigned char)*text) * 16777619u;
	return sum;
}

static char allowed(const struct name_rule *rule, char c)
{
	if (!isalnum((unsigned char)c) && !strchr(rule->punctuation, c))
		return rule->other;
	return rule->is_lower ? tolower((unsigned char)c) : c;
}

/*
 * Makes an allocated name that follows @rule and does not end in punctuation. A hash of the
 * text replaces the end of a longer name.
 */
char *name_make(const char *text, const struct name_rule *rule, bool always_hash)
{
	size_t length = strlen(text), most = rule->room - HASH_LENGTH;
	bool fits = length && length <= rule->room && isalnum((unsigned char)text[length - 1]);
	size_t count = fits && !always_hash ? length : length < most ? length : most;
	char *name = text_format("%.*s", (int)count, text), *whole;

	for (char *p = name; *p; p++)
		*p = allowed(rule, *p);
	if (fits && !always_hash)
		return name;
	whole = text_format("%s%c%08x", name, rule->mark, hash(text));
	free(name);
	return whole;
}

/* Returns names of all GPUs. Two uids that make the same name get a hash */
char **name_gpus(const struct model *model, const struct name_rule *rule)
{
	char **names = check_memory(calloc(model->count + 1, sizeof(*names)));

	for (size_t i = 0; i < model->count; i++) {
		names[i] = name_make(model->gpus[i].uid, rule, false);
		for (size_t j = 0; j < i; j++) {
			if (strcmp(names[i], names[j]))
				continue;
			free(names[i]);
			names[i] = name_make(model->gpus[i].uid, rule, true);
			break;
		}
	}
	return names;
}

void name_free(char **names)
{
	for (char **name = names; *name; name++)
		free(*name);
	free(names);
}
