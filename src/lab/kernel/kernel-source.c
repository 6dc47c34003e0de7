/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel source: where it is, what it holds, for which machine with which compiler. */
#include "config.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "base/fail.h"
#include "base/read-text.h"
#include "base/safe-path.h"
#include "lab/kernel/kernel-priv.h"

#define DEBIAN_SOURCE "/usr/src/linux-source-%s.tar.xz"
#define DEFAULT_VERSION "6.1"

static const struct arch archs[] = {
	{ "x86_64", "x86_64", "x86_64-linux-gnu-", "gcc-x86-64-linux-gnu", "bzImage",
		"arch/x86/boot/bzImage", lab_config_x86_64, "0x90", 1100 },
	{ "arm64", "arm64", "aarch64-linux-gnu-", "gcc-aarch64-linux-gnu", "Image",
		"arch/arm64/boot/Image", lab_config_arm64, "0", 1400 },
};
#define NARCHS (sizeof(archs) / sizeof(*archs))

static const char *native(void)
{
	static struct utsname u;

	uname(&u);
	return strcmp(u.machine, "aarch64") ? u.machine : "arm64";
}

static int find_arch(struct kernel_source *s)
{
	const char *name = s->o->arch ? s->o->arch : native();

	if (!strcmp(name, "aarch64"))
		name = "arm64";
	for (size_t i = 0; i < NARCHS; i++)
		if (!strcmp(archs[i].name, name))
			s->arch = &archs[i];
	if (!s->arch)
		return fail(STATUS_USAGE, "--arch %s: the lab knows x86_64 and arm64", name);
	s->cross = strdup(strcmp(name, native()) ? s->arch->cross : "");
	return s->cross ? 0 : fail_nomem();
}

/* A path, or the version of one of Debian's packages. */
static int find_path(struct kernel_source *s)
{
	const char *asked = s->o->source ? s->o->source : DEFAULT_VERSION;
	bool version = !asked[strspn(asked, "0123456789.")] && access(asked, F_OK);
	char *path = version ? text_of(DEBIAN_SOURCE, asked) : strdup(asked);
	struct stat st;
	int err = 0;

	if (!path)
		return fail_nomem();
	s->path = realpath(path, NULL);
	if (!s->path && version)
		err = fail(STATUS_MACHINE,
			"%s: not there: apt-get install linux-source-%s, or name a "
			"kernel source with --source",
			path, asked);
	else if (!s->path || stat(s->path, &st))
		err = fail(STATUS_USAGE,
			"--source %s: %s; name a kernel source tree, a tarball of one, "
			"or a version of Debian's, such as 6.1",
			path, strerror(errno));
	else
		s->tarball = !S_ISDIR(st.st_mode);
	free(path);
	return err;
}

int kernel_cache(const char *asked, char **out)
{
	const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	char *path, *safe;
	int err;

	if (asked)
		path = strdup(asked);
	else if (xdg && *xdg == '/')
		path = text_of("%s/exitbench/lab", xdg);
	else if (home && *home == '/')
		path = text_of("%s/.cache/exitbench/lab", home);
	else
		return fail(STATUS_USAGE,
			"no place for kernels: neither XDG_CACHE_HOME nor HOME is an "
			"absolute path; give --cache DIR");
	if (!path)
		return fail_nomem();
	/* It holds programs that are run: as root, nobody else may have it. */
	err = safe_path_find(path, &safe);
	if (err)
		goto out;
	*out = make_dirs(safe) ? NULL : realpath(safe, NULL);
	if (!*out)
		err = fail(STATUS_MACHINE,
			"%s: cannot make that directory: %s; name another with --cache",
			path, strerror(errno));
	free(safe);
out:
	free(path);
	return err;
}

static int cache_dir(struct kernel_source *s)
{
	return kernel_cache(s->o->cache, &s->cache);
}

/* The value of "NAME = value" in the makefile's first lines. */
static void makefile_value(const char *text, const char *name, char *out, size_t size)
{
	size_t n = strlen(name);

	*out = '\0';
	for (const char *line = text; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, name, n) || line[n + strspn(line + n, " \t")] != '=')
			continue;
		line = strchr(line, '=') + 1;
		line += strspn(line, " \t");
		snprintf(out, size, "%.*s", (int)strcspn(line, " \t\n"), line);
		return;
	}
}

