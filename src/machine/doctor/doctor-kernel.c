/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks of how the kernel was built and set. */
#include "config.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "machine/doctor/doctor-priv.h"

static enum severity check_tracing(struct examined *x)
{
	const char *tracer = environment_text(x->env, "trace.current_tracer");
	double events = environment_number(x->env, "trace.event_count", -1);
	double probes = environment_number(x->env, "trace.kprobes", 0);
	char names[80];

	if (events < 0 && !tracer)
		return doc_unknown(x, "tracing state not readable (root can)");
	doc_join(environment_get(x->env, "trace.events"), names, sizeof(names));
	if (tracer && strcmp(tracer, "nop")) {
		doc_fix(x, "echo nop > /sys/kernel/tracing/current_tracer");
		return doc_say(x, SEVERITY_HIGH, "tracer left on: %.40s", tracer);
	}
	if (events > 0)
		return doc_say(x, SEVERITY_HIGH, "%.0f tracepoint(s) left on: %s", events,
			names);
	if (probes <= 0)
		return doc_say(x, SEVERITY_OK, "no tracepoints on");
	doc_fix(x, "find who set them: cat /sys/kernel/debug/kprobes/list");
	return doc_say(x, SEVERITY_MEDIUM, "%.0f kprobe(s) set", probes);
}

/* Options that change what every exit executes. */
static const struct debug_option {
	const char *name;
	enum severity severity;
} debug_options[] = {
	{ "KASAN", SEVERITY_HIGH },
	{ "KMSAN", SEVERITY_HIGH },
	{ "KCSAN", SEVERITY_HIGH },
	{ "PROVE_LOCKING", SEVERITY_HIGH },
	{ "LOCK_STAT", SEVERITY_HIGH },
	{ "DEBUG_LOCK_ALLOC", SEVERITY_HIGH },
	{ "DEBUG_VM_MAPLE_TREE", SEVERITY_HIGH },
	{ "DEBUG_KMEMLEAK", SEVERITY_HIGH },
	{ "DEBUG_OBJECTS", SEVERITY_HIGH },
	{ "DEBUG_PAGEALLOC_ENABLE_DEFAULT", SEVERITY_HIGH },
	{ "PAGE_TABLE_CHECK_ENFORCED", SEVERITY_HIGH },
	{ "SLUB_DEBUG_ON", SEVERITY_HIGH },
	{ "KCOV", SEVERITY_HIGH },
	{ "GCOV_KERNEL", SEVERITY_HIGH },
	{ "DEBUG_VM", SEVERITY_MEDIUM },
	{ "DEBUG_VM_RB", SEVERITY_MEDIUM },
	{ "DEBUG_SPINLOCK", SEVERITY_MEDIUM },
	{ "DEBUG_MUTEXES", SEVERITY_MEDIUM },
	{ "DEBUG_RWSEMS", SEVERITY_MEDIUM },
	{ "DEBUG_ATOMIC_SLEEP", SEVERITY_MEDIUM },
	{ "UBSAN", SEVERITY_MEDIUM },
	{ "DEBUG_PREEMPT", SEVERITY_LOW },
	{ "DEBUG_LIST", SEVERITY_LOW },
};

static enum severity check_debug(struct examined *x)
{
	enum severity worst = SEVERITY_OK;
	char names[120] = "";
	size_t used = 0;

	if (!environment_get(x->env, "kernel.config"))
		return doc_unknown(x, "kernel configuration not found");
	for (size_t i = 0; i < sizeof(debug_options) / sizeof(debug_options[0]); i++) {
		const struct debug_option *o = &debug_options[i];

		if (!environment_option_set(x->env, o->name))
			continue;
		worst = o->severity < worst ? o->severity : worst;
		if (used + strlen(o->name) + 3 < sizeof(names))
			used += (size_t)sprintf(names + used, "%s%s", used ? ", " : "",
				o->name);
	}
	if (worst == SEVERITY_OK)
		return doc_say(x, worst, "no debugging options in the kernel");
	return doc_say(x, worst, "kernel built with %s", names);
}

/* Debugging that a boot parameter switches on. */
static enum severity check_boot_debug(struct examined *x)
{
	static const char *const words[] = { "slub_debug", "slub_debug=", "slab_debug",
		"slab_debug=", "page_poison=1", "page_poison=on", "debug_pagealloc=on",
		"page_owner=on", "kmemleak=on", "page_table_check=on",
		"page_table_check=1", "init_mlocked_on_free=1" };

	if (!environment_text(x->env, "kernel.cmdline"))
		return doc_unknown(x, "kernel command line not readable");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (environment_cmdline_has(x->env, words[i]))
			return doc_say(x, SEVERITY_HIGH, "booted with %s", words[i]);
	return doc_say(x, SEVERITY_OK, "no debugging on the kernel command line");
}

