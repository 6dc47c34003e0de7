/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exitbench doctor: what will make numbers noisy here, and what to do about it. */
#include "config.h"
#include <getopt.h>
#include <stdlib.h>
#include "base/fail.h"
#include "machine/doctor/doctor.h"
#include "machine/environment/environment.h"

#define LISTEN_SECONDS 0.8

static const char usage[] =
	"usage: exitbench doctor [--json] [--verbose]\n"
	"\n"
	"Names each source of noise on this machine, how much it matters and the\n"
	"command, for root, that removes it. Changes nothing; listens to one CPU for\n"
	"about a second.\n"
	"\n"
	"  -j, --json      machine-readable, with the facts it is based on\n"
	"  -v, --verbose   also what is in order, and the reason for each low finding\n"
	"  -h, --help      this text\n"
	"\n"
	"Exit status: 0 whatever it finds, 2 for bad usage.\n";

struct options {
	bool json;
	bool verbose;
	bool help;
};

static int parse(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int c;

	opterr = 0;
	optind = 0;	/* GNU: start anew, whoever parsed before */
	while ((c = getopt_long(argc, argv, "+jvh", longs, NULL)) != -1) {
		if (c == 'j')
			o->json = true;
		else if (c == 'v')
			o->verbose = true;
		else if (c == 'h')
			o->help = true;
		else if (optopt)
			return fail(STATUS_USAGE, "doctor: bad option '-%c'; "
				"see exitbench doctor --help", optopt);
		else
			return fail(STATUS_USAGE, "doctor: bad option '%s'; "
				"see exitbench doctor --help", argv[optind - 1]);
	}
	if (optind < argc)
		return fail(STATUS_USAGE, "doctor: takes no arguments, got '%s'; "
			"see exitbench doctor --help", argv[optind]);
	return 0;
}

/* One object: the findings, what was heard (null if nothing) and the environment. */
static int print_json(const struct doctor *d, const struct doctor_probe *probe,
	const json_t *env)
{
	json_t *json = doctor_json(d);
	int ret = 0;

	if (json_object_set_new(json, "probe", probe ? doctor_probe_json(probe) :
			json_null()) ||
		json_object_set(json, "environment", (json_t *)env) ||
		json_dumpf(json, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(6)))
		ret = fail_nomem();
	putchar('\n');
	json_decref(json);
	return ret;
}

static int report(const struct options *o)
{
	struct doctor_probe heard, *probe = &heard;
	struct doctor *d = NULL;
	json_t *env = NULL;
	int ret;

	/* Before our own reading of /proc disturbs the machine. */
	if (doctor_probe(LISTEN_SECONDS, probe)) {
		warn("%s", fail_message());
		probe = NULL;
	}
	ret = environment_collect("", &env);
	if (ret)
		return ret;
	ret = doctor_examine(env, probe, &d);
	if (ret)
		goto out;
	if (o->json)
		ret = print_json(d, probe, env);
	else
		doctor_print(d, stdout, o->verbose);
out:
	doctor_free(d);
	json_decref(env);
	return ret;
}

int cmd_doctor(int argc, char **argv)
{
	struct options o = { 0 };
	int ret = parse(argc, argv, &o);

	if (ret)
		return ret;
	if (o.help) {
		fputs(usage, stdout);
		return 0;
	}
	return report(&o);
}
