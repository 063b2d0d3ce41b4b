// Package downstream holds a test only: a module of somebody else, with a spec of its own, from `go get -tool` to
// messages out of a capture, and what that module's program links.
package downstream

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/internal/docs"
	_ "github.com/flowscope/fsd/internal/fsgen" // the commands that it runs: a change of them is a reason to test again
	_ "github.com/flowscope/fsd/internal/fsrun"
)

const spec = `// Whoever asks for the time gets it.
protocol clock

endian big

ports udp 53

detect {
	len >= 12
}

entry Message

// Message is the fixed part of a DNS message, because that is what the captures at hand hold.
type Message struct {
	ID    uint16
	Flags uint16
	Count [4]byte
	confirm
	Rest  [..]byte
	end
}

test "an empty one" hex "0001 0100 00000000 00000000" {
	ID == 1
}
`

// directive is put together, as go generate would find it in this file otherwise.
const directive = "//go" + ":generate"

const program = `package main

import (
	"io"
	"log"
	"os"

	"example.test/clock/clock"
	"github.com/flowscope/fsd/runtime/capture"
	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/flow"
	"github.com/flowscope/fsd/runtime/record"
)

` + directive + ` go tool fsgen -o clock --package clock clock.fsd

func main() {
	registry, err := datagram.NewRegistry(clock.Protocol)
	check(err)
	out := record.NewJSONL(os.Stdout, record.Options{TimeDigits: 6})
	driver, err := datagram.NewDriver(registry.NewTable(), func(e *datagram.Event) {
		if e.Kind == datagram.EventMessage {
			check(out.Write(e))
		}
	}, datagram.Options{})
	check(err)
	packets, err := capture.Open(os.Args[1])
	check(err)
	defer packets.Close()
	var p flow.Packet
	for err = packets.Next(&p); err == nil; err = packets.Next(&p) {
		flow.Decode(&p)
		driver.Track(&p)
	}
	if err != io.EOF {
		log.Fatal(err)
	}
	driver.Finish()
	check(out.Flush())
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
`

// module is a module in a folder of its own.
type module struct {
	t          *testing.T
	dir, proxy string
}

func (m *module) write(name, text string) {
	m.t.Helper()
	path := filepath.Join(m.dir, name)
	require.NoError(m.t, os.MkdirAll(filepath.Dir(path), 0o777))
	require.NoError(m.t, os.WriteFile(path, []byte(text), 0o666))
}

// try runs the go command and returns what it prints and its exit status.
func (m *module) try(args ...string) (stdout, stderr string, status int) {
	m.t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = m.dir
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off", "GOSUMDB=off", "GOPACKAGE=", "GOPROXY="+m.proxy)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		require.NoError(m.t, err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// run runs the go command, which must succeed.
func (m *module) run(args ...string) string {
	m.t.Helper()
	stdout, stderr, status := m.try(args...)
	require.Zero(m.t, status, "go %s\n%s%s", strings.Join(args, " "), stdout, stderr)
	return stdout
}

func TestDownstream(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a module of its own")
	}
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	capture := filepath.Join(root, "testdata", "captures", "dns.pcap")
	m := &module{t: t, dir: t.TempDir(), proxy: docs.Proxy(t, root)}

	m.run("mod", "init", "example.test/clock")
	m.run("mod", "edit", "-replace=github.com/flowscope/fsd="+filepath.ToSlash(root))
	m.run("get", "-tool", "github.com/flowscope/fsd/cmd/fsgen")
	m.write("clock.fsd", spec)
	m.write("main.go", program)
	m.run("generate", "./...")
	m.run("get", "./...") // what the program needs besides
	m.run("vet", "./...")
	m.run("test", "./...")

	t.Run("the program decodes a capture", func(t *testing.T) {
		m.t = t
		lines := strings.Split(strings.TrimSpace(m.run("run", ".", capture)), "\n")
		require.Greater(t, len(lines), 100)
		require.Contains(t, lines[0], `"proto":"clock"`)
		require.Contains(t, lines[0], `"message":{"id":9470,"flags":9216,`)
	})

	t.Run("the program links no compiler", func(t *testing.T) {
		m.t = t
		deps := m.run("list", "-deps", ".")
		require.Contains(t, deps, "github.com/flowscope/fsd/runtime/datagram\n")
		for _, not := range []string{"participle", "jennifer", "kong", "fsd/dsl", "fsd/codegen", "fsd/internal"} {
			require.NotContains(t, deps, not)
		}
	})

	t.Run("a parser alone links the runtime and the standard library", func(t *testing.T) {
		m.t = t
		for _, dep := range strings.Fields(m.run("list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", "./clock")) {
			if dep != "example.test/clock/clock" {
				require.True(t, strings.HasPrefix(dep, "github.com/flowscope/fsd/runtime/"), dep)
			}
		}
	})

	t.Run("a changed spec is stale until it is generated again", func(t *testing.T) {
		m.t = t
		check := []string{"tool", "fsgen", "generate", "--check", "-o", "clock", "--package", "clock", "clock.fsd"}
		require.Empty(t, m.run(check...))
		m.write("clock.fsd", strings.Replace(spec, "\tFlags uint16", "\tWord  uint16", 1))
		stdout, _, status := m.try(check...)
		require.Equal(t, 1, status)
		require.Contains(t, stdout, "-\tFlags uint16\n")
		require.Contains(t, stdout, "+\tWord  uint16\n")
		m.run("generate", "./...")
		require.Empty(t, m.run(check...))
	})

	t.Run("a wrong spec leaves what was generated", func(t *testing.T) {
		m.t = t
		before, err := os.ReadFile(filepath.Join(m.dir, "clock", "clock_fsd.go"))
		require.NoError(t, err)
		m.write("clock.fsd", strings.Replace(spec, "[4]byte", "[ID - 4]byte", 1))
		_, stderr, status := m.try("generate", "./...")
		require.NotZero(t, status)
		require.Contains(t, stderr, "clock.fsd:18:9: FSD0107: ID - 4 may underflow")
		after, err := os.ReadFile(filepath.Join(m.dir, "clock", "clock_fsd.go"))
		require.NoError(t, err)
		require.Equal(t, string(before), string(after))
	})
}
