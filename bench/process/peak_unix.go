//go:build unix

package process

import (
	"os"
	"runtime"
	"syscall"
)

// peak is the greatest resident size of a process that ended, in MiB.
func peak(s *os.ProcessState) float64 {
	u, ok := s.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return float64(u.Maxrss) / (1 << 20)
	}
	return float64(u.Maxrss) / (1 << 10)
}
