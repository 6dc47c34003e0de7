/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A large machine's results without the machine: two result files of 256 CPUs, several
 * workloads and boots, and the plan they would come from; and what a command takes. Samples
 * look like times of exit: a narrow body, a tail, drift from block to block, and 1% more in
 * every other cell of the second file.
 */
#include "config.h"
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "analysis/statistics/splitmix.h"
#include "base/clock.h"
#include "base/fail.h"
#include "contract/workload.h"
#include "measure/plan.h"
#include "store/store.h"

#define SHAPES 65536		/* values that samples are drawn from, as ratios */
#define OPS_PART 100		/* of a worker in a block: 10 ms */

struct options {
	double ops;		/* of both files together */
	int cpus, workloads, boots;
	const char *directory;
};

static uint64_t state64 = 1;

static uint64_t next_random(void)
{
	return splitmix_next(&state64);
}

static double uniform(void)
{
	return ((double)(next_random() >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(void)
{
	return sqrt(-2 * log(uniform())) * cos(2 * M_PI * uniform());
}

/* Ratios to the middle, in 1/4096: a log-normal body, 1% of Pareto's tail. */
static void make_shapes(uint32_t *shape)
{
	for (int i = 0; i < SHAPES; i++) {
		double x = exp(0.08 * normal());

		if (i % 100 == 0)
			x *= pow(uniform(), -0.7);
		shape[i] = (uint32_t)(4096 * fmin(x, 1e5));
	}
}

struct writer {
	const struct options *o;
	struct store *store;
	uint32_t shape[SHAPES];
	int64_t run, arm;
	int64_t *v[3];		/* fork, exit, cycle of a part */
	uint8_t **blob;		/* of each part */
	struct store_part *parts;
	double start;		/* s since the run began */
	int side;
};

/* Ticks of 0.4 ns, as a counter of 2.5 GHz has them. */
static void make_part(struct writer *w, int cpu, int64_t ops, double level)
{
	const int64_t *columns[COLUMNS] = { [METRIC_FORK] = w->v[0], [METRIC_EXIT] = w->v[1],
		[METRIC_CYCLE] = w->v[2] };
	int64_t middle = (int64_t)(level * 16);

	for (int64_t i = 0; i < ops; i++) {
		uint64_t x = next_random();

		w->v[1][i] = ((middle + (int64_t)(x & 15)) * w->shape[x >> 4 & (SHAPES - 1)]) >> 16;
		w->v[0][i] = (40000 * (int64_t)w->shape[x >> 24 & (SHAPES - 1)]) >> 12;
		w->v[2][i] = w->v[0][i] + w->v[1][i] + (int64_t)(x >> 44 & 4095);
	}
	w->parts[cpu] = (struct store_part){ .cpu = cpu, .ops = ops, .lead_in = 20, .fill = 3,
		.duration_ns = 10000000, .involuntary = 1, .disturbed = ops / 100,
		.samples = w->blob[cpu], .size = pack(columns, (size_t)ops, w->blob[cpu]) };
}

static int write_cell(struct writer *w, int workload, int64_t ops)
{
	struct store_cell cell = { .run = w->run, .workload = workloads[workload]->name,
		.params = "", .cores = w->o->cpus, .place = "compact",
		.primary = metric_names[METRIC_EXIT] };
	double level = 12000 * (1 + workload) * (w->side && workload % 2 ? 1.01 : 1);
	double boot_level = level * exp(0.003 * normal());
	int64_t id, each = OPS_PART * w->o->cpus;
	int err = store_add_cell(w->store, &cell, &id);

	for (int64_t round = 0; ops > 0 && !err; round++, ops -= each) {
		int64_t part = ((ops < each ? ops : each) + w->o->cpus - 1) / w->o->cpus;
		struct store_block b = { .cell = id, .arm = w->arm, .round = round,
			.start_ns = (int64_t)(w->start * 1e9), .duration_ns = 11000000,
			.throughput = (double)(part * w->o->cpus) / 0.011, .steal_ms = NAN,
			.parts = w->o->cpus };
		double now = boot_level * exp(0.01 * normal());

		for (int cpu = 0; cpu < w->o->cpus; cpu++)
			make_part(w, cpu, part, now);
		err = store_add_block(w->store, &b, w->parts);
		w->start += 0.012;
	}
	return err;
}

static int write_run(struct writer *w, int boot)
{
	char id[64], started[32];
	struct store_run run = { .started = started, .status = "running", .command = "bench/large",
		.version = "0", .switch_level = "boot", .boot = id, .kernel = w->side ? "after" : "before",
		.unit = "ns", .resolution = 0.4, .settings = "{}" };
	struct store_arm arm = { .name = "run", .params = "" };
	int64_t ops = (int64_t)(w->o->ops / 2 / w->o->boots / w->o->workloads);
	int err;

	snprintf(id, sizeof(id), "%s-%d", run.kernel, boot);
	/* A B B A */
	snprintf(started, sizeof(started), "2026-11-22T%02d:00:00Z",
		boot * 2 + ((boot & 1) ^ w->side));
	err = store_begin(w->store);
	if (!err)
		err = store_add_run(w->store, &run, &w->run);
	arm.run = w->run;
	if (!err)
		err = store_add_arm(w->store, &arm, &w->arm);
	w->start = 0;
	for (int i = 0; i < w->o->workloads && !err; i++)
		err = write_cell(w, i, ops);
	if (!err)
		err = store_end_run(w->store, w->run, "done");
	return err ? err : store_commit(w->store);
}

static int write_file(struct writer *w)
{
	char path[4096];
	int err;

	snprintf(path, sizeof(path), "%s/%s.exb", w->o->directory, w->side ? "after" : "before");
	err = store_open(path, STORE_APPEND, &w->store);
	for (int boot = 0; boot < w->o->boots && !err; boot++) {
		err = write_run(w, boot);
		if (!err)
			err = store_sync(w->store);
	}
	store_close(w->store);
	return err;
}

static void *must(void *p)
{
	if (p)
		return p;
	fputs("bench/large: out of memory\n", stderr);
	exit(3);
}

static int make_files(const struct options *o)
{
	static struct writer w;
	int err = 0;

	w.o = o;
	make_shapes(w.shape);
	w.blob = must(calloc((size_t)o->cpus, sizeof(*w.blob)));
	w.parts = must(calloc((size_t)o->cpus, sizeof(*w.parts)));
	for (int i = 0; i < o->cpus; i++)
		w.blob[i] = must(malloc(pack_bound(OPS_PART)));
	for (int i = 0; i < 3; i++)
		w.v[i] = must(calloc(OPS_PART, sizeof(*w.v[i])));
	for (w.side = 0; w.side < 2 && !err; w.side++)
		err = write_file(&w);
	for (int i = 0; i < o->cpus; i++)
		free(w.blob[i]);
	for (int i = 0; i < 3; i++)
		free(w.v[i]);
	free(w.blob);
	free(w.parts);
	return err;
}

static double now(void)
{
	return (double)monotonic_ns() / 1e9;
}

/* Every workload on every number of CPUs, and the order of so many rounds of each cell. */
static int make_plan(const struct options *o)
{
	static char cores[32], synthetic[64];
	static const char *const arms[] = { "before", "after" };
	const struct plan_request request = { .workloads = "*", .cores = cores, .arms = arms,
		.narms = 2, .seed = 1 };
	struct topology *t = NULL;
	struct plan plan = { 0 };
	double begin = now(), done;
	int order[2], sum = 0, err;

	snprintf(synthetic, sizeof(synthetic), "package:2 numa:2 core:%d pu:2", o->cpus / 8);
	snprintf(cores, sizeof(cores), "1-%d", o->cpus);
	setenv("HWLOC_SYNTHETIC", synthetic, 1);
	err = topology_load(&t);
	if (!err)
		err = plan_make(&request, t, &plan);
	done = now();
	for (int i = 0; i < plan.ncells && !err; i++)
		for (uint64_t round = 0; round < 1000; round++) {
			plan_round_order(&plan, i, round, order);
			sum += order[0];
		}
	if (!err)
		printf("plan of %d cells on %d CPUs: %.3f s; order of %d rounds: %.3f s (%d)\n",
			plan.ncells, topology_cpus(t), done - begin, plan.ncells * 1000,
			now() - done, sum);
	plan_free(&plan);
	topology_free(t);
	return err;
}

/* Runs a command; what it took on stdout, its own output where it goes. */
static int measure(char **argv)
{
	double begin = now();
	struct rusage use;
	pid_t pid = fork();
	int status;

	if (!pid) {
		execvp(argv[0], argv);
		fprintf(stderr, "bench/large: %s: %s\n", argv[0], strerror(errno));
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &use) < 0)
		return 3;
	fprintf(stderr, "%8.2f s  %8.2f s CPU  %7.1f MiB  ", now() - begin,
		(double)use.ru_utime.tv_sec + (double)use.ru_utime.tv_usec / 1e6 +
		(double)use.ru_stime.tv_sec + (double)use.ru_stime.tv_usec / 1e6,
		(double)use.ru_maxrss / 1024);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 3;
}

static const char usage[] =
	"usage: bench/large make [-n OPS] [-c CPUS] [-w WORKLOADS] [-b BOOTS] DIRECTORY\n"
	"       bench/large plan [-c CPUS]\n"
	"       bench/large measure COMMAND [ARGUMENT]...\n"
	"make writes before.exb and after.exb (1e6 operations in both together, 256 CPUs, 20\n"
	"workloads, 10 boots each); measure tells time, CPU time and peak memory on stderr.\n";

static int bad_usage(void)
{
	fputs(usage, stderr);
	return 2;
}

static int parse(struct options *o, int argc, char **argv)
{
	int most = 0, c;

	while (workloads[most])
		most++;
	while ((c = getopt(argc, argv, "n:c:w:b:")) != -1)
		switch (c) {
		case 'n':
			o->ops = atof(optarg);
			break;
		case 'c':
			o->cpus = atoi(optarg);
			break;
		case 'w':
			o->workloads = atoi(optarg);
			break;
		case 'b':
			o->boots = atoi(optarg);
			break;
		default:
			return -1;
		}
	if (!(o->ops >= 1) || o->cpus < 8 || o->cpus > 4096 || o->boots < 1 || o->boots > 11 ||
		o->workloads < 1 || o->workloads > most)
		return -1;
	o->directory = argv[optind];
	return 0;
}

int main(int argc, char **argv)
{
	struct options o = { .ops = 1e6, .cpus = 256, .workloads = 20, .boots = 10 };
	int err;

	if (argc > 2 && !strcmp(argv[1], "measure"))
		return measure(argv + 2);
	if (argc < 2 || parse(&o, argc - 1, argv + 1))
		return bad_usage();
	if (!strcmp(argv[1], "plan"))
		err = make_plan(&o);
	else if (!strcmp(argv[1], "make") && o.directory)
		err = make_files(&o);
	else
		return bad_usage();
	if (err)
		fprintf(stderr, "bench/large: %s\n", fail_message());
	return -err;
}
