package check

import (
	"strconv"
	"strings"

	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/dsl/source"
)

// namedInfo is what the checker knows of a declared type.
type namedInfo struct {
	unit *unit
	decl *ast.TypeDecl
	typ  ir.Named // nil while it is being checked, and for good if it has an error that leaves nothing to use
	// open is a struct while its body is checked; least is the size of the smallest value that was found then.
	open  *ir.Struct
	least int64
	done  bool
	// users counts the places that name it.
	users int
	// nesting is how deep types are nested in it, itself included.
	nesting int
	// rejects says that a reject verdict stands in it or in what it reads; confirms that every complete value has run
	// a confirm.
	rejects, confirms bool
	// badParams says that the parameters have an error, so that arguments cannot be checked.
	badParams bool
	// stores are the tables that it stores into, with what it reads.
	stores []*ir.Table
	// fields are those of a struct or chain by name, made when first named: `last.X` may come before the declaration.
	fields map[string]*ir.Field
	values map[string]*ir.EnumValue
}

func kindName(k ast.Kind) string {
	switch k.(type) {
	case *ast.Struct:
		return "a struct"
	case *ast.Enum:
		return "an enum"
	case *ast.Flags:
		return "a set of flags"
	case *ast.Bits:
		return "a bits word"
	case *ast.Chain:
		return "a chain"
	}
	return "something else"
}

// typeText is how a message names a type.
func typeText(t ir.Type) string {
	switch t := t.(type) {
	case *ir.IntType:
		return intName(t)
	case *ir.BoolType:
		return "bool"
	case *ir.StdType:
		return t.Name
	case *ir.BytesType:
		return "bytes"
	case *ir.ArrayType:
		return "an array of " + typeText(t.Elem)
	case ir.Named:
		return t.TypeName()
	}
	return "nothing"
}

func intName(t *ir.IntType) string {
	name := "uint"
	if t.Signed {
		name = "int"
	}
	switch t.Form {
	case ir.IntCounted:
		return name + "N"
	case ir.IntFixed:
		return name + strconv.Itoa(t.Bits)
	}
	if t.Text() {
		return digitForms[t.Form] + "." + name + strconv.Itoa(t.Bits)
	}
	return varintNames[t.Form]
}

// builtin is the type that the language gives a name, nil if there is none. ok is false for a name that looks like an
// integer type and is none.
func builtin(name string, little bool) (t ir.Type, ok bool) {
	switch name {
	case "bool":
		return &ir.BoolType{}, true
	case "ipv4":
		return &ir.StdType{Name: name, Bytes: 4}, true
	case "ipv6":
		return &ir.StdType{Name: name, Bytes: 16}, true
	case "mac":
		return &ir.StdType{Name: name, Bytes: 6}, true
	case "uuid":
		return &ir.StdType{Name: name, Bytes: 16}, true
	case "unix32", "ntp32", "float32":
		return &ir.StdType{Name: name, Bytes: 4, Little: little}, true
	case "ntp64", "float64":
		return &ir.StdType{Name: name, Bytes: 8, Little: little}, true
	case "float32le", "float32be", "float64le", "float64be":
		t, _ := builtin(name[:7], name[7:] == "le")
		return t, true
	}
	rest, signed := name, false
	switch {
	case strings.HasPrefix(name, "uint"):
		rest = name[4:]
	case strings.HasPrefix(name, "int"):
		rest, signed = name[3:], true
	default:
		return nil, true
	}
	if s, found := strings.CutSuffix(rest, "le"); found {
		rest, little = s, true
	} else if s, found := strings.CutSuffix(rest, "be"); found {
		rest, little = s, false
	}
	bits, err := strconv.Atoi(rest)
	if err != nil {
		return nil, true
	}
	if bits < 1 || bits > 64 || rest[0] == '0' || signed && bits%8 != 0 {
		return nil, false
	}
	return &ir.IntType{Bits: bits, Signed: signed, Little: little && bits > 8}, true
}

