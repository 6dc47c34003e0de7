/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel was built from and with. */
#include "config.h"
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <zlib.h>
#include "machine/environment/environment-priv.h"
#include "text/json.h"

#define NT_GNU_BUILD_ID 3
#define CONFIG_MAX (2 << 20)

static const char *const options[] = { "HZ", "NO_HZ_FULL", "PREEMPT_NONE",
	"PREEMPT_VOLUNTARY", "PREEMPT", "PREEMPT_LAZY", "PREEMPT_RT", "PREEMPT_DYNAMIC",
	"KASAN", "KCSAN", "KMSAN", "UBSAN", "KCOV", "GCOV_KERNEL", "KFENCE",
	"KFENCE_SAMPLE_INTERVAL", "PROVE_LOCKING", "LOCKDEP", "LOCK_STAT",
	"DEBUG_LOCK_ALLOC", "DEBUG_SPINLOCK", "DEBUG_MUTEXES", "DEBUG_RWSEMS",
	"DEBUG_ATOMIC_SLEEP", "DEBUG_PREEMPT", "DEBUG_LIST", "DEBUG_OBJECTS",
	"DEBUG_KMEMLEAK", "DEBUG_VM", "DEBUG_VM_MAPLE_TREE", "DEBUG_VM_RB",
	"DEBUG_VM_PGFLAGS", "DEBUG_PAGEALLOC", "DEBUG_PAGEALLOC_ENABLE_DEFAULT",
	"PAGE_POISONING", "PAGE_OWNER", "PAGE_TABLE_CHECK", "PAGE_TABLE_CHECK_ENFORCED",
	"SLUB_DEBUG_ON", "MEM_ALLOC_PROFILING", "INIT_ON_ALLOC_DEFAULT_ON",
	"INIT_ON_FREE_DEFAULT_ON", "HARDENED_USERCOPY", "SLAB_FREELIST_RANDOM",
	"SHUFFLE_PAGE_ALLOCATOR", "RANDOMIZE_KSTACK_OFFSET_DEFAULT", "CFI_CLANG",
	"LTO_CLANG", "CC_OPTIMIZE_FOR_SIZE", "PER_VMA_LOCK", "MEMCG", "LRU_GEN_ENABLED",
	"PT_RECLAIM", "RCU_NOCB_CPU", "RCU_NOCB_CPU_DEFAULT_ALL", "RCU_LAZY",
	"NUMA_BALANCING", "TRANSPARENT_HUGEPAGE", "ARM64_4K_PAGES", "ARM64_16K_PAGES",
	"ARM64_64K_PAGES", "BSD_PROCESS_ACCT", "AUDITSYSCALL", "SCHEDSTATS", "SCHED_CORE",
	"LATENCYTOP" };

/* The GNU build id in the notes of the running kernel, as lower-case hex. */
static char *build_id(const unsigned char *notes, size_t len)
{
	size_t at = 0;

	while (len - at >= 12) {
		uint32_t head[3];	/* sizes of name and contents, type */
		size_t desc, next;
		char *hex;

		memcpy(head, notes + at, sizeof(head));
		desc = at + 12 + (((size_t)head[0] + 3) & ~(size_t)3);
		next = desc + (((size_t)head[1] + 3) & ~(size_t)3);
		if (desc > len || head[1] > len - desc)
			return NULL;
		if (head[2] == NT_GNU_BUILD_ID && head[0] == 4 &&
			!memcmp(notes + at + 12, "GNU", 4)) {
			hex = calloc(2, (size_t)head[1] + 1);
			for (size_t i = 0; hex && i < head[1]; i++)
				sprintf(hex + 2 * i, "%02x", notes[desc + i]);
			return hex;
		}
		if (next > len)
			return NULL;
		at = next;
	}
	return NULL;
}

static void collect_build_id(struct env *e)
{
	size_t len;
	char *notes = env_read_raw(e, "sys/kernel/notes", &len), *hex = NULL;

	if (notes)
		hex = build_id((unsigned char *)notes, len);
	env_put_text(e, "kernel.build_id", hex);
	free(hex);
	free(notes);
}

/* "Linux version R (who@where) (compiler (package) …) #1 SMP …": the second group. */
static void collect_compiler(struct env *e)
{
	char *text = env_read(e, "proc/version"), *p = text ? strstr(text, ") (") : NULL;
	int depth = 1;
	size_t n;

	if (p) {
		p += 3;
		for (n = 0; p[n] && depth; n++)
			depth += (p[n] == '(') - (p[n] == ')');
		p[depth ? n : n - 1] = '\0';
	}
	env_put_text(e, "kernel.compiler", p);
	free(text);
}

