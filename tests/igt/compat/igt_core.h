/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
/*
 * The part of IGT's core that these tests use, to build them without IGT's tree: packages
 * of distributions have the library and no headers. "make check" compares the names with
 * the symbols that the library exports.
 */
#ifndef IGT_CORE_H
#define IGT_CORE_H

#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define __igt_noreturn		__attribute__((__noreturn__))
#define __igt_printf(f, a)	__attribute__((__format__(__printf__, f, a)))

enum igt_log_level {
	IGT_LOG_DEBUG,
	IGT_LOG_INFO,
	IGT_LOG_WARN,
	IGT_LOG_CRITICAL,
};

struct option;
typedef int (*igt_opt_handler_t)(int opt, int opt_index, void *data);
typedef void (*igt_exit_handler_t)(int sig);

extern jmp_buf igt_subtest_jmpbuf;
extern jmp_buf igt_dynamic_jmpbuf;

int igt_subtest_init_parse_opts(int *argc, char **argv, const char *short_opts,
				const struct option *long_opts, const char *help,
				igt_opt_handler_t handler, void *data);
bool __igt_fixture(void);
void __igt_fixture_complete(void);
bool __igt_run_subtest(const char *name, const char *file, int line);
bool __igt_enter_dynamic_container(void);
bool __igt_run_dynamic_subtest(const char *name);
void igt_success(void);
__igt_noreturn void igt_exit(void);
void __igt_skip_check(const char *file, int line, const char *func, const char *check,
		      const char *format, ...) __igt_noreturn __igt_printf(5, 6);
void __igt_fail_assert(const char *domain, const char *file, int line, const char *func,
		       const char *assertion, const char *format, ...)
	__igt_noreturn __igt_printf(6, 7);
void igt_describe_f(const char *format, ...) __igt_printf(1, 2);
void igt_log(const char *domain, enum igt_log_level level, const char *format, ...)
	__igt_printf(3, 4);
void igt_install_exit_handler(igt_exit_handler_t handler);
bool __igt_fork(void);
void igt_waitchildren(void);

#define IGT_LOG_DOMAIN	NULL

#define IGT_TEST_DESCRIPTION(text)	const char *__igt_test_description = text

/* A name for a variable that the user of a macro can't have. */
#define __igt_paste(a, b)	a ## b
#define __igt_on_line(a, b)	__igt_paste(a, b)
#define __igt_local(name)	__igt_on_line(__igt_ ## name ## _, __LINE__)

/*
 * To leave a block early, from whatever depth, is a jump back to its head, which
 * has to look for it, and then ends the loop.
 */
#define __igt_came_first(buf)	(!sigsetjmp(buf, 1))

#define igt_main() \
	main(int argc, char **argv); \
	static void __igt_local(main)(void); \
	int main(int argc, char **argv) \
	{ \
		igt_subtest_init_parse_opts(&argc, argv, NULL, NULL, NULL, NULL, NULL); \
		__igt_local(main)(); \
		igt_exit(); \
	} \
	static void __igt_local(main)(void)

#define igt_fixture() \
	for (volatile bool __igt_local(done) = false; \
	     !__igt_local(done) && __igt_fixture() && __igt_came_first(igt_subtest_jmpbuf); \
	     __igt_local(done) = true, __igt_fixture_complete())

#define igt_subtest(name) \
	for (; __igt_run_subtest(name, __FILE__, __LINE__) && \
	       __igt_came_first(igt_subtest_jmpbuf); igt_success())

#define igt_subtest_with_dynamic(name) \
	for (; __igt_run_subtest(name, __FILE__, __LINE__) && \
	       __igt_enter_dynamic_container() && \
	       __igt_came_first(igt_subtest_jmpbuf); igt_success())

#define igt_subtest_with_dynamic_f(format...) \
	for (char __igt_local(name)[256]; \
	     snprintf(__igt_local(name), sizeof(__igt_local(name)), format) >= 0 && \
	     __igt_run_subtest(__igt_local(name), __FILE__, __LINE__) && \
	     __igt_enter_dynamic_container() && \
	     __igt_came_first(igt_subtest_jmpbuf); igt_success())

#define igt_dynamic_f(format...) \
	for (char __igt_local(name)[256]; \
	     snprintf(__igt_local(name), sizeof(__igt_local(name)), format) >= 0 && \
	     __igt_run_dynamic_subtest(__igt_local(name)) && \
	     __igt_came_first(igt_dynamic_jmpbuf); igt_success())

#define igt_describe(text)	igt_describe_f("%s", text)

#define igt_fork(child, number) \
	for (int child = 0; child < (number); child++) \
		for (; __igt_fork(); exit(0))

#define igt_info(format...)	igt_log(IGT_LOG_DOMAIN, IGT_LOG_INFO, format)
#define igt_debug(format...)	igt_log(IGT_LOG_DOMAIN, IGT_LOG_DEBUG, format)

#define __igt_fail(text, format...) \
	__igt_fail_assert(IGT_LOG_DOMAIN, __FILE__, __LINE__, __func__, text, format)

#define igt_assert_f(expr, format...) do { \
	if (!(expr)) \
		__igt_fail(#expr, format); \
} while (0)

#define igt_assert(expr)	igt_assert_f(expr, NULL)

#define __igt_compare(type, format, a, op, b) do { \
	type __igt_a = (a), __igt_b = (b); \
	if (!(__igt_a op __igt_b)) \
		__igt_fail(#a " " #op " " #b, "error: " format " and " format "\n", \
			   __igt_a, __igt_b); \
} while (0)

#define igt_assert_eq(a, b)		__igt_compare(int, "%d", a, ==, b)
#define igt_assert_eq_u32(a, b)		__igt_compare(uint32_t, "%#x", a, ==, b)
#define igt_assert_neq_u32(a, b)	__igt_compare(uint32_t, "%#x", a, !=, b)
#define igt_assert_eq_u64(a, b)		__igt_compare(unsigned long long, "%#llx", a, ==, b)
#define igt_assert_lte_u64(a, b)	__igt_compare(unsigned long long, "%#llx", a, <=, b)
#define igt_assert_lt_u64(a, b)		__igt_compare(unsigned long long, "%#llx", a, <, b)

#define igt_require_f(expr, format...) do { \
	if (!(expr)) \
		__igt_skip_check(__FILE__, __LINE__, __func__, #expr, format); \
} while (0)

#endif
