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
#include "base/read-text.h"
#include "lab/kernel/kernel-priv.h"
#include "text/suggest.h"

#define STEP "// step "
#define OPTIONAL " (where it is)"	/* ends WHAT of a step that may find nothing */
#define DEFAULT_FILE "mm/mmap.c"
#define SCRATCH "scratch"

static bool has_suffix(const char *name, const char *suffix)
{
	size_t n = strlen(name), m = strlen(suffix);

	return n > m && !strcmp(name + n - m, suffix);
}

static int load_shipped(const char *name, struct variant *v)
{
	const struct kernel_variant *shipped = kernel_variant_find(name), *all;
	struct suggestion near;
	size_t n;

	if (!shipped) {
		suggest_start(&near, name);
		all = kernel_variants(&n);
		for (size_t i = 0; i < n; i++)
			suggest_offer(&near, all[i].name);
		return fail(STATUS_USAGE,
			"--variant %s: none of that name is shipped%s; a file's name "
			"ends in .cocci or .patch",
			name, suggest_text(&near));
	}
	v->name = strdup(name);
	v->file = text_of("%s.cocci", name);
	v->text = strdup(shipped->text);
	v->size = shipped->size;
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

static int add_change(struct changes *c, const char *path, char *text, size_t size,
	struct change **out)
{
	struct change *grown = reallocarray(c->v, c->n + 1, sizeof(*grown));

	if (grown)
		c->v = grown;
	if (!grown || !(grown[c->n].path = strdup(path))) {
		free(text);
		return fail_nomem();
	}
	*out = &grown[c->n++];
	(*out)->text = text;
	(*out)->size = size;
	return 0;
}

int changes_file(const struct kernel_source *s, struct changes *c, const char *path,
	struct change **out)
{
	char *text;
	size_t size;
	int err;

	for (size_t i = 0; i < c->n; i++)
		if (!strcmp(c->v[i].path, path)) {
			*out = &c->v[i];
			return 0;
		}
	err = tree_read(s, path, &text, &size);
	return err ? err : add_change(c, path, text, size, out);
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

static char *scratch(const struct kernel_source *s, const char *path)
{
	return text_of("%s/%s/%s", s->tree, SCRATCH, path);
}

/* An empty directory for one step, with the file in it as it is by now. */
static int fill_scratch(const struct kernel_source *s, const struct change *c)
{
	char *path = scratch(s, c->path), *dir = path ? strdup(path) : NULL;
	int err = dir ? 0 : fail_nomem();

	if (!err) {
		*strrchr(dir, '/') = '\0';
		if (make_dirs(dir) || write_text(path, c->text, c->size))
			err = fail_cache(s, "writing a file", path);
	}
	free(dir);
	free(path);
	return err;
}

static int take_scratch(const struct kernel_source *s, struct change *c, bool *changed)
{
	char *path = scratch(s, c->path), *text;
	size_t size;
	int err = path ? read_text(path, MOST_TEXT, &text, &size) : fail_nomem();

	free(path);
	if (err)
		return err;
	*changed = !c->text || size != c->size || memcmp(text, c->text, size);
	free(c->text);
	c->text = text;
	c->size = size;
	return 0;
}

static int empty_scratch(const struct kernel_source *s)
{
	char *top = text_of("%s/%s", s->tree, SCRATCH);
	int err = top ? 0 : fail_nomem();

	if (!err && (remove_all(top) || make_dirs(top)))
		err = fail_cache(s, "emptying a directory", top);
	free(top);
	return err;
}

/* The rules alone, on the lines that they have in the variant's file. */
static char *write_rules(const struct kernel_source *s, const struct step *step)
{
	char *path = text_of("%s/%s/rules.cocci", s->tree, SCRATCH);
	size_t n = step->end - step->text, lines = step->line - 1;
	char *text = malloc(lines + n);

	if (path && text) {
		memset(text, '\n', lines);
		memcpy(text + lines, step->text, n);
		if (!write_text(path, text, lines + n)) {
			free(text);
			return path;
		}
	}
	free(text);
	free(path);
	return NULL;
}

static int run_spatch(const struct kernel_source *s, const struct variant *v,
	const struct step *step, const struct change *c)
{
	char *rules = write_rules(s, step), *path = scratch(s, c->path);
	struct spatch_words w = { 0 };
	const char *const argv[] = { "spatch", "--very-quiet", "--no-includes", "--in-place",
		"--no-show-diff", "--sp-file", rules, path, NULL };
	struct tool t = { .argv = argv, .line = spatch_line, .arg = &w };
	int status = 0, err = 0;

	if (!rules)
		err = fail_cache(s, "writing a semantic patch", s->tree);
	else if (!path)
		err = fail_nomem();
	else
		err = tool_run(&t, &status);
	if (!err && status)
		err = fail(STATUS_USAGE, "%s, line %d: spatch fails on it: %s%s", v->file,
			w.line ? w.line : step->line, w.first, w.around);
	free(path);
	free(rules);
	return err;
}

static int apply_step(const struct kernel_source *s, const struct variant *v,
	const struct step *step, struct changes *out)
{
	struct change *c;
	bool changed;
	bool optional = has_suffix(step->what, OPTIONAL);
	int err = changes_file(s, out, step->path, &c);

	if (err && optional)
		return 0;
	if (err)
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
		if (changes_file(s, out, path, &c))
			err = add_change(out, path, NULL, 0, &c);
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
	char *dir = text_of("%s/%s", s->tree, SCRATCH);
	char *input = text_of("%s/%s.patch", s->tree, SCRATCH);
	const char *const argv[] = {"patch", "-p1", "--batch", "--forward",
		"--no-backup-if-mismatch", "-d", dir, "-i", input, NULL};
	struct patch_words w = { 0 };
	struct tool t = { .argv = argv, .line = patch_line, .arg = &w };
	int status, err = dir && input ? 0 : fail_nomem();

	if (!err && write_text(input, v->text, v->size))
		err = fail_cache(s, "writing a patch", input);
	if (!err)
		err = tool_run(&t, &status);
	if (!err && status)
		err = fail(STATUS_USAGE, "%s: does not apply to Linux %s: %s", v->file, s->release,
			*w.failed ? w.failed : w.last);
	if (input)
		unlink(input);
	free(input);
	free(dir);
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
	for (size_t i = 0; i < out->n && !err; i++) {
		char *path = scratch(s, out->v[i].path);

		if (!path)
			err = fail_nomem();
		else if (!access(path, F_OK))
			err = take_scratch(s, &out->v[i], &changed);
		else {
			free(out->v[i].text);
			out->v[i].text = NULL;
		}
		free(path);
	}
	return err;
}

int variant_apply(const struct kernel_source *s, const struct variant *v, struct changes *out)
{
	int err = v->patch ? apply_patch(s, v, out) : apply_steps(s, v, out);

	if (!err)
		err = empty_scratch(s);
	return err;
}
