package main

import "cmp"

func init() {
	register("openvpn", adaptOpenVPN)
	register("enip", adaptENIP)
}

func adaptOpenVPN(m view, _ []byte) map[string]any {
	return fields(map[string]any{
		"opcode": m.at("Head", "Opcode").num(), "key_id": m.at("Head", "KeyID").num(), "peer_id": m.at("PeerID").num(),
		"session_id": m.at("Session").num(),
	})
}

func adaptENIP(m view, _ []byte) map[string]any {
	return fields(map[string]any{
		"command": m.at("Command").num(), "length": m.at("Length").num(), "session": m.at("Session").num(),
		"status": m.at("Status").num(), "context": cmp.Or(m.at("ShortContext").hex(), m.at("Context").hex()), "options": m.at("Options").num(),
	})
}
