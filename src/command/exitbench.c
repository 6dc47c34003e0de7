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
#include "command/command.h"
#include "text/suggest.h"

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *does;
} commands[] = {
	{ "list", cmd_list, "the workloads: what each child holds at exit, its parameters" },
	{ "run", cmd_run, "measure; results are appended to a file" },
	{ "compare", cmd_compare, "percentiles before and after, the change, an interval" },
	{ "plot", cmd_plot, "pictures: percentiles, change, distribution, time, cores" },
	{ "report", cmd_report, "one HTML page of all of a comparison" },
	{ "doctor", cmd_doctor, "what on this machine makes numbers noisy, and the remedy" },
	{ "calibrate", cmd_calibrate, "this machine's noise floor, and the smallest effect seen" },
	{ "prove", cmd_prove, "does each workload reach the path it is meant to drive?" },
	{ "show", cmd_show, "what a result file holds" },
	{ "export", cmd_export, "a result file's samples as CSV" },
	{ "import", cmd_import, "samples from CSV into a result file" },
	{ "merge", cmd_merge, "several result files into one" },
	{ "lab", cmd_lab, "kernels that differ in one change, in virtual machines" },
	{ "history", cmd_history, "published figures, and what they can and cannot support" },
};
#define NCOMMANDS (sizeof(commands) / sizeof(commands[0]))

static void help(FILE *out)
{
	fputs("usage: exitbench COMMAND [OPTION]...\n"
	      "\n"
	      "Did a kernel change make process exit slower, at which percentile, on how many\n"
	      "cores, by how much, and how sure is that?\n"
	      "\n", out);
	for (size_t i = 0; i < NCOMMANDS; i++)
		fprintf(out, "  %-9s %s\n", commands[i].name, commands[i].does);
	fputs("\n"
	      "'exitbench COMMAND --help' tells more; so does exitbench(1).\n"
	      "\n"
	      "Exit status: 0 done; 1 compare found a regression; 2 usage or bad input; 3 the\n"
	      "machine cannot do it; 4 interrupted, what was measured so far is in the file.\n",
		out);
}

static int unknown(const char *name)
{
	struct suggestion near;

	suggest_start(&near, name);
	for (size_t i = 0; i < NCOMMANDS; i++)
		suggest_offer(&near, commands[i].name);
	return fail(STATUS_USAGE, "%s: no such command%s; see exitbench --help", name,
		suggest_text(&near));
}

static int dispatch(int argc, char **argv)
{
	if (argc < 2) {
		help(stderr);
		return fail(STATUS_USAGE, "which command?");
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		help(stdout);
		return 0;
	}
	if (!strcmp(argv[1], "--version")) {
		puts(PACKAGE_STRING);
		return 0;
	}
	for (size_t i = 0; i < NCOMMANDS; i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	return unknown(argv[1]);
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

/* 0, or negative when something that was printed is lost. */
static int finish_output(void)
{
	errno = 0;
	if (!fflush(stdout) && !ferror(stdout))
		return 0;
	return fail(STATUS_MACHINE, "cannot write the output: %s",
		errno ? strerror(errno) : "a write failed");
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
	status = dispatch(argc, argv);
	/* Whoever could not print JSON believed to be out of memory. */
	if ((status >= 0 || (status == -STATUS_MACHINE && ferror(stdout))) && finish_output())
		status = -STATUS_MACHINE;
	if (status >= 0)
		return status;
	fprintf(stderr, "exitbench: %s\n", fail_message());
	return -status;
}
