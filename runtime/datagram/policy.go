package datagram

import (
	"fmt"
	"strings"
)

// Policy is what a driver does with a poisoned flow.
type Policy uint8

// The policies. All of them deliver a message that the poisoning datagram completed, and then tell
// AnomalyParseError, when anomalies are on.
const (
	// ClosePoisoned tells EventClosed with flow.EndParseError and forgets the flow with all its state: its next
	// datagram is the first of a new flow. The default.
	ClosePoisoned Policy = iota
	// QuarantinePoisoned tells the same once, but the flow keeps its place in the table until it is idle. Its
	// datagrams are counted and not parsed, and there are no more events: hostile datagrams cannot open a flow each.
	QuarantinePoisoned
	// ObservePoisoned only tells the anomaly: the parser goes on, and nothing is closed.
	ObservePoisoned
	numPolicies
)

var policyNames = [numPolicies]string{"close", "quarantine", "observe"}

// String returns the policy's name: close, quarantine or observe.
func (p Policy) String() string {
	if p < numPolicies {
		return policyNames[p]
	}
	return fmt.Sprintf("Policy(%d)", uint8(p))
}

// ParsePolicy returns the policy of that name.
func ParsePolicy(name string) (Policy, error) {
	for i, n := range policyNames {
		if n == name {
			return Policy(i), nil
		}
	}
	return 0, fmt.Errorf("poison policy %q: not one of %s", name, strings.Join(policyNames[:], ", "))
}

// MarshalText and UnmarshalText make a Policy fit for flags and configuration.
func (p Policy) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText is the inverse of MarshalText.
func (p *Policy) UnmarshalText(text []byte) (err error) {
	*p, err = ParsePolicy(string(text))
	return err
}
