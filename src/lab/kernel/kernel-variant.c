/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Applies a variant to files of a source. A shipped semantic patch consists of steps, each
 * of which must change its file: what is applied in part would measure something else.
 */
#include "config.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/fail.h"
#include "base/random.h"
#include "base/read-text.h"
#include "lab/kernel/kernel-priv.h"

#define STEP "// step "
#define OPTIONAL " (where it is)"	/* ends WHAT of a step that may find nothing */
#define DEFAULT_FILE "mm/mmap.c"
#define CACHE_LINE 64		/* bytes; functions are aligned to it */
#define MOST_DISTANCE 64	/* lines between two files, less one */

static int load_shipped(const char *name, struct variant *v)
{
	const struct kernel_variant *shipped = kernel_variant_find("--variant", name,
		"a file's name ends in .cocci or .patch");

	if (!shipped)
		return -STATUS_USAGE;
	v->name = strdup(name);
	v->file = text_of("%s.cocci", name);
	v->text = strdup(shipped->text);
	v->size = strlen(shipped->text);
	v->no_reaper = shipped->no_reaper;
	return v->name && v->file && v->text ? 0 : fail_nomem();
}

int variant_load(const char *name, struct variant *v)
{
	const char *base = strrchr(name, '/');
	bool patch = has_suffix(name, ".patch") || has_suffix(name, ".diff");
	int err;

	*v = (struct variant){ .patch = patch };
	if (!patch && !has_suffix(name, ".cocci")) {
		if (base)
			return fail(STATUS_USAGE, "--variant %s: neither .cocci nor .patch", name);
		err = load_shipped(name, v);
	} else {
		base = base ? base + 1 : name;
		err = read_text(name, MOST_TEXT, &v->text, &v->size);
		v->name = strndup(base, strrchr(base, '.') - base);
		v->file = strdup(name);
		if (!err && !(v->name && v->file))
			err = fail_nomem();
	}
	if (err)
		variant_free(v);
	return err;
}

void variant_free(struct variant *v)
{
	free(v->name);
	free(v->file);
	free(v->text);
	*v = (struct variant){ 0 };
}

void changes_free(struct changes *c)
{
	for (size_t i = 0; i < c->n; i++) {
		free(c->v[i].path);
		free(c->v[i].text);
	}
	free(c->v);
	*c = (struct changes){ 0 };
}

int changes_file(const struct kernel_source *s, struct changes *c, const char *path,
	struct change **out)
{
	struct change fresh, *grown;
	int err;

	*out = find_change(c, path);
	if (*out)
		return 0;
	err = tree_read(s, path, &fresh.text, &fresh.size);
	if (err)
		return err;
	fresh.path = strdup(path);
	grown = reallocarray(c->v, c->n + 1, sizeof(*grown));
	if (grown)
		c->v = grown;
	if (!grown || !fresh.path) {
		free(fresh.path);
		free(fresh.text);
		return fail_nomem();
	}
	*out = &grown[c->n++];
	**out = fresh;
	return 0;
}

/* One rule or more, for one file. */
struct step {
	const char *text, *end;
	int line;		/* its first one in the variant's file, from 1 */
	char path[256];
	char what[128];
};

static void read_step(struct step *step, const char *header)
{
	const char *path = header + strlen(STEP), *colon = strpbrk(path, ":\n");

	snprintf(step->path, sizeof(step->path), "%.*s", (int)strcspn(path, ": \n"), path);
	*step->what = '\0';
	if (*colon == ':') {
		colon += 1 + strspn(colon + 1, " ");
		snprintf(step->what, sizeof(step->what), "%.*s", (int)strcspn(colon, "\n"), colon);
	}
}

/* The step after *AT, which moves behind it; false: no more. */
static bool next_step(const char **at, int *line, struct step *step)
{
	const char *p = *at;

	if (!*p)
		return false;
	*step = (struct step){ .text = p, .line = *line, .path = DEFAULT_FILE };
	if (!strncmp(p, STEP, strlen(STEP)))
		read_step(step, p);
	do {
		p += strcspn(p, "\n");
		p += *p == '\n';
		++*line;
	} while (*p && strncmp(p, STEP, strlen(STEP)));
	*at = step->end = p;
	return true;
}

/* Is there anything but comments and blanks? */
static bool is_code(const struct step *step)
{
	for (const char *p = step->text; p < step->end; p += strcspn(p, "\n"), p += *p == '\n') {
		p += strspn(p, " \t");
		if (*p && *p != '\n' && strncmp(p, "//", 2))
			return true;
	}
	return false;
}

/* What spatch complains of. */
struct spatch_words {
	char first[256], around[128];
	int line;
};

