package main

import "encoding/json"

func init() {
	register("dhcp", adaptDHCP)
}

// adaptDHCP takes the options' bytes out of the payload: the message keeps them by their meaning.
func adaptDHCP(m view, payload []byte) map[string]any {
	var msgType any
	options := []any{}
	offset := 240
	for _, o := range m.at("Options").list() {
		code := o.at("Code").num()
		f := map[string]any{"code": code}
		offset++
		// The expected values have one element for padding in a row.
		if n := len(options); n > 0 && code == json.Number("0") && options[n-1].(map[string]any)["code"] == code {
			continue
		}
		if length := o.at("Len"); length.ok() {
			n := int(length.v.Uint())
			f["len"], f["value"] = length.num(), viewOf(payload[offset+1:offset+1+n]).hex()
			offset += 1 + n
		}
		options = append(options, f)
		if code == json.Number("53") {
			msgType = o.at("Data", "MessageType").num()
		}
	}
	return fields(map[string]any{
		"op": m.at("Op").num(), "htype": m.at("Htype").num(), "hlen": m.at("Hlen").num(), "hops": m.at("Hops").num(),
		"xid": m.at("XID").num(), "secs": m.at("Secs").num(), "flags": m.at("Flags").num(),
		"broadcast": m.at("Flags", "Broadcast").bool(), "ciaddr": m.at("Ciaddr").text(), "yiaddr": m.at("Yiaddr").text(),
		"siaddr": m.at("Siaddr").text(), "giaddr": m.at("Giaddr").text(), "chaddr": m.at("Chaddr").hex(),
		"cookie": m.at("Cookie").hex(), "msg_type": msgType, "options": options,
	})
}
