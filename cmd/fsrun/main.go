// Fsrun runs all known protocols, or specs straight through the interpreter, over captures and prints their messages.
//
//	fsrun CAPTURE...                  a table on a terminal, JSON Lines otherwise; - is standard input
//	fsrun -o jsonl -p dns,ntp CAPTURE
//	fsrun --spec mygame.fsd CAPTURE
//	fsrun -i eth0                     live, on Linux
//	fsrun --stats CAPTURE             the summary only
//	fsrun --list                      the protocols
//
// Exit status: 0 read to the end; 1 an input was unreadable, cut or corrupt; 2 usage or a wrong spec; 3 the output
// could not be written; 4 --fail-on; 130 and 143 after a signal.
package main

import (
	"os"

	"github.com/flowscope/fsd/internal/fsrun"
)

func main() {
	os.Exit(fsrun.Run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
