/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A table of options: each type, its bounds, its errors, and what help says of it. */
#include "tests/unit/unit.h"
#include "text/options.h"
#include "text/units.h"

static const char *const colours[] = { "red", "green", "blue", NULL };

struct fields {
	bool flag;
	int set, choice, small;
	const char *text;
	struct strings texts;
	unsigned int choices;
	int64_t count, time, resolution, size;
	uint64_t u64;
	double percent, fraction;
	char special[16];
};

static int parse_special(const char *what, const char *text, void *field)
{
	if (strlen(text) > 15)
		return fail(STATUS_USAGE, "%s %s: too long; at most 15 letters", what, text);
	strcpy(field, text);
	return 0;
}

#define F struct fields

static const struct option_row rows[] = {
	{ "flag", 'f', NULL, TO_FLAG(F, flag), "on" },
	{ "set", 0, NULL, TO_SET(F, set), "seven", .set = 7 },
	{ "text", 't', "TEXT", TO_TEXT(F, text), "words", .def = "none" },
	{ "texts", 'T', "TEXT", TO_TEXTS(F, texts), "more words" },
	{ "choice", 'c', "COLOUR", TO_CHOICE(F, choice), NULL, .words = colours, .def = "green" },
	{ "choices", 'C', "COLOUR,...", TO_CHOICES(F, choices), "of it", .words = colours,
		.shown = "those that fit" },
	{ "count", 'n', "N", TO_COUNT(F, count), "how many", .min = "1", .max = "10k" },
	{ "small", 0, "N", TO_INT(F, small), "an int", .def = "3" },
	{ "time", 0, "T", TO_TIME(F, time), "how long", .def = "2ms", .min = "1ms" },
	{ "resolution", 0, "NS", TO_TIME(F, resolution), "in ns", .bare = 1, .max = "1ms" },
	{ "size", 0, "SIZE", TO_SIZE(F, size), "how much", .def = "1G", .min = "64M",
		.max = "1024G" },
	{ "u64", 0, "N", TO_U64(F, u64), "a number", .max = OPTION_INT64_MAX },
	{ "percent", 0, "PCT", TO_PERCENT(F, percent), "a part", .above = "0", .low = "take 0.1" },
	{ "fraction", 0, "PCT", TO_FRACTION(F, fraction), "a part", .above = "0", .max = "100" },
	{ "special", 0, "WORD", TO_SPECIAL(F, special), "short", .parse = parse_special },
	{ "csv", 0, "FILE", TO_TEXT(F, text), "maybe a file", .optional = true },
	{ "secret", 0, NULL, TO_FLAG(F, flag), "not for all", .hidden = true },
	{ 0 }
};

#define MOST 32

/* LINE is cut at its spaces. */
static int parse(const char *line, struct fields *f, struct arguments *a, bool *help)
{
	static char copy[256], *argv[MOST];
	char *rest = copy, *word;
	int argc = 0;

	snprintf(copy, sizeof(copy), "paint %s", line);
	while ((word = strsep(&rest, " ")))
		if (*word)
			argv[argc++] = word;
	argv[argc] = NULL;
	memset(f, 0, sizeof(*f));
	*a = (struct arguments){ .command = "paint" };
	return options_parse(rows, argc, argv, f, a, help);
}

static int parse_fields(const char *line, struct fields *f)
{
	struct arguments a;
	bool help;

	return parse(line, f, &a, &help);
}

static void refuses(const char *line, const char *message)
{
	struct fields f;
	int rc = parse_fields(line, &f);

	options_free(rows, &f);
	assert_int_equal(rc, -STATUS_USAGE);
	assert_string_equal(fail_message(), message);
}

static void defaults(void **state)
{
	struct fields f;

	(void)state;
	assert_works(parse_fields("", &f));
	assert_string_equal(f.text, "none");
	assert_int_equal(f.choice, 1);
	assert_int_equal(f.small, 3);
	assert_int_equal(f.time, 2 * NS_PER_MS);
	assert_int_equal(f.size, 1 << 30);
	assert_true(!f.flag && !f.set && !f.choices && !f.count && !f.texts.n && !f.u64);
}

static void each_type(void **state)
{
	struct fields f;

	(void)state;
	assert_works(parse_fields("-f --set -t a -t b -T x --texts=y -c blue -C red,blue "
		"-n1.5k", &f));
	assert_true(f.flag);
	assert_int_equal(f.set, 7);
	assert_string_equal(f.text, "b");
	assert_int_equal(f.texts.n, 2);
	assert_string_equal(f.texts.v[0], "x");
	assert_string_equal(f.texts.v[1], "y");
	assert_int_equal(f.choice, 2);
	assert_int_equal(f.choices, 5);
	assert_int_equal(f.count, 1500);
	options_free(rows, &f);
	assert_works(parse_fields("--small 2147483647 --time 3 --resolution 16 --size 64M "
		"--percent 0.5% --fraction 1.5 --special abc --choices all "
		"--u64 9223372036854775807", &f));
	assert_int_equal(f.small, INT32_MAX);
	assert_int_equal(f.time, 3 * NS_PER_S);
	assert_int_equal(f.resolution, 16);
	assert_int_equal(f.size, 64 << 20);
	assert_true(f.percent == 0.5 && f.fraction == 0.015);
	assert_string_equal(f.special, "abc");
	assert_int_equal(f.choices, 7);
	assert_true(f.u64 == INT64_MAX);
}

