/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What on this machine will make numbers noisy or wrong, why, and what to do.
 */
#ifndef EXITBENCH_DOCTOR_H
#define EXITBENCH_DOCTOR_H

#include <stdbool.h>
#include <stdio.h>
#include <jansson.h>

/* Most harmful first, the order in which findings are reported. */
enum severity {
	SEVERITY_HIGH,
	SEVERITY_MEDIUM,
	SEVERITY_LOW,
	SEVERITY_OK,		/* looked at, nothing wrong */
	SEVERITY_UNKNOWN,	/* could not be read, or does not exist here */
};

struct finding {
	const char *id;		/* short, stable, lower case: "governor" */
	enum severity severity;
	char what[200];		/* what was found, with the value */
	const char *why;	/* why it matters; static text */
	char fix[240];		/* a command for root, or why there is none; "" if ok */
};

/* What about a second of listening to the machine showed. */
struct doctor_probe {
	double seconds;		/* how long, wall time */
	int cpu;		/* the CPU that was listened on */
	int gaps;		/* times it was away from us for more than 10 us */
	double gap_pct;		/* share of the time in gaps, 0 to 100 */
	double gap_median_us;	/* 0 without gaps */
	double gap_longest_us;
	double steal_pct; /* of all CPUs' time, taken by the hypervisor; 10 ms ticks */
	double others_pct;	/* CPU time of other processes; 100 is one CPU */
	char busiest[32];	/* the process that used most of it, "" if none did */
	double busiest_pct;
};

/*
 * Keeps one CPU busy reading the clock for SECONDS (0.05 to 5) and counts what
 * came between. The caller's CPU affinity is restored. Returns 0, or
 * -STATUS_MACHINE when the clock or the CPU cannot be had.
 */
int doctor_probe(double seconds, struct doctor_probe *out);

struct doctor;	/* the findings */

/*
 * Examines ENV (of environment_collect(); borrowed, not kept) and, unless NULL,
 * PROBE. Returns 0 with *out for doctor_free(), or -STATUS_MACHINE (no memory).
 */
int doctor_examine(const json_t *env, const struct doctor_probe *probe,
	struct doctor **out);
void doctor_free(struct doctor *d);

/* All findings, most severe first, SEVERITY_OK and SEVERITY_UNKNOWN at the end. */
const struct finding *doctor_findings(const struct doctor *d, int *n);

/* How many findings have this severity. */
int doctor_count(const struct doctor *d, enum severity severity);

/* "high", "medium", "low", "ok", "unknown". */
const char *severity_name(enum severity severity);

/*
 * {"findings":[{id,severity,what,why,fix}...],"ok":[id...],"unknown":[id...],
 *  "counts":{high,medium,low}}; a new reference, NULL for no memory.
 */
json_t *doctor_json(const struct doctor *d);

/* The members of a probe under their names, in the same units; a new reference. */
json_t *doctor_probe_json(const struct doctor_probe *probe);

/*
 * The report for people, 80 columns. Checks that are ok, or that had nothing to read,
 * take one paragraph of names; with VERBOSE each its own line, and low findings say why.
 */
void doctor_print(const struct doctor *d, FILE *out, bool verbose);

#endif
