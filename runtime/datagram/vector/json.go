package vector

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// assert checks asserts on a message's JSON form.
func assert(text []byte, asserts []Assert) error {
	root, err := decode(text)
	if err != nil {
		return fmt.Errorf("the message's JSON is not valid: %w: %s", err, text)
	}
	for _, a := range asserts {
		if err := a.check(root); err != nil {
			return fmt.Errorf("%s %s %s: %w", a.Path, a.Op, a.Value, err)
		}
	}
	return nil
}

func decode(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if d.More() {
		return nil, fmt.Errorf("more than one value")
	}
	return v, nil
}

func (a Assert) check(root any) error {
	got, err := lookup(root, a.Path)
	if err != nil {
		return err
	}
	want, err := decode([]byte(a.Value))
	if err != nil {
		return fmt.Errorf("%s is not a JSON literal", a.Value)
	}
	order, ordered, equal := compareValues(got, want)
	var ok bool
	switch a.Op {
	case "==":
		ok = equal
	case "!=":
		ok = !equal
	case "<", "<=", ">", ">=":
		if !ordered {
			return fmt.Errorf("%s is not a number", show(got))
		}
		ok = a.Op == "<" && order < 0 || a.Op == "<=" && order <= 0 || a.Op == ">" && order > 0 || a.Op == ">=" && order >= 0
	default:
		return fmt.Errorf("no such comparison")
	}
	if !ok {
		return fmt.Errorf("it is %s", show(got))
	}
	return nil
}

// compareValues compares two JSON values; numbers by value, whatever their form.
func compareValues(x, y any) (order int, ordered, equal bool) {
	nx, okx := x.(json.Number)
	ny, oky := y.(json.Number)
	if okx && oky {
		rx, ok1 := new(big.Rat).SetString(nx.String())
		ry, ok2 := new(big.Rat).SetString(ny.String())
		if ok1 && ok2 {
			c := rx.Cmp(ry)
			return c, true, c == 0
		}
	}
	return 0, false, show(x) == show(y)
}

func show(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}

// lookup follows a path such as answers[0].data.addr.
func lookup(v any, path string) (any, error) {
	at := "the message"
	for path != "" {
		var key string
		if path[0] == '[' {
			end := strings.IndexByte(path, ']')
			if end < 0 {
				return nil, fmt.Errorf("%q has no closing bracket", path)
			}
			i, err := strconv.Atoi(path[1:end])
			list, ok := v.([]any)
			if err != nil || !ok {
				return nil, fmt.Errorf("%s is not a list", at)
			}
			if i < 0 || i >= len(list) {
				return nil, fmt.Errorf("%s has %d elements", at, len(list))
			}
			v, key, path = list[i], path[:end+1], path[end+1:]
		} else {
			n := strings.IndexAny(path, ".[")
			if n < 0 {
				n = len(path)
			}
			object, ok := v.(map[string]any)
			if !ok {
				return nil, fmt.Errorf("%s has no fields", at)
			}
			key = path[:n]
			if v, ok = object[key]; !ok {
				return nil, fmt.Errorf("%s has no %s", at, key)
			}
			path = path[n:]
		}
		path = strings.TrimPrefix(path, ".")
		at = key
	}
	return v, nil
}
