/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Configures and compiles the working copy with the kernel's own makefiles. */
#include "config.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/fail.h"
#include "base/progress.h"
#include "base/read-text.h"
#include "lab/kernel/kernel-priv.h"
#include "process/proc.h"
#include "text/units.h"

static int need_libelf(const struct kernel_source *s)
{
	static const char *const argv[] = { "gcc", "-fsyntax-only", "-include", "gelf.h", "-x", "c",
		"/dev/null", NULL };
	struct tool t = { .argv = argv };
	int status, err;

	if (strcmp(s->arch->name, "x86_64"))
		return 0;
	err = tool_run(&t, &status);
	if (err || !status)
		return err;
	return fail(STATUS_MACHINE,
		"gelf.h is needed to build kernels, or a C library's headers are: "
		"apt-get install libelf-dev libc6-dev");
}

int kernel_apply_tools(const struct variant *v)
{
	if (v->patch)
		return tool_need("patch", "patch", "to apply a patch");
	return strcmp(v->name, "stock") ? tool_need("spatch", "coccinelle",
		"to apply a semantic patch") : 0;
}

int kernel_tools(const struct kernel_source *s, const struct variant *v)
{
	static const char *const tools[][2] = {{"make", "make"}, {"gcc", "gcc"},
		{"flex", "flex"}, {"bison", "bison"}, {"bc", "bc"}, {"gzip", "gzip"},
		{"tar", "tar"}, {"find", "findutils"}, {"cmp", "diffutils"},
		{"awk", "mawk"}};
	int err = 0;

	for (size_t i = 0; i < sizeof(tools) / sizeof(*tools) && !err; i++)
		err = tool_need(tools[i][0], tools[i][1], "to build kernels");
	if (!err && s->tarball && strstr(s->path, ".xz"))
		err = tool_need("xz", "xz-utils", "to unpack the source");
	if (!err)
		err = kernel_apply_tools(v);
	return err ? err : need_libelf(s);
}

#define MOST_ARGS 24

/* A run of make. */
struct making {
	const struct kernel_source *s;
	const char *name;		/* of the variant */
	struct progress progress;
	uint64_t start;			/* monotonic ns */
	int steps;			/* lines like "  CC      mm/mmap.o" */
	char now[64];			/* the last one's file */
	char error[512], fallback[512];
	bool full;			/* the disk is */
	bool killed;			/* make was, with no chance to tidy up */
	FILE *log;
	char *log_path;
};

static void show_progress(void *arg)
{
	struct making *m = arg;
	char took[32];
	uint64_t now = monotonic_ns();

	if (!progress_due(&m->progress, now))
		return;
	format_duration((double)(now - m->start) / 1e9, took, sizeof(took));
	progress_show(&m->progress, "%s, Linux %s: %d of about %d, %s, %s", m->name, m->s->release,
		m->steps, m->s->arch->objects, took, m->now);
}

static bool is_step(const char *line)
{
	return !strncmp(line, "  ", 2) && line[2] >= 'A' && line[2] <= 'Z' && strlen(line) > 10;
}

static void make_line(void *arg, const char *line)
{
	struct making *m = arg;

	if (is_step(line)) {
		m->steps++;
		snprintf(m->now, sizeof(m->now), "%s", line + 2 + strcspn(line + 2, " "));
		return;
	}
	if (strstr(line, "No space left on device"))
		m->full = true;
	if (!*m->error && (strstr(line, "error: ") || strstr(line, "undefined reference")))
		snprintf(m->error, sizeof(m->error), "%s", line);
	if (!*m->fallback && (strstr(line, "***") || strstr(line, "rror: ")))
		snprintf(m->fallback, sizeof(m->fallback), "%s", line);
}

/* "../mm/mmap.c:3:1: error: ..." without the way from the object directory to the source. */
static const char *compiler_words(const struct making *m)
{
	const char *words = *m->error ? m->error : *m->fallback ? m->fallback : "no message";

	return strncmp(words, "../", 3) ? words : words + 3;
}

static int fail_make(const struct making *m, const char *doing)
{
	if (m->full) {
		errno = ENOSPC;
		return fail_cache(m->s, doing, m->s->tree);
	}
	return fail(STATUS_USAGE, "Linux %s, variant %s: fails while %s: %s; all of it is in %s",
		m->s->release, m->name, doing, compiler_words(m), m->log_path);
}

/* What makes a build the same at any time, by anybody, anywhere. */
static const char *const reproducible[] = {
	"KBUILD_BUILD_TIMESTAMP=Thu Jan  1 00:00:00 UTC 1970", "KBUILD_BUILD_USER=exitbench",
	"KBUILD_BUILD_HOST=lab", "KBUILD_BUILD_VERSION=1", "LOCALVERSION=",
};
#define NREPRODUCIBLE ((int)(sizeof(reproducible) / sizeof(*reproducible)))

