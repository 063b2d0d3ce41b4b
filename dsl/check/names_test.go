package check

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/flowscope/fsd/dsl/ir"
)

func TestSnake(t *testing.T) {
	for name, want := range map[string]string{
		"ID": "id", "TTL": "ttl", "QD": "qd", "MName": "m_name", "CHAddr": "ch_addr", "MACAddr": "mac_addr", "IPv4Src": "ipv4_src",
		"RefID": "ref_id", "UDPSize": "udp_size", "A": "a", "AA": "aa", "Addr6": "addr6", "Addr6ID": "addr6_id", "Name": "name",
		"ExtendedRcode": "extended_rcode", "NSEC3PARAM": "nsec3param", "SHA256Sum": "sha256_sum", "X25": "x25", "EUI48": "eui48",
		"IPv6": "ipv6", "IPv4TTL": "ipv4_ttl", "DHCPv6Opt": "dhcpv6_opt", "SrcIDs": "src_ids", "IDs": "ids", "IDsSeen": "ids_seen",
		"HTTPServer": "http_server", "Ref_ID": "ref_id", "L2TP": "l2tp", "OptionCode": "option_code", "DO": "do", "_": "_",
		"ITotDatagrams": "i_tot_datagrams", "Hints4": "hints4", "N3U": "n3u",
	} {
		require.Equal(t, want, Snake(name), name)
	}
}

func TestReasonsAreNames(t *testing.T) {
	for name, want := range map[string]bool{"a": true, "short_len": true, "x9": true, "": false, "A": false, "a__b": false, "a_": false,
		"_a": false, "9a": false, "a-b": false, "a b": false, "ä": false} {
		require.Equal(t, want, isSlug(name), name)
		if !want {
			require.True(t, isSlug(slugOf(name)), "%q is suggested for %q", slugOf(name), name)
		}
	}
	require.Equal(t, "NameJumps", goIdent("name_jumps"))
}

// ints draws integers that matter: small ones, and the ends of the machine's.
func ints() *rapid.Generator[ir.Int] {
	return rapid.Custom(func(t *rapid.T) ir.Int {
		x := ir.I(rapid.Int64Range(-20, 20).Draw(t, "x"))
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0:
			return x
		case 1:
			return ir.I(1).Lsh(uint(rapid.IntRange(0, 63).Draw(t, "bits"))).Add(x)
		case 2:
			return ir.I(1).Lsh(uint(rapid.IntRange(0, 63).Draw(t, "bits"))).Neg().Add(x)
		}
		return ir.I(rapid.Int64().Draw(t, "any"))
	})
}

// within draws a value of a range.
func within(t *rapid.T, r ir.Range, name string) ir.Int {
	width := r.Hi.Sub(r.Lo).Add(ir.I(1)).Big()
	at := new(big.Int).SetUint64(rapid.Uint64().Draw(t, name))
	return r.Lo.Add(ir.FromBig(at.Mod(at, width)))
}

func ranges() *rapid.Generator[ir.Range] {
	return rapid.Custom(func(t *rapid.T) ir.Range {
		return hullOf(ints().Draw(t, "a"), ints().Draw(t, "b"))
	})
}

func TestRangesOfOperationsHoldTheirValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		op := rapid.SampledFrom([]string{"+", "-", "*", "/", "%", "<<", ">>", "&", "|", "^"}).Draw(t, "op")
		x, y := ranges().Draw(t, "x"), ranges().Draw(t, "y")
		switch op {
		case "<<", ">>":
			y = y.Intersect(ir.R(0, 63))
		case "/", "%":
			y = y.Intersect(ir.Range{Lo: one, Hi: uint64s.Hi})
			if rapid.Bool().Draw(t, "negative") {
				y = ir.Range{Lo: y.Hi.Neg(), Hi: y.Lo.Neg()}
			}
		}
		if y.Empty() {
			return
		}
		a, b := within(t, x, "a"), within(t, y, "b")
		r, v := apply(op, x, y), fold(op, a, b)
		if !r.Contains(ir.Range{Lo: v, Hi: v}) {
			t.Fatalf("%s %s %s = %s is not in %s %s %s = %s", a, op, b, v, x, op, y, r)
		}
	})
}

// bits is a set over 0..63 as a word, the model of set.
func fromWord(w uint64) set {
	var list []ir.Range
	for i := range int64(64) {
		if w>>i&1 != 0 {
			list = append(list, ir.R(i, i))
		}
	}
	return newSet(list)
}

func TestSetsBehaveLikeWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Uint64().Draw(t, "a"), rapid.Uint64().Draw(t, "b")
		x, y := fromWord(a), fromWord(b)
		require.Equal(t, fromWord(a|b).String(), x.union(y).String())
		require.Equal(t, fromWord(a&b).String(), x.intersect(y).String())
		require.Equal(t, fromWord(a&^b).String(), x.minus(y).String())
		require.Equal(t, a&^b == 0, x.within(y))
		require.Equal(t, a == 0, x.empty())
	})
}

func TestComparisonsOfSetsAgreeWithTheirValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y := single(ranges().Draw(t, "x")), single(ranges().Draw(t, "y"))
		op := rapid.SampledFrom([]string{"==", "!=", "<", "<=", ">", ">="}).Draw(t, "op")
		a, b := within(t, x.hull(), "a"), within(t, y.hull(), "b")
		holds := map[string]bool{"==": a.Cmp(b) == 0, "!=": a.Cmp(b) != 0, "<": a.Cmp(b) < 0, "<=": a.Cmp(b) <= 0, ">": a.Cmp(b) > 0, ">=": a.Cmp(b) >= 0}[op]
		always, never := compare(op, x, y)
		require.False(t, always && !holds)
		require.False(t, never && holds)
		// What is known when it holds still has the values for which it does.
		if holds {
			require.False(t, allowed(x, op, y).intersect(single(ir.Range{Lo: a, Hi: a})).empty())
			require.False(t, allowed(y, mirrored(op), x).intersect(single(ir.Range{Lo: b, Hi: b})).empty())
		} else {
			require.False(t, allowed(x, negated(op), y).intersect(single(ir.Range{Lo: a, Hi: a})).empty())
		}
	})
}