// typeOf resolves a reference to a type; nil after an error.
func (c *checker) typeOf(u *unit, ref *ast.TypeRef) ir.Type {
	if ref == nil || ref.Name() == nil {
		return nil
	}
	if c.isDigits(u, ref) {
		return c.digits(ref)
	}
	if c.isVarint(u, ref) {
		return c.varint(ref)
	}
	if ref.Pkg() == nil {
		if _, _, counted := countedInt(ref.Name().Name, u.little); counted {
			c.errorf(diag.BadVarint, ref.Span(), "%s is of the length that the field says: it stands in fields and arrays only", ref.Name().Name).
				Fixf("name a type of fixed size, such as uint32")
			return nil
		}
		t, ok := builtin(ref.Name().Name, u.little)
		if !ok {
			c.errorf(diag.UnknownType, ref.Span(), "%s is not an integer type: unsigned ones are uint1 to uint64, signed ones int8 to int64 in whole bytes", ref)
			return nil
		}
		if t != nil {
			if _, own := u.types[ref.Name().Name]; !own {
				return t
			}
		}
	}
	tu, decl := c.lookupType(u, ref)
	if decl == nil {
		return nil
	}
	if n := c.resolve(tu, decl, ref.Span()); n != nil {
		return n
	}
	return nil
}

// lookupType finds the declaration that a reference names; nil after an error.
func (c *checker) lookupType(u *unit, ref *ast.TypeRef) (*unit, *ast.TypeDecl) {
	if pkg := ref.Pkg(); pkg != nil {
		imp := u.imports[pkg.Name]
		if imp == nil {
			if _, failed := u.importNamed(pkg.Name); !failed {
				c.errorf(diag.UnknownType, pkg.Span(), "there is no import %s", pkg.Name).
					Fixf("add `import %q`", pkg.Name)
			}
			return nil, nil
		}
		imp.used = true
		if decl := imp.unit.types[ref.Name().Name]; decl != nil {
			return imp.unit, decl
		}
		var names []string
		for _, d := range imp.unit.typeOrder {
			names = append(names, d.Name.Name)
		}
		c.errorf(diag.UnknownType, ref.Name().Span(), "%s has no type %s", pkg.Name, ref.Name().Name).DidYouMean(ref.Name().Name, near(names))
		return nil, nil
	}
	name := ref.Name().Name
	if decl := u.types[name]; decl != nil {
		return u, decl
	}
	if name == "byte" {
		c.errorf(diag.UnknownType, ref.Span(), "byte stands in byte fields only, such as [4]byte").Fixf("write uint8").Replace(ref.Span(), "uint8")
		return nil, nil
	}
	d := c.errorf(diag.UnknownType, ref.Span(), "there is no type %s", name).DidYouMean(name, near(u.typeNames()))
	for _, imp := range u.imports {
		if imp.unit.types[name] != nil && d.Fix == "" {
			d.Fixf("did you mean %s.%s?", imp.name, name).Replace(ref.Span(), imp.name+"."+name)
		}
	}
	return nil, nil
}

// importNamed says whether the file has an import of that name, even one that could not be read.
func (u *unit) importNamed(name string) (*ast.Import, bool) {
	for _, d := range u.src.Tree.Decls {
		if imp, ok := d.(*ast.Import); ok && imp.Path != nil && imp.Path.Value == name {
			return imp, true
		}
	}
	return nil, false
}

// resolve checks a declared type once and returns it; nil after an error. at is the place that needs it.
func (c *checker) resolve(u *unit, d *ast.TypeDecl, at source.Span) ir.Named {
	if info, ok := c.named[d]; ok {
		if !info.done {
			return c.recursive(d, at)
		}
		info.users++
		c.nest(info)
		return info.typ
	}
	info := &namedInfo{unit: u, decl: d, nesting: 1}
	c.named[d] = info
	if len(c.stack) >= maxNesting {
		c.errorf(diag.TooBig, at, "types are nested deeper than %d levels here", maxNesting).Fixf("flatten the outer ones")
		info.done = true
		return nil
	}
	c.stack = append(c.stack, d)
	var t ir.Named
	switch k := d.Kind.(type) {
	case *ast.Enum:
		if isTextEnum(k) {
			t = c.textEnum(info, k)
		} else {
			t = c.enum(info, k)
		}
	case *ast.Flags:
		t = c.flags(info, k)
	case *ast.Bits:
		t = c.bits(info, k)
	case *ast.Struct:
		t = c.structType(info, k)
	case *ast.Chain:
		t = c.chainType(info, k)
	}
	c.stack = c.stack[:len(c.stack)-1]
	info.done = true
	info.users++
	if t == nil {
		return nil
	}
	info.typ = t
	c.structInfo[t] = info
	c.nest(info)
	c.proto.Types = append(c.proto.Types, t)
	return t
}

