/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel was built from and with. */
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>
#include "machine/environment/environment-priv.h"
#include "text/json.h"

#define NT_GNU_BUILD_ID 3
#define CONFIG_MAX (2 << 20)

extern char **environ;

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
	char *text = env_read(e, "proc/version");
	char *p = text ? strstr(text, ") (") : NULL;
	int depth = 1;
	size_t n;

	if (!p) {
		env_put(e, "kernel.compiler", json_null());
		free(text);
		return;
	}
	p += 3;
	for (n = 0; p[n] && depth; n++)
		depth += (p[n] == '(') - (p[n] == ')');
	p[depth ? n : n - 1] = '\0';
	env_put_text(e, "kernel.compiler", p);
	free(text);
}

static size_t read_all(int fd, char *buf, size_t size)
{
	size_t used = 0;
	ssize_t n;

	while (used < size && (n = read(fd, buf + used, size - used)) > 0)
		used += (size_t)n;
	return used;
}

/* Unpacks a file with gzip(1), which every distribution has; NULL if that fails. */
static char *gunzip(const char *path)
{
	char *argv[] = { "gzip", "-dc", (char *)path, NULL };
	posix_spawn_file_actions_t actions;
	int pipefd[2], status = -1, err;
	char *buf = calloc(1, CONFIG_MAX);
	pid_t pid;

	if (!buf || pipe2(pipefd, O_CLOEXEC)) {
		free(buf);
		return NULL;
	}
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, pipefd[1], STDOUT_FILENO);
	posix_spawn_file_actions_addopen(
		&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	err = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(pipefd[1]);
	if (!err) {
		read_all(pipefd[0], buf, CONFIG_MAX - 1);
		close(pipefd[0]);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
	} else {
		close(pipefd[0]);
	}
	if (!status)
		return buf;
	free(buf);
	return NULL;
}

static char *read_config(struct env *e)
{
	static const char *const files[] = { "boot/config-%s", "lib/modules/%s/config",
		"usr/lib/modules/%s/config", "lib/modules/%s/build/.config" };
	char *release = env_read(e, "proc/sys/kernel/osrelease"), *text = NULL;
	char path[PATH_MAX];

	if (env_exists(e, "proc/config.gz") &&
		snprintf(path, sizeof(path), "%s/proc/config.gz", e->root) <
			(int)sizeof(path))
		text = gunzip(path);
	for (size_t i = 0; !text && release && i < sizeof(files) / sizeof(files[0]);
		i++) {
		char *slash = strchr(files[i], '%');

		snprintf(path, sizeof(path), "%.*s%s%s", (int)(slash - files[i]),
			files[i], release, slash + 2);
		text = env_read(e, "%s", path);
	}
	free(release);
	return text;
}

static json_t *option_value(const char *text, const char *name)
{
	char want[64];
	const char *p = text;
	size_t len = (size_t)snprintf(want, sizeof(want), "CONFIG_%s=", name);

	while (p && strncmp(p, want, len)) {
		p = strchr(p, '\n');
		if (p)
			p++;
	}
	if (!p)
		return json_string("n");
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

static bool config_is(const struct env *e, const char *option)
{
	char key[64];
	const char *value;

	snprintf(key, sizeof(key), "kernel.config.%s", option);
	value = environment_text(e->top, key);
	return value && !strcmp(value, "y");
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
		if (config_is(e, choices[i]))
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

	if (text)
		env_put(e, "kernel.preempt", env_choice(text));
	else
		env_put_text(e, "kernel.preempt", preempt_guess(e));
	free(text);
}

static void add_name(void *arg, const char *name)
{
	json_array_append_new(arg, text_json(name));
}

void env_kernel(struct env *e)
{
	struct utsname uts;
	json_t *patches = json_array();
	char *os = env_read(e, "etc/os-release");
	char *name = os ? strstr(os, "PRETTY_NAME=\"") : NULL;

	collect_build_id(e);
	collect_compiler(e);
	collect_config(e);
	collect_preempt(e);
	env_put_text(e, "kernel.arch", !*e->root && !uname(&uts) ? uts.machine : NULL);
	/* A live patch may replace the very functions under test. */
	if (env_each(e, "sys/kernel/livepatch", add_name, patches) < 0) {
		json_decref(patches);
		patches = json_null();
	}
	env_put(e, "kernel.livepatches", patches);
	if (name) {
		name += strlen("PRETTY_NAME=\"");
		name[strcspn(name, "\"\n")] = '\0';
	}
	env_put_text(e, "machine.os", name);
	free(os);
}