static void spatch_line(void *arg, const char *line)
{
	struct spatch_words *w = arg;
	const char *at = strstr(line, ", line ");

	if (at && !w->line)
		w->line = atoi(at + 7);
	else if ((at = strstr(line, "around = '")) && !*w->around)
		snprintf(w->around, sizeof(w->around), " around %.*s", (int)strcspn(at + 9, ","),
			at + 9);
	else if (*line && !*w->first && strncmp(line, "warning", 7) &&
		 strncmp(line, "HANDLING", 8) && strncmp(line, "init_defs", 9))
		snprintf(w->first, sizeof(w->first), "%s", line);
	for (size_t n = strlen(w->first); n && strchr(" :", w->first[n - 1]); n--)
		w->first[n - 1] = '\0';
}

/* A program gets a copy of the file as it is by now. */
static int fill_scratch(const struct kernel_source *s, const struct change *c)
{
	return put_text(s, "writing a file", c->text, c->size, "%s/" SCRATCH "/%s", s->tree,
		c->path);
}

/* What it made of that. */
static int take_scratch(const struct kernel_source *s, struct change *c, bool *changed)
{
	char *text;
	size_t size;
	int err = find_text(&text, &size, "%s/" SCRATCH "/%s", s->tree, c->path);

	if (err)
		return err;
	*changed = !text || !c->text || size != c->size || memcmp(text, c->text, size);
	free(c->text);
	c->text = text;
	c->size = size;
	return 0;
}

int empty_scratch(const struct kernel_source *s)
{
	char *top = text_of("%s/" SCRATCH, s->tree);
	int err = top ? 0 : fail_nomem();

	if (!err && (remove_all(top) || make_dirs(top)))
		err = fail_cache(s, "emptying a directory", top);
	free(top);
	return err;
}

/* The rules alone, on the lines that they have in the variant's file. */
static int write_rules(const struct kernel_source *s, const struct variant *v,
	const struct step *step)
{
	char *text = strndup(v->text, step->end - v->text);
	int err;

	if (!text)
		return fail_nomem();
	for (char *p = text; p < text + (step->text - v->text); p++)
		if (*p != '\n')
			*p = ' ';
	err = put_text(s, "writing a semantic patch", text, strlen(text),
		"%s/" SCRATCH "/rules.cocci", s->tree);
	free(text);
	return err;
}

static int run_spatch(const struct kernel_source *s, const struct variant *v,
	const struct step *step, const struct change *c)
{
	char *path = text_of(SCRATCH "/%s", c->path);
	struct spatch_words w = { 0 };
	const char *const argv[] = { "spatch", "--very-quiet", "--no-includes", "--in-place",
		"--no-show-diff", "--sp-file", SCRATCH "/rules.cocci", path, NULL };
	struct tool t = { .argv = argv, .dir = s->tree, .line = spatch_line, .arg = &w };
	int status, err = path ? write_rules(s, v, step) : fail_nomem();

	if (!err)
		err = tool_run(&t, &status);
	if (!err && status)
		err = fail(STATUS_USAGE, "%s, line %d: spatch fails on it: %s%s", v->file,
			w.line ? w.line : step->line, w.first, w.around);
	free(path);
	return err;
}

static int apply_step(const struct kernel_source *s, const struct variant *v,
	const struct step *step, struct changes *out)
{
	struct change *c;
	bool changed;
	bool optional = has_suffix(step->what, OPTIONAL);
	int err = changes_file(s, out, step->path, &c);

	if (err || (!c->text && optional))
		return err;
	if (!c->text)
		return fail(STATUS_USAGE, "%s, line %d: does not apply to Linux %s: there is no %s",
			v->file, step->line, s->release, step->path);
	err = empty_scratch(s);
	if (!err)
		err = fill_scratch(s, c);
	if (!err)
		err = run_spatch(s, v, step, c);
	if (!err)
		err = take_scratch(s, c, &changed);
	if (err || changed || optional)
		return err;
	return fail(STATUS_USAGE,
		"%s, line %d%s%s%s: does not apply to Linux %s: it finds nothing to "
		"change in %s",
		v->file, step->line, *step->what ? " (" : "", step->what,
		*step->what ? ")" : "", s->release, step->path);
}

static int apply_steps(const struct kernel_source *s, const struct variant *v,
	struct changes *out)
{
	const char *at = v->text;
	struct step step;
	int line = 1, err = 0;

	while (!err && next_step(&at, &line, &step))
		if (is_code(&step))
			err = apply_step(s, v, &step, out);
	return err;
}

/* The file that a patch's "+++ b/mm/mmap.c" (or "---", for one that goes) names. */
static bool patched_file(const char *line, char *path, size_t size)
{
	size_t n;

	if (strncmp(line, "+++ ", 4) && strncmp(line, "--- ", 4))
		return false;
	line += 4;
	n = strcspn(line, "\t\n\r ");
	if (n == 9 && !strncmp(line, "/dev/null", 9))
		return false;
	if (!memchr(line, '/', n))
		return false;
	n -= strcspn(line, "/") + 1;
	line += strcspn(line, "/") + 1;
	snprintf(path, size, "%.*s", (int)n, line);
	return n > 0;
}

