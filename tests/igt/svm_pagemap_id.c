// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/**
 * TEST: svm pagemap id
 * Category: Core
 * Mega feature: SVM
 * Sub-category: memory management
 * Functionality: placement by pagemap ID
 * Test category: functionality test
 * Description: Two GPUs and the CPU use the same memory, which is placed by pagemap ID,
 *	without a file of the GPU that has it. After each step, each page is in the right
 *	place and has the right content; a test fails if its work was done in another place.
 *	The tests run for each pair of GPUs in the machine of which one can place memory on
 *	the other, and for two virtual GPUs if vgpusvm exists.
 */

#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include "igt.h"
#include "lib/svm.h"
#include "lib/task.h"
#include "lib/vgpus.h"

IGT_TEST_DESCRIPTION("Several GPUs and memory that is placed by pagemap ID");

#define PAGE	page_size()
#define WORDS	(64 * KIB)
#define LARGE	(512 * KIB)
#define TURNS	50

enum how {
	/* Memory moves when a GPU faults. */
	BASIC,
	/* PREFETCH moves memory before its use. */
	PREFETCH,
	/* Each GPU wants it in the memory of the other. */
	CONFLICT,
};

/* Two GPUs that reach each other's memory. */
static struct svm_gpu one, two;

static uint32_t place_of(struct svm_gpu *gpu, enum how how)
{
	struct svm_gpu *other = gpu == &one ? &two : &one;

	return how == CONFLICT ? other->ids[0] : gpu->ids[0];
}

/* Set the preference of a GPU, and prefetch if the mode says so. */
static void want(struct svm_gpu *gpu, void *p, size_t length, enum how how)
{
	uint32_t id = place_of(gpu, how);
	uint64_t before, after;

	assert_ok(gpu->driver->advise(gpu, p, length, id));
	if (how != PREFETCH)
		return;

	assert_ok(gpu->driver->prefetch(gpu, p, length));
	assert_at(gpu, p, length, id);
	/* And needs no fault any more. */
	assert_ok(gpu->driver->faults(gpu, &before));
	assert_ok(gpu->driver->atomic_add(gpu, p, 0));
	assert_ok(gpu->driver->faults(gpu, &after));
	igt_assert_eq_u64(before, after);
}

/* The value of a word, by a GPU. */
static uint64_t gpu_word(struct svm_gpu *gpu, const uint64_t *word)
{
	uint64_t *copy = map_memory(PAGE, false), value;

	assert_ok(gpu->driver->copy(gpu, copy, word, sizeof(*word)));
	value = *copy;
	munmap(copy, PAGE);

	return value;
}

/* Run an operation of the GPU, and check then where the memory is. */
static void store(struct svm_gpu *gpu, uint64_t *p, size_t length, uint64_t value, enum how how)
{
	want(gpu, p, length, how);
	assert_ok(gpu->driver->store(gpu, p, value));
	assert_at(gpu, p, length, place_of(gpu, how));
	igt_assert_eq_u64(gpu_word(gpu, p), value);
	assert_at(gpu, p, length, place_of(gpu, how));
}

static void add(struct svm_gpu *gpu, uint64_t *p, size_t length, uint64_t expected, enum how how)
{
	want(gpu, p, length, how);
	assert_ok(gpu->driver->atomic_add(gpu, p, 1));
	assert_at(gpu, p, length, place_of(gpu, how));
	igt_assert_eq_u64(gpu_word(gpu, p), expected);
	assert_at(gpu, p, length, place_of(gpu, how));
}

/**
 * SUBTEST: mgpu-xgpu-access-%s
 * Description: A GPU copies from system memory to the memory of another GPU.
 * Promises: pagemap/id
 *
 * arg[1]:
 *
 * @basic: A fault moves the memory there.
 * @prefetch: A prefetch moves the memory there before.
 */
