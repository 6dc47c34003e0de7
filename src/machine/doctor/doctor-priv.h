/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tables of checks share. */
#ifndef EXITBENCH_DOCTOR_PRIV_H
#define EXITBENCH_DOCTOR_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <jansson.h>
#include "machine/doctor/doctor.h"
#include "machine/environment/environment.h"

struct examined {
	const json_t *env;
	const struct doctor_probe *probe;	/* NULL without one */
	bool guest;				/* a hypervisor was seen */
	struct finding *f;			/* the one being made */
};

/* One thing to look at. The test calls doc_say() once and may call doc_fix(). */
struct check {
	const char *id;
	enum severity (*test)(struct examined *x);
	const char *why;
	const char *fix;	/* unless the test says another */
};

/* Ended by an id of NULL. */
extern const struct check doctor_cpu_checks[];
extern const struct check doctor_kernel_checks[];
extern const struct check doctor_system_checks[];

/* Words the finding; returns SEVERITY. */
enum severity doc_say(struct examined *x, enum severity severity, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Replaces the table's remedy. */
void doc_fix(struct examined *x, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* doc_say() that the fact was not to be had; SEVERITY_UNKNOWN. */
enum severity doc_unknown(struct examined *x, const char *what);

/* Array of strings or numbers as "a, b"; "" when it is none. */
void doc_join(const json_t *array, char *buf, size_t size);

#endif
