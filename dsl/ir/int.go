package ir

import (
	"math/big"
)

// Int is an integer without bound, immutable, so that ranges can be computed exactly. The zero Int is 0.
type Int struct{ v *big.Int }

// I returns the Int of an int64.
func I(x int64) Int { return Int{big.NewInt(x)} }

// U returns the Int of a uint64.
func U(x uint64) Int { return Int{new(big.Int).SetUint64(x)} }

// ParseInt reads a number as Go writes it: decimal, 0x, 0o, 0b, with underscores.
func ParseInt(s string) (Int, bool) {
	v, ok := new(big.Int).SetString(s, 0)
	return Int{v}, ok
}

// Big returns the value as a big.Int that the caller may change.
func (x Int) Big() *big.Int {
	if x.v == nil {
		return new(big.Int)
	}
	return new(big.Int).Set(x.v)
}

func (x Int) big() *big.Int {
	if x.v == nil {
		return new(big.Int)
	}
	return x.v
}

// FromBig returns the Int of a copy of v.
func FromBig(v *big.Int) Int { return Int{new(big.Int).Set(v)} }

func (x Int) String() string  { return x.big().String() }
func (x Int) Sign() int       { return x.big().Sign() }
func (x Int) Cmp(y Int) int   { return x.big().Cmp(y.big()) }
func (x Int) Add(y Int) Int   { return Int{new(big.Int).Add(x.big(), y.big())} }
func (x Int) Sub(y Int) Int   { return Int{new(big.Int).Sub(x.big(), y.big())} }
func (x Int) Mul(y Int) Int   { return Int{new(big.Int).Mul(x.big(), y.big())} }
func (x Int) Neg() Int        { return Int{new(big.Int).Neg(x.big())} }
func (x Int) Lsh(n uint) Int  { return Int{new(big.Int).Lsh(x.big(), n)} }
func (x Int) Rsh(n uint) Int  { return Int{new(big.Int).Rsh(x.big(), n)} }
func (x Int) And(y Int) Int   { return Int{new(big.Int).And(x.big(), y.big())} }
func (x Int) Or(y Int) Int    { return Int{new(big.Int).Or(x.big(), y.big())} }
func (x Int) Xor(y Int) Int   { return Int{new(big.Int).Xor(x.big(), y.big())} }
func (x Int) BitLen() int     { return x.big().BitLen() }
func (x Int) FitsInt64() bool { return x.big().IsInt64() }

// FitsUint64 says whether the value lies in 0..2^64-1.
func (x Int) FitsUint64() bool { return x.big().IsUint64() }

// Int64 returns the value, wrapped if it does not fit.
func (x Int) Int64() int64 { return x.big().Int64() }

// Uint64 returns the value, in two's complement if negative.
func (x Int) Uint64() uint64 {
	if x.big().IsInt64() {
		return uint64(x.big().Int64())
	}
	return x.big().Uint64()
}

// Div is the quotient cut towards zero; y must not be 0.
func (x Int) Div(y Int) Int { return Int{new(big.Int).Quo(x.big(), y.big())} }

// Rem is the remainder that belongs to Div; y must not be 0.
func (x Int) Rem(y Int) Int { return Int{new(big.Int).Rem(x.big(), y.big())} }

// Min returns the smaller of two.
func Min(x, y Int) Int {
	if x.Cmp(y) <= 0 {
		return x
	}
	return y
}

// Max returns the larger of two.
func Max(x, y Int) Int {
	if x.Cmp(y) >= 0 {
		return x
	}
	return y
}

// Range is an inclusive range of integers.
type Range struct{ Lo, Hi Int }

// R returns the Range of two int64.
func R(lo, hi int64) Range { return Range{I(lo), I(hi)} }

func (r Range) String() string {
	if r.Lo.Cmp(r.Hi) == 0 {
		return r.Lo.String()
	}
	return r.Lo.String() + ".." + r.Hi.String()
}

// Contains says whether s lies within r.
func (r Range) Contains(s Range) bool { return r.Lo.Cmp(s.Lo) <= 0 && s.Hi.Cmp(r.Hi) <= 0 }

// Empty says whether there is no value in r.
func (r Range) Empty() bool { return r.Lo.Cmp(r.Hi) > 0 }

// Intersect returns the values in both.
func (r Range) Intersect(s Range) Range { return Range{Max(r.Lo, s.Lo), Min(r.Hi, s.Hi)} }

// Union returns the smallest range that holds both.
func (r Range) Union(s Range) Range { return Range{Min(r.Lo, s.Lo), Max(r.Hi, s.Hi)} }

// FitsInt64 says whether every value is an int64.
func (r Range) FitsInt64() bool { return r.Lo.FitsInt64() && r.Hi.FitsInt64() }

// FitsUint64 says whether every value is a uint64.
func (r Range) FitsUint64() bool { return r.Lo.FitsUint64() && r.Hi.FitsUint64() }

// FitsInt32 says whether every value is an int32, and so an int on every machine.
func (r Range) FitsInt32() bool { return r.Lo.Cmp(I(-1<<31)) >= 0 && r.Hi.Cmp(I(1<<31-1)) <= 0 }

// OfInt returns the range of an integer type.
func OfInt(t *IntType) Range {
	if t.Signed {
		return Range{I(1).Lsh(uint(t.Bits - 1)).Neg(), I(1).Lsh(uint(t.Bits - 1)).Sub(I(1))}
	}
	return Range{I(0), I(1).Lsh(uint(t.Bits)).Sub(I(1))}
}
