package workload

import (
	"fmt"
	"math/rand/v2"
)

// SIP returns the messages of calls: INVITE with a description of the session, 180, 200, ACK, BYE.
func SIP(n int) [][]byte {
	return list(30, n, func(r *rand.Rand, i int) []byte {
		user, host := letters(r, 5+r.IntN(5)), fmt.Sprintf("192.0.2.%d", r.IntN(250))
		common := fmt.Sprintf("Via: SIP/2.0/UDP %s:5060;branch=z9hG4bK%s;rport\r\n"+
			"From: \"Caller\" <sip:%s@example.org>;tag=%s\r\nTo: <sip:service@example.net>", host, letters(r, 12), user, letters(r, 8))
		id := fmt.Sprintf("\r\nCall-ID: %s@%s\r\n", letters(r, 24), host)
		contact := fmt.Sprintf("Contact: <sip:%s@%s:5060>\r\n", user, host)
		sdp := fmt.Sprintf("v=0\r\no=%s %d 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\nm=audio %d RTP/AVP 0 8 101\r\n"+
			"a=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=sendrecv\r\n",
			user, r.Uint32(), host, host, 10000+2*r.IntN(10000))
		body := fmt.Sprintf("Content-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%s", len(sdp), sdp)
		const none, forwards = "Content-Length: 0\r\n\r\n", "Max-Forwards: 70\r\nUser-Agent: benchmark/1.0\r\n"
		tag := fmt.Sprintf(";tag=%s", letters(r, 8))
		switch i % 5 {
		case 0:
			return []byte("INVITE sip:service@example.net SIP/2.0\r\n" + common + id + "CSeq: 1 INVITE\r\n" + contact + forwards +
				"Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, REFER, NOTIFY\r\nSupported: replaces, timer\r\n" + body)
		case 1:
			return []byte("SIP/2.0 180 Ringing\r\n" + common + tag + id + "CSeq: 1 INVITE\r\n" + contact + none)
		case 2:
			return []byte("SIP/2.0 200 OK\r\n" + common + tag + id + "CSeq: 1 INVITE\r\n" + contact + "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS\r\n" + body)
		case 3:
			return []byte("ACK sip:service@example.net SIP/2.0\r\n" + common + tag + id + "CSeq: 1 ACK\r\n" + forwards + none)
		default:
			return []byte("BYE sip:service@example.net SIP/2.0\r\n" + common + tag + id + "CSeq: 2 BYE\r\n" + forwards + none)
		}
	})
}

// Syslog5424 returns messages of RFC 5424; half have structured data.
func Syslog5424(n int) [][]byte {
	return list(31, n, func(r *rand.Rand, i int) []byte {
		data := "-"
		if i%2 == 0 {
			data = fmt.Sprintf(`[exampleSDID@32473 iut="%d" eventSource="Application" eventID="%d"]`, r.IntN(10), r.IntN(10000))
		}
		return fmt.Appendf(nil, "<%d>1 2024-01-%02dT%02d:%02d:%02d.%06dZ host%d.example.org %s %d ID%d %s user %s logged in from 192.0.2.%d port %d",
			r.IntN(192), 1+r.IntN(28), r.IntN(24), r.IntN(60), r.IntN(60), r.IntN(1e6), r.IntN(100), letters(r, 6), 1+r.IntN(30000), r.IntN(100), data,
			letters(r, 6), r.IntN(255), r.IntN(65536))
	})
}

// Syslog3164 returns messages as RFC 3164 describes them.
func Syslog3164(n int) [][]byte {
	return list(32, n, func(r *rand.Rand, i int) []byte {
		return fmt.Appendf(nil, "<%d>Jan %2d %02d:%02d:%02d host%d %s[%d]: user %s logged in from 192.0.2.%d port %d",
			r.IntN(192), 1+r.IntN(28), r.IntN(24), r.IntN(60), r.IntN(60), r.IntN(100), letters(r, 6), 1+r.IntN(30000),
			letters(r, 6), r.IntN(255), r.IntN(65536))
	})
}