/* The text of a file packed by gzip, or NULL. */
static char *gunzip(const char *path)
{
	gzFile f = gzopen(path, "re");
	char *text = calloc(1, CONFIG_MAX);
	bool read = f && text && gzread(f, text, CONFIG_MAX - 1) > 0 && !gzdirect(f);

	/* It tells of what is cut off. */
	if (f && gzclose(f))
		read = false;
	if (read)
		return text;
	free(text);
	return NULL;
}

static char *read_config(struct env *e)
{
	static const char *const files[][2] = { { "boot/config-", "" },
		{ "lib/modules/", "/config" }, { "usr/lib/modules/", "/config" },
		{ "lib/modules/", "/build/.config" } };
	char *release = env_read(e, "proc/sys/kernel/osrelease"), *text = NULL;
	char path[PATH_MAX];

	if (env_exists(e, "proc/config.gz") &&
		snprintf(path, sizeof(path), "%s/proc/config.gz", e->root) <
			(int)sizeof(path))
		text = gunzip(path);
	for (size_t i = 0; !text && release && i < sizeof(files) / sizeof(files[0]); i++)
		text = env_read(e, "%s%s%s", files[i][0], release, files[i][1]);
	free(release);
	return text;
}

static json_t *option_value(const char *text, const char *name)
{
	char want[64];
	const char *p = text;
	size_t len = (size_t)snprintf(want, sizeof(want), "CONFIG_%s=", name);

	while (strncmp(p, want, len)) {
		p = strchrnul(p, '\n');
		if (!*p++)
			return json_string("n");
	}
	p += len;
	return json_stringn(p, strcspn(p, "\n"));
}

static void collect_config(struct env *e)
{
	char *text = read_config(e);
	json_t *obj;

	if (!text) {
		env_put(e, "kernel.config", json_null());
		return;
	}
	obj = json_object();
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (json_object_set_new(obj, options[i], option_value(text, options[i])))
			e->nomem = true;
	env_put(e, "kernel.config", obj);
	free(text);
}

/* Where debugfs does not say: boot parameter, configuration, then the version string. */
static const char *preempt_guess(const struct env *e)
{
	const char *version = environment_text(e->top, "kernel.version");
	static const char *const models[] = { "none", "voluntary", "full", "lazy" };
	static const char *const choices[] = { "PREEMPT_NONE", "PREEMPT_VOLUNTARY",
		"PREEMPT", "PREEMPT_LAZY" };
	char word[32];

	if (version && strstr(version, "PREEMPT_RT"))
		return "rt";
	for (int i = 0; i < 4; i++) {
		snprintf(word, sizeof(word), "preempt=%s", models[i]);
		if (environment_cmdline_has(e->top, word))
			return models[i];
	}
	for (int i = 0; i < 4; i++)
		if (environment_option_set(e->top, choices[i]))
			return models[i];
	if (!version)
		return NULL;
	if (strstr(version, "PREEMPT_DYNAMIC"))
		return "dynamic";
	return strstr(version, "PREEMPT") ? "full" : "none or voluntary";
}

static void collect_preempt(struct env *e)
{
	char *text = env_read(e, "sys/kernel/debug/sched/preempt");

	env_put(e, "kernel.preempt",
		text ? env_as(env_choice, text) : text_json(preempt_guess(e)));
}

static void add_name(struct env *e, void *names, const char *name)
{
	if (json_array_append_new(names, text_json(name)))
		e->nomem = true;
}

void env_kernel(struct env *e)
{
	struct utsname uts;
	char *os = env_read(e, "etc/os-release");
	char *name = os ? strstr(os, "PRETTY_NAME=\"") : NULL;

	collect_build_id(e);
	collect_compiler(e);
	collect_config(e);
	collect_preempt(e);
	env_put_text(e, "kernel.arch", !*e->root && !uname(&uts) ? uts.machine : NULL);
	/* A live patch may replace the very functions under test. */
	env_put_each(e, "kernel.livepatches", json_array(), "sys/kernel/livepatch", add_name);
	if (name) {
		name += strlen("PRETTY_NAME=\"");
		name[strcspn(name, "\"\n")] = '\0';
	}
	env_put_text(e, "machine.os", name);
	free(os);
}
