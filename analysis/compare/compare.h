/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The comparison of one cell: two sides, blocks of samples on each, and the question
 * whether after differs from before, where, by how much, and how sure that is. The method
 * and its reasons are in doc/statistics.md.
 *
 * Pure computation: no I/O, no globals. All changes are log ratios, log(after / before);
 * compare_pct() turns them into per cent. NAN means "there is none", and every NAN in a
 * result has a warning that says why. The same input, options and seed give the same
 * result bit for bit, whatever the number of threads; the order of samples within a block
 * does not matter; exchanging the sides negates every change exactly.
 */
#ifndef EXITBENCH_COMPARE_H
#define EXITBENCH_COMPARE_H

#include "analysis/statistics/stats.h"

enum { COMPARE_BEFORE = 0, COMPARE_AFTER = 1 };

extern const char *const compare_side_names[2];		/* "before", "after" */

/* How often arms alternated (the switch level). */
enum switch_level {
	COMPARE_BLOCK,		/* within a boot, block by block */
	COMPARE_VM,		/* two guests side by side; a boot is a pair of guests */
	COMPARE_BOOT,		/* between boots */
	COMPARE_FILE,		/* two files; the boots in the data decide */
};

/* "block", "vm", "boot", "file". */
const char *switch_level_name(enum switch_level level);

/*
 * Where samples are that are too many to be in memory at once: READ puts those of block AT
 * into V, all finite and as many as the block's n, each time the same. Several threads call
 * it at once. 0, or a negative that is neither -EINVAL nor -ENOMEM, which compare_cell()
 * returns.
 */
struct compare_source {
	int (*read)(void *arg, size_t at, double *v);
	void *arg;
};

/* A block of samples. */
struct compare_block {
	int side;		/* COMPARE_BEFORE or COMPARE_AFTER */
	int boot;		/* its boot: any number; the same on both sides means shared */
	int64_t pair;		/* round: with the same boot and pair, blocks of both sides
				   are a pair; negative: unpaired */
	double start;		/* s, comparable across boots if possible; NAN: unknown */
	const double *v;	/* samples, any order; borrowed. NULL: SOURCE has them */
	size_t n;
	const struct compare_source *source;	/* borrowed */
	size_t at;
};

struct compare_options {
	enum switch_level switch_level;
	const double *percentiles;	/* ascending, in (0, 100); borrowed */
	size_t npercentiles;
	double margin;			/* 0.01: 1%, i.e. +-log(1.01) */
	double confidence;		/* 0.95 */
	double judged_lo, judged_hi;	/* percentiles that the verdict looks at: 10, 99 */
	int replicates;			/* 2000 */
	uint64_t seed;
	int threads;			/* 0: as many as there are CPUs, 8 at most */
	bool larger_is_better;		/* throughput; false: times */
	bool sequential;		/* looked at repeatedly (--until-ci): every interval is
					   one of a confidence sequence */
};

/* Everything at its default: level block, the ten percentiles of the report. */
void compare_defaults(struct compare_options *o);

enum compare_verdict {
	COMPARE_INCONCLUSIVE,
	COMPARE_REGRESSION,
	COMPARE_IMPROVEMENT,
	COMPARE_EQUIVALENT,
};

/* "inconclusive", "regression", "improvement", "equivalent". */
const char *compare_verdict_name(enum compare_verdict v);

/* Which variation the intervals cover, i.e. what would differ if one measured again. */
enum compare_covers {
	COMPARE_COVERS_NOTHING,		/* no intervals */
	COMPARE_COVERS_ROUNDS,		/* rounds of paired blocks, in these boots */
	COMPARE_COVERS_BLOCKS,		/* blocks, unpaired, in these boots */
	COMPARE_COVERS_BOOTS,		/* boots */
};

/* "nothing", "rounds within these boots", ... */
const char *compare_covers_name(enum compare_covers c);

struct compare_percentile {
	double p;
	double before, after;	/* of the pooled samples; between boots: the geometric mean
				   over boots of each boot's percentile */
	double delta;		/* log(after / before) */
	struct interval ci;	/* of delta, for this percentile alone */
	struct interval band;	/* of delta, for all percentiles and the effect
				   at once (max-t) */
	bool judged;
};

/* What would settle an inconclusive comparison. */
enum compare_needs_what {
	COMPARE_NEEDS_NONE,	/* it is settled */
	COMPARE_NEEDS_ROUNDS,
	COMPARE_NEEDS_BLOCKS,	/* on each side */
	COMPARE_NEEDS_BOOTS,	/* on each side */
	COMPARE_NEEDS_ORDER,	/* the sides in alternation rather than one after the other */
	COMPARE_NEEDS_DATA,	/* usable data (a side is empty, zeros); no number */
};

struct compare_needs {
	enum compare_needs_what what;
	double more;		/* how many further ones; INFINITY: more than 100 times what
				   there is */
	double p;		/* the percentile that asks for them, 0: the effect; NAN: none */
};

/*
 * Causes of doubt. A and B are the numbers that the sentence quotes. Those marked (!)
 * force the verdict inconclusive.
 */
