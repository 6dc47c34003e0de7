/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The clock that workers read, its rate, and how long the machine was suspended. */
#include "config.h"
#include <math.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>
#include "base/clock.h"
#include "base/fail.h"
#include "base/read-text.h"
#include "contract/sys.h"

#define COARSE_NS 100000
#define STEPS 5			/* of the clock, looked at */
#define MOST_READS 2000000	/* for one of them: longer than a tick of 10 ms */

static uint64_t read_clock(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

uint64_t monotonic_ns(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

/* Two clocks at one time. */
struct reading {
	uint64_t outer, inner;
};

/* Reads INNER between two readings of OUTER, until these are NEAR; the nearest of at most MOST. */
static struct reading read_both(uint64_t (*outer)(void), uint64_t (*inner)(void), int most,
	uint64_t near)
{
	struct reading best = { 0 };
	uint64_t tightest = UINT64_MAX;

	for (int i = 0; i < most && tightest > near; i++) {
		uint64_t before = outer(), at = inner(), took = outer() - before;

		if (took >= tightest)
			continue;
		tightest = took;
		best = (struct reading){ before + took / 2, at };
	}
	return best;
}

static uint64_t boot_ns(void)
{
	return read_clock(CLOCK_BOOTTIME);
}

/* What CLOCK_MONOTONIC leaves out. */
int64_t asleep_ns(void)
{
	struct reading r = read_both(monotonic_ns, boot_ns, 20, 100000);

	return (int64_t)(r.inner - r.outer);
}

#if defined(__x86_64__)
#include <cpuid.h>

/* Clocksources that are the TSC underneath: the kernel found it stable. */
static bool kernel_trusts_tsc(void)
{
	static const char *const based[] = { "tsc", "kvm-clock", "hyperv_clocksource_tsc_page", "xen" };
	char name[64];

	read_first_line("/sys/devices/system/clocksource/clocksource0/current_clocksource", name,
		sizeof(name));
	for (size_t i = 0; i < sizeof(based) / sizeof(based[0]); i++)
		if (!strcmp(name, based[i]))
			return true;
	return !name[0];	/* no sysfs: the CPU's word has to do */
}

static bool counter_usable(void)
{
	unsigned int a, b, c, d = 0;

	if (!__get_cpuid(0x80000007, &a, &b, &c, &d) || !(d & (1 << 8)))
		return false;	/* not invariant */
	return kernel_trusts_tsc();
}

static uint64_t counter(void)
{
	return arch_counter();
}

static uint64_t raw_ns(void)
{
	return read_clock(CLOCK_MONOTONIC_RAW);
}

static double counter_ns_per_tick(void)
{
	struct timespec wait = { .tv_nsec = 50000000 };
	struct reading first = read_both(counter, raw_ns, 200, 0), second;

	nanosleep(&wait, NULL);
	second = read_both(counter, raw_ns, 200, 0);
	return (double)(second.inner - first.inner) / (double)(second.outer - first.outer);
}
#define COUNTER_NAME "tsc"
#else
static bool counter_usable(void)
{
	return true;
}

static double counter_ns_per_tick(void)
{
	uint64_t hz;

	__asm__("mrs %0, cntfrq_el0" : "=r"(hz));
	return 1e9 / (double)hz;
}
#define COUNTER_NAME "cntvct"
#endif

void clock_choose(struct tick_clock *out)
{
	*out = (struct tick_clock){ CLOCK_KIND_SYSCALL, "clock_gettime", 1.0 };
	if (!counter_usable())
		return;
	*out = (struct tick_clock){ CLOCK_KIND_COUNTER, COUNTER_NAME, counter_ns_per_tick() };
}

static uint64_t next_value(uint64_t (*read)(void), uint64_t last)
{
	uint64_t now = last;

	for (int i = 0; i < MOST_READS && now == last; i++)
		now = read();
	return now;
}

double clock_step_ns(uint64_t (*read)(void))
{
	uint64_t last = next_value(read, read()), now;
	double least = INFINITY;

	for (int i = 0; i < STEPS; i++) {
		now = next_value(read, last);
		if (now == last)
			break;
		least = fmin(least, (double)(now - last));
		last = now;
	}
	return least;
}

int clock_check(const struct tick_clock *c)
{
	double step = c->kind == CLOCK_KIND_SYSCALL ? clock_step_ns(monotonic_ns) : 0;

	if (step < COARSE_NS)
		return 0;
	return fail(STATUS_MACHINE, "this kernel's clock moves in steps of %.3g ms, so no operation can "
		"be timed: see available_clocksource in /sys/devices/system/clocksource/clocksource0",
		step / 1e6);
}
