// Package capture reads recorded and live packets and hands them, one frame at a time, to the flow tracker and
// the datagram driver.
//
// It reads pcap (microsecond, nanosecond and modified records, either byte order; draft-ietf-opsawg-pcap) and
// pcapng (draft-ietf-opsawg-pcapng), plain or compressed with gzip or Zstandard, told apart by their first bytes and
// never by a file's name. On Linux it also captures from an interface.
//
// The readers exist because captures are hostile input. What a file says about lengths is checked before memory is
// reserved for it: a [Reader] owns one buffer of bounded size and never another. A file that is cut or corrupt gives
// every packet before the damage and then an [*Error] with the packet's number and the byte offset. A pipe is followed
// as it grows: a packet is handed out as soon as its last byte is there.
//
// # Frames
//
// [Reader.Next] fills a flow.Packet. Its Frame is a view of the reader's buffer, valid until the next call of
// any reading method or Close; copy what must live longer. In steady state nothing is allocated.
//
// Interfaces are numbered from 0 over the whole file, in the order of their descriptions, so that two sections of one
// pcapng file never share a number. Link types are the LINKTYPE_ numbers found in files.
//
// # Other sources
//
// Readers and live captures implement gopacket.ZeroCopyPacketDataSource, and [FromGopacket] turns any such source into
// a [Source] that can feed the driver.
//
// The package may import runtime/flow, gopacket and klauspost/compress; nothing of it is needed to run a parser.
package capture
