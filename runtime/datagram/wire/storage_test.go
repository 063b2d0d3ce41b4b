package wire

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/runtime/datagram"
)

func TestGrowKeepsWhatElementsOwn(t *testing.T) {
	s := Grow[[]byte](nil, 2)
	s[1] = make([]byte, 7)
	s = Grow(s[:0], 1)
	require.Len(t, s, 1)
	s = Grow(s, 4)
	require.Len(t, s, 4)
	require.Len(t, s[1], 7)
	require.Equal(t, 4, cap(s), "not more than was asked for")
}

func TestNextAndExtendStayWithinTheLimit(t *testing.T) {
	var s []int
	for i := range 1000 {
		s = Next(s, 1000-i)
		s[i] = i
	}
	require.Len(t, s, 1000)
	require.LessOrEqual(t, cap(s), 1000)
	require.Equal(t, 999, s[999])
	s = Extend(s, 5, 5)
	require.Len(t, s, 1005)
	require.Equal(t, 999, s[999])
}

func TestArenaPlacesStayWhereTheyAre(t *testing.T) {
	var a Arena[int]
	var places []*int
	for i := range 700 {
		p := a.Next()
		*p = i
		places = append(places, p)
	}
	for i, p := range places {
		require.Equal(t, i, *p)
	}
	a.Reset()
	require.Same(t, places[0], a.Next())
	require.Same(t, places[1], a.Next())
	a.Reset()
	require.Zero(t, testing.AllocsPerRun(5, func() {
		a.Reset()
		for range 700 {
			a.Next()
		}
	}))
}

func TestRebaseMovesViewsAndCopiesOthers(t *testing.T) {
	from, to := []byte("hello world"), []byte("HELLO WORLD")
	require.Equal(t, "WORLD", string(Rebase(from[6:], from, to)))
	require.Equal(t, "LL", string(Rebase(from[2:4], from, to)))
	require.Nil(t, Rebase(nil, from, to))
	require.NotNil(t, Rebase(from[:0], from, to))
	other := []byte("other")
	c := Rebase(other, from, to)
	other[0] = 'x'
	require.Equal(t, "other", string(c))
}

func TestClones(t *testing.T) {
	require.Nil(t, CloneList[int](nil, nil))
	require.Nil(t, CloneStructs[int](nil, nil))
	require.Equal(t, []int{2, 3}, CloneList([]int{1, 2}, func(i int) int { return i + 1 }))
	require.Equal(t, []int{2, 3}, CloneStructs([]int{1, 2}, func(i *int) int { return *i + 1 }))
}

func TestShortRunNamesTheField(t *testing.T) {
	run := []Slot{{7, 2}, {8, 6}, {9, 7}}
	for got, want := range map[int]datagram.Detail{
		0: {Field: 7, Offset: 100, Needed: 2, Got: 0},
		1: {Field: 7, Offset: 100, Needed: 2, Got: 1},
		2: {Field: 8, Offset: 102, Needed: 4, Got: 0},
		5: {Field: 8, Offset: 102, Needed: 4, Got: 3},
		6: {Field: 9, Offset: 106, Needed: 1, Got: 0},
	} {
		var r Reader
		require.Equal(t, -1, r.ShortRun(run, 100, got))
		want.Code, want.Reason = datagram.Poison, datagram.Short
		require.Equal(t, want, r.Status)
	}
}

func TestNeededSaturates(t *testing.T) {
	var r Reader
	r.ShortArray(1, 0, 1<<63, 11, 5)
	require.Equal(t, uint32(1<<32-1), r.Status.Needed)
	r.ShortArray(1, 0, 3, 11, 5)
	require.EqualValues(t, 33, r.Status.Needed)
	r.Short(1, 0, 1<<40, 5)
	require.Equal(t, uint32(1<<32-1), r.Status.Needed)
	r.ShortSize(1, 0, 1<<40, 5)
	require.Equal(t, uint32(1<<32-1), r.Status.Needed)
}

func TestFinishKnowsOfCutDatagrams(t *testing.T) {
	b := make([]byte, 10)
	s := datagram.Detail{Code: datagram.Poison, Reason: datagram.Short, Confirmed: true, Notes: 5, Field: 3, Offset: 9}
	cut := Finish(s, b, &datagram.Meta{Wire: 11})
	require.Equal(t, datagram.Detail{Code: datagram.Truncated, Confirmed: true, Field: 3, Offset: 9}, cut.Detail())
	whole := Finish(datagram.Detail{Complete: true, Notes: 5, Expect: 1}, b, &datagram.Meta{Wire: 10})
	require.Equal(t, datagram.Detail{Complete: true, Notes: 5, Expect: 1}, whole.Detail())
	require.Equal(t, datagram.Truncated, Finish(datagram.Detail{Complete: true}, make([]byte, MaxDatagram+1), &datagram.Meta{}).Code())
	require.Len(t, Clip(make([]byte, MaxDatagram+1)), MaxDatagram)
	for _, s := range []datagram.Detail{s, {Complete: true, Confirmed: true, Notes: 1, Expect: 2}} {
		for _, w := range []uint32{0, 11} {
			meta := &datagram.Meta{Wire: w}
			r := Reader{Status: s, Meta: meta}
			require.Equal(t, Finish(s, b, meta), r.Finish(b))
			if s.Complete {
				r = Reader{Data: b, Status: datagram.Detail{Notes: s.Notes, Expect: s.Expect}, Meta: meta}
				require.Equal(t, w > 10, r.Cut(b))
				if r.Cut(b) {
					require.Equal(t, Finish(s, b, meta), r.DoneCut(b))
				} else {
					require.Equal(t, Finish(s, b, meta), r.Done())
				}
			}
		}
	}
}

func TestBytes(t *testing.T) {
	require.Equal(t, 0, Left([]byte("ab"), 5))
	require.Equal(t, 1, Left([]byte("ab"), 1))
	require.Equal(t, "ab", string(Head([]byte("abc"), 2)))
	require.Equal(t, "abc", string(Head([]byte("abc"), 9)))
	require.True(t, IsASCII([]byte("a\x7f")))
	require.False(t, IsASCII([]byte("a\x80")))
	require.True(t, AllEqual(nil, 1))
	require.False(t, AllEqual([]byte{1, 2}, 1))
	require.EqualValues(t, 1, Count(0))
	require.Equal(t, uint32(1<<32-1), Count(1<<32-1))
}

func TestLevelsKeepArraysTogether(t *testing.T) {
	var l Levels[int]
	round := func() (outer, first, second []int) {
		l.Reset()
		a := l.Enter()
		*a = Next(*a, 8)
		(*a)[0] = 1
		b := l.Enter()
		for i := range 5 {
			*b = Next(*b, 8)
			(*b)[i] = 10 + i
		}
		first = (*b)[0:5:5]
		l.Leave()
		*a = Next(*a, 8)
		(*a)[1] = 2
		b = l.Enter()
		*b = Next(*b, 8)
		(*b)[5] = 20
		second = (*b)[5:6:6]
		l.Leave()
		outer = (*a)[0:2:2]
		l.Leave()
		return
	}
	for range 2 {
		outer, first, second := round()
		require.Equal(t, []int{1, 2}, outer)
		require.Equal(t, []int{10, 11, 12, 13, 14}, first)
		require.Equal(t, []int{20}, second)
	}
	require.Zero(t, testing.AllocsPerRun(10, func() { round() }))
	l.Enter() // a parse that failed leaves its levels
	outer, _, _ := round()
	require.Equal(t, []int{1, 2}, outer)
}
