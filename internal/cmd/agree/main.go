// Command agree compares what the generated parsers say of a capture with expected field values of an independent
// decoder: one JSON object per datagram, as
//
//	{"frame":n,"src":..,"sport":..,"dst":..,"dport":..,"malformed":bool,"fields":{...}}
//
// It prints every disagreement, then one summary line, and exits with 0 only if nothing disagrees, is missing or is
// extra. Differences that a ledger explains are counted apart. An adapter per protocol (adapt_*.go) renames and
// reformats our messages to the neutral names of the expected values; it computes nothing that the parser did not
// produce.
package main

import (
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("agree", flag.ContinueOnError)
	flags.SetOutput(stderr)
	proto := flags.String("proto", "", "the `protocol` to compare, by its name here or that of its expected values")
	list := flags.Bool("list", false, "print the names of expected values, each with the protocols that are compared with them")
	expect := flags.String("expect", "", "`file` of expected values, JSON Lines")
	ledger := flags.String("ledger", "", "markdown `file` with the ledger of explained differences")
	quiet := flags.Bool("q", false, "print the summary only")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if *list {
		printAdapters(stdout)
		return 0
	}
	if *proto == "" || *expect == "" || flags.NArg() != 1 {
		fmt.Fprintln(stderr, "usage: agree -proto NAME -expect EXPECTED.jsonl [-ledger FILE.md] CAPTURE")
		return 2
	}
	adapters := adaptersOf(*proto)
	if len(adapters) == 0 {
		fmt.Fprintf(stderr, "agree: no adapter for protocol %q\n", *proto)
		return 2
	}
	expected, err := readExpected(*expect)
	if err != nil {
		fmt.Fprintln(stderr, "agree:", err)
		return 1
	}
	expected = kept(expected, adapters)
	names := []string{*proto}
	for _, a := range adapters {
		names = append(names, a.ours, a.oracle)
	}
	explained, err := readLedger(*ledger, names, flags.Arg(0))
	if err != nil {
		fmt.Fprintln(stderr, "agree:", err)
		return 1
	}
	ours, err := decode(flags.Arg(0), adapters)
	if err != nil {
		// What was readable is compared all the same, as the expected values end there too.
		fmt.Fprintln(stderr, "agree:", err)
	}
	c := comparison{ledger: explained}
	c.compare(expected, ours)
	if !*quiet {
		for _, line := range c.lines {
			fmt.Fprintln(stdout, line)
		}
	}
	fmt.Fprintf(stdout, "proto=%s datagrams=%d fields=%d agree=%d disagree=%d missing=%d extra=%d",
		*proto, len(expected), c.fields, c.agree, c.disagree, c.missing, c.extra)
	if c.explained > 0 {
		fmt.Fprintf(stdout, " explained=%d", c.explained)
	}
	fmt.Fprintln(stdout)
	if c.disagree+c.missing+c.extra > 0 {
		return 1
	}
	return 0
}

// printAdapters writes a line for each name of expected values: it, and our protocols.
func printAdapters(w io.Writer) {
	ours := make(map[string][]string)
	for _, a := range adapters {
		ours[a.oracle] = append(ours[a.oracle], a.ours)
	}
	for _, oracle := range slices.Sorted(maps.Keys(ours)) {
		slices.Sort(ours[oracle])
		fmt.Fprintln(w, oracle, strings.Join(ours[oracle], " "))
	}
}
