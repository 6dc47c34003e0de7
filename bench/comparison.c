/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long one comparison takes, and how much memory: rounds of lognormal samples on two
 * sides, made here. With a third argument the samples go to that file first, for
 * bench/comparison.R to do the same: doubles, round by round, before then after.
 *
 *   bench/comparison ROUNDS SAMPLES [FILE]
 */
#include "config.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include "analysis/compare/compare.h"
#include "base/clock.h"

#define SEED 20211116

static double cpu_seconds(double *peak_mb)
{
	struct rusage r;

	getrusage(RUSAGE_SELF, &r);
	*peak_mb = (double)r.ru_maxrss / 1024;
	return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
	       (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
}

static void make_samples(struct compare_block *b, size_t rounds, size_t samples, double *v)
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);

	gsl_rng_set(rng, SEED);
	for (size_t i = 0; i < 2 * rounds; i++, v += samples) {
		double level = 15000 * exp(gsl_ran_gaussian(rng, 0.01));

		for (size_t k = 0; k < samples; k++)
			v[k] = floor(level * exp(0.3 * gsl_ran_gaussian_ziggurat(rng, 1)));
		b[i] = (struct compare_block){ .side = (int)(i & 1), .pair = (int64_t)(i / 2),
			.start = (double)i, .v = v, .n = samples };
	}
	gsl_rng_free(rng);
}

static int write_samples(const char *path, const double *v, size_t n)
{
	FILE *f = fopen(path, "wb");
	int err = !f || fwrite(v, sizeof(*v), n, f) != n;

	if (f)
		err |= fclose(f) != 0;
	if (err)
		perror(path);
	return err;
}

int main(int argc, char **argv)
{
	size_t rounds = argc > 2 ? strtoul(argv[1], NULL, 10) : 0;
	size_t samples = argc > 2 ? strtoul(argv[2], NULL, 10) : 0, n = 2 * rounds * samples;
	struct compare_block *b;
	struct compare_options o;
	struct compare_result *r;
	uint64_t start;
	double *v, cpu, peak_mb;
	int status = 2;

	if (!rounds || !samples) {
		fputs("usage: bench/comparison ROUNDS SAMPLES [FILE]\n", stderr);
		return 2;
	}
	b = calloc(2 * rounds, sizeof(*b));
	v = calloc(n, sizeof(*v));
	if (!b || !v) {
		perror("bench/comparison");
		goto out;
	}
	make_samples(b, rounds, samples, v);
	if (argc > 3 && write_samples(argv[3], v, n))
		goto out;
	compare_defaults(&o);
	start = monotonic_ns();
	cpu = cpu_seconds(&peak_mb);
	status = compare_cell(&o, b, 2 * rounds, &r) ? 1 : 0;
	if (status)
		goto out;
	cpu = cpu_seconds(&peak_mb) - cpu;
	printf("%.3f s, %.3f s of CPU, %d replicates, peak %.0f MB, %.0f MB of it samples\n",
		(double)(monotonic_ns() - start) / 1e9, cpu, o.replicates, peak_mb, (double)(n * sizeof(*v)) / 1e6);
	compare_free(r);
out:
	free(b);
	free(v);
	return status;
}
