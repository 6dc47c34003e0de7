/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exitbench show: what a result file holds. */
#include "config.h"
#include "base/fail.h"
#include "command/command.h"
#include "report/show/show.h"
#include "text/options.h"

static const char usage[] =
	"usage: exitbench show FILE [--json] [--env] [--verbose]\n"
	"\n"
	"What a result file holds: its runs; of each its arms, its cells with what was counted\n"
	"in them, and the notes taken while it ran.\n"
	"\n"
	"  -j, --json      all of it but the samples, machine-readable\n"
	"  -e, --env       only the machine and kernel it was measured on, as JSON\n"
	"  -v, --verbose   also parameters at their defaults, and the settings\n"
	"  -h, --help      this text\n";

static const struct option longs[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "env", no_argument, NULL, 'e' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 }
};

int cmd_show(int argc, char **argv)
{
	struct show s = { 0 };
	bool json = false, env = false;
	int c, err = 0;

	while ((c = next_option(argc, argv, longs, &err)) != -1) {
		if (c == 'h') {
			fputs(usage, stdout);
			return 0;
		}
		json |= c == 'j';
		env |= c == 'e';
		s.verbose |= c == 'v';
	}
	if (!err)
		err = check_arguments(argc, argv, 1, 1, "one result file");
	if (err)
		return err;
	/* Who has it open, and has a run without an end, is measuring. */
	s.in_use = store_in_use(argv[optind]);
	err = store_open(argv[optind], STORE_READ, &s.store);
	if (err)
		return err;
	if (json)
		err = show_json(&s);
	else
		err = env ? show_environment(&s) : show_text(&s);
	store_close(s.store);
	return err;
}
