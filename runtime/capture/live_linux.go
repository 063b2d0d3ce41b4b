package capture

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/pcapgo"
	"golang.org/x/sys/unix"

	"github.com/flowscope/fsd/runtime/flow"
)

var (
	_ Source                            = (*Live)(nil)
	_ gopacket.ZeroCopyPacketDataSource = (*Live)(nil)
	_ gopacket.PacketDataSource         = (*Live)(nil)
)

// Live captures from a network interface through a packet socket (packet(7)), which takes the capability CAP_NET_RAW.
// The tag that the kernel takes out of an IEEE 802.1Q frame is put back. On the loopback interface each packet is seen
// once. Next and the other reading methods are for one goroutine; Stats and Close for any.
type Live struct {
	handle *pcapgo.EthernetHandle
	iface  string
	link   flow.LinkType
	idle   time.Duration
	wakes  bool   // waiting is interrupted every livePoll
	tagged []byte // a frame with its VLAN tag put back
	number uint64
	info   infoReader
	closed atomic.Bool

	mu    sync.Mutex // guards handle against Close, and stats
	stats LiveStats
}

// OpenLive starts capturing from the interface of that name.
func OpenLive(iface string, o LiveOptions) (*Live, error) {
	link, loopback, err := interfaceLink(iface)
	if err != nil {
		return nil, err
	}
	h, err := pcapgo.NewEthernetHandle(iface)
	if err != nil {
		if strings.Contains(err.Error(), unix.EPERM.Error()) {
			return nil, fmt.Errorf("interface %s: capturing takes the capability CAP_NET_RAW; run as root or grant it to the program: %w",
				iface, os.ErrPermission)
		}
		return nil, fmt.Errorf("interface %s: %w", iface, err)
	}
	l := &Live{handle: h, iface: iface, link: link, idle: o.Idle}
	if err := l.configure(o, loopback); err != nil {
		h.Close()
		return nil, fmt.Errorf("interface %s: %w", iface, err)
	}
	return l, nil
}

func (l *Live) configure(o LiveOptions, loopback bool) error {
	size := o.MaxFrame
	if size <= 0 {
		size = DefaultMaxFrame
	}
	// The handle's own default is the interface's MTU, which leaves no room for the link header.
	if err := l.handle.SetCaptureLength(min(max(size, minFrameBound), maxFrameBound)); err != nil {
		return err
	}
	if o.Promiscuous {
		if err := l.handle.SetPromiscuous(true); err != nil {
			return fmt.Errorf("promiscuous mode: %w", err)
		}
	}
	fd, ok := handleFD(l.handle)
	if !ok {
		return nil // works, but Close waits for the next packet, and loopback packets come twice
	}
	queue := o.KernelBuffer
	if queue <= 0 {
		queue = defaultKernelBuffer
	}
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, queue) != nil {
		_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, queue) // as far as is permitted
	}
	wait := livePoll
	if o.Idle > 0 && o.Idle < wait {
		wait = max(o.Idle, time.Millisecond)
	}
	tv := unix.NsecToTimeval(int64(wait))
	l.wakes = unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &tv) == nil
	if loopback {
		return dropOutgoing(fd)
	}
	return nil
}

// handleFD returns the handle's socket, which pcapgo keeps to itself. Reading an unexported integer by reflection is
// permitted; should the field go away, only comfort is lost.
func handleFD(h *pcapgo.EthernetHandle) (int, bool) {
	f := reflect.ValueOf(h).Elem().FieldByName("fd")
	if !f.IsValid() || !f.CanInt() {
		return -1, false
	}
	return int(f.Int()), true
}

// dropOutgoing leaves out the copies that a packet socket makes of frames being sent. On loopback every one of them
// comes back in.
func dropOutgoing(fd int) error {
	const packetType = 0xfffff000 + 4 // SKF_AD_OFF + SKF_AD_PKTTYPE
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_B | unix.BPF_ABS, K: packetType},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: unix.PACKET_OUTGOING, Jt: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: 0xffffffff},
		{Code: unix.BPF_RET | unix.BPF_K, K: 0},
	}
	err := unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER,
		&unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]})
	if err != nil {
		return fmt.Errorf("packet filter: %w", err)
	}
	return nil
}

