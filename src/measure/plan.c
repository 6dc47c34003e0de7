/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user asked for, as arms and cells; and their random orders. */
#include "config.h"
#include <fnmatch.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "base/random.h"
#include "base/text-of.h"
#include "measure/plan.h"
#include "text/suggest.h"
#include "text/units.h"

/* The workloads chosen, in the order of the globs. */
struct choice {
	const struct workload **list;
	bool *named;		/* by its name */
	int n;
};

static bool is_glob(const char *text)
{
	return strpbrk(text, "*?[");
}

static void choose(struct choice *c, const struct workload *w, bool named)
{
	int i = 0;

	while (i < c->n && c->list[i] != w)
		i++;
	c->list[i] = w;
	c->named[i] |= named;
	if (i == c->n)
		c->n++;
}

static int no_match(const char *glob)
{
	const struct workload *w;

	if (!is_glob(glob))
		return workload_lookup(glob, &w);
	return fail(STATUS_USAGE,
		"-w %s: no workload matches (exitbench list shows them)", glob);
}

static int choose_glob(struct choice *c, const char *glob, bool given)
{
	const struct workload *const *w;
	bool matched = false, named = given && !is_glob(glob);

	for (w = workloads; *w; w++) {
		if (fnmatch(glob, (*w)->name, 0))
			continue;
		matched = true;
		choose(c, *w, named);
	}
	return matched ? 0 : no_match(glob);
}

static int choose_workloads(struct choice *c, const char *globs)
{
	char *copy, *rest, *glob;
	int rc = 0, all = 0;

	while (workloads[all])
		all++;
	copy = rest = strdup(globs ? globs : PLAN_WORKLOADS);
	c->list = calloc((size_t)all + 1, sizeof(const struct workload *));
	c->named = calloc((size_t)all + 1, sizeof(*c->named));
	if (!copy || !c->list || !c->named)
		rc = fail_nomem();
	while (!rc && (glob = strsep(&rest, ",")))
		rc = *glob ? choose_glob(c, glob, globs)
			   : fail(STATUS_USAGE,
				     "-w %s: an empty name; write names separated by "
				     "single commas",
				     globs);
	free(copy);
	return rc;
}

/* A place with its CPUs in order. */
struct spot {
	struct place_spec spec;
	int *cpus, ncpus;
	int *counts, ncounts;
};

static void clear_spots(struct spot *spots, int n)
{
	int i;

	for (i = 0; spots && i < n; i++) {
		place_clear(&spots[i].spec);
		free(spots[i].cpus);
		free(spots[i].counts);
	}
	free(spots);
}

static int make_spot(const struct topology *t, const char *place, const char *cores,
	struct spot *spot)
{
	char *of;
	int n = place_parse(t, place, &spot->spec);

	if (n)
		return n;
	n = topology_order(t, &spot->spec, &spot->cpus);
	if (n < 0)
		return n;
	spot->ncpus = n;
	of = text_of("--place %s", place);
	if (!of)
		return fail_nomem();
	n = parse_core_counts("--cores", cores ? cores : "1", spot->ncpus, of,
		&spot->counts);
	free(of);
	if (n < 0)
		return n;
	spot->ncounts = n;
	return 0;
}

static int make_spots(const struct plan_request *r, const struct topology *t,
	struct spot **out, int *count)
{
	static const char *const compact[] = { "compact" };
	const char *const *places = r->nplaces ? r->places : compact;
	int i, j, rc = 0, n = r->nplaces ? r->nplaces : 1;

	*count = 0;
	*out = calloc((size_t)n, sizeof(**out));
	if (!*out)
		return fail_nomem();
	for (i = 0; !rc && i < n; i++) {
		for (j = 0; j < i && strcmp(places[i], places[j]); j++)
			;
		if (j == i)
			rc = make_spot(t, places[i], r->cores, &(*out)[(*count)++]);
	}
	return rc;
}

static bool good_name(const char *name)
{
	size_t len = strspn(name, ARM_NAME_OF);

	return len && len <= ARM_NAME_MOST && !name[len];
}

/* "NAME[:k=v,...]"; the parameters are looked at when the cells are made. */
static int make_arm(struct plan *plan, const char *text)
{
	const char *colon = strchr(text, ':');
	struct plan_arm *arm = &plan->arms[plan->narms];
	int i;

	arm->name = strndup(text, colon ? (size_t)(colon - text) : strlen(text));
	arm->settings = strdup(colon ? colon + 1 : "");
	plan->narms++;
	if (!arm->name || !arm->settings)
		return fail_nomem();
	if (!good_name(arm->name))
		return fail(STATUS_USAGE,
			"--arm %s: not a name; write NAME or NAME:k=v,... "
			"with a name of up to %d letters, digits and . _ + -",
			text, ARM_NAME_MOST);
	if (colon && !colon[1])
		return fail(STATUS_USAGE,
			"--arm %s: nothing after the colon; write %s or "
			"%s:k=v",
			text, arm->name, arm->name);
	for (i = 0; i < plan->narms - 1; i++)
		if (!strcmp(plan->arms[i].name, arm->name))
			return fail(STATUS_USAGE,
				"--arm %s: a second arm called %s; give "
				"each its own name",
				text, arm->name);
	return 0;
}

