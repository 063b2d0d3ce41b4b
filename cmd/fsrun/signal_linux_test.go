package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/runtime/capture"
)

// A process is an fsrun that runs in the background.
type process struct {
	*exec.Cmd
	stdin  io.WriteCloser
	lines  chan string // of standard output; closed at its end
	stderr bytes.Buffer
}

// start runs this test's binary as fsrun.
func start(t *testing.T, args ...string) *process {
	self, err := os.Executable()
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "fsrun")
	require.NoError(t, os.Symlink(self, path))
	p := &process{Cmd: exec.Command(path, args...), lines: make(chan string, 1<<16)}
	p.Stderr = &p.stderr
	stdout, err := p.StdoutPipe()
	require.NoError(t, err)
	p.stdin, err = p.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, p.Start())
	t.Cleanup(func() { _ = p.Process.Kill() })
	go func() {
		defer close(p.lines)
		for r := bufio.NewReader(stdout); ; {
			line, err := r.ReadString('\n')
			if line != "" {
				p.lines <- line
			}
			if err != nil {
				return
			}
		}
	}()
	return p
}

// end sends a signal, and returns the exit status and the lines that were left.
func (p *process) end(t *testing.T, signal syscall.Signal) (status int, lines []string) {
	require.NoError(t, p.Process.Signal(signal))
	for line := range p.lines {
		lines = append(lines, line)
	}
	var exit *exec.ExitError
	require.True(t, errors.As(p.Wait(), &exit), p.stderr.String())
	return exit.ExitCode(), lines
}

// whole says whether a line is a whole record.
func whole(t *testing.T, line string) map[string]any {
	var record map[string]any
	require.NoError(t, json.Unmarshal([]byte(line), &record), line)
	require.True(t, line[len(line)-1] == '\n', "torn: %q", line)
	return record
}

// A signal ends a live capture: what was decoded is written whole, flows are closed, and the status tells the signal.
func TestLiveCaptureEndsCleanlyOnASignal(t *testing.T) {
	l, err := capture.OpenLive("lo", capture.LiveOptions{})
	if err != nil {
		t.Skipf("capturing from loopback is not possible here: %v", err)
	}
	l.Close()
	for signal, want := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143} {
		receiver, err := net.ListenPacket("udp4", "127.0.0.1:0")
		require.NoError(t, err)
		defer receiver.Close()
		port := receiver.LocalAddr().(*net.UDPAddr).Port
		sender, err := net.Dial("udp4", receiver.LocalAddr().String())
		require.NoError(t, err)
		defer sender.Close()
		query := []byte("\x00\x01\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07example\x03org\x00\x00\x01\x00\x01")

		p := start(t, "-i", "lo", "-o", "jsonl", "--decode-as", "udp/"+strconv.Itoa(port)+"=dns")
		// Until the first record shows that it captures, then many, so that the signal comes between.
		deadline := time.After(30 * time.Second)
		var first string
		for first == "" {
			_, _ = sender.Write(query)
			select {
			case first = <-p.lines:
			case <-time.After(20 * time.Millisecond):
			case <-deadline:
				t.Fatal("no record; standard error: ", p.stderr.String())
			}
		}
		for range 3000 {
			_, _ = sender.Write(query)
		}
		status, lines := p.end(t, signal)
		require.Equal(t, want, status, p.stderr.String())
		messages, closed := 0, 0
		for _, line := range append([]string{first}, lines...) {
			switch r := whole(t, line); {
			case r["event"] == "message" && r["dport"] == float64(port):
				require.Equal(t, "dns", r["proto"])
				messages++
			case r["event"] == "closed" && r["dport"] == float64(port):
				closed++
			}
		}
		require.NotZero(t, messages)
		require.Equal(t, 1, closed)
		require.Contains(t, p.stderr.String(), "packets")
	}
}

// A signal while the input waits: what was read is there.
func TestSignalWhileStandardInputWaits(t *testing.T) {
	b, err := os.ReadFile("../../testdata/captures/dns.pcap")
	require.NoError(t, err)
	p := start(t, "-", "-o", "jsonl")
	_, err = p.stdin.Write(b)
	require.NoError(t, err)
	first := <-p.lines
	status, lines := p.end(t, syscall.SIGTERM)
	require.Equal(t, 143, status, p.stderr.String())
	closed := 0
	for _, line := range append([]string{first}, lines...) {
		if whole(t, line)["event"] == "closed" {
			closed++
		}
	}
	require.NotZero(t, closed)
}

func TestUnknownInterfaceIsAnUnreadableInput(t *testing.T) {
	p := start(t, "-i", "nosuchinterface0")
	for range p.lines {
	}
	var exit *exec.ExitError
	require.True(t, errors.As(p.Wait(), &exit))
	require.Equal(t, 1, exit.ExitCode())
	require.Contains(t, p.stderr.String(), "nosuchinterface0")
}
