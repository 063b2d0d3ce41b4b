package main

func init() {
	register("radius", adaptRADIUS)
}

func adaptRADIUS(m view, _ []byte) map[string]any {
	avps := []any{}
	for _, a := range m.at("Attributes", "List").list() {
		avps = append(avps, map[string]any{
			"type": a.at("Type").num(), "len": a.at("Len").num(), "value": a.at("DataBytes").hex(),
		})
	}
	return fields(map[string]any{
		"code": m.at("Code").num(), "id": m.at("ID").num(), "length": m.at("Length").num(),
		"authenticator": m.at("Authenticator").hex(), "avps": avps,
	})
}
