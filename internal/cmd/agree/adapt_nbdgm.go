package main

func init() {
	register("nbdgm", adaptNBDGM)
}

func adaptNBDGM(m view, _ []byte) map[string]any {
	return fields(map[string]any{
		"type": m.at("Type").num(), "flags": m.at("Flags").num(), "dgram_id": m.at("DatagramID").num(),
		"src_ip": m.at("SourceIP").text(), "src_port": m.at("SourcePort").num(), "length": m.at("Length").num(),
		"offset": m.at("Offset").num(), "error_code": m.at("ErrorCode").num(),
	})
}
