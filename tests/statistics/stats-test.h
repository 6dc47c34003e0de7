/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of the statistics share. Include after cmocka.h. */
#ifndef EXITBENCH_STATS_TEST_H
#define EXITBENCH_STATS_TEST_H

#include <math.h>
#include "analysis/compare/compare.h"

/* cmocka's assert_float_equal() is single precision. Two infinities or NANs are not near. */
#define assert_double_near(a, b, tolerance) do {					\
	double a_ = (a), b_ = (b);							\
											\
	if (!(fabs(a_ - b_) <= (tolerance)))						\
		fail_msg("%s is %.17g, not %.17g", #a, a_, b_);				\
} while (0)

#endif
