package wire

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/flow"
)

func second(n int) flow.Timestamp {
	return flow.FromUnix(int64(n), 0)
}

func TestATableForgetsTheOldestAndWhatHasExpired(t *testing.T) {
	var table Table[int, []int]
	for key := range 5 {
		v, added := table.Store(key%4, second(key), 3)
		require.Equal(t, key < 3, added)
		*v = append((*v)[:0], key)
	}
	require.Equal(t, 3, table.Len())
	require.Nil(t, table.Find(1, second(5), 0))
	require.Equal(t, []int{4}, *table.Find(0, second(5), 0))
	require.Equal(t, []int{2}, *table.Find(2, second(12), 10*time.Second))
	require.Nil(t, table.Find(2, second(13), 10*time.Second))
	require.NotNil(t, table.Find(2, second(13), 0))
	require.Nil(t, table.Find(7, second(5), 0))
}

func TestStoringAgainAllocatesNothing(t *testing.T) {
	var table Table[int, []int]
	key := 0
	store := func() {
		v, _ := table.Store(key%8, second(key), 8)
		*v = append((*v)[:0], key, key)
		key++
	}
	for range 16 {
		store()
	}
	require.Zero(t, testing.AllocsPerRun(100, store))
}

func TestHostsAreBoundedInNumberAndMemory(t *testing.T) {
	var hosts Hosts[int]
	meta := func(n int) *datagram.Meta {
		m := &datagram.Meta{Time: second(1)}
		m.Src[14], m.Src[15] = byte(n>>8), byte(n)
		return m
	}
	require.Nil(t, hosts.Find(meta(0)))
	for n := range MaxHosts + 10 {
		hosts.Make(meta(n))
		require.NotNil(t, hosts.Find(meta(0)), "what is used stays")
	}
	require.Equal(t, MaxHosts, hosts.Len())
	require.Nil(t, hosts.Find(meta(1)))
	large := hosts.Find(meta(MaxHosts))
	hosts.Grown(large, MaxHostBytes-10)
	hosts.Grown(hosts.Find(meta(0)), 100)
	require.Nil(t, hosts.Find(meta(MaxHosts)), "the one that was used longest ago goes, and all before it")
	require.NotNil(t, hosts.Find(meta(0)))
	require.EqualValues(t, 100, hosts.Bytes())
}

func TestAWildTimeStampDoesNotExpireWhatAHostHasSent(t *testing.T) {
	var hosts Hosts[Table[int, int]]
	m := &datagram.Meta{Time: second(1)}
	h := hosts.Make(m)
	h.Tables.Store(1, h.Now, 4)
	for i, at := range []int{2, 1_000_000, 3, -1_000_000, 4, 64, 124} {
		h = hosts.Find(&datagram.Meta{Time: second(at)})
		require.NotNil(t, h.Tables.Find(1, h.Now, time.Minute*2), i)
	}
	for _, at := range []int{300, 301} {
		h = hosts.Find(&datagram.Meta{Time: second(at)})
	}
	require.Nil(t, h.Tables.Find(1, h.Now, time.Minute*2))
}

func TestClearedTableIsAsNewAndAllocatesNothing(t *testing.T) {
	var table Table[int, int]
	fill := func() {
		for i := range 10 {
			v, added := table.Store(i, 0, 8)
			require.Equal(t, i < 8, added)
			if added {
				require.Zero(t, *v)
			}
			*v = i + 1
		}
		require.Equal(t, 8, table.Len())
		require.Nil(t, table.Find(1, 0, 0))
		require.Equal(t, 10, *table.Find(9, 0, 0))
		table.Clear()
		require.Zero(t, table.Len())
		require.Nil(t, table.Find(9, 0, 0))
	}
	for range 3 {
		fill()
	}
	require.Zero(t, testing.AllocsPerRun(10, func() {
		for i := range 10 {
			table.Store(i, 0, 8)
		}
		table.Clear()
	}))
}
