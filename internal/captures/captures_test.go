// Package captures tests that the synthesised captures in testdata are what their program writes.
package captures

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSynthesisedCapturesAreWhatTheirProgramWrites(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	dir := t.TempDir()
	run := exec.Command("go", "run", "./testdata/synth", "-out", dir)
	run.Dir = "../.."
	out, err := run.CombinedOutput()
	require.NoError(t, err, "%s", out)
	committed, err := filepath.Glob("../../testdata/captures/synth-*")
	require.NoError(t, err)
	made, err := filepath.Glob(filepath.Join(dir, "synth-*"))
	require.NoError(t, err)
	require.Len(t, made, len(committed))
	for _, name := range committed {
		want, err := os.ReadFile(name)
		require.NoError(t, err)
		got, err := os.ReadFile(filepath.Join(dir, filepath.Base(name)))
		require.NoError(t, err)
		require.True(t, string(want) == string(got), "%s: run go run ./testdata/synth", name)
	}
}
