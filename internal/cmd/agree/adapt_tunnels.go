package main

import (
	"encoding/json"
	"strconv"
)

// Adapters of protocols that carry other packets.

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
