/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is made of a guest's counts: quantiles, blocks in the file, and short memory. */
#include "config.h"
#include <sys/resource.h>
#include "lab/run/exact-priv.h"
#include "tests/unit/store-sample.h"
#include "tests/unit/unit.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#define SANITIZED __has_feature(address_sanitizer)
#else
#define SANITIZED 0
#endif
#define MANY (1 << 20)		/* operations whose quantile needs 8 MiB */

/* Every operation takes as much as its place says: 0, 7, 14, ... in some order. */
static struct operation *make_operations(uint64_t n)
{
	struct operation *ops = calloc(n, sizeof(*ops));

	assert_non_null(ops);
	for (uint64_t i = 0; i < n; i++)
		for (int m = 0; m < COLUMNS; m++)
			ops[i].metric[m] = (i * 5 % n) * 7 + (uint64_t)m;
	return ops;
}

static void quantiles(void **state)
{
	struct operation *ops = make_operations(101);
	double v;

	(void)state;
	assert_works(exact_quantile(ops, 101, METRIC_FORK, 0, &v));
	assert_true(v == METRIC_FORK);
	assert_works(exact_quantile(ops, 101, METRIC_CYCLE, 0.5, &v));
	assert_true(v == 50 * 7 + METRIC_CYCLE);
	assert_works(exact_quantile(ops, 101, METRIC_EXIT, 1, &v));
	assert_true(v == 100 * 7 + METRIC_EXIT);
	assert_works(exact_quantile(ops, 0, METRIC_EXIT, 0.5, &v));
	assert_true(isnan(v));
	free(ops);
}

/* From here on no more memory than there is: false where that cannot be had. */
static bool limit_memory(struct rlimit *before)
{
	struct rlimit less;
	void *more;

	assert_int_equal(getrlimit(RLIMIT_AS, before), 0);
	less = *before;
	less.rlim_cur = 1 << 20;	/* far less than what is mapped */
	assert_int_equal(setrlimit(RLIMIT_AS, &less), 0);
	more = SANITIZED ? NULL : malloc(sizeof(double) * MANY);
	if (!more && !SANITIZED)
		return true;
	free(more);
	assert_int_equal(setrlimit(RLIMIT_AS, before), 0);
	print_message("# not done: no limit of the address space\n");
	return false;
}

/* A quantile of nothing is no 0, which would be below any limit. */
static void short_memory(void **state)
{
	struct operation *ops = make_operations(MANY);
	struct rlimit before;
	double v;
	int err;

	(void)state;
	if (limit_memory(&before)) {
		err = exact_quantile(ops, MANY, METRIC_EXIT, 0.01, &v);
		assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
		assert_fails(err, STATUS_MACHINE, "out of memory");
		assert_true(isnan(v));
	}
	free(ops);
}

static int no_part_is_disturbed(void *arg, const struct store_part *p)
{
	assert_int_equal(p->disturbed, 0);
	++*(int *)arg;
	return 0;
}

struct file {
	struct store *s;
	int parts;
};

static int look_at_block(void *arg, const struct store_block *b)
{
	struct file *f = arg;

	return store_parts(f->s, b->id, no_part_is_disturbed, &f->parts);
}

/* A block goes to the file as it was, or not at all: not with every operation disturbed. */
static void short_memory_for_a_block(void **state)
{
	struct operation *ops = calloc(MANY, sizeof(*ops));
	struct workload w = { .name = "touch-exit", .primary = "exit" };
	struct plan_cell cell = { .workload = &w, .cores = 1 };
	struct plan plan = { .cells = &cell, .ncells = 1, .narms = 1 };
	struct guest_block b = { .result = { .ops = MANY, .end = 100 * MANY } };
	struct exact_job job = { 0 };
	struct exact_summary summary = { 0 };
	struct store_block at = { 0 };
	int64_t arm;
	struct exact x = { .plan = &plan, .cells = &job, .arms = &arm,
		.summary = &summary };
	struct file f = { 0 };
	struct rlimit before;
	struct ids ids;
	int err;

	(void)state;
	assert_non_null(ops);
	for (uint64_t i = 0; i < MANY; i++)
		for (int m = 0; m < COLUMNS; m++)
			ops[i].metric[m] = 90;
	assert_works(store_open(in_directory("exact.exb"), STORE_APPEND, &f.s));
	ids = add_run(f.s, NULL);
	job.id = ids.cell;
	arm = ids.arm;
	x.store = f.s;
	assert_works(exact_store(&x, 0, 0, &b, ops, &at, 0));
	if (limit_memory(&before)) {
		err = exact_store(&x, 0, 0, &b, ops, &at, 0);
		assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
		if (err)
			assert_fails(err, STATUS_MACHINE, "memory");
	}
	assert_works(store_blocks(f.s, ids.cell, ids.arm, look_at_block, &f));
	assert_true(f.parts > 0);
	store_close(f.s);
	for (int c = 0; c < COLUMNS; c++)
		free(x.column[c]);
	free(x.packed);
	free(ops);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quantiles),
		cmocka_unit_test(short_memory),
		cmocka_unit_test(short_memory_for_a_block),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("exact", tests, make_directory, remove_directory);
}
