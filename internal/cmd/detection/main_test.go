package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func text(v any) string { return fmt.Sprint(v) }

const ntp = "../../../testdata/captures/ntp.pcap"

func TestTableCountsByTruthAndByOurs(t *testing.T) {
	ours, err := recognise(ntp)
	require.NoError(t, err)
	require.NotEmpty(t, ours)
	var truth strings.Builder
	for at, name := range ours {
		require.Equal(t, "ntp", name)
		for _, f := range []any{ntp, "\t", at.frame, "\teth:ethertype:ip:udp:ntp\t", at.sport, "\t", at.dport, "\n"} {
			truth.WriteString(text(f))
		}
	}
	truth.WriteString(ntp + "\t9999\teth:ethertype:ip:udp:ntp\t1\t2\n")
	truth.WriteString(ntp + "\t9999\teth:ethertype:ip:icmp:ip:udp:ntp\t1\t2\n")
	var out, log bytes.Buffer
	wrong, err := run(strings.NewReader(truth.String()), &out, &log, nil)
	require.NoError(t, err)
	require.Zero(t, wrong, log.String())
	require.Contains(t, out.String(), "| ntp | "+text(len(ours)+1)+" | "+text(len(ours))+" | 1 |  |\n")

	// The same datagrams, if they were something else.
	other := strings.ReplaceAll(truth.String(), "udp:ntp", "udp:sip")
	out.Reset()
	wrong, err = run(strings.NewReader(other), &out, &log, nil)
	require.NoError(t, err)
	require.Equal(t, len(ours), wrong)
	require.Contains(t, out.String(), "| ntp "+text(len(ours))+" |\n")
	wrong, err = run(strings.NewReader(other), &out, &log, map[[3]string]string{{"ntp.pcap", "sip", "ntp"}: "for this test"})
	require.NoError(t, err)
	require.Zero(t, wrong)
}

func TestLinesThatAreNoneAreRefused(t *testing.T) {
	for _, line := range []string{"a b c", ntp + "\tx\tudp\t1\t2", ntp + "\t1\tudp:dns\tx\t2"} {
		_, err := run(strings.NewReader(line), new(bytes.Buffer), new(bytes.Buffer), nil)
		require.Error(t, err)
	}
}