static int run_make(struct making *m, const char *target, const char *more, const char *doing)
{
	const struct kernel_source *s = m->s;
	char *src = text_of("%s/src", s->tree), *arch = text_of("ARCH=%s", s->arch->make),
	     *cross = text_of("CROSS_COMPILE=%s", s->cross),
	     *j = text_of("-j%d", s->o->jobs > 0 ? s->o->jobs : usable_cpus()),
	     *out = text_of("O=exitbench-%s", s->arch->name);
	const char *argv[MOST_ARGS] = { "make", "--no-print-directory", j, out, arch, cross };
	struct tool t = { .argv = argv, .dir = src, .log = m->log, .line = make_line,
		.tick = show_progress, .arg = m };
	int n = 6, status = 0, err = src && arch && cross && j && out ? 0 : fail_nomem();

	for (int i = 0; i < NREPRODUCIBLE; i++)
		argv[n++] = reproducible[i];
	argv[n++] = target;
	if (more)
		argv[n++] = more;
	if (!err)
		err = tool_run(&t, &status);
	/* At SIGTERM make tidies up, then dies of it. */
	m->killed = status > 128 && status != 128 + SIGTERM;
	if (!err && status)
		err = fail_make(m, doing);
	free(src);
	free(arch);
	free(cross);
	free(j);
	free(out);
	return err;
}

/*
 * Killed with no chance to clean up, make leaves files that it takes for whole ones later.
 * While it runs there is a mark; whoever finds one starts from nothing.
 */
static int start_making(const struct kernel_source *s, const char *mark)
{
	char *objects = text_of("%s/src/exitbench-%s", s->tree, s->arch->name);
	int err = objects ? 0 : fail_nomem();

	if (!err && !access(mark, F_OK) && remove_all(objects))
		err = fail_cache(s, "removing what an earlier build left", objects);
	if (!err && make_dirs(objects))
		err = fail_cache(s, "starting to build", objects);
	if (!err)
		err = put_text(s, "starting to build", "", 0, "%s", mark);
	free(objects);
	return err;
}

/* What of the user's fragment did not get into the configuration, which is no error. */
static void check_line(const struct kernel_source *s, const char *config, const char *line,
	size_t n)
{
	char wanted[256];

	snprintf(wanted, sizeof(wanted), "\n%.*s\n", (int)n, line);
	if (n && n < sizeof(wanted) - 3 && !strncmp(line, "CONFIG_", 7) && !strstr(config, wanted))
		warn("%s: %.*s is not in Linux %s's configuration: unknown there, or it depends on "
		     "something that is off", s->o->config, (int)n, line, s->release);
}

static int check_config(const struct kernel_source *s)
{
	char *config, *own = NULL;
	size_t size;
	int err = find_text(&config, &size, "%s/src/exitbench-%s/.config", s->tree, s->arch->name);

	if (!err && !strstr(config ? config : "", "\nCONFIG_BLK_DEV_INITRD=y\n"))
		err = fail(STATUS_USAGE,
			"Linux %s: its configuration has no initramfs, which the lab's "
			"guests are",
			s->release);
	if (!err && s->o->config)
		err = read_text(s->o->config, MOST_TEXT, &own, &size);
	for (const char *line = own; line && *line; line += *line == '\n') {
		size_t n = strcspn(line, "\n");

		check_line(s, config, line, n);
		line += n;
	}
	free(own);
	free(config);
	return err;
}

static int configure_and_make(struct making *m)
{
	const struct kernel_source *s = m->s;
	char *all = text_of("KCONFIG_ALLCONFIG=%s/fragment-%s", s->tree, s->arch->name);
	int err = all ? put_text(s, "writing a configuration", s->config, strlen(s->config), "%s",
		strchr(all, '=') + 1) : fail_nomem();

	if (!err)
		err = run_make(m, "allnoconfig", all, "configuring");
	if (!err)
		err = check_config(s);
	if (!err)
		err = run_make(m, s->arch->target, NULL, "compiling");
	free(all);
	return err;
}

int kernel_make(const struct kernel_source *s, const char *name)
{
	struct making m = { .s = s, .name = name, .start = monotonic_ns() };
	char *mark = text_of("%s/making-%s", s->tree, s->arch->name);
	int err = mark ? start_making(s, mark) : fail_nomem();

	m.log_path = text_of("%s/build.log", s->tree);
	if (!err && !m.log_path)
		err = fail_nomem();
	if (!err && !(m.log = fopen(m.log_path, "we")))
		err = fail_cache(s, "writing a log", m.log_path);
	progress_start(&m.progress, s->o->quiet);
	if (!err)
		err = configure_and_make(&m);
	progress_end(&m.progress);
	if (m.log)
		fclose(m.log);
	/* If make ended by itself it has removed what was half done. */
	if (mark && !m.killed)
		unlink(mark);
	free(mark);
	free(m.log_path);
	return err;
}
