using PeftLabs.Quantization;

namespace PeftLabs.Tests.Quantization;

public class WeightFormatTests
{
    public static TheoryData<string> Names =>
    [
        "float32", "bfloat16", "float16", "nf4", "nf4-dq", "nf4:128", "nf4-dq:4096", "fp4", "fp4-dq", "fp4:256", "int8", "int8:4096", "int8-row",
    ];

    [Theory, MemberData(nameof(Names))]
    public void A_name_is_read_as_it_is_written(string name)
    {
        var format = WeightFormat.Parse(name);
        Assert.Equal(name, format.Name);
        Assert.Equal(format, WeightFormat.Parse(format.ToString()));
    }

    [Theory]
    [InlineData("nf5")]
    [InlineData("nf4:100")]
    [InlineData("nf4:8192")]
    [InlineData("nf4:")]
    [InlineData("nf4:64:64")]
    [InlineData("int8-row:64")]
    [InlineData("float32:64")]
    [InlineData("")]
    public void What_is_no_format_is_refused_by_its_name(string name) =>
        Assert.Contains($"'{name}'", Assert.Throws<FormatException>(() => WeightFormat.Parse(name)).Message);

    [Theory]
    [InlineData("float32", 4 * 96 * 256)]
    [InlineData("bfloat16", 2 * 96 * 256)]
    [InlineData("nf4", 96 * 256 / 2 + 4 * 384)]
    [InlineData("nf4-dq", 96 * 256 / 2 + 384 + 4 * 2)]
    [InlineData("int8", 96 * 256 + 4 * 96)]
    [InlineData("int8-row", 96 * 256 + 4 * 96)]
    public void Bytes_follow_from_the_shape(string name, long bytes) => Assert.Equal(bytes, WeightFormat.Parse(name).StoredBytes(96, 256));

    [Theory]
    [InlineData("nf4", 576, 1)]
    [InlineData("nf4:256", 576, 4)]
    [InlineData("nf4", 33, 64)]
    [InlineData("int8-row", 33, 1)]
    [InlineData("float32", 33, 1)]
    public void Rows_are_encoded_by_whole_blocks(string name, long columns, long rows) =>
        Assert.Equal(rows, WeightFormat.Parse(name).RowUnit(columns));
}
