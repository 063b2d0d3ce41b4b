package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

func init() {
	register("ssdp", adaptSSDP).tidy = tidySSDP
	register("sip", adaptSIP)
	register("syslog", adaptSyslog)
}

// headers are names and values, without blanks around them; a line without a colon is none.
func headers(list view) []any {
	out := []any{}
	for _, h := range list.list() {
		name, ok1 := h.at("Name").text().(string)
		value, ok2 := h.at("Value").text().(string)
		if ok1 && ok2 && name != "" {
			out = append(out, []any{name, strings.TrimSpace(value)})
		}
	}
	return out
}

func adaptSSDP(m view, _ []byte) map[string]any {
	first := m.at("First")
	f := map[string]any{
		"method": first.at("Method").text(), "uri": first.at("URI").text(), "status": first.at("Status").num(),
		"headers": headers(m.at("Headers")),
	}
	if first.at("Status").ok() {
		f["start_line"] = fmt.Sprintf("%v %v %v", first.at("Protocol").text(), first.at("Status").num(), first.at("Reason").text())
	} else {
		f["start_line"] = fmt.Sprintf("%v %v HTTP/%v", first.at("Method").text(), first.at("URI").text(), first.at("Version").text())
	}
	return fields(f)
}

// tidySSDP takes out the empty list of headers that the other decoder gives for every NOTIFY.
func tidySSDP(expected map[string]any) {
	if list, _ := expected["headers"].([]any); expected["method"] == "NOTIFY" && len(list) == 0 {
		delete(expected, "headers")
	}
}

// adaptSIP gives nothing for a keep-alive, which the other decoder takes for data.
func adaptSIP(m view, _ []byte) map[string]any {
	if m.at("KeepAlive").ok() {
		return nil
	}
	first := m.at("First")
	f := map[string]any{
		"method": first.at("Method").text(), "request_uri": first.at("URI").text(), "status": first.at("Status").num(),
		"headers": headers(m.at("Headers")),
	}
	if first.at("Status").ok() {
		f["start_line"] = fmt.Sprintf("SIP/2.0 %v %v", first.at("Status").num(), first.at("Reason").text())
	} else {
		f["start_line"] = fmt.Sprintf("%v %v SIP/2.0", first.at("Method").text(), first.at("URI").text())
	}
	if body := m.at("Body").bytes(); len(body) > 0 {
		f["body_len"] = json.Number(strconv.Itoa(len(body)))
	}
	return fields(f)
}

func adaptSyslog(m view, _ []byte) map[string]any {
	return fields(map[string]any{
		"facility": m.at("Facility").num(), "severity": m.at("Severity").num(), "msg": m.at("Text").text(),
	})
}
