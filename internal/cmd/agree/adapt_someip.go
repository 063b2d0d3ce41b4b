package main

func init() {
	register("someip", adaptSOMEIP)
}

func adaptSOMEIP(m view, _ []byte) map[string]any {
	packets := []any{}
	for _, p := range m.at("Messages").list() {
		packets = append(packets, fields(map[string]any{
			"service": p.at("Service").num(), "method": p.at("Method").num(), "length": p.at("Length").num(), "client": p.at("Client").num(),
			"session": p.at("Session").num(), "proto_version": p.at("ProtocolVersion").num(),
			"iface_version": p.at("InterfaceVersion").num(), "msg_type": p.at("Type").num(), "return_code": p.at("ReturnCode").num(),
		}))
	}
	return map[string]any{"packets": packets}
}
