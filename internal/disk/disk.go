// Package disk gives the compiler the file system by the paths that a user wrote on the command line, so that
// diagnostics show them. It imports the standard library only.
package disk

import (
	"io/fs"
	"os"
	"path/filepath"
)

// FS opens any path of the machine, slash-separated. Unlike os.DirFS it is not confined to a directory: what may be
// imported is the compiler's to say, which lets plain names beside the importing file through.
type FS struct{}

// Open implements fs.FS.
func (FS) Open(name string) (fs.File, error) { return os.Open(filepath.FromSlash(name)) }
