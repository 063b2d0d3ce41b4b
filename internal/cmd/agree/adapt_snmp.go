package main

import (
	"encoding/hex"

	"github.com/flowscope/fsd/runtime/datagram/wire"
)

func init() {
	register("snmp", adaptSNMP)
}

// pduNames are the operations in the order of their tags.
var pduNames = []string{"GetRequest", "GetNextRequest", "Response", "SetRequest", "TrapV1", "GetBulkRequest", "InformRequest",
	"TrapV2", "Report"}

func adaptSNMP(m view, _ []byte) map[string]any {
	out := map[string]any{"version": m.at("Version").num(), "community": m.at("Community").text()}
	pdu := m.at("PDU")
	if global := m.at("Global"); global.ok() {
		out["msg_id"], out["max_size"] = global.at("ID").num(), global.at("MaxSize").num()
		out["msg_flags"], out["security_model"] = global.at("Flags").num(), global.at("Model").num()
		usm := m.at("USM")
		out["engine_id"], out["engine_boots"] = usm.at("EngineID").hex(), usm.at("Boots").num()
		out["engine_time"], out["user"] = usm.at("Time").num(), usm.at("User").text()
		out["auth_params"], out["priv_params"] = usm.at("Auth").hex(), usm.at("Priv").hex()
		out["msg_data"] = 1
		if scoped := m.at("Data", "Scoped"); scoped.ok() {
			out["msg_data"] = 0
			out["context_engine_id"], out["context_name"] = scoped.at("EngineID").hex(), scoped.at("Context").text()
			pdu = scoped.at("PDU")
		}
	}
	for i, name := range pduNames {
		p := pdu.at(name)
		if !p.ok() {
			continue
		}
		out["pdu_type"], out["request_id"] = i, p.at("RequestID").num()
		out["error_status"], out["error_index"] = p.at("ErrorStatus").num(), p.at("ErrorIndex").num()
		out["non_repeaters"], out["max_repetitions"] = p.at("NonRepeaters").num(), p.at("MaxRepetitions").num()
		if name == "TrapV1" {
			out["enterprise"], out["agent_addr"] = oidText(p.at("Enterprise").bytes()), p.at("Agent").text()
			out["generic_trap"], out["specific_trap"] = p.at("Generic").num(), p.at("Specific").num()
			out["timestamp"] = p.at("Uptime").num()
		}
		bindings := []any{}
		for _, b := range p.at("Bindings").list() {
			bindings = append(bindings, snmpBinding(b))
		}
		out["varbinds"] = bindings
	}
	return fields(out)
}

// snmpValues are the types of a value: field, identifier octet, and what the expected values call them.
var snmpValues = []struct {
	field string
	tag   int
	kind  string
}{
	{"Int", 2, "int"}, {"Bytes", 4, "octets"}, {"Null", 5, "null"}, {"OID", 6, "oid"}, {"Address", 0x40, "ipv4"},
	{"Counter32", 0x41, "counter"}, {"Gauge32", 0x42, "g32"}, {"TimeTicks", 0x43, "timeticks"}, {"Opaque", 0x44, "opaque"},
	{"NsapAddress", 0x45, "nsap"}, {"Counter64", 0x46, "counter"}, {"UInteger32", 0x47, "counter"}, {"NoSuchObject", 0x80, "noSuchObject"},
	{"NoSuchInstance", 0x81, "noSuchInstance"}, {"EndOfMibView", 0x82, "endOfMibView"},
}

func snmpBinding(b view) map[string]any {
	out := map[string]any{"oid": oidText(b.at("Name").bytes())}
	for _, k := range snmpValues {
		v := b.at("Value", k.field)
		if !v.ok() {
			continue
		}
		out["tag"], out["kind"] = k.tag, k.kind
		switch {
		case v.v.CanInt():
			out["value"] = berInt(v.v.Int())
		case v.v.CanUint():
			out["value"] = berUint(v.v.Uint())
		default:
			out["value"] = hex.EncodeToString(v.bytes())
		}
	}
	return out
}

// berInt is the shortest contents of an INTEGER.
func berInt(v int64) string {
	var b []byte
	for {
		b = append([]byte{byte(v)}, b...)
		if v>>7 == 0 || v>>7 == -1 {
			return hex.EncodeToString(b)
		}
		v >>= 8
	}
}

func berUint(v uint64) string {
	if v>>63 != 0 {
		return "00" + berInt(int64(v))
	}
	return berInt(int64(v))
}

func oidText(b []byte) string { return wire.OID(b).String() }
