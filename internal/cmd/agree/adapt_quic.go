package main

func init() {
	register("quic", adaptQUIC)
}

func adaptQUIC(m view, _ []byte) map[string]any {
	packets := []any{}
	for _, p := range m.at("Packets").list() {
		f := map[string]any{"form": p.at("First", "LongHeader").bit()}
		if p.at("First", "LongHeader").bool() == true {
			f = fields(map[string]any{
				"form": f["form"], "fixed_bit": p.at("First", "FixedBit").bit(), "version": p.at("Version").num(),
				"dcid_len": p.at("DCIDLen").num(), "dcid": p.at("DCID").hex(), "scid_len": p.at("SCIDLen").num(), "scid": p.at("SCID").hex(),
				"token_len": p.at("TokenLen").num(), "length": p.at("Length").num(),
			})
			if token := p.at("Token").bytes(); len(token) > 0 {
				f["token"] = p.at("Token").hex()
			}
			if versions := p.at("Versions"); versions.ok() {
				list := []any{}
				for _, v := range versions.list() {
					list = append(list, v.num())
				}
				f["supported_versions"] = list
			} else {
				f["long_type_bits"] = p.at("First", "LongType").num()
			}
		}
		packets = append(packets, f)
	}
	return map[string]any{"packets": packets}
}
