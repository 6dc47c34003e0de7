/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exitbench doctor: what will make numbers noisy here, and what to do about it. */
#include "config.h"
#include "text/json.h"
#include "base/fail.h"
#include "command/command.h"
#include "machine/doctor/doctor.h"
#include "machine/environment/environment.h"

#define LISTEN_SECONDS 0.8

struct options {
	bool json, verbose;
};

static const struct option_row rows[] = {
	{ "json", 'j', NULL, TO_FLAG(struct options, json),
		"machine-readable, with the facts it is based on" },
	{ "verbose", 'v', NULL, TO_FLAG(struct options, verbose),
		"also what is in order, and the reason for each low finding" },
	{ 0 }
};

/* One object: the findings, what was heard (null if nothing) and the environment. */
static int print_json(const struct doctor *d, const struct doctor_probe *probe,
	const json_t *env)
{
	json_t *json = doctor_json(d);

	if (json_object_set_new(json, "probe", probe ? doctor_probe_json(probe) :
			json_null()) ||
		json_object_set(json, "environment", (json_t *)env)) {
		json_decref(json);
		return fail_nomem();
	}
	return json_print(json, 6);
}

static int run(void *options, const struct arguments *a)
{
	const struct options *o = options;
	struct doctor_probe heard, *probe = &heard;
	struct doctor *d = NULL;
	json_t *env = NULL;
	int ret = check_arguments(a, 0, 0, "no arguments");

	if (ret)
		return ret;
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

const struct subcommand command_doctor = {
	.name = "doctor",
	.does = "what on this machine makes numbers noisy, and the remedy",
	.about =
		"usage: exitbench doctor [--json] [--verbose]\n"
		"\n"
		"Names each source of noise on this machine, how much it matters and the\n"
		"command, for root, that removes it. Changes nothing; listens to one CPU for\n"
		"about a second.\n",
	.rows = rows,
	.more =
		"Exit status: 0 whatever it finds, 2 for bad usage.\n",
	.size = sizeof(struct options),
	.run = run,
};
