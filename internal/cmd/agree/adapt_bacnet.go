package main

func init() {
	registerAs("bacnet", "bvlc", adaptBVLC, nil)
}

func adaptBVLC(m view, _ []byte) map[string]any {
	return fields(map[string]any{
		"type": m.at("Type").num(), "function": m.at("Function").num(), "length": m.at("Length").num(),
	})
}
