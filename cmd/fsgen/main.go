// Fsgen compiles protocol specs (.fsd files) to typed Go parsers.
//
//	fsgen [-o DIR] [--package NAME] FILE.fsd...   generate (also spelt fsgen generate)
//	fsgen generate --check FILE.fsd...            exit 1 and a diff when what is on disk is stale
//	fsgen check FILE.fsd...                       diagnostics only
//	fsgen fmt [-l] [-w] [-d] [FILE.fsd...]        format
//	fsgen test FILE.fsd...                        run the specs' test vectors
//	fsgen bounds FILE.fsd...                      what was proved of sizes, steps and memory
//	fsgen explain FSD0107                         what an error code means
//
// In a Go module of your own:
//
//	go get -tool github.com/flowscope/fsd/cmd/fsgen
//	//go:generate go tool fsgen -o . mygame.fsd
//
// Exit status: 0 done; 1 the spec is wrong, stale, or a test failed; 2 usage.
package main

import (
	"os"

	"github.com/flowscope/fsd/internal/fsgen"
)

func main() {
	os.Exit(fsgen.Run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
