// SPDX-License-Identifier: GPL-2.0-or-later

#include <stdlib.h>
#include <string.h>

#include "history.h"

/* If the history is full, drops its older half. */
static struct record *new_record(struct history *history)
{
	const unsigned int half = MAX_RECORDS / 2;

	if (!history->records)
		history->records = calloc(MAX_RECORDS, sizeof(*history->records));
	if (!history->records)
		exit(2);
	if (history->num == MAX_RECORDS) {
		memmove(history->records, history->records + half,
			half * sizeof(*history->records));
		history->num = half;
	}

	return &history->records[history->num++];
}

static void read_record(FILE *file, struct history *history, unsigned int worker)
{
	struct record *record = new_record(history);

	record->worker = worker;
	if (!program_read(file, &record->program))
		history->num--;
}

static void begin_batch(struct history *history, const char *gpus)
{
	history->num = 0;
	history->at_rest = false;
	snprintf(history->gpus, sizeof(history->gpus), "%s", gpus);
}

static void note_call(struct trial *trial, unsigned int record, unsigned int call)
{
	if (!trial->begun)
		trial->begun = calloc(1, sizeof(*trial->begun));
	if (trial->begun && record < MAX_RECORDS && call < MAX_CALLS)
		trial->begun->has[record][call] = true;
}

static void end_trial(struct trial *trial, bool fails)
{
	trial->fails = fails;
	free(trial->begun);
	trial->begun = NULL;
}

/* A trial without a result failed: the VM died. */
static void read_trial(struct history *history, const char *line)
{
	struct trial *last = &history->trials[history->num_trials - 1];
	unsigned int record, call;

	if (!strncmp(line, "# trial", 7)) {
		if (history->num_trials < MAX_TRIALS)
			history->trials[history->num_trials++].fails = true;
		return;
	}
	if (!history->num_trials)
		return;
	if (sscanf(line, "# call %u %u", &record, &call) == 2)
		note_call(last, record, call);
	else if (!strcmp(line, "# survives"))
		end_trial(last, false);
	else if (!strcmp(line, "# fails"))
		end_trial(last, true);
	else if (!strcmp(line, "# given up"))
		history->num_trials--;
}

void history_read(FILE *file, struct history *history)
{
	unsigned int worker;
	char line[1024];
	int gpus;

	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		gpus = 0;
		if (sscanf(line, "# worker %u", &worker) == 1)
			read_record(file, history, worker);
		else if (sscanf(line, "# batch %*u: %n", &gpus) == 0 && gpus)
			begin_batch(history, line + gpus);
		else if (!strcmp(line, "# rest"))
			history->at_rest = true;
		else
			read_trial(history, line);
	}
}

unsigned int history_workers(const struct history *history)
{
	unsigned int num = 0;

	for (unsigned int i = 0; i < history->num; i++)
		if (history->records[i].worker >= num)
			num = history->records[i].worker + 1;

	return num;
}

void choice_program(const struct history *history, const struct choice *choice,
		    unsigned int record, struct program *program, unsigned int *indices)
{
	const struct program *from = &history->records[record].program;

	program->num = 0;
	for (unsigned int i = 0; i < from->num; i++) {
		struct call *call = &program->calls[program->num];

		if (!choice->has[record][i])
			continue;
		*call = from->calls[i];
		if (choice->one_lane)
			call->lane = 0;
		indices[program->num++] = i;
	}
}

static unsigned int record_calls(const struct history *history, const struct choice *choice,
				 unsigned int record)
{
	unsigned int num = 0;

	for (unsigned int i = 0; i < history->records[record].program.num; i++)
		num += choice->has[record][i];

	return num;
}

unsigned int choice_programs(const struct history *history, const struct choice *choice)
{
	unsigned int num = 0;

	for (unsigned int i = 0; i < history->num; i++)
		num += record_calls(history, choice, i) > 0;

	return num;
}

unsigned int choice_calls(const struct history *history, const struct choice *choice)
{
	unsigned int num = 0;

	for (unsigned int i = 0; i < history->num; i++)
		num += record_calls(history, choice, i);

	return num;
}

void choice_all(const struct history *history, unsigned int record, struct choice *choice)
{
	for (unsigned int i = 0; i < history->records[record].program.num; i++)
		choice->has[record][i] = true;
}

void choice_last(const struct history *history, struct choice *choice)
{
	unsigned int seen = 0;

	memset(choice, 0, sizeof(*choice));
	for (unsigned int i = history->num; i--;) {
		unsigned int worker = history->records[i].worker;

		if (worker < 32 && !(seen >> worker & 1))
			choice_all(history, i, choice);
		seen |= worker < 32 ? 1u << worker : 0;
	}
}

void choice_print(const struct history *history, const struct choice *choice, FILE *out)
{
	fprintf(out, "# batch 0: %s\n", history->gpus);
	for (unsigned int i = 0; i < history->num; i++) {
		unsigned int indices[MAX_CALLS];
		struct program program;
		char text[PROGRAM_TEXT];

		choice_program(history, choice, i, &program, indices);
		if (!program.num)
			continue;
		program_print(&program, text, sizeof(text));
		fprintf(out, "# worker %u\n%s", history->records[i].worker, text);
	}
}