// nest counts a type into the nesting of the one being checked.
func (c *checker) nest(info *namedInfo) {
	if len(c.stack) == 0 {
		return
	}
	outer := c.named[c.stack[len(c.stack)-1]]
	if info.nesting+1 > outer.nesting {
		outer.nesting = info.nesting + 1
	}
	if outer.nesting == maxNesting+1 && info.nesting == maxNesting {
		c.errorf(diag.TooBig, outer.decl.Name.Span(), "types are nested deeper than %d levels in %s", maxNesting, outer.decl.Name.Name).
			Fixf("flatten the inner ones")
	}
}

// enum checks an enum.
func (c *checker) enum(info *namedInfo, k *ast.Enum) ir.Named {
	base := c.wordType(info, k.Int, "an enum")
	if base == nil {
		return nil
	}
	if k.NoCase {
		c.errorf(diag.BadTextEnum, k.Span(), "%s is made of numbers, which have no case", info.decl.Name.Name).Fixf("remove `nocase`, or write `enum text nocase`")
		return nil
	}
	e := &ir.Enum{Name: info.decl.Name.Name, Doc: info.decl.Doc, Int: base, Known: k.Known, Pos: info.decl.Name.Span()}
	e.Values = c.enumValues(info, k.Values, base, false)
	return e
}

// flags checks a set of flags.
func (c *checker) flags(info *namedInfo, k *ast.Flags) ir.Named {
	base := c.wordType(info, k.Int, "a set of flags")
	if base == nil {
		return nil
	}
	f := &ir.Flags{Name: info.decl.Name.Name, Doc: info.decl.Doc, Int: base, Pos: info.decl.Name.Span()}
	f.Values = c.enumValues(info, k.Values, base, true)
	return f
}

// wordType is the integer that an enum, flags or bits word is made of.
func (c *checker) wordType(info *namedInfo, ref *ast.TypeRef, what string) *ir.IntType {
	t := c.typeOf(info.unit, ref)
	if t == nil {
		return nil
	}
	base, ok := t.(*ir.IntType)
	if !ok || base.Signed {
		c.errorf(diag.BadBase, ref.Span(), "%s is made of an unsigned integer, and %s is none", what, ref).
			Fixf("write a type of uint1 to uint64")
		return nil
	}
	return base
}

func (c *checker) enumValues(info *namedInfo, values []*ast.EnumValue, base *ir.IntType, masks bool) []ir.EnumValue {
	out := make([]ir.EnumValue, 0, len(values))
	byName := map[string]*ast.EnumValue{}
	byValue := map[uint64]*ast.EnumValue{}
	if len(values) > maxValues {
		c.errorf(diag.TooBig, info.decl.Name.Span(), "%s has more than %d values", info.decl.Name.Name, maxValues).Fixf("name those that matter")
		return nil
	}
	for _, v := range values {
		if v.Name == nil || v.Value == nil {
			continue
		}
		if first, ok := byName[v.Name.Name]; ok {
			c.errorf(diag.DuplicateValueName, v.Name.Span(), "%s has a value %s already", info.decl.Name.Name, v.Name.Name).
				Label(first.Name.Span(), "here first").Fixf("rename one of them")
			continue
		}
		byName[v.Name.Name] = v
		if len(v.Texts) > 0 {
			c.errorf(diag.BadTextEnum, v.Texts[0].Span(), "%s is a number, and a number has no second form", v.Name.Name).
				Fixf("remove it; texts belong to an `enum text`")
			continue
		}
		x, ok := c.constInt(info.unit, v.Value)
		if !ok {
			continue
		}
		if !ir.OfInt(base).Contains(ir.Range{Lo: x, Hi: x}) {
			c.errorf(diag.ValueRange, v.Value.Span(), "%s does not fit %s, which holds %s", x, intName(base), ir.OfInt(base)).
				Fixf("use a wider integer for %s, or mend the value", info.decl.Name.Name)
			continue
		}
		n := x.Uint64()
		if masks && n == 0 {
			c.errorf(diag.ValueRange, v.Value.Span(), "flag %s has no bit", v.Name.Name).Fixf("give it the mask of its bit, such as 0x01")
			continue
		}
		if first, ok := byValue[n]; ok {
			c.errorf(diag.DuplicateValue, v.Value.Span(), "%s has the value of %s", v.Name.Name, first.Name.Name).
				Label(first.Value.Span(), "%s is %s here", first.Name.Name, x).Fixf("give each name a value of its own")
			continue
		}
		byValue[n] = v
		out = append(out, ir.EnumValue{Name: v.Name.Name, Doc: v.Doc, Value: n})
	}
	if len(values) == 0 {
		c.errorf(diag.EmptyType, info.decl.Name.Span(), "%s has no values", info.decl.Name.Name).Fixf("name one, or use %s itself", intName(base))
	}
	info.values = map[string]*ir.EnumValue{}
	for i := range out {
		info.values[out[i].Name] = &out[i]
	}
	return out
}