/* Whether a y/1 parameter or the configured default zeroes pages. */
static bool init_on(const json_t *env, const char *parameter, const char *config)
{
	static const char *const values[] = { "on", "1", "off", "0" };
	char word[40];

	for (int i = 0; i < 4; i++) {
		snprintf(word, sizeof(word), "%s=%s", parameter, values[i]);
		if (environment_cmdline_has(env, word))
			return i < 2;
	}
	return environment_option_set(env, config);
}

static enum severity check_init_on(struct examined *x)
{
	bool alloc = init_on(x->env, "init_on_alloc", "INIT_ON_ALLOC_DEFAULT_ON");
	bool freed = init_on(x->env, "init_on_free", "INIT_ON_FREE_DEFAULT_ON");

	if (!environment_text(x->env, "kernel.cmdline"))
		return doc_unknown(x, "kernel command line not readable");
	if (!alloc && !freed)
		return doc_say(x, SEVERITY_OK, "pages are not zeroed beyond need");
	return doc_say(x, freed ? SEVERITY_MEDIUM : SEVERITY_LOW,
		"memory is zeroed on %s",
		alloc && freed ? "allocation and free"
		: freed        ? "free"
			       : "allocation");
}

static enum severity check_kfence(struct examined *x)
{
	const char *interval = environment_text(x->env, "kernel.config.KFENCE_SAMPLE_INTERVAL");

	if (!environment_get(x->env, "kernel.config"))
		return doc_unknown(x, "kernel configuration not found");
	if (!environment_option_set(x->env, "KFENCE") || (interval && !strcmp(interval, "0")) ||
		environment_cmdline_has(x->env, "kfence.sample_interval=0"))
		return doc_say(x, SEVERITY_OK, "KFENCE off");
	return doc_say(x, SEVERITY_LOW, "KFENCE samples an allocation every %s ms",
		interval ? interval : "100");
}

#define ADDR_NO_RANDOMIZE 0x0040000

static enum severity check_aslr(struct examined *x)
{
	double value = environment_number(x->env, "kernel.aslr", -1);
	const char *personality = environment_text(x->env, "self.personality");

	if (value < 0)
		return doc_unknown(x, "randomize_va_space not readable");
	if (value == 0)
		return doc_say(x, SEVERITY_OK, "address space not randomised");
	if (personality && strtoul(personality, NULL, 16) & ADDR_NO_RANDOMIZE)
		return doc_say(
			x, SEVERITY_OK, "address space not randomised for this process");
	return doc_say(x, SEVERITY_LOW, "address space randomisation: %.0f", value);
}

static enum severity check_thp(struct examined *x)
{
	const char *mode = environment_text(x->env, "memory.thp_enabled");

	if (!mode)
		return doc_unknown(x, "transparent huge pages not readable");
	if (strcmp(mode, "always"))
		return doc_say(x, SEVERITY_OK, "transparent huge pages: %s", mode);
	return doc_say(x, SEVERITY_MEDIUM, "transparent huge pages: always");
}

static enum severity check_numa(struct examined *x)
{
	const char *nodes = environment_text(x->env, "cpu.numa_nodes");
	double on = environment_number(x->env, "kernel.numa_balancing", -1);

	if (on < 0)
		return doc_unknown(x, "no NUMA balancing here");
	if (on == 0 || (nodes && !strcmp(nodes, "0")))
		return doc_say(x, SEVERITY_OK, "NUMA balancing off, or one node");
	return doc_say(
		x, SEVERITY_MEDIUM, "NUMA balancing: on, nodes %s", nodes ? nodes : "?");
}

static const struct zero_wanted {
	const char *id, *key, *what;
	enum severity severity;		/* of anything else */
} zeros_wanted[] = {
	{ "delayacct", "kernel.task_delayacct", "kernel.task_delayacct", SEVERITY_LOW },
	{ "ksm", "memory.ksm_run", "KSM run", SEVERITY_MEDIUM },
	{ "nmi-watchdog", "kernel.nmi_watchdog", "nmi_watchdog", SEVERITY_LOW },
	{ "panic-on-oom", "memory.panic_on_oom", "vm.panic_on_oom", SEVERITY_MEDIUM },
	{ "rcu-expedited", "kernel.rcu_expedited", "rcu_expedited", SEVERITY_MEDIUM },
	{ "schedstats", "kernel.sched_schedstats", "kernel.sched_schedstats", SEVERITY_LOW },
};

/* The simple ones: a number that should be zero. */
static enum severity check_zero(struct examined *x)
{
	const struct zero_wanted *z = zeros_wanted;
	double value;

