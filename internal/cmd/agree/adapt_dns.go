package main

import (
	"fmt"
	"strings"
)

func init() {
	register("dns", adaptDNS)
	register("mdns", adaptDNS)
	register("llmnr", adaptDNS)
}

// adaptDNS serves dns, mdns and llmnr: their messages differ in flags and classes only.
func adaptDNS(m view, _ []byte) map[string]any {
	flags := m.at("Flags")
	return fields(map[string]any{
		"id": m.at("ID").num(), "flags": flags.num(),
		"qr": flags.at("QR").bool(), "opcode": flags.at("Opcode").num(), "aa": flags.at("AA").bool(),
		"tc": flags.at("TC").bool(), "rd": flags.at("RD").bool(), "ra": flags.at("RA").bool(),
		"ad": flags.at("AD").bool(), "cd": flags.at("CD").bool(), "rcode": flags.at("Rcode").num(),
		"conflict": flags.at("C").bool(), "tentative": flags.at("T").bool(),
		"qdcount": m.at("QD").num(), "ancount": m.at("AN").num(), "nscount": m.at("NS").num(), "arcount": m.at("AR").num(),
		"questions":  adaptQuestions(m.at("Questions")),
		"answers":    adaptRecords(m.at("Answers")),
		"authority":  adaptRecords(m.at("Authority")),
		"additional": adaptRecords(m.at("Additional")),
	})
}

func adaptQuestions(list view) []any {
	out := []any{}
	for _, q := range list.list() {
		f := map[string]any{"name": name(q.at("Name")), "type": q.at("Type").num(), "class": q.at("Class").num()}
		if unicast := q.at("Class", "UnicastResponse"); unicast.ok() {
			f["class"], f["unicast_response"] = q.at("Class", "Class").num(), unicast.bool()
		}
		out = append(out, fields(f))
	}
	return out
}

func adaptRecords(list view) []any {
	out := []any{}
	for _, rr := range list.list() {
		f := map[string]any{
			"name": name(rr.at("Name")), "type": rr.at("Type").num(), "class": rr.at("Class").num(),
			"ttl": rr.at("TTL").num(), "rdlength": rr.at("Len").num(),
			"rdata_hex": rr.at("DataBytes").hex(), "rdata": adaptRData(rr.at("Type"), rr.at("Data")),
		}
		if flush := rr.at("Class", "CacheFlush"); flush.ok() {
			// The class of an OPT record is a size of 16 bits.
			if !rr.at("Version").ok() {
				f["class"] = rr.at("Class", "Class").num()
			}
			f["cache_flush"] = flush.bool()
		}
		out = append(out, fields(f))
	}
	return out
}

// name is a domain name as the expected values have it: a dot inside a label has no backslash before it.
func name(v view) any {
	text, ok := v.text().(string)
	if !ok {
		return nil
	}
	return strings.ReplaceAll(text, `\.`, ".")
}

// adaptRData is the text of the types that the expected values render.
func adaptRData(rtype, d view) any {
	join := func(parts ...any) any {
		words := make([]string, len(parts))
		for i, p := range parts {
			words[i] = fmt.Sprint(p)
		}
		return strings.Join(words, " ")
	}
	switch {
	case d.at("Addr").ok():
		return d.at("Addr").text()
	case d.at("Addr6").ok():
		return d.at("Addr6").text()
	case d.at("Target").ok():
		return name(d.at("Target"))
	case d.at("Preferred").ok():
		p := d.at("Preferred")
		return join(p.at("Preference").num(), name(p.at("Host")))
	case d.at("SRV").ok():
		s := d.at("SRV")
		return join(s.at("Priority").num(), s.at("Weight").num(), s.at("Port").num(), name(s.at("Target")))
	case d.at("SOA").ok():
		s := d.at("SOA")
		return join(name(s.at("MName")), name(s.at("RName")), s.at("Serial").num(), s.at("Refresh").num(),
			s.at("Retry").num(), s.at("Expire").num(), s.at("Minimum").num())
	case fmt.Sprint(rtype.num()) == "16": // a TXT record in an update may be empty
		texts := []any{}
		for _, t := range d.at("Text").list() {
			texts = append(texts, t.at("Text").text())
		}
		return texts
	}
	return nil
}