static int parse_release(struct kernel_source *s, const char *makefile)
{
	char part[4][32];

	makefile_value(makefile, "VERSION", part[0], sizeof(part[0]));
	makefile_value(makefile, "PATCHLEVEL", part[1], sizeof(part[1]));
	makefile_value(makefile, "SUBLEVEL", part[2], sizeof(part[2]));
	makefile_value(makefile, "EXTRAVERSION", part[3], sizeof(part[3]));
	if (!*part[0] || !*part[1])
		return fail(STATUS_USAGE, "%s: no kernel source: no VERSION and PATCHLEVEL in its "
			"Makefile", s->path);
	s->release = text_of(
		"%s.%s%s%s%s", part[0], part[1], *part[2] ? "." : "", part[2], part[3]);
	return s->release ? 0 : fail_nomem();
}

static void collect(void *arg, const char *line)
{
	char *text = arg, *end = text + strlen(text);

	snprintf(end, 4096 - (end - text), "%s\n", line);
}

/* The Makefile at a tarball's top, whose first lines are enough. */
static int tarball_release(struct kernel_source *s)
{
	const char *const argv[] = { "tar", "-xOf", s->path, "--wildcards",
		"--no-wildcards-match-slash", "--occurrence=1", "*/Makefile", NULL };
	char text[4096] = "";
	struct tool t = { .argv = argv, .line = collect, .arg = text };
	int status, err = tool_run(&t, &status);

	if (err)
		return err;
	if (status)
		return fail(STATUS_USAGE, "%s: no tarball of a kernel source: %.*s", s->path,
			(int)strcspn(text, "\n"), text);
	return parse_release(s, text);
}

static int tree_release_name(struct kernel_source *s)
{
	char *text;
	size_t size;
	int err = find_text(&text, &size, "%s/Makefile", s->path);

	if (err || !text)
		err = fail(STATUS_USAGE, "%s: no kernel source: it has no Makefile", s->path);
	else
		err = parse_release(s, text);
	free(text);
	return err;
}

static int find_compiler(struct kernel_source *s)
{
	char *cc = text_of("%sgcc", s->cross), *ld = text_of("%sld", s->cross);
	char *cc_line = NULL, *ld_line = NULL;
	const char *package = *s->cross ? s->arch->cross_package : "gcc";
	int err = cc && ld ? 0 : fail_nomem();

	if (!err)
		err = tool_need(cc, package, "to build kernels");
	if (!err)
		err = tool_need(ld, *s->cross ? package : "binutils", "to build kernels");
	if (!err)
		err = tool_first_line((const char *const[]){ cc, "--version", NULL }, &cc_line);
	if (!err)
		err = tool_first_line((const char *const[]){ ld, "--version", NULL }, &ld_line);
	if (!err && !(s->compiler = text_of("%s, %s", cc_line, ld_line)))
		err = fail_nomem();
	free(cc_line);
	free(ld_line);
	free(cc);
	free(ld);
	return err;
}

/* Later fragments win. */
static int join_config(struct kernel_source *s)
{
	char *own = NULL;
	size_t size;
	int err = s->o->config ? read_text(s->o->config, MOST_TEXT, &own, &size) : 0;

	if (err)
		return err;
	s->config = text_of("%s\n%s\n%s", lab_config, s->arch->config, own ? own : "");
	free(own);
	return s->config ? 0 : fail_nomem();
}

static int find_release(struct kernel_source *s)
{
	return s->tarball ? tarball_release(s) : tree_release_name(s);
}

/* A tarball's copy is named by what it holds, a tree's by where it is: it changes. */
static int name_tree(struct kernel_source *s)
{
	char hex[HASH_HEX];
	struct hash h;
	int err = source_hash(s->path, s->tarball, s->id);

	if (!err)
		err = hash_start(&h);
	if (err)
		return err;
	hash_text(&h, s->tarball ? s->id : s->path);
	err = hash_finish(&h, hex);
	if (!err && !(s->tree = text_of("%s/trees/%.16s", s->cache, hex)))
		err = fail_nomem();
	return err;
}

int kernel_source_open(const struct kernel_options *o, struct kernel_source **out)
{
	static int (*const steps[])(struct kernel_source *) = { find_arch, find_path, cache_dir,
		join_config, find_compiler, find_release, name_tree };
	struct kernel_source *s = calloc(1, sizeof(*s));
	int err = 0;

	if (!s)
		return fail_nomem();
	s->o = o;
	s->lock = -1;
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps) && !err; i++)
		err = steps[i](s);
	if (err) {
		kernel_source_close(s);
		s = NULL;
	}
	*out = s;
	return err;
}

void kernel_source_close(struct kernel_source *s)
{
	if (!s)
		return;
	tree_release(s);
	free(s->cross);
	free(s->path);
	free(s->release);
	free(s->compiler);
	free(s->config);
	free(s->cache);
	free(s->tree);
	free(s);
}
