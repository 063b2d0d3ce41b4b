// Package parser turns the text of a spec into its syntax tree. It reports all errors of a file in one run and returns what
// it understood besides.
//
// It may import dsl/ast, dsl/token, dsl/diag, dsl/source and participle.
//
// # How it recovers
//
// Participle stops at the first error. So the tokens are split into declarations, and each is parsed on its own. When one
// fails inside of a block, the error is kept, the statement around it is taken out, and the declaration is parsed again: two
// broken statements give two errors, and everything else is in the tree.
package parser

import (
	"errors"
	"slices"

	"github.com/alecthomas/participle/v2"

	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/source"
	"github.com/flowscope/fsd/dsl/token"
)

const (
	// MaxErrors is how many diagnostics of one file are reported.
	MaxErrors = 50
	// maxRetried bounds the tokens that recovery parses again, so that a hostile file cannot buy time with errors.
	maxRetried = 200_000
)

// Parse returns the tree of a file and what is wrong with it, in source order. The tree is never nil; when the list has
// errors it lacks the parts that could not be understood.
func Parse(f *source.File) (*ast.File, diag.List) {
	build()
	tokens, diags := token.Lex(f)
	p := &parser{file: f, diags: diags, broken: map[int]bool{}}
	for _, d := range diags {
		p.broken[d.Span.Pos().Line] = true
	}
	tree := &ast.File{}
	end := tokens[len(tokens)-1]
	tree.Node = ast.Node{File: f, Pos: tokens[0].Position(f.Name), EndPos: end.Position(f.Name)}
	for _, chunk := range token.Split(tokens) {
		if len(p.diags) >= MaxErrors {
			p.diags = p.diags[:MaxErrors]
			p.diags.Errorf(diag.TooLarge, chunk.End.Span(f), "more than %d syntax errors; the rest of the file was not read", MaxErrors)
			break
		}
		if d := p.declaration(chunk); d != nil {
			tree.Decls = append(tree.Decls, d)
			if head, ok := d.(*ast.Protocol); ok && tree.Doc == "" {
				tree.Doc = head.Doc
			}
		}
	}
	p.diags.Sort()
	return tree, p.diags
}

type parser struct {
	file    *source.File
	diags   diag.List
	broken  map[int]bool // lines on which the lexer found something
	retried int
	stray   bool // what came last was reported to be no declaration
}

// declaration parses one declaration, and again without each statement that is broken.
func (p *parser) declaration(chunk token.Chunk) ast.Decl {
	if head := chunk.Tokens[0]; p.stray && head.Column > 1 && !slices.Contains(token.DeclWords, head.Text) {
		return nil // statements behind a brace too many: said once
	}
	p.stray = false
	for {
		unbalanced, at := token.Balance(p.file, chunk)
		if len(unbalanced) == 0 {
			break
		}
		p.diags = append(p.diags, unbalanced...)
		from, to, ok := line(chunk.Tokens, at)
		if !ok || !p.mayRetry(chunk) {
			return nil
		}
		chunk.Tokens = slices.Delete(slices.Clone(chunk.Tokens), from, to)
	}
	chunk = token.Normal(chunk)
	for {
		if len(chunk.Tokens) == 0 {
			return nil
		}
		lex, err := token.Peeking(p.file, chunk)
		if err != nil {
			p.diags.Errorf(diag.Unexpected, chunk.Tokens[0].Span(p.file), "this declaration cannot be read: %v", err)
			return nil
		}
		tree, err := grammars.decl.ParseFromLexer(lex)
		if err == nil {
			p.finish(tree.Decl, chunk)
			return tree.Decl
		}
		at := p.report(err, chunk)
		from, to, ok := statement(chunk.Tokens, at)
		if !ok || !p.mayRetry(chunk) {
			return nil
		}
		chunk.Tokens = slices.Delete(slices.Clone(chunk.Tokens), from, to)
	}
}

// mayRetry says whether a declaration may be read once more, which it counts.
func (p *parser) mayRetry(chunk token.Chunk) bool {
	p.retried += len(chunk.Tokens)
	return p.retried <= maxRetried && len(p.diags) < MaxErrors
}

