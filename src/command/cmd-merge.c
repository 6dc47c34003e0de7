/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exitbench merge: the runs of several result files in one. */
#include "config.h"
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>
#include "base/fail.h"
#include "command/command.h"
#include "store/store.h"
#include "text/json.h"

struct options {
	const char *output;
	bool json;
};

static const struct option_row rows[] = {
	{ "output", 'o', "FILE", TO_TEXT(struct options, output), "where to" },
	{ "json", 'j', NULL, TO_FLAG(struct options, json),
		"a summary on stdout, machine-readable" },
	{ 0 }
};

struct merge {
	struct options o;
	struct store *to, *from;
	bool in_use;		/* by another process, that may be measuring */
	int copied, there, left_out;
};

/* All are looked at before anything is written. */
static int check_source(const struct merge *m, const char *path)
{
	struct store *s = NULL;
	struct stat in, out;
	int err;

	if (!stat(m->o.output, &out) && !stat(path, &in) && in.st_ino == out.st_ino &&
		in.st_dev == out.st_dev)
		return fail(STATUS_USAGE,
			"%s: is the output, too; its runs are in it anyway: leave "
			"it out in front of -o, or name another output",
			path);
	err = store_open(path, STORE_READ, &s);
	store_close(s);
	return err;
}

static int merge_run(void *arg, const struct store_run *r)
{
	struct merge *m = arg;
	bool copied;
	int err;

	/* A part of it under its name would keep the whole one out, later. */
	if (m->in_use && !strcmp(r->status, "running")) {
		m->left_out++;
		warn("%s: run %lld is still being measured: left out; merge again when "
		     "it is done",
			store_path(m->from), (long long)r->id);
		return 0;
	}
	err = store_copy_run(m->to, m->from, r->id, &copied);
	if (err)
		return err;
	m->copied += copied;
	m->there += !copied;
	return 0;
}

static int merge_file(struct merge *m, const char *path)
{
	int err;

	m->in_use = store_in_use(path);
	err = store_open(path, STORE_READ, &m->from);
	if (err)
		return err;
	err = store_runs(m->from, merge_run, m);
	store_close(m->from);
	m->from = NULL;
	return err;
}

static int print_summary(const struct merge *m)
{
	if (!m->o.json) {
		printf("%s: %d run%s copied, %d already there\n", m->o.output, m->copied,
			m->copied == 1 ? "" : "s", m->there);
		return 0;
	}
	return json_print(json_pack("{s:o, s:i, s:i, s:i}", "file", text_json(m->o.output), "copied",
		m->copied, "already_there", m->there, "still_measured", m->left_out), 0);
}

static int merge(struct merge *m, char **files)
{
	int err = 0;

	for (int i = 0; files[i] && !err; i++)
		err = check_source(m, files[i]);
	if (err)
		return err;
	err = store_open(m->o.output, STORE_APPEND, &m->to);
	for (int i = 0; files[i] && !err; i++)
		err = merge_file(m, files[i]);
	store_close(m->to);
	if (!err)
		return print_summary(m);
	if (m->copied)
		warn("%s: %d run%s copied before this; a run is there wholly or not at all",
			m->o.output, m->copied, m->copied == 1 ? " was" : "s were");
	return err;
}

static int run(void *options, const struct arguments *a)
{
	struct merge m = { .o = *(const struct options *)options };
	int err = check_arguments(a, 1, a->n, "one or more result files");

	if (!err && !m.o.output)
		err = fail(STATUS_USAGE, "merge: where to? give -o FILE.exb");
	return err ? err : merge(&m, a->v);
}

const struct subcommand command_merge = {
	.name = "merge",
	.does = "several result files into one",
	.about =
		"usage: exitbench merge FILE... -o FILE [--json]\n"
		"\n"
		"Copies every run of the result files to the one after -o (made if there is none, else\n"
		"appended to). A run that is there already is not copied again, so merging twice does\n"
		"no harm. A run that is still being measured is left out.\n",
	.rows = rows,
	.size = sizeof(struct options),
	.run = run,
};
