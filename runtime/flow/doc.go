// Package flow decodes frames down to their transport and tracks the flows that they belong to.
//
// It exists so that everything above it (parsers, drivers, sinks, commands) shares one idea of a packet, of a flow's
// identity and of a flow's life. It imports the standard library only, and is used by every other package of the
// runtime. It knows nothing of application protocols and nothing of capture files.
//
// The pieces, in the order in which a packet meets them:
//
//   - [Packet] is one frame: what the capture says of it, and what [Decode] found in it. Decode reads the frame once,
//     allocates nothing, and answers with a [Verdict] that names why a frame carries nothing to track.
//   - [Reassembler] puts IP fragments together again, within bounds.
//   - [Dedup] recognises frames that a capture holds twice.
//   - [Key] is a flow's identity: two endpoints in canonical order, the protocol, and on request the network
//     (VLAN, VNI, TEID) that they live in. An [Extractor] makes it from a decoded packet.
//   - [Tracker] is a bounded table of live flows in order of use. Its Track answers with a [Step] that says what
//     the packet did to the table; its Sweep ends what is idle. With many flows, Warm before a batch of packets makes
//     tracking them some times faster.
//
// # Three axes
//
// A packet has three directions that are easily mixed up. Its sender's role ([Side]: initiator or responder) is a
// matter of who was seen first. Its [Orientation] (forward or reverse) compares its two endpoints with the key's
// canonical order, and is the same for every observer. The capture leg ([Packet.Interface]) is where it was seen.
// Community IDs, shards and deduplication use the orientation, never the role.
//
// # Time
//
// All time is the capture's, as [Timestamp]; nothing in this package reads a clock. A tracker judges what time it is
// from the packets themselves, and believes a step of more than some seconds only when a second packet confirms it
// (see [Clock]): one packet with a wild timestamp ends no flow but, in time, its own.
package flow
