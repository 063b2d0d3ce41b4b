package parser

import (
	"fmt"
	"sync"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/token"
)

// maxOperators bounds one expression, and with it the depth of its tree.
const maxOperators = 256

// declaration is the root production: participle parses one declaration at a time.
type declaration struct {
	Decl ast.Decl `parser:"@@"`
}

// term is what stands between operators, parentheses included.
type term interface{ ast.Expr }

// The grammar is LL(1) throughout, so a production that has taken a token is the right one: with no lookahead beyond that
// participle reports the place where it went wrong, not one where it tried something else.
func options() []participle.Option {
	return []participle.Option{
		participle.Lexer(token.Definition{}),
		participle.UseLookahead(0),
		participle.Union[ast.Decl](&ast.Protocol{}, &ast.Import{}, &ast.Endian{}, &ast.Const{}, &ast.Ports{}, &ast.Limits{},
			&ast.Detect{}, &ast.Entry{}, &ast.Table{}, &ast.Charset{}, &ast.Pair{}, &ast.TypeDecl{}, &ast.Test{}),
		participle.Union[ast.Kind](&ast.Struct{}, &ast.Enum{}, &ast.Flags{}, &ast.Bits{}, &ast.Chain{}),
		participle.Union[ast.Stmt](&ast.Field{}, &ast.Let{}, &ast.If{}, &ast.Switch{}, &ast.Rule{}, &ast.Confirm{}, &ast.End{}, &ast.Lax{},
			&ast.Count{}, &ast.Expect{}, &ast.Store{}, &ast.Transact{}, &ast.Goto{}, &ast.Item{}, &ast.Literal{}),
		participle.Union[term](&ast.Path{}, &ast.Int{}, &ast.Implied{}, &ast.Paren{}, &ast.Unary{}, &ast.All{}, &ast.Peek{}, &ast.Lookup{}, &ast.Sum{}, &ast.Rate{}, &ast.Str{},
			&ast.Char{}),
		participle.ParseTypeWith(parseExpr),
		participle.ParseTypeWith(parseOperand),
	}
}

// grammars holds the parsers, which take a moment to build and are needed by each other's custom productions.
var grammars struct {
	once sync.Once
	decl *participle.Parser[declaration]
	term *participle.Parser[term]
	set  *participle.Parser[ast.Set]
}

func build() {
	grammars.once.Do(func() {
		grammars.decl = participle.MustBuild[declaration](options()...)
		grammars.term = participle.MustBuild[term](options()...)
		var err error
		grammars.set, err = participle.ParserForProduction[ast.Set](grammars.term)
		if err != nil {
			panic(err)
		}
	})
}

// levels are the binary operators by strength, weakest first.
var levels = [][]string{
	{"or"},
	{"||"},
	{"&&"},
	{"==", "!=", "<", "<=", ">", ">=", "in"},
	{"+", "-", "|", "^"},
	{"*", "/", "%", "<<", ">>", "&"},
}

var strengths = func() map[string]int {
	m := make(map[string]int)
	for i, ops := range levels {
		for _, op := range ops {
			m[op] = i + 1
		}
	}
	return m
}()

// strength is the level of a binary operator, counted from 1; 0 is none.
func strength(t *lexer.Token) int {
	if t.EOF() {
		return 0
	}
	if kind := token.KindOf(*t); kind != token.Keyword && kind != token.Punct {
		return 0
	}
	return strengths[t.Value]
}

const compare = 4

// parseExpr is the production of ast.Expr: operators by strength, over terms that participle parses.
func parseExpr(lex *lexer.PeekingLexer) (ast.Expr, error) {
	if !startsOperand(lex.Peek()) {
		return nil, participle.NextMatch
	}
	c := climber{lex: lex}
	return c.climb(1)
}

type climber struct {
	lex       *lexer.PeekingLexer
	operators int
}

func (c *climber) climb(least int) (ast.Expr, error) {
	start := c.lex.Peek().Pos
	x, err := parseOperand(c.lex)
	if err == participle.NextMatch {
		return nil, &expected{found: *c.lex.Peek(), want: "an expression"}
	}
	if err != nil {
		return nil, err
	}
	compared := false
	for {
		op := *c.lex.Peek()
		s := strength(&op)
		if s < least {
			return x, nil
		}
		if s == compare && compared {
			return nil, &expected{found: op, code: diag.ChainedCompare,
				text: fmt.Sprintf("`%s` after another comparison: comparisons do not chain", op.Value),
				fix:  "join two comparisons with &&, or write a range as x in 1..9"}
		}
		compared = s == compare
		if c.operators++; c.operators > maxOperators {
			return nil, &expected{found: op, code: diag.TooLarge,
				text: fmt.Sprintf("this expression has more than %d operators", maxOperators), fix: "name a part of it with let"}
		}
		c.lex.Next()
		if op.Value == "in" {
			set, err := c.set()
			if err != nil {
				return nil, err
			}
			x = &ast.In{Node: ast.Node{Pos: start, EndPos: c.lex.Peek().Pos}, X: x, Set: set}
			continue
		}
		opNode := ast.Node{Pos: op.Pos, EndPos: c.lex.Peek().Pos}
		y, err := c.climb(s + 1)
		if err != nil {
			return nil, err
		}
		x = &ast.Binary{Node: ast.Node{Pos: start, EndPos: c.lex.Peek().Pos}, X: x, Op: op.Value, OpNode: opNode, Y: y}
	}
}

// set reads what stands behind `in`. The bounds of a range without braces are stronger than comparisons.
func (c *climber) set() (*ast.Set, error) {
	start := c.lex.Peek()
	if start.Value == "{" {
		return grammars.set.ParseFromLexer(c.lex, participle.AllowTrailing(true))
	}
	lo, err := c.climb(compare + 1)
	if err != nil {
		return nil, err
	}
	if dots := c.lex.Peek(); dots.Value != ".." {
		return nil, &expected{found: *dots, want: "`..`"}
	}
	c.lex.Next()
	hi, err := c.climb(compare + 1)
	if err != nil {
		return nil, err
	}
	node := ast.Node{Pos: start.Pos, EndPos: c.lex.Peek().Pos}
	return &ast.Set{Node: node, Ranges: []*ast.Range{{Node: node, Lo: lo, Hi: hi}}}, nil
}

// parseOperand is the production of ast.Operand.
func parseOperand(lex *lexer.PeekingLexer) (ast.Operand, error) {
	if !startsOperand(lex.Peek()) {
		return nil, participle.NextMatch
	}
	t, err := grammars.term.ParseFromLexer(lex, participle.AllowTrailing(true))
	if err != nil {
		return nil, err
	}
	if p, ok := (*t).(*ast.Paren); ok {
		return p.X, nil
	}
	return *t, nil
}

func startsOperand(t *lexer.Token) bool {
	switch token.KindOf(*t) {
	case token.Ident, token.Int, token.String, token.Char, token.Implied:
		return true
	case token.Keyword:
		return t.Value == "all" || t.Value == "peek" || t.Value == "lookup" || t.Value == "sum" || t.Value == "rate"
	case token.Punct:
		return t.Value == "!" || t.Value == "-" || t.Value == "("
	}
	return false
}

// expected is an error of the custom productions.
type expected struct {
	found lexer.Token
	want  string // what should stand there, or
	code  diag.Code
	text  string // the whole message
	fix   string
}

func (e *expected) Error() string            { return participle.FormatError(e) }
func (e *expected) Position() lexer.Position { return e.found.Pos }
func (e *expected) Message() string {
	if e.text != "" {
		return e.text
	}
	return "expected " + e.want
}
