/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A calibration for people, and in one sentence. */
#include "config.h"
#include <math.h>
#include <string.h>
#include "base/clean-text.h"
#include "cell/cell-text.h"
#include "report/compare/calibration-text.h"
#include "text/units.h"
#include "text/wrap.h"

char *calibration_title(const struct calibration *c, char *buf, size_t size)
{
	char *params = cell_params(c->workload, c->params, false);

	snprintf(buf, size, "%s of %s, %d core%s %s%s%s", c->metric, c->workload, c->cores,
		c->cores == 1 ? "" : "s", c->place, params && *params ? ", " : "",
		params ? params : "");
	free(params);
	return buf;
}

static void print_points(const struct calibration *c, FILE *out)
{
	char time[32];

	fputs("\n        time   interval of the effect   smallest effect found in 4 of 5 runs\n", out);
	for (int i = 0; i < c->npoints; i++) {
		const struct calibration_point *p = &c->points[i];

		fprintf(out, "  %10s %18.3f%% %24.3f%%\n",
			format_duration(p->seconds, time, sizeof(time)), p->half_width, p->detectable);
	}
}

static void print_doses(const struct calibration *c, enum calibration_side side, FILE *out)
{
	const struct calibration_doses *d = &c->side[side];
	const char *name = calibration_sides[side];

	for (int i = 0; i < d->n; i++) {
		const struct calibration_dose *v = &d->v[i];
		char amount[32];

		snprintf(amount, sizeof(amount), "%lld %s", (long long)v->amount,
			side == CALIBRATION_USER ? "ns" : "PTEs");
		fprintf(out, "  %-8s %10s %12.3f %12.3f    [%+.3f, %+.3f]\n", name, amount, v->injected,
			v->recovered.pct, v->recovered.lo, v->recovered.hi);
	}
	if (!d->n)
		fprintf(out, "  %-8s none: one more %s is more than 4%% here\n", name,
			calibration_parameters[side]);
}

void calibration_text(const struct calibration *c, FILE *out)
{
	char title[512], line[sizeof(title) + 16], level[32], time[32];

	snprintf(line, sizeof(line), "calibration: %s", calibration_title(c, title, sizeof(title)));
	wrap_text(out, "", line, 0);
	fprintf(out, "  level    %s, " LEVEL_QUANTILE_NAME "\n", format_ns(c->level, level, sizeof(level)));
	fprintf(out, "  equal    %+.3f%% [%+.3f, %+.3f], two equal arms for %s\n", c->equal.pct,
		c->equal.lo, c->equal.hi, format_duration(c->seconds, time, sizeof(time)));
	print_points(c, out);
	fputs("\n  dose         amount   injected %  recovered %       95% interval\n", out);
	for (int side = 0; side < CALIBRATION_SIDES; side++)
		print_doses(c, side, out);
	for (int side = 0; side < CALIBRATION_SIDES; side++) {
		const struct calibration_doses *d = &c->side[side];

		if (isfinite(d->slope))
			fprintf(out, "  slope    %s %.3f, standard error %.3f; intercept %+.3f%%\n",
				calibration_sides[side], d->slope, d->slope_se, d->intercept);
	}
}

char *calibration_sentence(const struct calibration *c, char *buf, size_t size)
{
	const struct calibration_doses *user = &c->side[CALIBRATION_USER];
	const struct calibration_doses *kernel = &c->side[CALIBRATION_KERNEL];
	char time[32];

	snprintf(buf, size, "equal arms %+.2f%% [%+.2f, %+.2f] after %s", c->equal.pct,
		c->equal.lo, c->equal.hi, format_duration(c->seconds, time, sizeof(time)));
	if (isfinite(user->slope) && isfinite(kernel->slope))
		text_add(buf, size, "; of doses it recovers %.3f (user) and %.3f (kernel)",
			user->slope, kernel->slope);
	return buf;
}
