using FsCheck.Xunit;
using PeftLabs.Memory;

namespace PeftLabs.Tests.Memory;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData(0, "0 bytes")]
    [InlineData(1, "1 byte")]
    [InlineData(17, "17 bytes")]
    [InlineData(1023, "1023 bytes")]
    [InlineData(1024, "1.00 KiB")]
    [InlineData(512 * 1024, "512 KiB")]
    [InlineData((1 << 20) - 1, "1.00 MiB")]
    [InlineData(12_897_485, "12.3 MiB")]
    [InlineData(1_320_702_444, "1.23 GiB")]
    [InlineData(-2048, "-2.00 KiB")]
    [InlineData(long.MaxValue, "8388608 TiB")]
    public void Format_gives_three_digits(long bytes, string text) => Assert.Equal(text, ByteSize.Format(bytes));

    [Theory]
    [InlineData("6GiB", 6L << 30)]
    [InlineData("512MiB", 512L << 20)]
    [InlineData("1.5 GiB", 3L << 29)]
    [InlineData("1.5 GB", 1_500_000_000)]
    [InlineData(" 2 kb ", 2000)]
    [InlineData("3KiB", 3072)]
    [InlineData("17 bytes", 17)]
    [InlineData("17", 17)]
    [InlineData("0.5 TiB", 1L << 39)]
    public void Parse_reads_both_kinds_of_units(string text, long bytes) => Assert.Equal(bytes, ByteSize.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("GiB")]
    [InlineData("six GiB")]
    [InlineData("-1 GiB")]
    [InlineData("1,5 GiB")]
    [InlineData("5 GiBs")]
    [InlineData("5 MiB 3")]
    public void Parse_says_what_a_size_looks_like(string text) =>
        Assert.Contains($"'{text}'", Assert.Throws<FormatException>(() => ByteSize.Parse(text)).Message);

    [Fact]
    public void Parse_refuses_more_than_an_address_space() =>
        Assert.Contains("too large", Assert.Throws<FormatException>(() => ByteSize.Parse("9000000000 GiB")).Message);

    [Property]
    public void Formatted_sizes_are_read_back_within_their_three_digits(int megabytes, byte extra)
    {
        var bytes = Math.Abs((long)megabytes) * 1_000_003 + extra;
        Assert.InRange(ByteSize.Parse(ByteSize.Format(bytes)), bytes * 0.994, bytes * 1.006);
    }
}
