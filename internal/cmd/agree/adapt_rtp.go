package main

import (
	"encoding/json"
	"fmt"
)

func init() {
	register("rtp", adaptRTP)
	register("rtcp", adaptRTCP)
}

func adaptRTP(m view, _ []byte) map[string]any {
	head := m.at("Head")
	sources := []any{}
	for _, c := range m.at("CSRCs").list() {
		sources = append(sources, c.num())
	}
	var padding any
	if head.at("Padding").bool() == true {
		padding = m.at("PaddingLen").num()
	}
	return fields(map[string]any{
		"version": head.at("Version").num(), "padding": head.at("Padding").bool(), "extension": head.at("Extension").bool(),
		"csrc_count": head.at("CSRCCount").num(), "marker": head.at("Marker").bool(), "payload_type": head.at("PayloadType").num(),
		"seq": m.at("Sequence").num(), "timestamp": m.at("Timestamp").num(), "ssrc": m.at("SSRC").num(), "csrcs": sources,
		"ext_profile": m.at("Extension", "Profile").num(), "ext_len": m.at("Extension", "Length").num(), "padding_len": padding,
	})
}

func adaptRTCP(m view, _ []byte) map[string]any {
	packets := []any{}
	for _, p := range m.at("Packets").list() {
		packets = append(packets, adaptRTCPPacket(p))
	}
	return map[string]any{"packets": packets}
}

func adaptRTCPPacket(p view) map[string]any {
	f := map[string]any{
		"version": p.at("Head", "Version").num(), "padding": p.at("Head", "Padding").bool(), "pt": p.at("Type").num(),
		"length": p.at("Length").num(), "count": p.at("Head", "Count").num(),
	}
	report := func(r view) {
		f["ssrc"] = r.at("Source").num()
		list := []any{}
		for _, b := range r.at("Reports").list() {
			list = append(list, fields(map[string]any{
				"ssrc": b.at("Source").num(), "fraction_lost": b.at("FractionLost").num(), "cumulative_lost": b.at("CumulativeLost").num(),
				"highest_seq": b.at("HighestSeq").num(), "jitter": b.at("Jitter").num(), "lsr": b.at("LastSR").num(), "dlsr": b.at("Delay").num(),
			}))
		}
		f["reports"] = list
	}
	if r := p.at("SenderReport"); r.ok() {
		report(r)
		time := r.at("Time").v.Uint()
		f["ntp_msw"], f["ntp_lsw"] = json.Number(fmt.Sprint(time>>32)), json.Number(fmt.Sprint(time&(1<<32-1)))
		f["rtp_ts"], f["packet_count"], f["octet_count"] = r.at("RTPTimestamp").num(), r.at("Packets").num(), r.at("Octets").num()
	}
	if r := p.at("ReceiverReport"); r.ok() {
		report(r)
	}
	if chunks := p.at("Chunks"); chunks.ok() {
		list := []any{}
		for _, c := range chunks.list() {
			items := []any{}
			for _, i := range c.at("Items").list() {
				if text := i.at("Text"); text.ok() {
					items = append(items, []any{i.at("Type").num(), text.text()})
				}
			}
			list = append(list, map[string]any{"ssrc": c.at("Source").num(), "items": items})
		}
		f["chunks"] = list
	}
	if sources := p.at("Sources"); sources.ok() {
		list := []any{}
		for _, s := range sources.list() {
			list = append(list, s.num())
		}
		f["ssrcs"] = list
	}
	if name := p.at("Name"); name.ok() {
		f["ssrc"], f["name"] = p.at("Source").num(), name.text()
	}
	for _, kind := range []string{"TransportFeedback", "PayloadFeedback"} {
		if b := p.at(kind); b.ok() {
			f["ssrc"], f["media_ssrc"] = b.at("Sender").num(), b.at("Media").num()
		}
	}
	return fields(f)
}