	while (strcmp(z->id, x->f->id))
		z++;
	value = environment_number(x->env, z->key, -1);
	if (value < 0)
		return doc_say(x, SEVERITY_UNKNOWN, "%s: not readable", z->what);
	return doc_say(x, value > 0 ? z->severity : SEVERITY_OK, "%s: %.0f", z->what, value);
}

static enum severity check_ksm(struct examined *x)
{
	/* 2 means: unmerged and stopped. */
	if (environment_number(x->env, "memory.ksm_run", -1) == 2)
		return doc_say(x, SEVERITY_OK, "KSM stopped");
	return check_zero(x);
}

static enum severity check_sched_ext(struct examined *x)
{
	const char *state = environment_text(x->env, "kernel.sched_ext");

	if (!state)
		return doc_unknown(x, "no sched_ext here");
	return doc_say(x, strcmp(state, "enabled") ? SEVERITY_OK : SEVERITY_MEDIUM,
		"sched_ext scheduler: %s", state);
}

static enum severity check_livepatch(struct examined *x)
{
	const json_t *patches = environment_get(x->env, "kernel.livepatches");
	char names[100];

	doc_join(patches, names, sizeof(names));
	if (!patches)
		return doc_unknown(x, "no live patching here");
	if (!*names)
		return doc_say(x, SEVERITY_OK, "no live patches");
	return doc_say(x, SEVERITY_MEDIUM, "live patches loaded: %s", names);
}

static enum severity check_core_pattern(struct examined *x)
{
	const char *pattern = environment_text(x->env, "kernel.core_pattern");

	if (!pattern)
		return doc_unknown(x, "core_pattern not readable");
	if (*pattern != '|')
		return doc_say(x, SEVERITY_OK, "core dumps do not start a program");
	return doc_say(x, SEVERITY_LOW, "core dumps start %.80s", pattern + 1);
}

const struct check doctor_kernel_checks[] = {
	{ "tracing", check_tracing,
		"Where it is on the path of fork or exit, every operation pays for it.",
		"echo > /sys/kernel/tracing/set_event" },
	{ "debug-options", check_debug,
		"Such checks can cost more than the change under test.",
		"build without them: scripts/config -d OPTION, in both kernels" },
	{ "debug-boot", check_boot_debug,
		"Debugging of the allocators works on each page and object that a "
		"child frees.",
		"boot without it" },
	{ "thp", check_thp,
		"Children may get huge pages or not, as memory is fragmented: exit "
		"frees one or 512; khugepaged and compaction work in the background.",
		"echo madvise > /sys/kernel/mm/transparent_hugepage/enabled" },
	{ "init-on-free", check_init_on,
		"Zeroing pages grows with what a child touched and hides smaller "
		"effects; fine if that is how the kernel will be used.",
		"boot with init_on_free=0 init_on_alloc=0" },
	{ "numa-balancing", check_numa,
		"It unmaps pages to see who uses them and moves them: extra faults at "
		"times that differ from run to run.",
		"sysctl kernel.numa_balancing=0" },
	{ "ksm", check_ksm,
		"ksmd scans and merges pages; freeing a merged page takes another path.",
		"echo 2 > /sys/kernel/mm/ksm/run" },
	{ "rcu-expedited", check_zero,
		"Grace periods interrupt all CPUs instead of waiting for them.",
		"echo 0 > /sys/kernel/rcu_expedited" },
	{ "sched-ext", check_sched_ext,
		"A BPF program schedules parent and child instead of the kernel.",
		"stop the scx_ scheduler that is running" },
	{ "livepatch", check_livepatch,
		"The functions under test may not be those of the kernel's release.",
		"echo 0 > /sys/kernel/livepatch/NAME/enabled" },
	{ "panic-on-oom", check_zero,
		"Workloads that die by the OOM killer may take the machine down instead.",
		"sysctl vm.panic_on_oom=0" },
	{ "aslr", check_aslr,
		"The layout, and with it the number of page tables, is drawn anew each "
		"time a program starts: runs differ, children of one worker do not.",
		"setarch -R exitbench run ..., or sysctl kernel.randomize_va_space=0" },
	{ "nmi-watchdog", check_zero,
		"It takes a hardware counter and interrupts each busy CPU now and then.",
		"sysctl kernel.nmi_watchdog=0" },
	{ "delayacct", check_zero,
		"Every task gets, and at exit gives up, an accounting structure.",
		"sysctl kernel.task_delayacct=0" },
	{ "schedstats", check_zero,
		"The scheduler keeps statistics at every wake-up.",
		"sysctl kernel.sched_schedstats=0" },
	{ "kfence", check_kfence,
		"Now and then an allocation takes a slow path: rare, so in the top "
		"percentiles.",
		"boot with kfence.sample_interval=0" },
	{ "core-pattern", check_core_pattern,
		"Matters only for children that die by a signal that dumps core.",
		"sysctl kernel.core_pattern=core" },
	{ 0 },
};
