package main

import "strings"

func init() {
	register("nbns", adaptNBNS).tidy = tidyNBNS
}

func adaptNBNS(m view, _ []byte) map[string]any {
	flags := m.at("Flags")
	return fields(map[string]any{
		"id": m.at("ID").num(), "flags": flags.num(), "qr": flags.at("QR").bool(), "opcode": flags.at("Opcode").num(),
		"aa": flags.at("AA").bool(), "tc": flags.at("TC").bool(), "rd": flags.at("RD").bool(), "ra": flags.at("RA").bool(),
		"broadcast": flags.at("Broadcast").bool(), "rcode": flags.at("Rcode").num(),
		"qdcount": m.at("QD").num(), "ancount": m.at("AN").num(), "nscount": m.at("NS").num(), "arcount": m.at("AR").num(),
		"questions": adaptNBNSRecords(m.at("Questions")), "answers": adaptNBNSRecords(m.at("Answers")),
		"authority": adaptNBNSRecords(m.at("Authority")), "additional": adaptNBNSRecords(m.at("Additional")),
	})
}

func adaptNBNSRecords(list view) []any {
	out := []any{}
	for _, rr := range list.list() {
		f := map[string]any{
			"name": name(rr.at("Name")), "type": rr.at("Type").num(), "class": rr.at("Class").num(),
			"ttl": rr.at("TTL").num(), "rdlength": rr.at("Len").num(), "rdata_hex": rr.at("DataBytes").hex(),
		}
		if rr.at("TTL").ok() {
			addrs := []any{}
			for _, a := range rr.at("Data", "Addresses").list() {
				addrs = append(addrs, a.at("Addr").text())
			}
			f["addrs"] = addrs
		}
		out = append(out, fields(f))
	}
	return out
}

// tidyNBNS takes out of expected names what the other decoder says of their last byte: "A<20> (Server service)".
func tidyNBNS(expected map[string]any) {
	for _, section := range []string{"questions", "answers", "authority", "additional"} {
		records, _ := expected[section].([]any)
		for _, r := range records {
			if f, ok := r.(map[string]any); ok {
				if text, ok := f["name"].(string); ok {
					f["name"], _, _ = strings.Cut(text, " (")
				}
			}
		}
	}
}
