package wire

import (
	"math"
	"strconv"
)

// Float32 is a number of IEEE 754's single precision.
type Float32 float32

// NewFloat32 returns the number with these bits.
func NewFloat32(bits uint32) Float32 { return Float32(math.Float32frombits(bits)) }

// AppendTo appends the shortest decimal that is this number and no other, or NaN, +Inf or -Inf.
func (f Float32) AppendTo(dst []byte) []byte {
	return strconv.AppendFloat(dst, float64(f), 'g', -1, 32)
}

// String returns what AppendTo appends.
func (f Float32) String() string { return string(f.AppendTo(nil)) }

// AppendJSON appends a JSON number; NaN and the infinities, which JSON does not have, as strings.
func (f Float32) AppendJSON(dst []byte) []byte { return appendFloat(dst, float64(f), 32) }

// Float64 is a number of IEEE 754's double precision.
type Float64 float64

// NewFloat64 returns the number with these bits.
func NewFloat64(bits uint64) Float64 { return Float64(math.Float64frombits(bits)) }

// AppendTo appends the shortest decimal that is this number and no other, or NaN, +Inf or -Inf.
func (f Float64) AppendTo(dst []byte) []byte {
	return strconv.AppendFloat(dst, float64(f), 'g', -1, 64)
}

// String returns what AppendTo appends.
func (f Float64) String() string { return string(f.AppendTo(nil)) }

// AppendJSON appends a JSON number; NaN and the infinities, which JSON does not have, as strings.
func (f Float64) AppendJSON(dst []byte) []byte { return appendFloat(dst, float64(f), 64) }

func appendFloat(dst []byte, f float64, bits int) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(strconv.AppendFloat(append(dst, '"'), f, 'g', -1, bits), '"')
	}
	return strconv.AppendFloat(dst, f, 'g', -1, bits)
}
