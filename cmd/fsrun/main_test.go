package main

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "refresh what the scripts expect")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"fsrun": main})
}

func TestScripts(t *testing.T) {
	captures, err := filepath.Abs("../../testdata/captures")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", UpdateScripts: *update, RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("CAPTURES", captures)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			// cut N FROM TO copies the first N bytes.
			"cut": func(ts *testscript.TestScript, _ bool, args []string) {
				var n int
				for _, c := range args[0] {
					n = n*10 + int(c-'0')
				}
				b, err := os.ReadFile(ts.MkAbs(args[1]))
				ts.Check(err)
				ts.Check(os.WriteFile(ts.MkAbs(args[2]), b[:n], 0o644))
			},
		},
	})
}