/* Copies of all that a patch names; a file that it makes is not there yet. */
static int patched_files(const struct kernel_source *s, const struct variant *v,
	struct changes *out)
{
	char path[256];
	struct change *c;
	int err = 0;

	for (const char *line = v->text; *line && !err;
		line += strcspn(line, "\n"), line += *line == '\n') {
		if (!patched_file(line, path, sizeof(path)))
			continue;
		if (strstr(path, "../") || *path == '/')
			return fail(STATUS_USAGE, "%s: %s is outside of the source", v->file, path);
		err = changes_file(s, out, path, &c);
	}
	if (!err && !out->n)
		err = fail(STATUS_USAGE,
			"%s: no patch: it has no line like '+++ b/mm/mmap.c'", v->file);
	return err;
}

struct patch_words {
	char failed[512];	/* "Hunk #1 FAILED at 3275." */
	char file[256], last[256];
};

static void patch_line(void *arg, const char *line)
{
	struct patch_words *w = arg;

	if (!strncmp(line, "patching file ", 14))
		snprintf(w->file, sizeof(w->file), "%s", line + 14);
	else if (strstr(line, "FAILED at") && !*w->failed)
		snprintf(w->failed, sizeof(w->failed), "%s: %.200s", w->file, line);
	else if (*line)
		snprintf(w->last, sizeof(w->last), "%s", line);
}

static int run_patch(const struct kernel_source *s, const struct variant *v)
{
	static const char *const argv[] = { "patch", "-p1", "--batch", "--forward",
		"--no-backup-if-mismatch", "-d", SCRATCH, "-i", "exitbench.patch", NULL };
	struct patch_words w = { 0 };
	struct tool t = { .argv = argv, .dir = s->tree, .line = patch_line, .arg = &w };
	int status, err = put_text(s, "writing a patch", v->text, v->size,
		"%s/" SCRATCH "/exitbench.patch", s->tree);

	if (!err)
		err = tool_run(&t, &status);
	if (!err && status)
		err = fail(STATUS_USAGE, "%s: does not apply to Linux %s: %s", v->file, s->release,
			*w.failed ? w.failed : w.last);
	return err;
}

static int apply_patch(const struct kernel_source *s, const struct variant *v,
	struct changes *out)
{
	int err = patched_files(s, v, out);
	bool changed;

	if (!err)
		err = empty_scratch(s);
	for (size_t i = 0; i < out->n && !err; i++)
		if (out->v[i].text)
			err = fill_scratch(s, &out->v[i]);
	if (!err)
		err = run_patch(s, v);
	for (size_t i = 0; i < out->n && !err; i++)
		err = take_scratch(s, &out->v[i], &changed);
	return err;
}

/*
 * The same code at other addresses: what an exit runs through; those that a source does not have
 * are left out.
 */
static const char *const padded[] = {
	"fs/file_table.c", "kernel/exit.c", "kernel/fork.c", "kernel/locking/rwsem.c",
	"kernel/signal.c", "lib/maple_tree.c", "mm/memcontrol.c", "mm/memory.c", "mm/mmap.c",
	"mm/mmu_gather.c", "mm/page_alloc.c", "mm/rmap.c", "mm/slub.c", "mm/swap.c", "mm/vma.c",
};
#define NPADDED (sizeof(padded) / sizeof(*padded))

static int distance(unsigned int pad, size_t file)
{
	const uint64_t key[] = { pad, file };
	int order[MOST_DISTANCE];

	random_order(key, 2, order, MOST_DISTANCE);
	return CACHE_LINE * order[0];
}

static int pad_file(const struct kernel_source *s, unsigned int pad, size_t i,
	struct changes *out)
{
	struct change *c;
	char *text;
	int n, err;

	err = changes_file(s, out, padded[i], &c);
	if (err || !c->text)
		return err;
	n = distance(pad, i);
	text = text_of(
		"%s\n__asm__(\".pushsection .text\\n.skip %d, %s\\n.popsection\");\n",
		c->text, n, s->arch->filler);
	if (!text)
		return fail_nomem();
	free(c->text);
	c->text = text;
	c->size = strlen(text);
	return 0;
}

int variant_apply(const struct kernel_source *s, const struct variant *v, unsigned int pad,
	struct changes *out)
{
	int err = v->patch ? apply_patch(s, v, out) : apply_steps(s, v, out);

	if (!err)
		err = empty_scratch(s);
	for (size_t i = 0; pad && i < NPADDED && !err; i++)
		err = pad_file(s, pad, i, out);
	return err;
}