// report turns a parse error into a diagnostic and returns the index of the token where it struck, which may be the one
// behind the last.
func (p *parser) report(err error, chunk token.Chunk) int {
	var perr participle.Error
	if !errors.As(err, &perr) {
		p.diags.Errorf(diag.Unexpected, chunk.Tokens[0].Span(p.file), "this declaration cannot be read: %v", err)
		return 0
	}
	at := len(chunk.Tokens)
	for i, t := range chunk.Tokens {
		// Of tokens at one offset the empty ones come first.
		if t.Start == perr.Position().Offset && (t.End > t.Start || t.Kind == tokenKind(perr)) {
			at = i
			break
		}
	}
	if !p.broken[perr.Position().Line] {
		p.explain(perr, chunk, at)
	}
	return at
}

// tokenKind is the kind of token that an error complains about.
func tokenKind(err participle.Error) token.Kind {
	var unexpected *participle.UnexpectedTokenError
	var own *expected
	switch {
	case errors.As(err, &own):
		return token.KindOf(own.found)
	case errors.As(err, &unexpected):
		return token.KindOf(unexpected.Unexpected)
	}
	return token.EOF
}

// line returns the tokens of a statement in which brackets do not pair up, by its ends alone; ok is false outside of blocks.
func line(tokens []token.Token, at int) (from, to int, ok bool) {
	if at < 0 {
		return 0, 0, false
	}
	block := func(i int) bool { return tokens[i].Is("{") && !(i > 0 && tokens[i-1].Is("in")) }
	for from = at; from > 0 && !tokens[from-1].Is(";") && !tokens[from-1].Is(":") && !block(from-1); from-- {
	}
	depth := 0
	for to = at + 1; to < len(tokens); to++ {
		if depth == 0 && (tokens[to-1].Is(";") || tokens[to].Is("}")) {
			break
		}
		if tokens[to].Is("{") {
			depth++
		} else if tokens[to].Is("}") {
			depth--
		}
	}
	return from, to, from > 0
}

// statement returns the tokens of the innermost statement of a block around a token: a line of a struct, an enum, a list of
// tests; for an error in the values of a case the whole case. ok is false outside of blocks.
func statement(tokens []token.Token, at int) (from, to int, ok bool) {
	type level struct {
		start int // of the current statement
		label int // the `case` or `default` that is being read, -1 when its colon is behind us
		block bool
	}
	levels := []level{{label: -1}}
	top := func() *level { return &levels[len(levels)-1] }
	for i, t := range tokens {
		if i > at {
			break
		}
		switch {
		case t.Is("{") || t.Is("(") || t.Is("["):
			if i < at {
				levels = append(levels, level{start: i + 1, label: -1, block: t.Is("{") && !(i > 0 && tokens[i-1].Is("in"))})
			}
		case t.Is("}") || t.Is(")") || t.Is("]"):
			if len(levels) > 1 && (i < at || top().start == i) {
				levels = levels[:len(levels)-1] // an error at the end of an empty block is one of the statement around it
			}
		case (t.Is("case") || t.Is("default")) && top().block && top().start == i:
			top().label = i
		case t.Is(":") && top().label >= 0 && i < at:
			top().label, top().start = -1, i+1
		case t.Is(";") && i < at:
			top().start = i + 1
		}
	}
	for len(levels) > 1 && !top().block {
		levels = levels[:len(levels)-1]
	}
	if len(levels) == 1 {
		return 0, 0, false
	}
	from = top().start
	whole := top().label >= 0
	depth := 0
	for to = from; to < len(tokens); to++ {
		t := tokens[to]
		switch {
		case t.Is("{") || t.Is("(") || t.Is("["):
			depth++
		case t.Is("}") || t.Is(")") || t.Is("]"):
			depth--
		}
		if depth < 0 || depth == 0 && whole && to > from && (t.Is("case") || t.Is("default")) {
			break
		}
		if depth == 0 && !whole && t.Is(";") && to >= at {
			to++
			break
		}
	}
	return from, to, to > from
}
