package main

import (
	"encoding/json"
	"strconv"
	"strings"
)

func init() {
	register("stun", adaptSTUN)
}

func adaptSTUN(m view, _ []byte) map[string]any {
	if m.at("ChannelData").ok() {
		return fields(map[string]any{"channel": m.at("Type").num(), "length": m.at("Length").num()})
	}
	// The expected values have the bits of the class apart: 0x10 and 0x01.
	class := m.at("Class").v.Uint()
	attributes := []any{}
	for _, a := range m.at("Attributes", "List").list() {
		attribute := map[string]any{"type": a.at("Type").num(), "len": a.at("Len").num(), "value": a.at("DataBytes").hex()}
		// The other decoder has no element for an attribute whose type it does not know, as many vendors' own.
		name, _ := a.at("Type").text().(string)
		if a.at("Type").v.Uint() >= 0xC000 || strings.HasPrefix(name, "AttributeType(") {
			attributes = append(attributes, mayBeLeftOut(attribute))
		} else {
			attributes = append(attributes, attribute)
		}
	}
	return fields(map[string]any{
		"type": m.at("Type").num(), "class": json.Number(strconv.FormatUint(class>>1<<4|class&1, 10)),
		"method": m.at("Method").num(), "length": m.at("Length").num(), "cookie": m.at("Cookie").hex(),
		"id": m.at("ID").hex(), "attributes": attributes,
	})
}
