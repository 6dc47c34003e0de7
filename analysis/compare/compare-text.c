/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A comparison's names and warnings in words. */
#include <math.h>
#include <stdio.h>
#include "analysis/compare/compare.h"

const char *const compare_side_names[] = { "before", "after" };

const char *switch_level_name(enum switch_level level)
{
	static const char *const name[] = { "block", "vm", "boot", "file" };

	return (unsigned int)level < 4 ? name[level] : "unknown";
}

const char *compare_verdict_name(enum compare_verdict v)
{
	static const char *const name[] = { "inconclusive", "regression", "improvement",
		"equivalent" };

	return (unsigned int)v < 4 ? name[v] : "unknown";
}

const char *compare_covers_name(enum compare_covers c)
{
	static const char *const name[] = { "nothing", "rounds within these boots",
		"blocks within these boots", "boots" };

	return (unsigned int)c < 4 ? name[c] : "unknown";
}

/* Sentences about what the data are. */
static int structure_text(const struct compare_warning *w, char *s, size_t n)
{
	switch (w->code) {
	case COMPARE_WARN_EMPTY_SIDE:
		return snprintf(s, n, "The %s side has no usable data.",
			compare_side_names[w->a != 0]);
	case COMPARE_WARN_ONE_BOOT:
		return snprintf(s, n, "With %.0f boot%s before and %.0f after, a difference "
			"between kernels cannot be told from a difference between boots.",
			w->a, w->a == 1 ? "" : "s", w->b);
	case COMPARE_WARN_ONE_BLOCK:
		return snprintf(s, n, "With %.0f block%s before and %.0f after there is "
			"nothing to judge the scatter by.",
			w->a, w->a == 1 ? "" : "s", w->b);
	case COMPARE_WARN_NOT_INTERLEAVED:
		return snprintf(s, n, "Nothing shows that the sides alternated within the "
			"boot, so drift cannot be told from a change.");
	case COMPARE_WARN_BOOT_ORDER:
		return snprintf(s, n, "All boots of one side came before those of the other; "
			"alternate them (A B B A) so that drift cannot pass for a change.");
	case COMPARE_WARN_FEW_BOOTS:
		return snprintf(s, n, "Only %.0f boots before and %.0f after: the intervals "
			"are wide for want of boots.", w->a, w->b);
	case COMPARE_WARN_FEW_BLOCKS:
		return snprintf(s, n, "Only %.0f rounds or blocks a side: the intervals are "
			"rough.", w->a);
	case COMPARE_WARN_UNPAIRED:
		return snprintf(s, n, "%.0f block%s without a partner in the same round left "
			"out.", w->a, w->a == 1 ? "" : "s");
	case COMPARE_WARN_MIXED_BOOTS:
		return snprintf(s, n, "Only %.0f of %.0f boots have both sides.", w->a, w->b);
	case COMPARE_WARN_NOT_FINITE:
		return snprintf(s, n, "%.0f sample%s not a finite number, left out.", w->a,
			w->a == 1 ? "" : "s");
	case COMPARE_WARN_EMPTY_BLOCKS:
		return snprintf(s, n, "%.0f block%s without a sample left out.", w->a,
			w->a == 1 ? "" : "s");
	default:
		return snprintf(s, n, "Unknown warning %d.", (int)w->code);
	}
}

int compare_warning_text(const struct compare_warning *w, char *s, size_t n)
{
	switch (w->code) {
	case COMPARE_WARN_DRIFT:
		return snprintf(s, n, "The level moved by %+.1f%% while it was measured.",
			w->a);
	case COMPARE_WARN_EFFECT_DRIFTS:
		return snprintf(s, n, "The change is not steady: %+.2f%% in the first third "
			"of the rounds, %+.2f%% in the last.", w->a, w->b);
	case COMPARE_WARN_BIMODAL:
		return snprintf(s, n, "The machine was in two states %.0f%% apart, %.0f%% of "
			"the blocks in the slower; percentiles between them are uncertain.",
			w->a, w->b);
	case COMPARE_WARN_AUTOCORRELATED:
		return snprintf(s, n, "Neighbouring blocks resemble each other; the bootstrap "
			"kept them together, %.1f on average.", w->a);
	case COMPARE_WARN_TAIL:
		return snprintf(s, n, "p%g has too few samples beyond it for an interval; %.0f "
			"a side would do.", w->a, w->b);
	case COMPARE_WARN_TIES:
		return snprintf(s, n, "At p%g the values come in steps of %.2f%%: smaller "
			"changes of a percentile cannot show.", w->a, w->b);
	case COMPARE_WARN_CONSTANT:
		return snprintf(s, n, "All samples of both sides are equal.");
	case COMPARE_WARN_ZERO:
		return snprintf(s, n, "p%g is not above zero on both sides, so it has no "
			"ratio.", w->a);
	case COMPARE_WARN_ZERO_BLOCKS:
		return snprintf(s, n, "%.0f round%s or blocks left out of the effect: their "
			LEVEL_QUANTILE_NAME " is not above zero.", w->a, w->a == 1 ? "" : "s");
	case COMPARE_WARN_OPPOSITE:
		return snprintf(s, n, "Surely worse at one percentile (%g) and surely better at "
			"another (%g); 0 stands for the effect.", w->a, w->b);
	default:
		return structure_text(w, s, n);
	}
}

int compare_needs_text(const struct compare_needs *needs, char *s, size_t n)
{
	static const char *const unit[] = { [COMPARE_NEEDS_ROUNDS] = "round",
		[COMPARE_NEEDS_BLOCKS] = "block", [COMPARE_NEEDS_BOOTS] = "boot" };
	char where[32] = "";
	const char *side;

	switch (needs->what) {
	case COMPARE_NEEDS_NONE:
		return snprintf(s, n, "%s", "");
	case COMPARE_NEEDS_ORDER:
		return snprintf(s, n, "the sides in alternation, not one after the other");
	case COMPARE_NEEDS_DATA:
		return snprintf(s, n, "usable data on both sides");
	case COMPARE_NEEDS_ROUNDS:
	case COMPARE_NEEDS_BLOCKS:
	case COMPARE_NEEDS_BOOTS:
		break;
	}
	side = needs->what == COMPARE_NEEDS_ROUNDS ? "" : " a side";
	if (needs->p > 0)
		snprintf(where, sizeof(where), ", for p%g", needs->p);
	if (isinf(needs->more))
		return snprintf(s, n, "more than 100 times as many %ss%s%s",
			unit[needs->what], side, where);
	return snprintf(s, n, "about %.0f more %s%s%s%s", needs->more, unit[needs->what],
		needs->more == 1 ? "" : "s", side, where);
}
