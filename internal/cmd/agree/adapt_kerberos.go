package main

import (
	"encoding/json"
	"strconv"
)

func init() {
	// krb524, which the other decoder takes for this, has no version.
	registerAs("kerberos", "kerberos", adaptKerberos, func(e map[string]any) bool { return e["pvno"] != nil })
}

func adaptKerberos(m view, _ []byte) map[string]any {
	m = m.at("Message")
	for _, name := range []string{"ASReq", "TGSReq"} {
		if r := m.at(name); r.ok() {
			body := r.at("Body")
			etypes := []any{}
			for _, e := range body.at("Encryption").list() {
				etypes = append(etypes, e.at("Type").num())
			}
			return fields(map[string]any{
				"pvno": r.at("Version").num(), "msg_type": r.at("Type").num(), "realm": body.at("Realm").text(),
				"cname": principal(body.at("Client")), "sname": principal(body.at("Server")), "nonce": nonce(body.at("Nonce")), "etypes": etypes,
			})
		}
	}
	for _, name := range []string{"ASRep", "TGSRep", "APReq", "APRep", "Safe", "Priv", "Cred", "Error"} {
		if r := m.at(name); r.ok() {
			return fields(map[string]any{
				"pvno": r.at("Version").num(), "msg_type": r.at("Type").num(), "error_code": r.at("Code").num(),
			})
		}
	}
	return nil
}

// nonce is a number of 32 bits, which some senders write with a sign.
func nonce(v view) any {
	if !v.ok() {
		return nil
	}
	return json.Number(strconv.FormatUint(uint64(uint32(v.v.Int())), 10))
}

// principal is the parts of a name; none where there is no name.
func principal(name view) []any {
	parts := []any{}
	for _, p := range name.at("Parts").list() {
		parts = append(parts, p.at("Text").text())
	}
	return parts
}
