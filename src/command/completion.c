/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Completion in shells: what may follow, as lists of words from the tables of options. */
#include "config.h"
#include <string.h>
#include "command/completion.h"

/*
 * Bash cuts words at "=", too: "--name=value" is three. Of "a,b" what is behind the last comma
 * is completed. Where nothing is proposed, bash proposes files.
 */
static const char script[] =
	"_exitbench() {\n"
	"	local at=$COMP_CWORD cur before command=${COMP_WORDS[1]} head= words=\n"
	"	cur=${COMP_WORDS[at]} before=${COMP_WORDS[at-1]}\n"
	"	COMPREPLY=()\n"
	"	case $cur,$before in\n"
	"	=,*) cur= ;;\n"
	"	*,=) before=${COMP_WORDS[at-2]} ;;\n"
	"	esac\n"
	"	if [ \"$at\" -eq 1 ]; then\n"
	"		COMPREPLY=($(compgen -W \"$(_exitbench_words '')\" -- \"$cur\"))\n"
	"		return\n"
	"	fi\n"
	"	case ${COMP_WORDS[2]} in\n"
	"	[a-z]*) [ \"$at\" -gt 2 ] &&\n"
	"		[ -n \"$(_exitbench_words \"$command ${COMP_WORDS[2]}\")\" ] &&\n"
	"		command=\"$command ${COMP_WORDS[2]}\" ;;\n"
	"	esac\n"
	"	words=$(_exitbench_words \"$command $before\")\n"
	"	case $cur,$words,$at in\n"
	"	-*,,*) words=$(_exitbench_words \"$command\") ;;\n"
	"	*,,2) words=$(_exitbench_words \"$command @\") ;;\n"
	"	*) case $cur in *,*) head=${cur%,*}, ;; esac ;;\n"
	"	esac\n"
	"	COMPREPLY=($(compgen -P \"$head\" -W \"$words\" -- \"${cur#\"$head\"}\"))\n"
	"}\n"
	"complete -o bashdefault -o default -F _exitbench exitbench\n";

static const char *last_word(const char *name)
{
	const char *space = strrchr(name, ' ');

	return space ? space + 1 : name;
}

static void put_list(const struct subcommand *const *list, FILE *out)
{
	for (; *list; list++)
		fprintf(out, " %s", last_word((*list)->name));
}

/* The values of an option, if there are words for them. */
static void put_values(const struct subcommand *c, const struct option_row *r, FILE *out)
{
	if (!r->words && !r->propose)
		return;
	fprintf(out, "	'%s --%s'", c->name, r->name);
	if (r->letter)
		fprintf(out, " | '%s -%c'", c->name, r->letter);
	fputs(") echo '", out);
	for (int i = 0; r->words && r->words[i]; i++)
		fprintf(out, " %s", r->words[i]);
	if (r->type == OPTION_CHOICES)
		fputs(" all", out);
	for (int i = 0; r->propose && r->propose(i); i++)
		fprintf(out, " %s", r->propose(i));
	fputs("' ;;\n", out);
}

static void put_command(const struct subcommand *c, FILE *out)
{
	fprintf(out, "	'%s') echo '", c->name);
	for (const struct option_row *r = c->rows; r->name; r++)
		if (!r->hidden)
			fprintf(out, " --%s", r->name);
	fputs(" --help' ;;\n", out);
	for (const struct option_row *r = c->rows; r->name; r++)
		if (!r->hidden)
			put_values(c, r, out);
	if (c->words || c->parts)
		fprintf(out, "	'%s @') echo '", c->name);
	if (c->words)
		fprintf(out, "%s' ;;\n", c->words);
	if (!c->parts)
		return;
	put_list(c->parts, out);
	fputs("' ;;\n", out);
	for (const struct subcommand *const *p = c->parts; *p; p++)
		put_command(*p, out);
}

void completion_bash(const struct subcommand *const *commands, FILE *out)
{
	fputs("# Completes exitbench in bash; made by 'exitbench completion bash'.\n"
	      "# Of '' the commands, of a command its options, of an option its values, of '@'\n"
	      "# what a command takes.\n"
	      "_exitbench_words() {\n"
	      "	case $1 in\n"
	      "	'') echo '", out);
	put_list(commands, out);
	fputs("' ;;\n", out);
	for (; *commands; commands++)
		put_command(*commands, out);
	fputs("	esac\n}\n", out);
	fputs(script, out);
}
