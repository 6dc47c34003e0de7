#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# exitbench report: the page as text and in headless Chromium, the mail, large inputs.
# shellcheck disable=SC2016,SC2034,SC2317 # conditions are strings for check()
. "${srcdir:-.}/tests/tap.sh"
set -u

here=${srcdir:-.}
page=$tmp/r.html

# A small comparison of several cores, another cell that one arm lacks, a single block.
awk 'BEGIN {
	print "arm,boot,block,workload,cores,metric,value"
	for (c = 1; c <= 16; c *= 4) for (b = 0; b < 30; b++) for (a = 0; a < 2; a++) {
		for (i = 0; i < 40; i++)
			print "arm" a ",b," b ",touch-exit," c ",exit," \
				(5000 + 40 * c + 37 * ((i * 7 + b * 3) % 20)) * (1 + 0.03 * a * (c == 16))
		print "arm" a ",b," b ",touch-exit," c ",throughput," 1e5 * c / (1 + c / 100) + b
	}
	for (a = 0; a < 2; a++) print "arm" a ",b,0,single,1,exit," 5000 + a
	for (b = 0; b < 5; b++) print "arm0,b," b ",before-only,1,exit," 700 + b
}' >"$tmp/in.csv"
works "import" import --csv "$tmp/in.csv" -o "$tmp/a.exb"

# Bad input.
fails 2 'o FILE.html' "no output" report "$tmp/a.exb"
fails 2 'cannot write it' "a directory as output" report "$tmp/a.exb" -o "$tmp"
fails 2 'the result file itself' "the file itself as output" report "$tmp/a.exb" -o "$tmp/a.exb"
fails 2 'both want stdout' "--json and -o -" report "$tmp/a.exb" --json -o -
fails 2 'No such file' "no result file" report "$tmp/none.exb" -o "$page"
check '[ ! -e "$page" ]' "leaves no page"
if [ -w /dev/full ]; then
	fails 3 'No space left' "a full disk" report "$tmp/a.exb" -o /dev/full
else
	skip "no /dev/full"
fi

works "two arms" report "$tmp/a.exb" -o "$page"
check 'grep -q "r.html: 5 cells, regression" "$tmp/out"' "says what is in it"
check 'grep -q "<tr><td>50<td>5\.99 µs<td>6\.17 µs<td>+3\.00<td>\[+[0-9.]*, +[0-9.]*\]<td>\[+[0-9.]*, +[0-9.]*\]" "$page"' \
	"has the percentiles of each cell"
check '[ "$(grep -c "<figure>.*<svg\|<svg role=img" "$page")" -ge 15 ]' "has its charts"
check '[ "$(ls "$tmp" | grep -c "^r.html")" -eq 1 ]' "leaves the page alone"
check 'grep -q "Regression beyond the margin of 1%: exit of touch-exit, 16 cores" "$page"' "the verdict"
check '! grep -Eq "(src|href)=.?(http|//)|url\(.?http|@import|<link|<iframe" "$page"' \
	"refers to nothing outside"
check 'grep -q "default-src .none.;" "$page"' "has a policy that forbids it"
works "again to stdout" report "$tmp/a.exb" -o -
check '[ "$(wc -l <"$tmp/out")" -gt 100 ] && tail -n 1 "$tmp/out" | grep -q "</html>"' "is the page"
works "as JSON" report "$tmp/a.exb" -o "$page" --json
check 'tr -d "\n " <"$tmp/out" | grep -q "\"cells\":5,\"verdict\":\"regression\""' "names cells and verdict"
works "one arm" report "$tmp/a.exb" -o "$tmp/alone.html" --before arm0 --after arm0
check 'grep -q "One side alone" "$tmp/alone.html" && ! grep -q "Worst, % worse" "$tmp/alone.html"' \
	"compares nothing"

# What the policy allows is this script and no other.
if command -v python3 >/dev/null; then
	python3 -c 'import base64, hashlib, sys
page = open(sys.argv[1], encoding="utf-8").read()
script = page.split("<script>")[1].split("</script>")[0]
want = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
sys.exit("sha256-" + want not in page and "PAGE_JS_SHA256 should be " + want)' "$page" >"$tmp/out" 2>"$tmp/err"
	ok $? "the policy has the script's sum"
else
	skip "no python3"
fi

# Many cells: how large, not how long.
awk 'BEGIN {
	print "arm,boot,block,workload,cores,metric,value"
	for (w = 0; w < 25; w++) for (c = 1; c <= 20; c++) for (b = 0; b < 20; b++) for (a = 0; a < 2; a++) {
		for (i = 0; i < 8; i++)
			print "arm" a ",b," b ",workload-" w "," c ",exit," 5000 + 37 * ((i * 7 + b * 13 + c + w + a) % 53)
		print "arm" a ",b," b ",workload-" w "," c ",throughput," 1e5 * c + b
	}
}' >"$tmp/big.csv"
works "import of 500 cells" import --csv "$tmp/big.csv" -o "$tmp/big.exb"
works "500 cells" report "$tmp/big.exb" -o "$tmp/big.html"
check '[ "$(wc -c <"$tmp/big.html")" -lt 5000000 ]' "are less than 5 MB"
check '[ "$(grep -c "<details id=c" "$tmp/big.html")" -eq 500 ]' "and all there"