// bits checks a bits word: most significant bit first, every bit named.
func (c *checker) bits(info *namedInfo, k *ast.Bits) ir.Named {
	base := c.wordType(info, k.Int, "a bits word")
	if base == nil {
		return nil
	}
	if base.Varies() {
		c.errorf(diag.BadVarint, k.Int.Span(), "a bits word takes the same bytes always, and %s does not", intName(base)).
			Fixf("use the integer that the bits are cut out of, such as uint8 or uint16")
		return nil
	}
	if base.Bits%8 != 0 {
		c.errorf(diag.SubByteWidth, k.Int.Span(), "a bits word takes whole bytes, and %s does not", intName(base)).
			Fixf("use the integer that the bits are cut out of, such as uint8 or uint16")
		return nil
	}
	w := &ir.Bits{Name: info.decl.Name.Name, Doc: info.decl.Doc, Int: base, Pos: info.decl.Name.Span()}
	info.fields = map[string]*ir.Field{}
	seen := map[string]source.Span{}
	keys := map[string]string{}
	left, broken := base.Bits, len(k.Fields) == 0
	if broken {
		c.errorf(diag.EmptyType, info.decl.Name.Span(), "%s has no fields", info.decl.Name.Name).Fixf("name its bits, or use %s itself", intName(base))
	}
	for _, f := range k.Fields {
		for _, name := range f.Names {
			bf := c.bitField(info, f, name)
			if bf == nil {
				broken = true
				continue
			}
			if name.Name != "_" {
				if at, ok := seen[name.Name]; ok {
					c.errorf(diag.DuplicateField, name.Span(), "%s has a field %s already", w.Name, name.Name).Label(at, "here first").Fixf("rename one of them")
				}
				seen[name.Name] = name.Span()
				c.memberName(name, bf.Key, keys)
				info.fields[name.Name] = bf.Field
			}
			left -= bf.Width
			bf.Shift = left
			w.Fields = append(w.Fields, bf)
		}
	}
	if left != 0 && !broken {
		d := c.errorf(diag.BitsSum, info.decl.Name.Span(), "the fields of %s take %d bits, and %s has %d", w.Name, base.Bits-left, intName(base), base.Bits)
		if left > 0 {
			d.Fixf("name the other %s, for example `_ uint%d`", count(left, "bit"), left)
		} else {
			d.Fixf("remove %s, or use a wider integer", count(-left, "bit"))
		}
		return nil
	}
	if left < 0 || broken && left != 0 {
		return nil
	}
	return w
}