static int make_arms(struct plan *plan, const struct plan_request *r)
{
	int i, rc = 0;

	plan->arms = calloc((size_t)r->narms + 1, sizeof(*plan->arms));
	if (!plan->arms)
		return fail_nomem();
	if (!r->narms)
		return make_arm(plan, "run");
	for (i = 0; !rc && i < r->narms; i++)
		rc = make_arm(plan, r->arms[i]);
	return rc;
}

/* For a name that none of the workloads has: the nearest of all of theirs. */
static int nobody_has(const struct choice *c, const char *text, size_t len)
{
	struct suggestion s;
	char name[64];
	int i, j;

	if (!len || len >= sizeof(name) || text[len] != '=')
		return fail(STATUS_USAGE, "%s: not a parameter; write name=value", text);
	memcpy(name, text, len);
	name[len] = '\0';
	suggest_start(&s, name);
	for (i = 0; i < c->n; i++)
		for (j = 0; j < params_count(c->list[i]); j++)
			suggest_offer(&s, params_at(c->list[i], j)->name);
	return fail(STATUS_USAGE,
		"%s: no parameter of %s%s%s (exitbench list shows them)", text,
		c->n == 1 ? "workload " : "the chosen workloads",
		c->n == 1 ? c->list[0]->name : "", suggest_text(&s));
}

/* Sets "k=v" in the values of each workload that has k; VALUES goes by C->list. */
static int set_where_known(const struct choice *c, const char *text,
	struct param_values *values)
{
	size_t len = strcspn(text, "=");
	bool known = false;
	int i, rc;

	for (i = 0; i < c->n; i++) {
		if (params_find(c->list[i], text, len) < 0)
			continue;
		known = true;
		rc = params_set(c->list[i], text, &values[i]);
		if (rc)
			return rc;
	}
	return known ? 0 : nobody_has(c, text, len);
}

static int set_arm(const struct choice *c, const struct plan_arm *arm,
	struct param_values *values)
{
	char *copy, *rest, *item;
	int i, rc = 0;

	if (!arm->settings[0])
		return 0;
	copy = rest = strdup(arm->settings);
	if (!copy)
		return fail_nomem();
	while (!rc && (item = strsep(&rest, ",")))
		rc = set_where_known(c, item, values);
	for (i = 0; !rc && i < c->n; i++)
		if (!values[i].set)
			warn("arm %s changes nothing in workload %s, which has no such "
				"parameter: its cells compare like with like", arm->name,
				c->list[i]->name);
	free(copy);
	return rc;
}

/* What each workload is set to: a row for --param, then one for each arm. */
static int make_values(const struct plan *plan, const struct plan_request *r,
	const struct choice *c, struct param_values **out)
{
	struct param_values *v;
	int i, rc = 0;

	*out = v = calloc((size_t)c->n * ((size_t)plan->narms + 1), sizeof(*v));
	if (!v)
		return fail_nomem();
	for (i = 0; i < c->n; i++)
		params_defaults(c->list[i], &v[i]);
	for (i = 0; !rc && i < r->nparams; i++)
		rc = set_where_known(c, r->params[i], v);
	for (i = 0; !rc && i < plan->narms; i++)
		rc = set_arm(c, &plan->arms[i], v + c->n * (i + 1));
	return rc;
}

/* The CPUs, the children's, and a name for both. */
static int place_cell(struct plan_cell *cell, const struct topology *t, const struct spot *spot,
	int cores, enum child_place child)
{
	bool moves = child != CHILD_SAME;

	cell->cores = cores;
	cell->cpus = calloc((size_t)cores, sizeof(*cell->cpus));
	cell->place = text_of("%s%s%s", place_name(&spot->spec), moves ? " child=" : "",
		moves ? child_place_names[child] : "");
	if (!cell->cpus || !cell->place)
		return fail_nomem();
	memcpy(cell->cpus, spot->cpus, (size_t)cores * sizeof(*cell->cpus));
	if (!moves)
		return 0;
	cell->child_cpus = calloc((size_t)cores, sizeof(*cell->child_cpus));
	if (!cell->child_cpus)
		return fail_nomem();
	return topology_child_cpus(t, child, cell->cpus, cores, cell->child_cpus);
}

static int make_cell(struct plan *plan, const struct choice *c, int w,
	const struct param_values *values)
{
	struct plan_cell *cell = &plan->cells[plan->ncells++];
	int i;

	cell->workload = c->list[w];
	cell->named = c->named[w];
	cell->params = values[w];
	cell->changes = calloc((size_t)plan->narms, sizeof(*cell->changes));
	if (!cell->changes)
		return fail_nomem();
	for (i = 0; i < plan->narms; i++)
		cell->changes[i] = values[c->n * (i + 1) + w];
	return 0;
}

