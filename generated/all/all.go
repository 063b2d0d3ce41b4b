// Package all lists the generated protocols. It exists so that whoever wants all of them imports one package; who
// wants one imports that one, and links no other. It imports the generated packages and runtime/datagram.
package all

import (
	"github.com/flowscope/fsd/generated/bacnet"
	"github.com/flowscope/fsd/generated/bfd"
	"github.com/flowscope/fsd/generated/cipio"
	"github.com/flowscope/fsd/generated/classicstun"
	"github.com/flowscope/fsd/generated/coap"
	"github.com/flowscope/fsd/generated/dhcp"
	"github.com/flowscope/fsd/generated/dhcpv6"
	"github.com/flowscope/fsd/generated/dns"
	"github.com/flowscope/fsd/generated/dtls"
	"github.com/flowscope/fsd/generated/echo"
	"github.com/flowscope/fsd/generated/enip"
	"github.com/flowscope/fsd/generated/geneve"
	"github.com/flowscope/fsd/generated/gtp"
	"github.com/flowscope/fsd/generated/gtpv2"
	"github.com/flowscope/fsd/generated/hsrp"
	"github.com/flowscope/fsd/generated/ipfix"
	"github.com/flowscope/fsd/generated/isakmp"
	"github.com/flowscope/fsd/generated/l2tp"
	"github.com/flowscope/fsd/generated/ldp"
	"github.com/flowscope/fsd/generated/llmnr"
	"github.com/flowscope/fsd/generated/mdns"
	"github.com/flowscope/fsd/generated/nbdgm"
	"github.com/flowscope/fsd/generated/nbns"
	"github.com/flowscope/fsd/generated/netflow5"
	"github.com/flowscope/fsd/generated/netflow9"
	"github.com/flowscope/fsd/generated/ntp"
	"github.com/flowscope/fsd/generated/openvpn"
	"github.com/flowscope/fsd/generated/pfcp"
	"github.com/flowscope/fsd/generated/ptp"
	"github.com/flowscope/fsd/generated/quic"
	"github.com/flowscope/fsd/generated/radius"
	"github.com/flowscope/fsd/generated/rip"
	"github.com/flowscope/fsd/generated/ripng"
	"github.com/flowscope/fsd/generated/rtcp"
	"github.com/flowscope/fsd/generated/rtp"
	"github.com/flowscope/fsd/generated/sflow"
	"github.com/flowscope/fsd/generated/someip"
	"github.com/flowscope/fsd/generated/stun"
	"github.com/flowscope/fsd/generated/tftp"
	"github.com/flowscope/fsd/generated/utp"
	"github.com/flowscope/fsd/generated/vxlan"
	"github.com/flowscope/fsd/generated/wireguard"
	"github.com/flowscope/fsd/runtime/datagram"
)

// Protocols returns all generated protocols, by name. The slice is the caller's.
func Protocols() []*datagram.Protocol {
	return []*datagram.Protocol{
		bacnet.Protocol,
		bfd.Protocol,
		cipio.Protocol,
		classicstun.Protocol,
		coap.Protocol,
		dhcp.Protocol,
		dhcpv6.Protocol,
		dns.Protocol,
		dtls.Protocol,
		echo.Protocol,
		enip.Protocol,
		geneve.Protocol,
		gtp.Protocol,
		gtpv2.Protocol,
		hsrp.Protocol,
		ipfix.Protocol,
		isakmp.Protocol,
		l2tp.Protocol,
		ldp.Protocol,
		llmnr.Protocol,
		mdns.Protocol,
		nbdgm.Protocol,
		nbns.Protocol,
		netflow5.Protocol,
		netflow9.Protocol,
		ntp.Protocol,
		openvpn.Protocol,
		pfcp.Protocol,
		ptp.Protocol,
		quic.Protocol,
		radius.Protocol,
		rip.Protocol,
		ripng.Protocol,
		rtcp.Protocol,
		rtp.Protocol,
		sflow.Protocol,
		someip.Protocol,
		stun.Protocol,
		tftp.Protocol,
		utp.Protocol,
		vxlan.Protocol,
		wireguard.Protocol,
	}
}