func (c *checker) bitField(info *namedInfo, f *ast.Field, name *ast.Ident) *ir.BitField {
	if f.Type == nil {
		return nil
	}
	if f.Type.Ref == nil {
		c.errorf(diag.BadBitField, f.Type.Span(), "an array cannot stand in a bits word").Fixf("read it behind the word")
		return nil
	}
	t := c.typeOf(info.unit, f.Type.Ref)
	if t == nil {
		return nil
	}
	if w := wordOf(t); w != nil && w.Varies() {
		c.errorf(diag.BadVarint, f.Type.Span(), "the bits of a word are as many always, and %s differs", intName(w)).Fixf("read it behind the word")
		return nil
	}
	if c.isText(t, f.Type.Span()) {
		return nil
	}
	bf := &ir.BitField{Field: &ir.Field{Name: name.Name, Key: Snake(name.Name), Doc: f.Doc, Type: t, Pos: name.Span()}}
	switch t := t.(type) {
	case *ir.BoolType:
		bf.Width = 1
	case *ir.IntType:
		bf.Width = t.Bits
		if t.Signed || strings.HasSuffix(f.Type.Ref.String(), "le") || strings.HasSuffix(f.Type.Ref.String(), "be") {
			c.errorf(diag.BadBitField, f.Type.Span(), "the bits of a word have neither sign nor byte order, and %s has", f.Type.Ref).
				Fixf("write uint%d", t.Bits)
			return nil
		}
		bf.Type = &ir.IntType{Bits: t.Bits}
	case *ir.Enum:
		bf.Width = t.Int.Bits
	case *ir.Flags:
		bf.Width = t.Int.Bits
	default:
		c.errorf(diag.BadBitField, f.Type.Span(), "%s cannot stand in a bits word", typeText(t)).
			Fixf("use bool, an unsigned integer, an enum or flags")
		return nil
	}
	bf.ID = c.fieldID(info.decl.Name.Name + "." + name.Name)
	bf.Range = valueRange(bf.Type)
	c.sets[bf.Field] = typeSet(bf.Type)
	x := &exprs{c: c, u: info.unit, self: &selfRef{field: bf.Field, name: name.Name, owner: info.decl.Name.Name}, env: newEnv(nil)}
	for _, o := range f.Opts {
		switch {
		case o.Where != nil, o.Const != nil, o.Known:
			if check := x.check(o, bf.Field); check != nil {
				bf.Checks = append(bf.Checks, check)
				info.rejects = info.rejects || check.Else.Kind == ir.DoReject
			}
		case o.As != nil:
			x.as(o.As, bf.Field)
		default:
			c.errorf(diag.BadBitField, o.Span(), "a field of a bits word cannot have `%s`", optionText(o)).Fixf("remove it")
		}
	}
	if len(bf.Checks) == 0 {
		if e, ok := bf.Type.(*ir.Enum); ok && e.Known {
			bf.Checks = append(bf.Checks, x.knownCheck(bf.Field, e, f.Type.Span()))
		}
	}
	x.settle(bf.Field)
	return bf
}

// valueRange is the range of a type's values where they are integers, the zero Range otherwise.
func valueRange(t ir.Type) ir.Range {
	switch t := t.(type) {
	case *ir.IntType:
		return ir.OfInt(t)
	case *ir.Enum:
		if t.Text {
			return ir.R(0, int64(len(t.Values)-1))
		}
		return ir.OfInt(t.Int)
	case *ir.Flags:
		return ir.OfInt(t.Int)
	case *ir.BoolType:
		return ir.R(0, 1)
	}
	return ir.Range{}
}

// typeSet is the set of a type's values; a bool counts as 0 and 1.
func typeSet(t ir.Type) set {
	switch t.(type) {
	case *ir.IntType, *ir.Enum, *ir.Flags, *ir.BoolType:
		return single(valueRange(t))
	}
	return nil
}

// knownSet is the set of an enum's values.
func knownSet(e *ir.Enum) set {
	var ranges []ir.Range
	for _, v := range e.Values {
		ranges = append(ranges, ir.Range{Lo: ir.U(v.Value), Hi: ir.U(v.Value)})
	}
	return newSet(ranges)
}

// memberName reports a field whose Go or JSON name is taken.
func (c *checker) memberName(name *ast.Ident, key string, keys map[string]string) {
	if goMembers[name.Name] {
		c.errorf(diag.ReservedMember, name.Span(), "%s is a method of every generated type", name.Name).
			Fixf("rename the field, for example %sField", name.Name)
	}
	if other, ok := keys[key]; ok && other != name.Name {
		c.errorf(diag.KeyClash, name.Span(), "%s and %s have the same JSON key %q", name.Name, other, key).Fixf("rename one of them")
		return
	}
	keys[key] = name.Name
}

// fieldID numbers a name of Protocol.Fields.
func (c *checker) fieldID(name string) int {
	if id, ok := c.fieldIDs[name]; ok {
		return id
	}
	id := len(c.proto.Fields)
	if id > maxFields {
		if id == maxFields+1 {
			c.errorf(diag.TooBig, c.root.src.Tree.Span(), "the protocol has more than %d fields", maxFields)
			c.proto.Fields = append(c.proto.Fields, name)
		}
		return 0
	}
	c.proto.Fields = append(c.proto.Fields, name)
	c.fieldIDs[name] = id
	return id
}
