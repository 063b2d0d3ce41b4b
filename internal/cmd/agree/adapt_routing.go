package main

import "bytes"

// Adapters of the protocols by which routers keep in touch.

func init() {
	register("bfd", adaptBFD)
	register("rip", adaptRIP)
	register("ripng", adaptRIPng)
	register("hsrp", adaptHSRP)
}

func adaptBFD(m view, _ []byte) map[string]any {
	flags, auth := m.at("Flags"), m.at("Authentication")
	key, sequence := auth.at("Digest", "KeyID"), auth.at("Digest", "Sequence")
	if !key.ok() {
		key = auth.at("PasswordKeyID")
	}
	return fields(map[string]any{
		"version": m.at("Head", "Version").num(), "diag": m.at("Head", "Diagnostic").num(), "state": flags.at("State").num(),
		"poll": flags.at("Poll").bool(), "final": flags.at("Final").bool(), "cpi": flags.at("Independent").bool(),
		"auth": flags.at("Authentication").bool(), "demand": flags.at("Demand").bool(), "multipoint": flags.at("Multipoint").bool(),
		"detect_mult": m.at("DetectMultiplier").num(), "length": m.at("Length").num(),
		"my_discr": m.at("MyDiscriminator").num(), "your_discr": m.at("YourDiscriminator").num(),
		"min_tx": m.at("DesiredMinTx").num(), "min_rx": m.at("RequiredMinRx").num(), "min_echo_rx": m.at("RequiredMinEchoRx").num(),
		"auth_type": auth.at("Type").num(), "auth_len": auth.at("Length").num(), "auth_key_id": key.num(), "auth_seq": sequence.num(),
	})
}

func adaptRIP(m view, _ []byte) map[string]any {
	f := map[string]any{"command": m.at("Command").num(), "version": m.at("Version").num()}
	entries := []any{}
	for _, e := range m.at("Entries").list() {
		auth := e.at("Authentication")
		if !auth.ok() {
			entries = append(entries, fields(map[string]any{
				"family": e.at("Family").num(), "tag": e.at("Tag").num(), "address": e.at("Address").text(),
				"netmask": e.at("Netmask").text(), "next_hop": e.at("NextHop").text(), "metric": e.at("Metric").num(),
			}))
			continue
		}
		if f["auth"] != nil {
			continue // the trailer of a digest
		}
		digest := auth.at("Digest")
		f["auth"] = fields(map[string]any{
			"type": auth.at("Type").num(), "password": cstring(auth.at("Password")), "digest_offset": digest.at("Offset").num(),
			"key_id": digest.at("KeyID").num(), "auth_len": digest.at("AuthLen").num(), "seq": digest.at("Sequence").num(),
		})
	}
	f["entries"] = entries
	return fields(f)
}

func adaptRIPng(m view, _ []byte) map[string]any {
	entries := []any{}
	for _, e := range m.at("Entries").list() {
		entries = append(entries, fields(map[string]any{
			"prefix": e.at("Prefix").text(), "tag": e.at("Tag").num(), "prefix_len": e.at("PrefixLength").num(), "metric": e.at("Metric").num(),
		}))
	}
	return fields(map[string]any{"command": m.at("Command").num(), "version": m.at("Version").num(), "entries": entries})
}

func adaptHSRP(m view, _ []byte) map[string]any {
	if v1 := m.at("V1"); v1.ok() {
		return fields(map[string]any{
			"version": m.at("Type").num(), "opcode": v1.at("Opcode").num(), "state": v1.at("State").num(), "hello": v1.at("Hello").num(),
			"hold": v1.at("Hold").num(), "priority": v1.at("Priority").num(), "group": v1.at("Group").num(),
			"auth": cstring(v1.at("Authentication")), "virt_ip": v1.at("VirtualIP").text(),
		})
	}
	parts := []view{m.at("First")}
	for _, p := range m.at("Parts").list() {
		parts = append(parts, p.at("Part"))
	}
	for _, p := range parts {
		if g := p.at("Group"); g.ok() {
			return fields(map[string]any{
				"v2_version": g.at("Version").num(), "v2_opcode": g.at("Opcode").num(), "v2_state": g.at("State").num(),
				"v2_ipversion": g.at("IPVersion").num(), "v2_group": g.at("Group").num(), "v2_identifier": g.at("Identifier").hex(),
				"v2_priority": g.at("Priority").num(), "v2_hello": g.at("Hello").num(), "v2_hold": g.at("Hold").num(),
			})
		}
	}
	return map[string]any{}
}

// cstring is the text before the first NUL.
func cstring(v view) any {
	if !v.ok() {
		return nil
	}
	b, _, _ := bytes.Cut(v.bytes(), []byte{0})
	return text(b)
}
