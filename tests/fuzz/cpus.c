/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --place and --cores, on a machine of 2 packages, 4 nodes, 32 CPUs. */
#include "config.h"
#include "machine/topology/topology.h"
#include "tests/fuzz/fuzz.h"
#include "text/units.h"

static struct topology *machine(void)
{
	static struct topology *t;

	if (!t) {
		setenv("HWLOC_SYNTHETIC", "package:2 [numa] group:2 core:4 pu:2", 1);
		must(!topology_load(&t));
	}
	return t;
}

static void check_order(const int *cpus, int n)
{
	must(n >= 1 && n <= topology_cpus(machine()));
	for (int i = 0; i < n; i++)
		for (int k = 0; k < i; k++)
			must(cpus[i] != cpus[k]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size);
	struct place_spec spec;
	int *list, n;

	if (!place_parse(machine(), text, &spec)) {
		n = topology_order(machine(), &spec, &list);
		if (n > 0) {
			check_order(list, n);
			free(list);
		}
		place_clear(&spec);
	}
	n = parse_core_counts("--cores", text, 32, "this machine", &list);
	if (n > 0) {
		check_order(list, n);
		free(list);
	}
	free(text);
	return 0;
}