# Many numbers of cores: a curve goes on as far as its axis does.
awk 'BEGIN {
	print "arm,boot,block,workload,cores,metric,value"
	for (c = 1; c <= 200; c++) for (b = 0; b < 2; b++) for (a = 0; a < 2; a++)
		print "arm" a ",b," b ",touch-exit," c ",throughput," 1e5 * c + a + b
}' >"$tmp/cores.csv"
works "import of 200 numbers of cores" import --csv "$tmp/cores.csv" -o "$tmp/cores.exb"
works "200 numbers of cores" report "$tmp/cores.exb" -o "$tmp/cores.html"
# How many marks there are, and points on each curve.
sed -n '/Throughput over cores/,/<.div>/p' "$tmp/cores.html" >"$tmp/cores.figure"
marks=$(grep -o '<use href=#m[ab] ' "$tmp/cores.figure" | wc -l)
points=$(grep -o '<path class=[ab] d="[^"]*' "$tmp/cores.figure" | while read -r curve; do
	echo "${curve#*d=}" | grep -Eo '[0-9]+' | wc -l
done | tr '\n' ' ')
check '[ "$marks $points" = "400 400 400 400 400 " ]' "have two curves of 200 points, and their efficiency: $points"

# The mail: 80 columns, whatever the values.
awk 'BEGIN {
	print "arm,boot,block,workload,cores,metric,value"
	for (b = 0; b < 6; b++) for (i = 0; i < 9; i++) {
		print "before,b," b ",zero,1,exit,0"
		print "after,b," b ",zero,1,exit," i + b
		print "before,b," b ",huge,65536,exit," 1e14 + 1e12 * i
		print "after,b," b ",huge,65536,exit," 1 + i
		print "before,b," b ",minutes,2,exit," 6e10 + 1e9 * i
		print "after,b," b ",minutes,2,exit," 3e11 + 1e9 * i + b
	}
}' >"$tmp/extreme.csv"
works "import of extremes" import --csv "$tmp/extreme.csv" -o "$tmp/extreme.exb"
for file in a big extreme; do
	run compare "$tmp/$file.exb" --metric all
	check '[ $status -le 1 ] && ! LC_ALL=C.UTF-8 awk "length > 80" "$tmp/out" | grep -q .' "$file: 80 columns"
done
run compare "$tmp/a.exb"
check 'head -n 1 "$tmp/out" | grep -q "^Regression beyond the margin of 1%: exit of touch-exit, 16 cores" &&
	grep -q "^command exitbench import" "$tmp/out" && grep -q "^machine " "$tmp/out"' \
	"finding, machine and command come first"
works "extremes as a page" report "$tmp/extreme.exb" -o "$tmp/extreme.html"

chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
if [ -z "$chromium" ] || ! command -v python3 >/dev/null; then
	skip "no chromium or no python3: the page is not opened"
	finish
fi

# browse WHAT ARGS...: each of browser.py's answers is a test.
browse() {
	what=$1
	shift
	python3 "$here/tests/cli/browser.py" "$chromium" "$@" >"$tmp/answers" 2>"$tmp/err" || echo "# $what"
	if [ -s "$tmp/err" ] || ! [ -s "$tmp/answers" ]; then
		ok 1 "$what: the browser runs"
		return
	fi
	: >"$tmp/out"
	while read -r line; do
		case $line in
		ok*) ok 0 "$what: ${line#ok }" ;;
		*) ok 1 "$what: ${line#not ok }" ;;
		esac
	done <"$tmp/answers"
}