enum compare_warning_code {
	COMPARE_WARN_EMPTY_SIDE,	/* (!) a: side without a usable block */
	COMPARE_WARN_ONE_BOOT,		/* (!) a, b: boots before, after */
	COMPARE_WARN_ONE_BLOCK,		/* (!) a, b: blocks before, after: no interval */
	COMPARE_WARN_NOT_INTERLEAVED,	/* (!) same boot, one side after the other */
	COMPARE_WARN_BOOT_ORDER,	/* boots of one side all before the other's */
	COMPARE_WARN_FEW_BOOTS,		/* a, b: boots before, after; fewer than 3 */
	COMPARE_WARN_FEW_BLOCKS,	/* a: pairs or blocks; fewer than 20 */
	COMPARE_WARN_UNPAIRED,		/* a: blocks left out that have no partner */
	COMPARE_WARN_MIXED_BOOTS,	/* a: boots that both sides share, b: boots in all */
	COMPARE_WARN_DRIFT,		/* a: % that the level moved, unpaired sides */
	COMPARE_WARN_EFFECT_DRIFTS,	/* a, b: effect in % in the first and last third */
	COMPARE_WARN_BIMODAL,		/* a: % between two states, b: % of blocks in the upper */
	COMPARE_WARN_AUTOCORRELATED,	/* a: mean block length of the bootstrap; unpaired sides */
	COMPARE_WARN_TAIL,		/* a: percentile with fewer than 10 samples beyond it,
					   b: samples needed a side; no interval */
	COMPARE_WARN_TIES,		/* a: percentile, b: clock's step in % there */
	COMPARE_WARN_CONSTANT,		/* all samples of both sides are equal */
	COMPARE_WARN_ZERO,		/* a: percentile that is not positive: no ratio */
	COMPARE_WARN_ZERO_BLOCKS,	/* a: pairs or blocks left out of the effect for that */
	COMPARE_WARN_NOT_FINITE,	/* a: samples left out, NAN or infinite */
	COMPARE_WARN_EMPTY_BLOCKS,	/* a: blocks left out, without a sample */
	COMPARE_WARN_OPPOSITE,		/* a, b: percentiles surely worse and surely better */
	COMPARE_WARN_CODES
};

struct compare_warning {
	enum compare_warning_code code;
	double a, b;
};

struct compare_side {
	size_t boots, blocks, samples;	/* used */
};

struct compare_result {
	struct compare_percentile *percentiles;	/* owned; as in the options */
	size_t npercentiles;
	struct {
		double p;		/* NAN: no judged percentile has a band */
		double worse;		/* log, worse is positive */
		struct interval band;	/* likewise */
	} worst;
	struct {
		double delta;		/* log(after / before) */
		struct interval ci;	/* for the effect alone */
		struct interval band;	/* as a member of the percentiles' band: what the
					   verdict goes by */
	} effect;
	enum compare_verdict verdict;
	double p_regression;	/* of "no regression beyond the margin"; for holm_adjust().
				   NAN when a warning forces inconclusive */
	struct compare_needs needs;
	enum compare_covers covers;
	enum quantile_type estimator;
	struct compare_side side[2];
	size_t pairs;		/* rounds (or guest pairs) with both sides; 0: unpaired */
	double block_length;	/* mean block of the stationary bootstrap, in rounds or
				   blocks, also where it takes several of them as one;
				   1: they are independent; NAN: no bootstrap */
	struct compare_warning *warnings;	/* owned */
	size_t nwarnings;
};

/*
 * Compares. BLOCKS and their samples are borrowed for the call and not changed. Needs
 * memory for the longest block in each thread, and 48 bytes for each distinct value
 * (tally.h) of a side, or of a boot; a block is read up to three times. On success 0, and
 * *out is to be freed with compare_free(). -EINVAL: an option out of range, a side that is
 * neither 0 nor 1; -ENOMEM; what a source returned. Data that cannot answer is no error:
 * see the warnings.
 */
int compare_cell(const struct compare_options *o, const struct compare_block *blocks,
	size_t nblocks, struct compare_result **out);
void compare_free(struct compare_result *r);

/* The samples of B into V, which has room for them. 0, or what its source returned. */
int compare_samples(const struct compare_block *b, double *v);

/* 100 (e^x - 1): a log ratio in per cent. */
double compare_pct(double log_ratio);

/* The warning as one plain sentence; like snprintf(). */
int compare_warning_text(const struct compare_warning *w, char *text, size_t size);
/* "about 1200 more rounds, for p99", "" for none; like snprintf(). */
int compare_needs_text(const struct compare_needs *needs, char *text, size_t size);

/* The quantile of a block that is its level: the effect is the change of levels. */
#define LEVEL_QUANTILE 0.25
#define LEVEL_QUANTILE_NAME "lower quartile"

/*
 * The level of a block of N samples, as a logarithm; the estimator is type 8. V is reordered.
 * NAN if the quantile is not positive.
 */
double compare_block_level(double *v, size_t n);

/*
 * Per-round effect of --until-ci: the difference of the two blocks' levels, ready for
 * sequential_add(). V0 and V1 are reordered. NAN if a block has no level.
 */
double compare_round(double *v0, size_t n0, double *v1, size_t n1);

#endif
