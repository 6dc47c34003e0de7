/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a commit takes: its kernel is built and measured in a guest, or by a given program. */
#include "config.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "lab/kernel/kernel-priv.h"
#include "lab/qemu/qemu.h"
#include "lab/run/bisect.h"
#include "lab/run/exact.h"

static void last_number(void *arg, const char *line)
{
	char *end;
	double v = strtod(line, &end);

	if (end != line)
		*(double *)arg = v;
}

static int run_program(const char *program, const char *image, double *value)
{
	const char *const argv[] = { program, image, NULL };
	struct tool t = { .argv = argv, .line = last_number, .arg = value };
	int status, err;

	*value = -1;
	err = tool_run(&t, &status);
	if (!err && (status || !(*value >= 0 && isfinite(*value))))
		err = fail(STATUS_MACHINE, "%s %s: %s", program, image,
			status ? "fails" : "prints no number");
	return err;
}

/* What is no fault of the commit ends the bisection. */
static int skip(int err, char **why)
{
	*why = strdup(fail_message());
	return *why ? BISECT_SKIP : err;
}

/* What would fail for every commit alike. */
static int check_first(const struct bisect_options *o)
{
	struct variant v;
	int err = variant_load(o->variant, &v);

	if (err)
		return err;
	variant_free(&v);
	return o->measure ? 0 : qemu_find();
}

int bisect_measure(const struct bisect_options *o, const char *source, double *value, char **why)
{
	struct kernel_options options = o->kernel;
	struct kernel_source *s;
	struct lab_kernel k;
	int err;

	options.source = source;
	err = check_first(o);
	if (!err)
		err = kernel_source_open(&options, &s);
	if (err)
		return err;
	err = kernel_build(s, o->variant, 0, &k);
	if (err == -STATUS_USAGE)
		err = skip(err, why);
	kernel_source_close(s);
	if (err)
		return err;
	if (o->measure)
		err = run_program(o->measure, k.image, value);
	else
		err = exact_number(k.image, k.release, o->workload, &o->params, o->metric, o->ops,
			o->kernel.quiet, value);
	if (err == -STATUS_MACHINE)
		err = skip(err, why);
	kernel_free(&k);
	return err;
}

int bisect_step(const struct bisect_options *o)
{
	char *why = NULL;
	double value;
	int err = bisect_measure(o, o->kernel.source, &value, &why);

	if (err == BISECT_SKIP)
		printf("%s: skipped\n", why);
	else if (!err)
		printf("%.0f instructions, limit %" PRId64 ": %s\n", value, o->limit,
			value > (double)o->limit ? "bad" : "good");
	free(why);
	return err ? err : value > (double)o->limit;
}
