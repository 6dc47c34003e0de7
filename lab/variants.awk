# SPDX-License-Identifier: GPL-2.0-or-later
# The variants that are shipped, as the C preprocessor reads them:
# awk -f variants.awk lab/variants/*.cocci prints VARIANT(NUMBER, NAME, FILE) for each, by the
# N of the line "// order: N" in its first comment; those without one come last, by name.

# The rest of the line "// FIELD: ..." in the first comment of FILE.
function field_of(file, field,	line, value) {
	while ((getline line <file) > 0 && line ~ /^\/\//)
		if (index(line, "// " field ": ") == 1) {
			value = substr(line, length(field) + 6)
			break
		}
	close(file)
	return value
}

function fail(file, what) {
	print file ": " what >"/dev/stderr"
	exit 1
}

# May A stand behind B?
function behind(a, b) {
	return order[a] + 0 != order[b] + 0 ? order[a] + 0 > order[b] + 0 : name[a] > name[b]
}

BEGIN {
	for (i = 1; i < ARGC; i++) {
		file = name[i] = ARGV[i]
		sub(/.*\//, "", name[i])
		sub(/\.cocci$/, "", name[i])
		if (name[i] !~ /^[a-z0-9][a-z0-9-]*$/)
			fail(file, "a variant is named with small letters, digits and '-'")
		if (field_of(file, "summary") == "")
			fail(file, "its first comment has no line '// summary: ...'")
		order[i] = field_of(file, "order")
		if (order[i] == "")
			order[i] = 1000
		for (j = i; j > 1 && behind(sorted[j - 1], i); j--)
			sorted[j] = sorted[j - 1]
		sorted[j] = i
	}
	print "/* SPDX-License-Identifier: GPL-2.0-or-later */"
	print "/* Made by lab/variants.awk from lab/variants. */"
	for (i = 1; i < ARGC; i++)
		printf "VARIANT(%d, \"%s\", \"%s\")\n", i, name[sorted[i]], ARGV[sorted[i]]
}
