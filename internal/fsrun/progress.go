package fsrun

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// progress draws a bar on standard error, by bytes read. The zero progress draws nothing.
type progress struct {
	w      io.Writer
	width  int
	colour bool
	next   time.Time
	drawn  bool
}

// newProgress returns the progress for --progress. By itself it draws on a terminal, but not where records go to one
// as well.
func newProgress(when string, w io.Writer, records bool) *progress {
	file, isFile := w.(*os.File)
	terminal := isFile && term.IsTerminal(int(file.Fd()))
	if when == "never" || when == "auto" && (!terminal || records) {
		return &progress{}
	}
	p := &progress{w: w, width: 80, next: time.Now().Add(500 * time.Millisecond), colour: terminal && os.Getenv("NO_COLOR") == ""}
	if terminal {
		if width, _, err := term.GetSize(int(file.Fd())); err == nil && width > 20 {
			p.width = width
		}
	}
	return p
}

// update draws when enough time has passed. size is 0 when it is not known.
func (p *progress) update(name string, read, size int64, packets uint64) {
	if p.w == nil {
		return
	}
	if now := time.Now(); now.Before(p.next) {
		return
	} else {
		p.next = now.Add(200 * time.Millisecond)
	}
	line := fmt.Sprintf("%s: %d packets, %.1f MiB", name, packets, float64(read)/(1<<20))
	if size > 0 {
		done := min(float64(read)/float64(size), 1)
		const cells = 24
		full := int(done * cells)
		bar := strings.Repeat("=", full) + strings.Repeat(" ", cells-full)
		if p.colour {
			bar = "\x1b[32m" + bar + "\x1b[0m"
		}
		line = fmt.Sprintf("[%s] %3.0f%% %s", bar, done*100, line)
	}
	if !p.colour && len(line) >= p.width {
		line = line[:p.width-1]
	}
	fmt.Fprintf(p.w, "\r\x1b[K%s", line)
	p.drawn = true
}

// clear removes the bar, so that other text can follow.
func (p *progress) clear() {
	if p.drawn {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.drawn, p.next = false, time.Time{}
	}
}
