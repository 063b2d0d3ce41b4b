package fsrun

import (
	"errors"
	"io"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/flowscope/fsd/runtime/capture"
	"github.com/flowscope/fsd/runtime/flow"
)

// interrupt catches the first SIGINT or SIGTERM, and stops what waits for input.
type interrupt struct {
	signal atomic.Value // os.Signal
	mu     sync.Mutex
	stops  []func()
}

// watch starts to catch signals; the function returned ends that.
func (i *interrupt) watch() (end func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	over := make(chan struct{})
	go func() {
		select {
		case s := <-signals:
			i.signal.Store(s)
			i.mu.Lock()
			defer i.mu.Unlock()
			for _, stop := range i.stops {
				stop()
			}
		case <-over:
		}
	}()
	return func() {
		signal.Stop(signals)
		close(over)
	}
}

// onSignal registers what to do when a signal comes.
func (i *interrupt) onSignal(stop func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.stops = append(i.stops, stop)
}

// got returns the signal that came, or nil.
func (i *interrupt) got() os.Signal {
	s, _ := i.signal.Load().(os.Signal)
	return s
}

// open opens a capture. Standard input goes through a pipe, so that a signal can end a read that waits for more.
func (r *runner) open(path string) (*capture.Reader, error) {
	if path != "-" {
		return capture.Open(path)
	}
	pipe, w := io.Pipe()
	go func() {
		_, err := io.Copy(w, r.stdin)
		w.CloseWithError(err)
	}()
	r.interrupt.onSignal(func() { w.CloseWithError(errStopped) })
	return capture.NewReader(pipe, "standard input")
}

var errStopped = errors.New("stopped by a signal")

// live captures from an interface until a signal comes or the output fails.
func (r *runner) live() int {
	l, err := capture.OpenLive(r.Interface, capture.LiveOptions{Promiscuous: true, Idle: time.Second})
	if err != nil {
		return r.inputFailed(err)
	}
	r.interrupt.onSignal(func() { l.Close() })
	defer func() {
		l.Close()
		r.total.dropped = l.Stats().Dropped
	}()
	r.begin(9)
	var p flow.Packet
	last := time.Now()
	for !r.done() {
		err := l.Next(&p)
		switch {
		case err == io.EOF:
			return exitDone
		case errors.Is(err, capture.ErrIdle):
			// Nothing came: the wall clock is the capture's clock.
			r.writeErr = r.driver.Sweep(flow.FromTime(time.Now()))
		case err != nil:
			return r.inputFailed(err)
		default:
			r.packet(&p)
			r.progress.update(r.Interface, int64(r.total.bytes), 0, r.total.packets)
		}
		if now := time.Now(); err != nil || now.Sub(last) > 200*time.Millisecond {
			last = now
			r.flush()
		}
	}
	return exitDone
}
