using System.Buffers.Binary;
using PeftLabs.Training;

namespace PeftLabs.Tests.Training;

public class TokenCacheSumTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(64)]
    [InlineData(136)]
    [InlineData(200)]
    public void Each_lane_is_the_CRC_32C_of_every_eighth_word(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        var sum = new TokenCacheSum();
        sum.Append(bytes);

        for (var lane = 0; lane < 8; lane++)
        {
            var own = bytes.Chunk(8).Where((_, word) => word % 8 == lane).SelectMany(word => word);
            Assert.Equal(Crc(own), BinaryPrimitives.ReadUInt32LittleEndian(sum.Value().AsSpan(4 * lane)));
        }
    }

    [Fact]
    public void Pieces_of_whole_rounds_give_what_the_whole_gives()
    {
        var bytes = new byte[64 * 5 + 24];
        new Random(1).NextBytes(bytes);
        var (whole, pieces) = (new TokenCacheSum(), new TokenCacheSum());
        whole.Append(bytes);
        pieces.Append(bytes.AsSpan(0, 128));
        pieces.Append(bytes.AsSpan(128));

        Assert.Equal(whole.Value(), pieces.Value());
    }

    // Bit by bit, as RFC 3720 has it, without the inversion in the end.
    private static uint Crc(IEnumerable<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? crc >> 1 ^ 0x82F63B78 : crc >> 1;
        }
        return crc;
    }
}
