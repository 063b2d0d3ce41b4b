package main

func init() {
	register("dnp3", adaptDNP3)
	register("rmcp", adaptRMCP)
}

func adaptDNP3(m view, _ []byte) map[string]any {
	for _, f := range m.at("Frames").list() {
		return fields(map[string]any{
			"start": f.at("Start").num(), "len": f.at("Length").num(), "ctl": f.at("Control").num(),
			"dst": f.at("Destination").num(), "src": f.at("Source").num(), "crc": f.at("CRC").num(),
		})
	}
	return nil
}

func adaptRMCP(m view, _ []byte) map[string]any {
	return fields(map[string]any{
		"version": m.at("Version").num(), "sequence": m.at("Sequence").num(), "class": m.at("Head", "Class").num(), "type": m.at("Head", "Ack").bit(),
	})
}