/* All cells of a workload in one place: by where children go, then by cores. */
static int make_spot_cells(struct plan *plan, const struct topology *t, const struct choice *c,
	int w, const struct param_values *values, const struct spot *spot, unsigned int children)
{
	int rc = 0;

	for (int child = 0; child < CHILD_PLACES; child++) {
		/* A program's children are its own. */
		if (!(children & 1U << child) || (child != CHILD_SAME && c->list[w]->program))
			continue;
		for (int i = 0; !rc && i < spot->ncounts; i++) {
			rc = make_cell(plan, c, w, values);
			if (!rc)
				rc = place_cell(&plan->cells[plan->ncells - 1], t, spot,
					spot->counts[i], child);
		}
	}
	return rc;
}

static int make_cells(struct plan *plan, const struct topology *t, const struct choice *c,
	const struct param_values *values, const struct spot *spots, int nspots,
	unsigned int children)
{
	int w, s, rc = 0, n = 0;

	for (s = 0; s < nspots; s++)
		n += spots[s].ncounts * c->n * CHILD_PLACES;
	plan->cells = calloc((size_t)n, sizeof(*plan->cells));
	if (!plan->cells)
		return fail_nomem();
	for (w = 0; w < c->n; w++)
		for (s = 0; !rc && s < nspots; s++)
			rc = make_spot_cells(plan, t, c, w, values, &spots[s], children);
	if (!rc && !plan->ncells)
		rc = fail(STATUS_USAGE, "--child: children of %s are its own, and stay where they are; "
			"give --child same, too", c->list[0]->name);
	return rc;
}

int plan_make(
	const struct plan_request *request, const struct topology *t, struct plan *out)
{
	struct choice choice = { 0 };
	struct param_values *values = NULL;
	struct spot *spots = NULL;
	int nspots = 0, rc;

	*out = (struct plan){ .seed = request->seed };
	rc = choose_workloads(&choice, request->workloads);
	if (!rc)
		rc = make_arms(out, request);
	if (!rc)
		rc = make_values(out, request, &choice, &values);
	if (!rc)
		rc = make_spots(request, t, &spots, &nspots);
	if (!rc)
		rc = make_cells(out, t, &choice, values, spots, nspots,
			request->children ? request->children : 1U << CHILD_SAME);
	clear_spots(spots, nspots);
	free(values);
	free(choice.list);
	free(choice.named);
	return rc;
}

/* malloc'ed; NULL of NULL, or without memory. */
static void *copy_of(const void *v, int n, size_t size)
{
	void *copy = v ? malloc((size_t)n * size) : NULL;

	return copy ? memcpy(copy, v, (size_t)n * size) : NULL;
}

int plan_add_cell(struct plan *plan, int cell, const char *setting)
{
	struct plan_cell *grown = reallocarray(plan->cells, (size_t)plan->ncells + 1,
		sizeof(*grown));
	struct plan_cell *to;
	const struct plan_cell *from;

	if (!grown)
		return fail_nomem();
	plan->cells = grown;
	from = &grown[cell];
	to = &grown[plan->ncells++];
	*to = *from;
	to->place = strdup(from->place);
	to->cpus = copy_of(from->cpus, from->cores, sizeof(*to->cpus));
	to->changes = copy_of(from->changes, plan->narms, sizeof(*to->changes));
	to->child_cpus = copy_of(from->child_cpus, from->cores, sizeof(*to->child_cpus));
	if (!to->place || !to->cpus || !to->changes || (from->child_cpus && !to->child_cpus))
		return fail_nomem();
	return params_set(to->workload, setting, &to->params);
}

void plan_free(struct plan *plan)
{
	int i;

	for (i = 0; i < plan->narms; i++) {
		free(plan->arms[i].name);
		free(plan->arms[i].settings);
	}
	free(plan->arms);
	for (i = 0; i < plan->ncells; i++) {
		free(plan->cells[i].changes);
		free(plan->cells[i].place);
		free(plan->cells[i].cpus);
		free(plan->cells[i].child_cpus);
	}
	free(plan->cells);
	*plan = (struct plan){ 0 };
}

void plan_params(const struct plan *plan, int cell, int arm, struct param_values *out)
{
	*out = plan->cells[cell].params;
	params_merge(out, &plan->cells[cell].changes[arm]);
}

enum { STREAM_ROUND = 1, STREAM_PASS };

void plan_round_order(const struct plan *plan, int cell, uint64_t round, int *order)
{
	const uint64_t key[] = { plan->seed, STREAM_ROUND, (uint64_t)cell, round };

	random_order(key, sizeof(key) / sizeof(key[0]), order, plan->narms);
}

void plan_pass_order(const struct plan *plan, uint64_t pass, int *order)
{
	const uint64_t key[] = { plan->seed, STREAM_PASS, pass };

	random_order(key, sizeof(key) / sizeof(key[0]), order, plan->ncells);
}
