package main

import (
	"encoding/json"
	"strconv"
)

// Adapters of protocols that carry other packets.

func init() {
	register("wireguard", adaptWireGuard)
	register("vxlan", adaptVXLAN)
	register("geneve", adaptGeneve)
	register("l2tp", adaptL2TP)
	register("gtp", adaptGTP)
}

func adaptWireGuard(m view, _ []byte) map[string]any {
	f := map[string]any{"type": m.at("Type").num(), "reserved": m.at("Reserved").hex()}
	for _, name := range []string{"Initiation", "Response", "Cookie", "Data"} {
		b := m.at(name)
		if !b.ok() {
			continue
		}
		for neutral, field := range map[string]string{"sender": "Sender", "receiver": "Receiver", "counter": "Counter"} {
			f[neutral] = b.at(field).num()
		}
		for neutral, field := range map[string]string{
			"ephemeral": "Ephemeral", "encrypted_static": "EncryptedStatic", "encrypted_timestamp": "EncryptedTimestamp",
			"encrypted_empty": "EncryptedEmpty", "mac1": "MAC1", "mac2": "MAC2", "nonce": "Nonce", "encrypted_cookie": "EncryptedCookie",
		} {
			f[neutral] = b.at(field).hex()
		}
		if data := b.at("Encrypted"); data.ok() {
			f["encrypted_packet_len"] = json.Number(strconv.Itoa(len(data.bytes())))
		}
	}
	return fields(f)
}

func adaptVXLAN(m view, _ []byte) map[string]any {
	f := m.at("Flags")
	if g := m.at("Generic", "Flags"); g.ok() {
		f = g
	}
	return fields(map[string]any{"flags": f.num(), "group": m.at("Group").num(), "vni": m.at("VNI").num()})
}

func adaptGeneve(m view, _ []byte) map[string]any {
	options := []any{}
	size := 0
	for _, o := range m.at("Options", "Options").list() {
		options = append(options, map[string]any{"class": o.at("Class").num(), "type": o.at("Type").num()})
		size += 4 + len(o.at("Data").bytes())
	}
	return fields(map[string]any{
		"version": m.at("Head", "Version").num(), "oam": m.at("Flags", "Control").bool(), "critical": m.at("Flags", "Critical").bool(),
		"proto_type": m.at("Protocol").num(), "vni": m.at("VNI").num(), "opt_len": json.Number(strconv.Itoa(size)), "options": options,
	})
}

func adaptL2TP(m view, _ []byte) map[string]any {
	flags := m.at("Flags")
	body, length := m.at("Data"), m.at("Length")
	for _, name := range []string{"ControlV2", "ControlV3"} {
		if c := m.at(name); c.ok() {
			body, length = c.at("Control"), c.at("ControlLength")
		}
	}
	return fields(map[string]any{
		"type": flags.at("Control").bit(), "length_bit": flags.at("Length").bool(), "seq_bit": flags.at("Sequence").bool(),
		"offset_bit": flags.at("Offset").bool(), "priority": flags.at("Priority").bool(), "version": flags.at("Version").num(),
		"length": length.num(), "tunnel": body.at("Tunnel").num(), "session": body.at("Session").num(),
		"ns": body.at("Ns").num(), "nr": body.at("Nr").num(),
	})
}

func adaptGTP(m view, _ []byte) map[string]any {
	head, body := m.at("Head"), m.at("Body")
	f := map[string]any{
		"version": head.at("Version").num(), "pt": head.at("ProtocolType").bit(), "e": head.at("Extension").bool(),
		"s": head.at("Sequence").bool(), "pn": head.at("NPDU").bool(), "msg_type": m.at("Type").num(),
		"length": m.at("Length").num(), "teid": m.at("TEID").num(),
		"seq": body.at("Sequence").num(), "npdu": body.at("NPDU").num(), "next_ext": body.at("NextExtension").num(),
	}
	return fields(f)
}
