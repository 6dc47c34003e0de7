/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs the files of a corpus through a harness, without libFuzzer: what was found once
 * stays fixed, whatever the compiler. Arguments are files and directories.
 */
#include "config.h"
#include <dirent.h>
#include <sys/stat.h>
#include "tests/fuzz/fuzz.h"

static int files;

static int replay_file(const char *path)
{
	FILE *f = fopen(path, "re");
	struct stat st;
	uint8_t *data;
	int err = -1;

	if (!f || fstat(fileno(f), &st)) {
		perror(path);
		return -1;
	}
	data = malloc(st.st_size + 1);
	if (data && fread(data, 1, st.st_size, f) == (size_t)st.st_size)
		err = 0;
	fclose(f);
	/* Which one it was, should it crash. */
	fprintf(stderr, "%s\n", path);
	if (!err)
		LLVMFuzzerTestOneInput(data, st.st_size);
	files += !err;
	free(data);
	return err;
}

static int replay(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *e;
	char name[4096];
	int err = 0;

	if (!dir)
		return replay_file(path);
	while ((e = readdir(dir))) {
		if (*e->d_name == '.')
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, e->d_name);
		err |= replay_file(name);
	}
	closedir(dir);
	return err;
}

int main(int argc, char **argv)
{
	int err = 0;

	for (int i = 1; i < argc; i++)
		err |= replay(argv[i]);
	printf("%d inputs\n", files);
	return err || !files;
}
