/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the kernel builder share. Functions that return int: as in kernel.h. */
#ifndef EXITBENCH_KERNEL_PRIV_H
#define EXITBENCH_KERNEL_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include "base/text-of.h"
#include "lab/kernel/kernel.h"
#include "process/tool.h"

/* The fragments of lab/, each followed by a 0. */
extern const char lab_config[], lab_config_x86_64[], lab_config_arm64[];

struct arch {
	const char *name;	/* ours, and uname's but for arm64 */
	const char *make;	/* the kernel's ARCH */
	const char *cross;	/* CROSS_COMPILE when it is not this machine's */
	const char *cross_package;
	const char *target, *image;	/* make bzImage -> arch/x86/boot/bzImage */
	const char *config;	/* fragment */
	const char *filler;	/* assembler's value for padding in code */
	int objects;		/* about how many lines make prints for all of it */
};

struct kernel_source {
	const struct kernel_options *o;
	const struct arch *arch;
	char *cross;		/* what arch->cross is here, "" if native */
	char *path;		/* of tree or tarball, absolute */
	bool tarball;
	char *release;
	char id[HASH_HEX];
	char *compiler;		/* and linker: their first lines of --version */
	char *config;		/* all fragments as one text */
	char *cache;		/* absolute */
	char *tree;		/* the working copy, in the cache */
	int lock;		/* of the working copy, which holds this source; -1: not held */
};

#define MOST_TEXT (256UL << 20)	/* bytes of a file that is read, images included */

/*
 * Writes the file that FMT names, in a directory that is made if need be, through a temporary
 * name: what was there stays when it fails. DOING is for the message.
 */
int put_text(const struct kernel_source *s, const char *doing, const void *text, size_t size,
	const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* As read_text(), of the file that FMT names; *text is NULL, *size 0 where there is none. */
int find_text(char **text, size_t *size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Does the file PATH hold just that? */
bool same_text(const char *path, const char *text, size_t size);

/* Does NAME end with SUFFIX, and is more than that? */
bool has_suffix(const char *name, const char *suffix);

/* DIR with what is missing above it. */
int make_dirs(const char *dir);

/* Makes the cache that was ASKED for, or the one by default; its absolute path is malloc'ed. */
int kernel_cache(const char *asked, char **out);

/* Removes a directory and all in it, or a file; no error if there is none. */
int remove_all(const char *dir);

/* -STATUS_MACHINE for errno, with a remedy for a full disk. */
int fail_cache(const struct kernel_source *s, const char *doing, const char *path);

/* HEX becomes the hash of a tarball, or of all that belongs to a source in a tree. */
int source_hash(const char *path, bool tarball, char *hex);

/*
 * Makes TO hold what the tree S has, whatever TO held, and checks that this is what S had
 * when it was opened. A file that is the same is not touched: make compiles what was.
 */
int tree_sync(const struct kernel_source *s, const char *to);

/*
 * The working copy: TREE/src, with the objects in TREE/src/exitbench-ARCH, where the
 * kernel's makefiles use relative paths; so an image does not depend on where the cache is.
 */

/* A file that differs from the source's. */
struct change {
	char *path;		/* relative to the source; owned */
	char *text;		/* owned; NULL: there is no such file */
	size_t size;
};

struct changes {
	struct change *v;
	size_t n;
};

void changes_free(struct changes *c);

/* The change of PATH; NULL: there is none. */
struct change *find_change(const struct changes *c, const char *path);

/* The same, made from the source's file if it is not there yet. */
int changes_file(const struct kernel_source *s, struct changes *c, const char *path,
	struct change **out);

/* Takes the lock; makes the working copy if there is none, updates that of a tree. */
int tree_prepare(struct kernel_source *s);
void tree_release(struct kernel_source *s);

/* Makes the working copy the source with these changes and no others. */
int tree_apply(const struct kernel_source *s, const struct changes *c);

/* The source's own text of a file, whatever is changed; as find_text(). */
int tree_read(const struct kernel_source *s, const char *path, char **text, size_t *size);

/* A variant as it was asked for. */
struct variant {
	char *name;		/* owned */
	char *file;		/* where it is from, for messages; owned */
	char *text;		/* owned */
	size_t size;
	bool patch;		/* an ordinary one */
	const char *no_reaper;
};

int variant_load(const char *name, struct variant *v);
void variant_free(struct variant *v);

/*
 * Applies it to the source's files (the working copy is not changed), and adds distances chosen
 * by PAD, unless that is 0, to those that exit runs through.
 */
int variant_apply(const struct kernel_source *s, const struct variant *v, unsigned int pad,
	struct changes *out);

/* A directory of the working copy for what programs are given, emptied. */
#define SCRATCH "scratch"
int empty_scratch(const struct kernel_source *s);

/* Configures and compiles the working copy; NAME is the variant's, for messages. */
int kernel_make(const struct kernel_source *s, const char *name);

/* Are the programs there that variant_apply() needs? */
int kernel_apply_tools(const struct variant *v);

/* And kernel_make()? */
int kernel_tools(const struct kernel_source *s, const struct variant *v);

#endif
