package golden

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/codegen/internal/golden/sums"
	"github.com/flowscope/fsd/runtime/datagram"
)

func TestWindowOfAConditionalStructCanBeHadAsBytes(t *testing.T) {
	data := func(text string) []byte {
		b, err := hex.DecodeString(text)
		require.NoError(t, err)
		return b
	}
	with := data("010000002112A4420102030405060708090A0B0C1354022D340113A9FA0102030405060708090A0B0D00010268692CF1825573")
	without := data("010000002112A4420102030405060708090A0B0C128103000002005E0000010561626357E983687F99")
	var p sums.Parser
	var m sums.Message
	require.Equal(t, datagram.OK, p.Parse(with, &datagram.Meta{}, &m).Code())
	part, ok := m.PartBytes()
	require.True(t, ok)
	require.Equal(t, []byte{1, 2, 'h', 'i', 0x2c}, part)

	kept := m.Clone()
	clear(with)
	part, ok = kept.PartBytes()
	require.True(t, ok)
	require.True(t, bytes.Equal([]byte{1, 2, 'h', 'i', 0x2c}, part), "a clone shares nothing with the datagram")

	require.Equal(t, datagram.OK, p.Parse(without, &datagram.Meta{}, &m).Code())
	_, ok = m.PartBytes()
	require.False(t, ok)
	kept = m.Clone()
	_, ok = kept.PartBytes()
	require.False(t, ok)
}
