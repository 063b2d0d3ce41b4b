package check

import (
	"fmt"

	"github.com/flowscope/fsd/dsl/ir"
)

var (
	zero = ir.I(0)
	one  = ir.I(1)
	// int64s and uint64s are what the machine kinds hold.
	int64s  = ir.Range{Lo: ir.I(-1 << 63), Hi: ir.I(1<<63 - 1)}
	uint64s = ir.Range{Lo: ir.I(0), Hi: ir.U(1<<64 - 1)}
)

// kindOf is the machine kind that holds a range: Signed when it fits.
func kindOf(r ir.Range) ir.Kind {
	if int64s.Contains(r) {
		return ir.Signed
	}
	return ir.Uint
}

// hullOf is the smallest range around some values.
func hullOf(values ...ir.Int) ir.Range {
	r := ir.Range{Lo: values[0], Hi: values[0]}
	for _, v := range values[1:] {
		r = r.Union(ir.Range{Lo: v, Hi: v})
	}
	return r
}

// apply is the exact range of an operation on two ranges. The divisor and the shift count have been checked.
func apply(op string, x, y ir.Range) ir.Range {
	switch op {
	case "+":
		return ir.Range{Lo: x.Lo.Add(y.Lo), Hi: x.Hi.Add(y.Hi)}
	case "-":
		return ir.Range{Lo: x.Lo.Sub(y.Hi), Hi: x.Hi.Sub(y.Lo)}
	case "*":
		return hullOf(x.Lo.Mul(y.Lo), x.Lo.Mul(y.Hi), x.Hi.Mul(y.Lo), x.Hi.Mul(y.Hi))
	case "/":
		// y does not hold 0. The quotients furthest out are those of the ends, and of the divisors nearest to 0.
		return hullOf(x.Lo.Div(y.Lo), x.Lo.Div(y.Hi), x.Hi.Div(y.Lo), x.Hi.Div(y.Hi))
	case "%":
		most := ir.Max(abs(y.Lo), abs(y.Hi)).Sub(one)
		r := ir.Range{}
		if x.Lo.Sign() < 0 {
			r.Lo = ir.Max(x.Lo, most.Neg())
		}
		if x.Hi.Sign() > 0 {
			r.Hi = ir.Min(x.Hi, most)
		}
		if y.Lo.Cmp(y.Hi) == 0 && x.Lo.Sign() >= 0 && x.Hi.Cmp(abs(y.Lo)) < 0 {
			return x
		}
		return r
	case "<<":
		a, b := uint(y.Lo.Int64()), uint(y.Hi.Int64())
		return hullOf(x.Lo.Lsh(a), x.Lo.Lsh(b), x.Hi.Lsh(a), x.Hi.Lsh(b))
	case ">>":
		a, b := uint(y.Lo.Int64()), uint(y.Hi.Int64())
		return hullOf(x.Lo.Rsh(a), x.Lo.Rsh(b), x.Hi.Rsh(a), x.Hi.Rsh(b))
	case "&":
		switch {
		case x.Lo.Sign() >= 0 && y.Lo.Sign() >= 0:
			return ir.Range{Lo: zero, Hi: ir.Min(x.Hi, y.Hi)}
		case x.Lo.Sign() >= 0:
			return ir.Range{Lo: zero, Hi: x.Hi}
		case y.Lo.Sign() >= 0:
			return ir.Range{Lo: zero, Hi: y.Hi}
		}
		return widest(x, y)
	case "|":
		if x.Lo.Sign() >= 0 && y.Lo.Sign() >= 0 {
			return ir.Range{Lo: ir.Max(x.Lo, y.Lo), Hi: widest(x, y).Hi}
		}
		return widest(x, y)
	case "^":
		if x.Lo.Sign() >= 0 && y.Lo.Sign() >= 0 {
			return ir.Range{Lo: zero, Hi: widest(x, y).Hi}
		}
		return widest(x, y)
	}
	panic("no arithmetic operator: " + op)
}

// widest is the range of all values of as many bits as the operands take.
func widest(x, y ir.Range) ir.Range {
	bits := uint(max(x.Lo.BitLen(), x.Hi.BitLen(), y.Lo.BitLen(), y.Hi.BitLen()))
	r := ir.Range{Lo: zero, Hi: one.Lsh(bits).Sub(one)}
	if x.Lo.Sign() < 0 || y.Lo.Sign() < 0 {
		r.Lo = one.Lsh(bits).Neg()
	}
	return r
}

func abs(x ir.Int) ir.Int {
	if x.Sign() < 0 {
		return x.Neg()
	}
	return x
}

// fold computes an operation on two constants exactly.
func fold(op string, x, y ir.Int) ir.Int {
	switch op {
	case "+":
		return x.Add(y)
	case "-":
		return x.Sub(y)
	case "*":
		return x.Mul(y)
	case "/":
		return x.Div(y)
	case "%":
		return x.Rem(y)
	case "<<":
		return x.Lsh(uint(y.Int64()))
	case ">>":
		return x.Rsh(uint(y.Int64()))
	case "&":
		return x.And(y)
	case "|":
		return x.Or(y)
	case "^":
		return x.Xor(y)
	}
	panic("no arithmetic operator: " + op)
}

// compare says whether x op y holds for all values of two sets (always), for none (never), or neither.
func compare(op string, x, y set) (always, never bool) {
	if x.empty() || y.empty() {
		return false, false
	}
	a, b := x.hull(), y.hull()
	switch op {
	case "==":
		return a.Lo.Cmp(a.Hi) == 0 && b.Lo.Cmp(b.Hi) == 0 && a.Lo.Cmp(b.Lo) == 0, x.intersect(y).empty()
	case "!=":
		n, al := compare("==", x, y)
		return al, n
	case "<":
		return a.Hi.Cmp(b.Lo) < 0, a.Lo.Cmp(b.Hi) >= 0
	case "<=":
		return a.Hi.Cmp(b.Lo) <= 0, a.Lo.Cmp(b.Hi) > 0
	case ">":
		return compare("<", y, x)
	case ">=":
		return compare("<=", y, x)
	}
	panic("no comparison: " + op)
}

// negated is the comparison that holds when op does not.
func negated(op string) string {
	return map[string]string{"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}[op]
}

// mirrored is the comparison with its sides exchanged.
func mirrored(op string) string {
	switch op {
	case "<":
		return ">"
	case "<=":
		return ">="
	case ">":
		return "<"
	case ">=":
		return "<="
	}
	return op
}

func isComparison(op string) bool { return negated(op) != "" }

// number writes an integer in the base in which the spec has it.
func number(x ir.Int, base int) string {
	if base == 16 && x.Sign() >= 0 {
		return fmt.Sprintf("0x%x", x.Big())
	}
	return x.String()
}
