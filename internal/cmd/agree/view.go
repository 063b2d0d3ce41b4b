package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"unicode/utf8"
)

// view walks a generated message by the spec's field names, so that one adapter serves protocols that share types.
// The zero view is an absent field.
type view struct{ v reflect.Value }

func viewOf(message any) view { return view{reflect.ValueOf(message)} }

func (v view) ok() bool { return v.v.IsValid() }

// at follows fields: struct fields, accessors of bits (one result), accessors of conditional fields (value, ok).
func (v view) at(names ...string) view {
	for _, name := range names {
		if !v.ok() {
			return view{}
		}
		r := v.v
		target := r
		if r.Kind() != reflect.Pointer && r.CanAddr() {
			target = r.Addr()
		}
		if m := target.MethodByName(name); m.IsValid() {
			out := m.Call(nil)
			if len(out) == 2 && !out[1].Bool() {
				return view{}
			}
			v = view{out[0]}
			continue
		}
		for r.Kind() == reflect.Pointer {
			r = r.Elem()
		}
		if r.Kind() != reflect.Struct {
			return view{}
		}
		v = view{r.FieldByName(name)}
	}
	return v
}

// num is an integer as its decimal digits.
func (v view) num() any {
	switch {
	case !v.ok():
		return nil
	case v.v.CanInt():
		return json.Number(fmt.Sprint(v.v.Int()))
	case v.v.CanUint():
		return json.Number(fmt.Sprint(v.v.Uint()))
	}
	return nil
}

// bit is a bool as 0 or 1.
func (v view) bit() any {
	if !v.ok() {
		return nil
	}
	if v.v.Bool() {
		return json.Number("1")
	}
	return json.Number("0")
}

func (v view) bool() any {
	if !v.ok() {
		return nil
	}
	return v.v.Bool()
}

// text is the text form of an address or a name, or the bytes of a text field.
func (v view) text() any {
	if !v.ok() {
		return nil
	}
	if s, ok := v.v.Interface().(fmt.Stringer); ok {
		return s.String()
	}
	return text(v.bytes())
}

// text is bytes as UTF-8, or as Latin-1 where they are not, as the expected values have it.
func text(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = rune(c)
	}
	return string(runes)
}

func (v view) bytes() []byte {
	switch {
	case !v.ok():
		return nil
	case v.v.Kind() == reflect.Slice:
		return v.v.Bytes()
	case v.v.Kind() == reflect.Array:
		b := make([]byte, v.v.Len())
		reflect.Copy(reflect.ValueOf(b), v.v)
		return b
	}
	return nil
}

// hex is bytes, or an unsigned integer of that many bytes, as the digits on the wire.
func (v view) hex() any {
	if !v.ok() {
		return nil
	}
	if v.v.CanUint() {
		return fmt.Sprintf("%0*x", v.v.Type().Size()*2, v.v.Uint())
	}
	return hex.EncodeToString(v.bytes())
}

func (v view) list() []view {
	var l []view
	if v.ok() {
		for i := range v.v.Len() {
			e := v.v.Index(i)
			l = append(l, view{e})
		}
	}
	return l
}

// fields drops what is absent.
func fields(pairs map[string]any) map[string]any {
	for k, v := range pairs {
		if v == nil {
			delete(pairs, k)
		}
	}
	return pairs
}
