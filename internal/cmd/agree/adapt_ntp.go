package main

import (
	"encoding/json"
	"strconv"
)

func init() {
	register("ntp", adaptNTP)
	register("tftp", adaptTFTP)
}

func adaptNTP(m view, _ []byte) map[string]any {
	head := m.at("Head")
	f := map[string]any{"li": head.at("Leap").num(), "version": head.at("Version").num(), "mode": head.at("Mode").num()}
	add := func(more map[string]any) map[string]any {
		for k, v := range more {
			f[k] = v
		}
		return fields(f)
	}
	if c := m.at("Control"); c.ok() {
		flags := c.at("Flags")
		return add(map[string]any{
			"response": flags.at("Response").bit(), "error": flags.at("Error").bit(), "more": flags.at("More").bit(),
			"opcode": flags.at("Operation").num(), "sequence": c.at("Sequence").num(), "status": c.at("Status").num(),
			"assoc_id": c.at("Association").num(), "offset": c.at("Offset").num(), "count": c.at("Count").num(),
		})
	}
	if p := m.at("Private"); p.ok() {
		return add(map[string]any{
			"response": p.at("Response").bit(), "more": p.at("More").bit(), "auth": p.at("Sequence", "Authenticated").bit(),
			"seq": p.at("Sequence", "Sequence").num(), "impl": p.at("Implementation").num(), "reqcode": p.at("Request").num(),
			"err": p.at("Count", "Error").num(), "num_items": p.at("Count", "Items").num(), "item_size": p.at("Size", "Size").num(),
		})
	}
	p := m.at("Packet")
	ref := p.at("RefID")
	for _, name := range []string{"KissCode", "Clock"} {
		if p.at(name).ok() {
			ref = p.at(name)
		}
	}
	var extensions any
	if list := p.at("Extensions").list(); len(list) > 0 {
		out := []any{}
		for _, e := range list {
			out = append(out, map[string]any{"type": e.at("Type").num(), "len": e.at("Length").num()})
		}
		extensions = out
	}
	var mac any
	if b := p.at("MAC"); b.ok() && len(b.bytes()) > 0 {
		mac = b.hex()
	}
	return add(map[string]any{
		"stratum": p.at("Stratum").num(), "poll": p.at("Poll").num(), "precision": p.at("Precision").num(),
		"root_delay": p.at("RootDelay").num(), "root_dispersion": p.at("RootDispersion").num(), "ref_id": ref.hex(),
		"ref_ts": p.at("Reference").hex(), "org_ts": p.at("Origin").hex(), "rec_ts": p.at("Receive").hex(),
		"xmt_ts": p.at("Transmit").hex(), "key_id": p.at("KeyID").num(), "mac": mac, "extensions": extensions,
	})
}

func adaptTFTP(m view, _ []byte) map[string]any {
	options := m.at("Options")
	if r := m.at("Request"); r.ok() {
		options = r.at("Options")
	}
	var opts any
	if list := options.list(); len(list) > 0 {
		out := []any{}
		for _, o := range list {
			out = append(out, []any{o.at("Name").text(), o.at("Value").text()})
		}
		opts = out
	}
	block := m.at("Ack").num()
	var length any
	if d := m.at("Data"); d.ok() {
		block = d.at("Block").num()
		length = json.Number(strconv.Itoa(len(d.at("Data").bytes())))
	}
	return fields(map[string]any{
		"opcode": m.at("Opcode").num(), "filename": m.at("Request", "Filename").text(), "mode": m.at("Request", "Mode").text(),
		"options": opts, "block": block, "data_len": length,
		"error_code": m.at("Error", "Code").num(), "error_msg": m.at("Error", "Message").text(),
	})
}
