/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes the files that tests/data/env-*.tree describe. */
#include "config.h"
#include <ftw.h>
#include <sys/stat.h>
#include "machine/environment/environment.h"
#include "tests/unit/fake-tree.h"
#include "tests/unit/unit.h"

/* Writes "\n", "\\" and "\xHH" as bytes. */
static void write_escaped(FILE *out, const char *text)
{
	unsigned int byte;

	for (; *text && *text != '\n'; text++) {
		if (*text != '\\') {
			fputc(*text, out);
			continue;
		}
		text++;
		if (*text == 'x' && sscanf(text + 1, "%2x", &byte) == 1) {
			fputc((int)byte, out);
			text += 2;
			continue;
		}
		fputc(*text == 'n' ? '\n' : *text == 't' ? '\t' : *text, out);
	}
}

void plant_line(const char *root, const char *line)
{
	char path[4096];
	const char *contents = strstr(line, " = ");
	FILE *out;

	assert_non_null(contents);
	snprintf(path, sizeof(path), "%s/%.*s", root, (int)(contents - line), line);
	for (char *p = path + strlen(root) + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		mkdir(path, 0755);
		*p = '/';
	}
	out = fopen(path, "w");
	assert_non_null(out);
	write_escaped(out, contents + 3);
	assert_int_equal(fclose(out), 0);
}

void plant(const char *tree, char *root, size_t size)
{
	const char *tmp = getenv("TMPDIR");
	static char line[8192];
	FILE *in;

	snprintf(root, size, "%s/env-test-XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(root));
	if (!tree)
		return;
	in = fopen(data_file(tree), "r");
	assert_non_null(in);
	while (fgets(line, sizeof(line), in))
		if (*line != '#' && *line != '\n')
			plant_line(root, line);
	fclose(in);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void uproot(const char *root)
{
	nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

json_t *plant_and_collect(const char *tree)
{
	char root[256];
	json_t *env = NULL;

	plant(tree, root, sizeof(root));
	assert_int_equal(environment_collect(root, &env), 0);
	uproot(root);
	return env;
}
