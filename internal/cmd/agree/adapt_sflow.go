package main

func init() {
	register("sflow", adaptSFlow)
}

func adaptSFlow(m view, _ []byte) map[string]any {
	agent := m.at("Agent")
	if !agent.ok() {
		agent = m.at("Agent6")
	}
	samples := []any{}
	for _, s := range m.at("Samples").list() {
		f := map[string]any{
			"enterprise": s.at("Format", "Enterprise").num(), "format": s.at("Format", "Format").num(), "length": s.at("Length").num(),
		}
		for _, name := range []string{"Flow", "ExpandedFlow", "Counters", "ExpandedCounters"} {
			b := s.at(name)
			if !b.ok() {
				continue
			}
			f["sequence"], f["records"] = b.at("Sequence").num(), b.at("RecordCount").num()
			f["sampling_rate"], f["sample_pool"], f["drops"] = b.at("SamplingRate").num(), b.at("SamplePool").num(), b.at("Drops").num()
		}
		samples = append(samples, fields(f))
	}
	return fields(map[string]any{
		"version": m.at("Version").num(), "agent_type": m.at("AgentType").num(), "agent": agent.text(), "sub_agent": m.at("SubAgent").num(),
		"sequence": m.at("Sequence").num(), "uptime": m.at("Uptime").num(), "num_samples": m.at("Count").num(), "samples": samples,
	})
}