static void bounds(void **state)
{
	struct fields f;

	(void)state;
	assert_works(parse_fields("--count 1 --time 1ms --size 1024G --fraction 100 "
		"--percent 0.000000001", &f));
	assert_works(parse_fields("--count 10000 --resolution 1ms", &f));
	refuses("--count 0", "--count 0: must be 1 to 10k");
	refuses("-n 10001", "--count 10001: must be 1 to 10k");
	refuses("--time 999us", "--time 999us: too short; at least 1ms");
	refuses("--resolution 1000001", "--resolution 1000001: must be 0 to 1ms");
	refuses("--size 1", "--size 1: must be 64M to 1024G");
	refuses("--size 1025G", "--size 1025G: must be 64M to 1024G");
	refuses("--small 2147483648", "--small 2147483648: must be 0 to 2147483647");
	refuses("--u64 9223372036854775808",
		"--u64 9223372036854775808: must be 0 to 9223372036854775807");
	refuses("--percent 0", "--percent 0: take 0.1");
	refuses("--fraction 0", "--fraction 0: must be more than 0 and at most 100");
	refuses("--fraction 100.1", "--fraction 100.1: must be more than 0 and at most 100");
}

static void bad_values(void **state)
{
	(void)state;
	refuses("--choice pink", "--choice pink: no such choice; it is one of red, green, blue");
	refuses("-C red,pink", "--choices pink: no such choice; it is one of red, green, blue");
	refuses("-C ,", "--choices : no such choice; it is one of red, green, blue");
	refuses("--special 0123456789abcdef",
		"--special 0123456789abcdef: too long; at most 15 letters");
	refuses("-T a -T b -n x", "--count x: not a number; write digits, with k or M if "
		"you like, as in 200 or 1.5k");
	refuses("--u64 -1", "--u64 -1: not a number; write digits only");
}

static void unknown(void **state)
{
	static const char see[] = "; see exitbench paint --help";
	static const struct {
		const char *line, *says;
	} cases[] = {
		{ "--nothing", "unknown or ambiguous option --nothing" },
		{ "--c", "unknown or ambiguous option --c" },
		{ "-x", "unknown option -x" },
		{ "-fx", "unknown option -x" },
		{ "--flag=1", "no value goes with --flag=1" },
		{ "--help=1", "no value goes with --help=1" },
		{ "--text", "--text needs a value" },
		{ "-f -t", "-t needs a value" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char message[128];

		snprintf(message, sizeof(message), "paint: %s%s", cases[i].says, see);
		refuses(cases[i].line, message);
	}
}

static void arguments(void **state)
{
	struct fields f;
	struct arguments a;
	bool help;

	(void)state;
	assert_works(parse("one -f two --cou 5 -- -three", &f, &a, &help));
	assert_true(f.flag && f.count == 5 && !help);
	assert_int_equal(a.n, 3);
	assert_string_equal(a.v[0], "one");
	assert_string_equal(a.v[2], "-three");
	assert_null(a.v[3]);
	assert_works(check_arguments(&a, 0, 3, "x"));
	assert_fails(check_arguments(&a, 0, 2, "two files"), STATUS_USAGE,
		"paint: one argument too many: -three; it takes two files");
	assert_fails(check_arguments(&a, 4, 9, "four files"), STATUS_USAGE,
		"paint: it takes four files; see exitbench paint --help");
	assert_works(parse("--csv file", &f, &a, &help));
	assert_null(f.text);
	assert_int_equal(a.n, 1);
	assert_works(parse("--csv=file", &f, &a, &help));
	assert_string_equal(f.text, "file");
}

static void help_is_first(void **state)
{
	static const char *const lines[] = { "--help", "-h", "-fh", "--he", "--help --nothing" };
	struct fields f;
	struct arguments a;
	bool help;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		assert_works(parse(lines[i], &f, &a, &help));
		assert_true(help);
	}
	refuses("--nothing --help", "paint: unknown or ambiguous option --nothing; see exitbench "
		"paint --help");
}

static void help_text(void **state)
{
	static const char expected[] =
		"  -f, --flag               on\n"
		"      --set                seven\n"
		"  -t, --text TEXT          words (none)\n"
		"  -T, --texts TEXT         more words; may be repeated\n"
		"  -c, --choice COLOUR      red, green, blue (green)\n"
		"  -C, --choices COLOUR,... of it: red, green, blue, all (those that fit)\n";
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	assert_non_null(out);
	options_help(rows, out);
	assert_int_equal(fclose(out), 0);
	assert_memory_equal(text, expected, sizeof(expected) - 1);
	assert_non_null(strstr(text, "\n      --csv[=FILE]         maybe a file\n"));
	assert_null(strstr(text, "secret"));
	assert_non_null(strstr(text, "\n  -h, --help               this text\n"));
	free(text);
}

static void mdoc_text(void **state)
{
	static const struct option_row some[] = {
		{ "pad", 'P', "N,...", TO_TEXT(F, text), ".hidden -o --x\\y", .def = "0" },
		{ "csv", 0, "FILE", TO_TEXT(F, text), "a file", .optional = true },
		{ 0 }
	};
	static const char expected[] =
		".Bl -tag -width indent\n"
		".It Fl P , Fl -pad Ar N,...\n"
		"\\&.hidden \\-o \\-\\-x\\ey (0)\n"
		".It Fl -csv Ns Op = Ns Ar FILE\n"
		"a file\n"
		".El\n";
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	assert_non_null(out);
	options_mdoc(some, out);
	assert_int_equal(fclose(out), 0);
	assert_string_equal(text, expected);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(each_type),
		cmocka_unit_test(bounds),
		cmocka_unit_test(bad_values),
		cmocka_unit_test(unknown),
		cmocka_unit_test(arguments),
		cmocka_unit_test(help_is_first),
		cmocka_unit_test(help_text),
		cmocka_unit_test(mdoc_text),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
