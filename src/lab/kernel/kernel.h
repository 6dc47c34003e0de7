/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lab's kernels: built from one source with different variants, kept by content.
 *
 * Functions return 0, or the negative of a status after fail(): STATUS_USAGE for a source
 * or variant that is no good (or that does not compile), STATUS_MACHINE for a missing tool
 * or a full disk, STATUS_INTERRUPTED.
 */
#ifndef EXITBENCH_KERNEL_H
#define EXITBENCH_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* A variant that is shipped: a semantic patch, or none. */
struct kernel_variant {
	const char *name;	/* "v2" */
	const char *summary;	/* one line, without a full stop */
	const char *text;	/* the whole file, its notes included */
	/*
	 * Why workloads in which somebody reaps the mm must not run on it (a use after
	 * free); NULL where they may.
	 */
	const char *no_reaper;
};

/* All of lab/variants, in the order of tables: the reference first. Constant. */
const struct kernel_variant *kernel_variants(size_t *n);

/* NULL after fail(), which says WHAT ("--variant") names none and what else may be done. */
const struct kernel_variant *kernel_variant_find(const char *what, const char *name,
	const char *remedy);

struct kernel_options {
	const char *source;	/* tree or tarball; NULL: Debian's linux-source-6.1 */
	const char *cache;	/* directory; NULL: exitbench/lab in $XDG_CACHE_HOME or ~/.cache */
	const char *config;	/* a fragment of the user's, read after ours; NULL: none */
	const char *arch;	/* "x86_64" or "arm64"; NULL: this machine's */
	int jobs;		/* compilers at once; 0: as many as we may use CPUs */
	bool quiet;		/* no progress on stderr */
};

/* An opened source: looked at, its contents' hash known, nothing built. */
struct kernel_source;

/*
 * Hashes the source, which takes a second for a tarball and a few for a tree. Borrows the
 * strings of O until kernel_source_close(), which takes NULL.
 */
int kernel_source_open(const struct kernel_options *o, struct kernel_source **out);
void kernel_source_close(struct kernel_source *s);

/* A kernel in the cache. Strings are owned; see kernel_free(). */
struct lab_kernel {
	char *image;		/* absolute path of what QEMU's -kernel takes */
	char *variant;		/* "v2", or a file's name without directory and suffix */
	char *release;		/* "6.1.192" */
	char *arch;		/* "x86_64" or "arm64" */
	char *id;		/* 64 hex digits: a hash of all that the image is made of */
	char *config;		/* absolute path of its .config */
	unsigned int pad;	/* see kernel_build() */
	bool cached;		/* it was there already */
	const char *no_reaper;	/* as in struct kernel_variant; constant */
};

/*
 * VARIANT is the name of a shipped one, or the path of a .cocci or .patch file (with a '/'
 * or one of these suffixes in it). PAD is 0, or a number that chooses random distances
 * (multiples of 64 bytes) between the object files that exit runs through: the same code
 * at other addresses.
 *
 * Blocks while another process builds from the same source. To be interrupted by signals,
 * call signals_catch() before.
 */
int kernel_build(struct kernel_source *s, const char *variant, unsigned int pad,
	struct lab_kernel *out);

/* Prints what VARIANT changes in the source, as a patch that 'patch -p1' takes. */
int kernel_diff(struct kernel_source *s, const char *variant, FILE *out);

/* Frees what *K owns, and clears it. */
void kernel_free(struct lab_kernel *k);

#endif