run compare "$tmp/a.exb" --format csv
base64 -w0 <"$tmp/out" >"$tmp/csv64"
rows='[...document.querySelectorAll("#cells tbody tr")]'
titles="$rows.filter(r => !r.hidden).map(r => r.cells[0].textContent).join()"
column="$rows.map(r => r.cells[3].dataset.k)"
cd_key='document.querySelector("#cells th:nth-child(4) button")'
browse "desktop" "$page" \
	'document.querySelector(".verdict").getBoundingClientRect().top < 150' \
	"$rows.length === 5" \
	'document.querySelectorAll("figure").length > 15' \
	'[...document.querySelectorAll("figure")].every(f => f.querySelector("svg path, .none"))' \
	'[...document.querySelectorAll("details")].every(d => (d.open = true))' \
	'[...document.querySelectorAll("figure > svg")].every(s => s.getBoundingClientRect().height > 100)' \
	'[...document.querySelectorAll("svg text")].every(t => { const s = t.closest("figure > svg"); if (!s) return true; const a = t.getBoundingClientRect(), b = s.getBoundingClientRect(); return a.left >= b.left - 1 && a.right <= b.right + 1 && a.bottom <= b.bottom + 1 && a.top >= b.top - 1 })' \
	'[...document.querySelectorAll("svg[role=img]")].every(s => document.getElementById(s.getAttribute("aria-labelledby")).textContent.length > 10)' \
	'!document.querySelector("main").outerHTML.match(/[^a-z](NaN|nan|inf)[^a-z]/)' \
	"(document.querySelector('#cells th:nth-child(4) button').click(), $column.filter(Boolean).map(Number).every((v, i, all) => !i || all[i - 1] <= v))" \
	'document.querySelector("#cells th:nth-child(4)").getAttribute("aria-sort") === "ascending"' \
	"(document.querySelector('#cells th:nth-child(4) button').click(), $column.filter(Boolean).map(Number).every((v, i, all) => !i || all[i - 1] >= v))" \
	"(words.value = 'TOUCH 16', words.dispatchEvent(new Event('input')), $titles === 'exit of touch-exit, 16 cores')" \
	'count.textContent === "1 of 5 shown" && document.querySelectorAll("details[id^=c][hidden]").length === 4' \
	"(words.value = '', verdict.value = 'regression', verdict.dispatchEvent(new Event('change')), $titles === 'exit of touch-exit, 16 cores')" \
	"(verdict.value = '', verdict.dispatchEvent(new Event('change')), $rows.every(r => !r.hidden))" \
	'(document.querySelectorAll("details[id^=c]").forEach(d => d.open = false), location.hash = "#c2", await new Promise(r => setTimeout(r, 200)), c2.open)' \
	'(document.querySelector("#cells th:nth-child(1) button").focus(), document.activeElement.textContent === "Cell")' \
	--key Enter \
	'document.querySelector("#cells th:nth-child(1)").getAttribute("aria-sort") === "ascending"' \
	'(document.querySelector("#c2 summary").focus(), c2.open = false, true)' \
	--key Enter \
	'c2.open' \
	"decodeURIComponent(download.href.split('utf-8,')[1]) === new TextDecoder().decode(Uint8Array.from(atob('$(cat "$tmp/csv64")'), c => c.charCodeAt(0)))" \
	--pdf "$tmp/r.pdf" \
	'[...document.querySelectorAll("details[id^=c]")].every(d => d.open)'
browse "phone, dark" "$page" --width 360 --dark \
	'document.documentElement.scrollWidth <= 360' \
	'getComputedStyle(document.body).backgroundColor === "rgb(20, 23, 26)"' \
	'[...document.querySelectorAll("details")].every(d => (d.open = true)) && document.documentElement.scrollWidth <= 360'
browse "one arm" "$tmp/alone.html" 'document.querySelectorAll("#cells thead th").length === 3' \
	"$rows.length === 5"
browse "extremes" "$tmp/extreme.html" "$rows.length === 3" \
	'!document.querySelector("main").outerHTML.match(/[^a-z](NaN|nan|inf)[^a-z]/)'
browse "500 cells" "$tmp/big.html" "$rows.length === 500" \
	"(words.value = 'workload-3, 17', words.dispatchEvent(new Event('input')), count.textContent === '1 of 500 shown')"

# Whatever stands in a file is text in the page.
cp "$tmp/a.exb" "$tmp/hostile.exb"
python3 -c '
import json, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
bad = "</title><script>window.pwned=1</script><img src=x onerror=pwned=1>\x27\x22 x=y&lt;\u202e\x01</details></table>"
db.execute("UPDATE arm SET name = name || ?", (bad,))
db.execute("UPDATE cell SET workload = workload || ?, place = ?", (bad, bad))
env = json.dumps({bad: {bad: bad}, "cpu": {"model": bad}, "machine": {"hypervisor": bad}})
db.execute("UPDATE run SET label = ?, kernel = ?, command = ?, clock = ?, boot = ?, unit = ?, environment = ?",
	(bad, bad, bad, bad, bad, bad, env))
db.commit()' "$tmp/hostile.exb"
reseal "$tmp/hostile.exb"
works "hostile names" report "$tmp/hostile.exb" -o "$tmp/hostile.html"
browse "hostile names" "$tmp/hostile.html" 'document.scripts.length === 1 && document.images.length === 0' \
	'window.pwned === undefined' "$rows.length === 5" \
	'document.querySelector("#cells tbody a").textContent.includes("<script>")' \
	'document.title.includes("</title>") && document.querySelectorAll("title").length === 1' \
	'!/[\u0001\u202e]/.test(document.documentElement.outerHTML)'

finish
