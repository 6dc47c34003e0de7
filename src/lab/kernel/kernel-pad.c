/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same code at other addresses. */
#include "config.h"
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "base/random.h"
#include "lab/kernel/kernel-priv.h"

#define LINE 64			/* bytes; functions are aligned to it */
#define MOST 64			/* lines of one distance, less one */

/* What an exit runs through; those that a source does not have are left out. */
static const char *const files[] = {
	"fs/file_table.c", "kernel/exit.c", "kernel/fork.c", "kernel/locking/rwsem.c",
	"kernel/signal.c", "lib/maple_tree.c", "mm/memcontrol.c", "mm/memory.c", "mm/mmap.c",
	"mm/mmu_gather.c", "mm/page_alloc.c", "mm/rmap.c", "mm/slub.c", "mm/swap.c", "mm/vma.c",
};
#define NFILES (sizeof(files) / sizeof(*files))

static int distance(unsigned int pad, size_t file)
{
	const uint64_t key[] = { pad, file };
	int order[MOST];

	random_order(key, 2, order, MOST);
	return LINE * order[0];
}

static int pad_file(const struct kernel_source *s, unsigned int pad, size_t i,
	struct changes *out)
{
	struct change *c;
	char *text;
	int n, err;

	err = changes_file(s, out, files[i], &c);
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

int variant_pad(const struct kernel_source *s, unsigned int pad, struct changes *out)
{
	int err = 0;

	for (size_t i = 0; pad && i < NFILES && !err; i++)
		err = pad_file(s, pad, i, out);
	return err;
}
