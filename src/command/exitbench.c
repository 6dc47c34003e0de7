/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The program: finds the subcommand, prints its error, sets the exit status. */
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <gsl/gsl_errno.h>
#include "base/fail.h"
#include "base/search-path.h"
#include "base/stream.h"
#include "command/command.h"
#include "command/completion.h"
#include "text/suggest.h"

static int run_completion(void *options, const struct arguments *a);

static const struct option_row no_rows[] = { { 0 } };

static const struct subcommand completion = {
	.name = "completion",
	.does = "what a shell needs to complete all of this",
	.about =
	"usage: exitbench completion SHELL\n"
	"\n"
	"Prints a script that completes commands, options and their values in SHELL, which is\n"
	"bash. Where it was not installed: eval \"$(exitbench completion bash)\"\n",
	.rows = no_rows,
	.words = "bash",
	.size = 1,
	.run = run_completion,
};

static const struct subcommand *const commands[] = {
	&command_list, &command_run, &command_compare, &command_plot, &command_report,
	&command_doctor, &command_calibrate, &command_prove, &command_show, &command_export,
	&command_import, &command_merge, &command_lab, &command_history, &completion, NULL
};

static int run_completion(void *options, const struct arguments *a)
{
	int err = check_arguments(a, 1, 1, "a shell: bash");

	(void)options;
	if (!err && strcmp(a->v[0], "bash"))
		err = fail(STATUS_USAGE, "completion %s: not for this shell; take bash", a->v[0]);
	if (!err)
		completion_bash(commands, stdout);
	return err;
}

static void help(FILE *out)
{
	fputs("usage: exitbench COMMAND [OPTION]...\n"
	      "\n"
	      "Did a kernel change make process exit slower, at which percentile, on how many\n"
	      "cores, by how much, and how sure is that?\n"
	      "\n", out);
	for (const struct subcommand *const *c = commands; *c; c++)
		fprintf(out, "  %-10s %s\n", (*c)->name, (*c)->does);
	fputs("\n"
	      "'exitbench COMMAND --help' tells more; so does exitbench(1).\n"
	      "\n"
	      "Exit status: 0 done; 1 compare found a regression; 2 usage or bad input; 3 the\n"
	      "machine cannot do it; 4 interrupted, what was measured so far is in the file.\n",
		out);
}

/* The last word of a name: "build" of "lab build". */
static const char *last_word(const struct subcommand *c)
{
	const char *space = strrchr(c->name, ' ');

	return space ? space + 1 : c->name;
}

static const struct subcommand *find(const struct subcommand *const *list, const char *name)
{
	while (*list && strcmp(last_word(*list), name))
		list++;
	return *list;
}

/* KIND: "command", or "part" of OF. */
static int unknown(const struct subcommand *const *list, const char *name, const char *kind,
	const char *of)
{
	struct suggestion near;

	suggest_start(&near, name);
	for (; *list; list++)
		suggest_offer(&near, last_word(*list));
	return fail(STATUS_USAGE, "%s%s: no such %s%s; see exitbench %s--help", of, name, kind,
		suggest_text(&near), of);
}

static int run_part(const struct subcommand *c, int argc, char **argv)
{
	const struct subcommand *part;

	if (!strcmp(argv[1], "--bisect"))
		return command_execute(&command_lab_bisect, argc - 1, argv + 1);
	if (argv[1][0] == '-')
		return command_execute(c, argc, argv);
	part = find(c->parts, argv[1]);
	return part ? command_execute(part, argc - 1, argv + 1) :
		unknown(c->parts, argv[1], "part", "lab ");
}

/* The manual page's lists of options, in mdoc(7), from the tables that are parsed by. */
static void manual_options(const struct subcommand *const *list)
{
	for (; *list; list++) {
		if ((*list)->rows->name) {
			printf(".Ss exitbench %s\n", (*list)->name);
			options_mdoc((*list)->rows, stdout);
		}
		if ((*list)->parts)
			manual_options((*list)->parts);
	}
}

static int dispatch(int argc, char **argv)
{
	const struct subcommand *c;

	if (argc < 2) {
		help(stderr);
		return fail(STATUS_USAGE, "which command?");
	}
	if (!strcmp(argv[1], "help") && argc > 2 && !strcmp(argv[2], "--mdoc")) {
		manual_options(commands);
		return 0;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		help(stdout);
		return 0;
	}
	if (!strcmp(argv[1], "--version")) {
		puts(PACKAGE_STRING);
		return 0;
	}
	c = find(commands, argv[1]);
	if (!c)
		return unknown(commands, argv[1], "command", "");
	return c->parts && argc > 2 ? run_part(c, argc - 1, argv + 1) :
		command_execute(c, argc - 1, argv + 1);
}

/*
 * A descriptor 0, 1 or 2 that is closed would become some file that we open. What takes its
 * place can only be used the wrong way round: output that is lost has to be an error.
 */
static void open_standard_files(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
			continue;
		if (open("/dev/null", fd ? O_RDONLY : O_WRONLY) < 0 && open("/", O_PATH) < 0)
			_exit(STATUS_MACHINE);
	}
}

/* Whoever ignores it would have the kernel reap our children before we do. */
static void want_children(void)
{
	struct sigaction act;

	if (!sigaction(SIGCHLD, NULL, &act) && act.sa_handler == SIG_IGN)
		signal(SIGCHLD, SIG_DFL);
}

int main(int argc, char **argv)
{
	int status;

	open_standard_files();
	want_children();
	search_path_clean();
	/* A file that may not grow (ulimit -f) is an error to tell of, not one to die of. */
	signal(SIGXFSZ, SIG_IGN);
	/* So is memory that GSL does not get. */
	gsl_set_error_handler_off();
	setlocale(LC_CTYPE, "");
	status = stream_end(stdout, NULL, dispatch(argc, argv));
	if (status >= 0)
		return status;
	fprintf(stderr, "exitbench: %s\n", fail_message());
	return -status;
}
