package main

func init() {
	register("dtls", adaptDTLS)
}

func adaptDTLS(m view, _ []byte) map[string]any {
	records := []any{}
	for _, r := range m.at("Records").list() {
		f := map[string]any{
			"content_type": r.at("Type").num(), "version": r.at("Version").num(), "epoch": r.at("Epoch").num(),
			"seq": r.at("Sequence").num(), "length": r.at("Length").num(),
		}
		if messages := r.at("Messages"); messages.ok() {
			handshake := []any{}
			for _, h := range messages.at("List").list() {
				handshake = append(handshake, map[string]any{
					"type": h.at("Type").num(), "length": h.at("Length").num(), "message_seq": h.at("Sequence").num(),
					"fragment_offset": h.at("FragmentOffset").num(), "fragment_length": h.at("FragmentLength").num(),
				})
			}
			f["handshake"] = handshake
		}
		records = append(records, fields(f))
	}
	return map[string]any{"records": records}
}