static void xgpu_access(enum how how)
{
	char *src = map_memory(LARGE, false), *dst = map_memory(LARGE, false);
	uint32_t id = two.ids[0];

	put_pattern(src, LARGE, 1);
	put_pattern(dst, LARGE, 2);
	assert_ok(one.driver->advise(&one, dst, LARGE, id));
	if (how == PREFETCH) {
		assert_ok(one.driver->prefetch(&one, dst, LARGE));
		assert_holds(&one, dst, LARGE, id, 2);
	}
	assert_ok(one.driver->copy(&one, dst, src, LARGE));
	assert_at(&one, src, LARGE, SVM_SYSTEM);
	assert_holds(&one, dst, LARGE, id, 1);
	/* Whose memory it is sees the same, where it is. */
	assert_holds(&two, dst, LARGE, id, 1);
	assert_cpu_takes(&one, dst, LARGE, 1);
	munmap(src, LARGE);
	munmap(dst, LARGE);
}

/**
 * SUBTEST: mgpu-atomic-op-%s
 * Description: Two GPUs in turn add to the same word.
 * Promises: pagemap/id
 *
 * arg[1]:
 *
 * @basic: Faults move the word.
 * @prefetch: A prefetch moves the word before.
 * @conflict: Each GPU prefers the memory of the other GPU.
 */
static void atomic_op(enum how how)
{
	uint64_t *word = map_memory(WORDS, false);

	*word = 55;
	add(&one, word, PAGE, 56, how);
	add(&two, word, PAGE, 57, how);
	add(&one, word, PAGE, 58, how);
	igt_assert_eq_u64(*word, 58);
	assert_at(&one, word, PAGE, SVM_SYSTEM);
	munmap(word, WORDS);
}

/**
 * SUBTEST: mgpu-coherency-%s
 * Description: Each GPU reads what the other GPU has written.
 * Promises: pagemap/id
 *
 * arg[1]:
 *
 * @basic: Faults move the memory.
 * @prefetch: A prefetch moves the memory before.
 * @conflict: Each GPU prefers the memory of the other GPU.
 */
static void coherency(enum how how)
{
	uint64_t *word = map_memory(WORDS, false);

	memset(word, 0, WORDS);
	store(&one, word, PAGE, 60, how);
	/* Without a preference of its own, the other uses it where it is. */
	assert_ok(two.driver->advise(&two, word, PAGE, 0));
	igt_assert_eq_u64(gpu_word(&two, word), 60);
	assert_at(&two, word, PAGE, place_of(&one, how));
	store(&two, word, PAGE, 61, how);
	assert_ok(one.driver->advise(&one, word, PAGE, 0));
	igt_assert_eq_u64(gpu_word(&one, word), 61);
	assert_at(&one, word, PAGE, place_of(&two, how));
	igt_assert_eq_u64(*word, 61);
	munmap(word, WORDS);
}

struct writer {
	struct svm_gpu *gpu;
	uint64_t *word;
	uint64_t value;
	unsigned int turns, done;
	int err;
};

/* Others may have the page all the time, which is told, and tried again. */
static void *write_often(void *arg)
{
	struct writer *writer = arg;

	while (writer->done < writer->turns && (!writer->err || writer->err == -EBUSY)) {
		writer->err = writer->gpu->driver->store(writer->gpu, writer->word, writer->value);
		writer->done += !writer->err;
	}

	return NULL;
}

static void *add_often(void *arg)
{
	struct writer *writer = arg;

	while (writer->done < writer->turns && (!writer->err || writer->err == -EBUSY)) {
		writer->err = writer->gpu->driver->atomic_add(writer->gpu, writer->word, 1);
		writer->done += !writer->err;
	}

	return NULL;
}