// interfaceLink returns the type of link header that frames of the interface begin with.
func interfaceLink(iface string) (link flow.LinkType, loopback bool, err error) {
	if iface == "" || iface == "." || iface == ".." || strings.ContainsRune(iface, '/') {
		return 0, false, fmt.Errorf("%q is not the name of an interface", iface)
	}
	b, err := os.ReadFile("/sys/class/net/" + iface + "/type")
	if errors.Is(err, os.ErrNotExist) {
		if _, err := os.Stat("/sys/class/net"); err != nil {
			return flow.LinkEthernet, iface == "lo", nil // no sysfs: assume, and let the socket find the name wrong
		}
		return 0, false, fmt.Errorf("interface %s: no such interface: %w", iface, os.ErrNotExist)
	} else if err != nil {
		return 0, false, err
	}
	kind, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		return 0, false, fmt.Errorf("interface %s: its type is %q: %w", iface, b, err)
	}
	switch kind {
	case unix.ARPHRD_ETHER:
		return flow.LinkEthernet, false, nil
	case unix.ARPHRD_LOOPBACK:
		return flow.LinkEthernet, true, nil
	case unix.ARPHRD_NONE, unix.ARPHRD_RAWIP, unix.ARPHRD_TUNNEL, unix.ARPHRD_TUNNEL6, unix.ARPHRD_SIT:
		return flow.LinkRaw, false, nil
	case unix.ARPHRD_IEEE80211:
		return flow.LinkIEEE80211, false, nil
	case unix.ARPHRD_IEEE80211_RADIOTAP:
		return flow.LinkRadiotap, false, nil
	}
	return 0, false, fmt.Errorf("interface %s: link type %d (ARPHRD) is not one that is understood", iface, kind)
}

// Next waits for the next packet. It returns io.EOF after Close, and ErrIdle as LiveOptions.Idle says.
func (l *Live) Next(p *flow.Packet) error {
	var waited time.Duration
	for {
		frame, ci, err := l.read()
		if err == nil {
			l.fill(p, frame, ci)
			return nil
		}
		switch {
		case l.closed.Load():
			return io.EOF
		case strings.Contains(err.Error(), unix.EINTR.Error()):
			continue
		case !l.wakes || !strings.Contains(err.Error(), unix.EAGAIN.Error()):
			return fmt.Errorf("interface %s: after packet %d: %w", l.iface, l.number, err)
		}
		if waited += livePoll; l.idle > 0 && waited >= l.idle {
			return ErrIdle
		}
	}
}

// read waits at most livePoll, so that Close can have the handle when nothing arrives.
func (l *Live) read() ([]byte, gopacket.CaptureInfo, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed.Load() {
		return nil, gopacket.CaptureInfo{}, io.EOF
	}
	frame, ci, err := l.handle.ZeroCopyReadPacketData()
	if err == nil {
		l.stats.Packets++
		l.stats.Bytes += uint64(len(frame))
	}
	return frame, ci, err
}

func (l *Live) fill(p *flow.Packet, frame []byte, ci gopacket.CaptureInfo) {
	l.number++
	p.Number = l.number
	p.Time = flow.FromTime(ci.Timestamp)
	p.Frame = frame
	p.WireLen = max(ci.Length, len(frame))
	p.Link = l.link
	p.Interface = 0
	if len(ci.AncillaryData) > 0 && l.link == flow.LinkEthernet && len(frame) >= 12 {
		if tag, ok := ci.AncillaryData[0].(int); ok {
			// The kernel does not tell the tag's own type through this handle: taken for IEEE 802.1Q.
			l.tagged = append(append(append(l.tagged[:0], frame[:12]...), 0x81, 0, byte(tag>>8), byte(tag)), frame[12:]...)
			p.Frame = l.tagged
			p.WireLen += 4
		}
	}
}

// Stats returns what was captured so far and how much the kernel dropped.
func (l *Live) Stats() LiveStats {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.countDrops()
	return l.stats
}

// countDrops adds the drops since it was last asked.
func (l *Live) countDrops() {
	if l.closed.Load() {
		return
	}
	if s, err := l.handle.Stats(); err == nil {
		l.stats.Dropped += uint64(s.Drops)
	}
}

// LinkType returns the link type of all packets.
func (l *Live) LinkType() flow.LinkType { return l.link }

// Close ends the capture; a waiting Next then returns io.EOF.
func (l *Live) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.countDrops()
	if !l.closed.Swap(true) {
		l.handle.Close()
	}
	return nil
}

// ZeroCopyReadPacketData returns the next frame, which is valid until the next call. It implements
// gopacket.ZeroCopyPacketDataSource.
func (l *Live) ZeroCopyReadPacketData() ([]byte, gopacket.CaptureInfo, error) {
	return l.info.read(l)
}

// ReadPacketData returns a copy of the next frame. It implements gopacket.PacketDataSource.
func (l *Live) ReadPacketData() ([]byte, gopacket.CaptureInfo, error) {
	frame, ci, err := l.info.read(l)
	return bytes.Clone(frame), ci, err
}
