package main

func init() {
	register("isakmp", adaptISAKMP)
}

func adaptISAKMP(m view, _ []byte) map[string]any {
	payloads := []any{}
	for _, p := range m.at("Body", "Payloads").list() {
		payloads = append(payloads, map[string]any{
			"type": p.at("Type").num(), "next": p.at("Next").num(), "len": p.at("Length").num(),
		})
	}
	return fields(map[string]any{
		"init_spi": m.at("InitiatorSPI").hex(), "resp_spi": m.at("ResponderSPI").hex(), "next_payload": m.at("NextPayload").num(),
		"version": m.at("Version").num(), "exchange_type": m.at("Exchange").num(), "flags": m.at("Flags").num(),
		"message_id": m.at("MessageID").num(), "length": m.at("Length").num(), "payloads": payloads,
	})
}