/* Both GPUs at the same time. */
static void race(void *(*run)(void *arg), uint64_t *word)
{
	struct writer writers[] = {
		{ .gpu = &one, .word = word, .value = 70, .turns = TURNS },
		{ .gpu = &two, .word = word, .value = 80, .turns = TURNS },
	};
	pthread_t threads[2];
	int i;

	for (i = 0; i < 2; i++)
		igt_assert(!pthread_create(&threads[i], NULL, run, &writers[i]));
	for (i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	for (i = 0; i < 2; i++) {
		assert_ok(writers[i].err);
		igt_assert_eq(writers[i].done, TURNS);
	}
}

/* The GPU that accesses last decides where the memory is. */
static uint64_t settled(uint64_t *word)
{
	uint32_t place;

	assert_ok(one.driver->residency(&one, word, PAGE, &place));
	igt_assert_f(place == one.ids[0] || place == two.ids[0], "it is at %d\n", (int)place);

	return gpu_word(&one, word);
}

/**
 * SUBTEST: mgpu-coherency-fail-%s
 * Description: Both GPUs write the same word at the same time: the word has one of the two
 *	values, and both GPUs and the CPU read the same.
 * Promises: pagemap/id
 *
 * arg[1]:
 *
 * @basic: Faults move the memory.
 * @prefetch: A prefetch moves the memory before.
 */
static void coherency_fail(enum how how)
{
	uint64_t *word = map_memory(WORDS, false), value;

	*word = 0;
	want(&one, word, PAGE, how);
	want(&two, word, PAGE, how);
	race(write_often, word);
	value = settled(word);
	igt_assert(value == 70 || value == 80);
	igt_assert_eq_u64(gpu_word(&two, word), value);
	igt_assert_eq_u64(*word, value);
	munmap(word, WORDS);
}

/**
 * SUBTEST: mgpu-concurrent-access-%s
 * Description: Both GPUs add to the same word at the same time, and no addition is lost.
 * Promises: pagemap/id
 *
 * arg[1]:
 *
 * @basic: Faults move the memory.
 * @prefetch: A prefetch moves the memory before.
 */
static void concurrent_access(enum how how)
{
	uint64_t *word = map_memory(WORDS, false);

	*word = 0;
	want(&one, word, PAGE, how);
	want(&two, word, PAGE, how);
	race(add_often, word);
	igt_assert_eq_u64(settled(word), 2 * TURNS);
	igt_assert_eq_u64(*word, 2 * TURNS);
	munmap(word, WORDS);
}

/*
 * Copies, and says how long it took, which depends on too much to be judged. The bytes
 * that a driver counts by place are exact, and so is what they should take.
 */
static void timed_copy(struct svm_gpu *gpu, void *dst, const void *src, const char *what,
		       uint64_t bytes[3], uint64_t time[3])
{
	uint64_t bytes_before[3] = {}, time_before[3] = {};
	uint64_t begin;
	int i;

	if (gpu->driver->traffic)
		assert_ok(gpu->driver->traffic(gpu, bytes_before, time_before));
	begin = now_ns();
	assert_ok(gpu->driver->copy(gpu, dst, src, WORDS));
	igt_info("%s: %.0f us\n", what, (now_ns() - begin) / 1e3);
	if (gpu->driver->traffic)
		assert_ok(gpu->driver->traffic(gpu, bytes, time));
	for (i = 0; i < 3; i++) {
		bytes[i] -= bytes_before[i];
		time[i] -= time_before[i];
	}
}

/* The first GPU has written @p; the second takes it to its own memory, or copies it. */
static void latency_of(enum how how, bool remote)
{
	char *p = map_memory(WORDS, false), *copy = map_memory(WORDS, false);
	uint64_t bytes[3] = {}, time[3] = {};

	put_pattern(p, WORDS, 9);
	put_pattern(copy, WORDS, 10);
	want(&one, p, WORDS, how);
	assert_gpu_reads(&one, p, WORDS, 9, 0);
	assert_at(&one, p, WORDS, one.ids[0]);
	want(&two, copy, WORDS, how);
	if (!remote)
		want(&two, p, WORDS, how);
	timed_copy(&two, copy, p, remote ? "a copy of the other's memory" : "a copy of its own",
		   bytes, time);
	assert_holds(&two, p, WORDS, remote ? one.ids[0] : two.ids[0], 9);
	assert_holds(&two, copy, WORDS, two.ids[0], 9);
	if (two.driver->traffic) {
		igt_assert_eq_u64(bytes[0], remote ? WORDS : 2 * WORDS);
		igt_assert_eq_u64(bytes[1], remote ? WORDS : 0);
		igt_assert_eq_u64(bytes[2], 0);
		if (remote)
			igt_assert_lt_u64(time[0], time[1]);
	}
	munmap(p, WORDS);
	munmap(copy, WORDS);
}

/**
 * SUBTEST: mgpu-latency-%s
 * Description: A GPU moves data that the other GPU has written to its own memory, and then
 *	reads from there only.
 * Promises: pagemap/id
 *
 * arg[1]:
 *
 * @basic: Faults move the memory.
 * @prefetch: A prefetch moves the memory before.
 */
static void latency(enum how how)
{
	latency_of(how, false);
}

/**
 * SUBTEST: mgpu-latency-copy-%s
 * Description: A GPU copies from the memory of the other GPU, which stays in place, so that
 *	each access takes the longer way.
 * Promises: pagemap/id
 *
 * arg[1]:
 *
 * @basic: Faults move the memory.
 * @prefetch: A prefetch moves the memory before.
 */
static void latency_copy(enum how how)
{
	latency_of(how, true);
}

static void expect_faults(struct svm_gpu *gpu, uint64_t *p, uint64_t value, enum how how)
{
	uint64_t before, after;

	want(gpu, p, WORDS, how);
	assert_ok(gpu->driver->faults(gpu, &before));
	assert_ok(gpu->driver->store(gpu, p, value));
	assert_ok(gpu->driver->faults(gpu, &after));
	if (how == PREFETCH)
		igt_assert_eq_u64(before, after);
	else
		igt_assert_lt_u64(before, after);
	assert_at(gpu, p, WORDS, place_of(gpu, how));
}

/**
 * SUBTEST: mgpu-pagefault-%s
 * Description: Two GPUs in turn use memory. Each has page faults, or none if the memory was
 *	moved before.
 * Promises: pagemap/id
 *
 * arg[1]:
 *
 * @basic: Page faults move the memory.
 * @prefetch: A prefetch moves the memory, and no page fault happens.
 * @conflict: Page faults move the memory to the other GPU.
 */
static void pagefault(enum how how)
{
	uint64_t *p = map_memory(WORDS, false);

	put_pattern(p, WORDS, 4);
	expect_faults(&one, p, 5, how);
	expect_faults(&two, p, 6, how);
	igt_assert_eq_u64(*p, 6);
	igt_assert(has_pattern_from(p + 1, WORDS - 8, 4, 8));
	munmap(p, WORDS);
}

/**
 * SUBTEST: mgpu-migration-%s
 * Description: Memory moves from the system to one GPU, to the other GPU, and back.
 * Promises: pagemap/id
 *
 * arg[1]:
 *
 * @basic: Faults move the memory.
 * @prefetch: A prefetch moves the memory before its use.
 */
static void migration(enum how how)
{
	char *p = map_memory(LARGE, false);

	put_pattern(p, LARGE, 12);
	want(&one, p, LARGE, how);
	assert_gpu_reads(&one, p, LARGE, 12, 0);
	assert_holds(&one, p, LARGE, one.ids[0], 12);
	want(&two, p, LARGE, how);
	assert_gpu_reads(&two, p, LARGE, 12, 0);
	assert_holds(&two, p, LARGE, two.ids[0], 12);
	assert_cpu_takes(&two, p, LARGE, 12);
	put_pattern(p, LARGE, 13);
	want(&two, p, LARGE, how);
	assert_gpu_reads(&two, p, LARGE, 13, 0);
	assert_holds(&two, p, LARGE, two.ids[0], 13);
	munmap(p, LARGE);
}

static const char * const variants[] = {
	[BASIC] = "basic",
	[PREFETCH] = "prefetch",
	[CONFLICT] = "conflict",
};

static const struct {
	const char *name, *description;
	void (*run)(enum how how);
	bool conflict;
} tests[] = {
	{ "xgpu-access", "A GPU copies to the memory of another", xgpu_access, false },
	{ "atomic-op", "Two GPUs in turn add to a word", atomic_op, true },
	{ "coherency", "A GPU reads what another GPU wrote", coherency, true },
	{ "coherency-fail", "Two GPUs write a word at once", coherency_fail, false },
	{ "latency", "A GPU moves data to its own memory", latency, false },
	{ "latency-copy", "A GPU copies from the memory of another", latency_copy, false },
	{ "pagefault", "Page faults of two GPUs", pagefault, true },
	{ "concurrent-access", "Two GPUs add to a word at once", concurrent_access, false },
	{ "migration", "Memory moves from GPU to GPU and back", migration, false },
};

struct pair {
	char one[NAME_SIZE], two[NAME_SIZE];
};

#define PAIRS	16

static bool has_usable(const char *initiator, const char *other)
{
	struct names targets;
	int i;

	names_in(&targets, INITIATORS "/%s/targets", initiator);
	for (i = 0; i < targets.num; i++)
		if (!strcmp(link_name(PAGEMAPS "/%s/initiator", targets.name[i]), other))
			return !strcmp(file_text(PAGEMAPS "/%s/initiators/%s/usable",
						 targets.name[i], initiator), "1");

	return false;
}

/* Ordered pairs of which each can place memory at the other. */
static int find_pairs(struct pair pairs[PAIRS])
{
	struct names names;
	int i, j, num = 0;

	names_in(&names, INITIATORS);
	for (i = 0; i < names.num; i++) {
		for (j = 0; j < names.num && num < PAIRS; j++) {
			if (i == j || !svm_known(names.name[i]) || !svm_known(names.name[j]) ||
			    !has_usable(names.name[i], names.name[j]) ||
			    !has_usable(names.name[j], names.name[i]))
				continue;
			snprintf(pairs[num].one, NAME_SIZE, "%s", names.name[i]);
			snprintf(pairs[num++].two, NAME_SIZE, "%s", names.name[j]);
		}
	}

	return num;
}

static void open_pair(const struct pair *pair)
{
	svm_close(&one);
	svm_close(&two);
	svm_start(&one, pair->one);
	svm_start(&two, pair->two);
}

static const char *pair_name(const struct pair *pair)
{
	return text_of("%s-and-%s", subtest_name(pair->one), subtest_name(pair->two));
}

int igt_main()
{
	static struct pair pairs[PAIRS];
	static int num_pairs;
	size_t test;
	int how, i;

	igt_fixture() {
		one.fd = -1;
		two.fd = -1;
		if (vgpus_available()) {
			start_afresh();
			make_vgpus("ab", 1);
			link_vgpus("ab", "");
			enable_vgpus("ab");
		}
		require_topology();
		num_pairs = find_pairs(pairs);
		igt_require_f(num_pairs, "there are no two GPUs that reach each other\n");
	}

	for (test = 0; test < ARRAY_SIZE(tests); test++) {
		for (how = BASIC; how <= (tests[test].conflict ? CONFLICT : PREFETCH); how++) {
			igt_describe(tests[test].description);
			igt_subtest_with_dynamic_f("mgpu-%s-%s", tests[test].name, variants[how]) {
				for (i = 0; i < num_pairs; i++) {
					igt_dynamic_f("%s", pair_name(&pairs[i])) {
						open_pair(&pairs[i]);
						tests[test].run(how);
					}
				}
			}
		}
	}

	igt_fixture() {
		svm_close(&one);
		svm_close(&two);
	}
}
