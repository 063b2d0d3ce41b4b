package main

import (
	"encoding/json"
	"strconv"
)

func init() {
	register("coap", adaptCoAP)
}

func adaptCoAP(m view, _ []byte) map[string]any {
	head := m.at("Head")
	options := []any{}
	payload := len(m.at("Payload").bytes())
	for _, o := range m.at("Options").list() {
		options = append(options, map[string]any{
			"number": o.at("Number").num(), "len": o.at("Length").num(), "value": o.at("DataBytes").hex(),
		})
		if more, ok := o.at("Data", "Block", "More").bool().(bool); ok && more {
			payload = 0 // the other decoder has the length of a block that is not the last under another name
		}
	}
	return fields(map[string]any{
		"version": head.at("Version").num(), "type": head.at("Type").num(), "token_len": m.at("TokenLength").num(),
		"code": m.at("Code").num(), "message_id": m.at("MID").num(), "token": m.at("Token").hex(), "options": options,
		"payload_len": json.Number(strconv.Itoa(payload)),
	})
}
