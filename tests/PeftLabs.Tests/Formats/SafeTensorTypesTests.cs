using PeftLabs.Formats;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Formats;

public class SafeTensorTypesTests
{
    public static TheoryData<SafeTensorType> All => [.. Enum.GetValues<SafeTensorType>()];

    [Theory]
    [MemberData(nameof(All))]
    public void Every_type_comes_back_from_its_code_and_is_as_wide_as_its_torch_type(SafeTensorType type)
    {
        Assert.True(SafeTensorTypes.TryParse(type.Code, out var parsed));
        Assert.Equal(type, parsed);
        if (type.ToScalarType() is not { } scalar)
            return;
        Assert.Equal(type, scalar.ToSafeTensorType());
        using var one = zeros(1, scalar);
        Assert.Equal(type.Bytes, one.bytes.Length);
    }

    [Theory]
    [InlineData("BF16", SafeTensorType.BFloat16, 2)]
    [InlineData("F8_E4M3", SafeTensorType.Float8E4M3, 1)]
    [InlineData("I64", SafeTensorType.Int64, 8)]
    [InlineData("U32", SafeTensorType.UInt32, 4)]
    public void Codes_and_widths_are_the_format_s(string code, SafeTensorType type, int bytes) =>
        Assert.Equal((code, bytes), (type.Code, type.Bytes));

    [Fact]
    public void Types_without_counterpart_are_refused()
    {
        Assert.False(SafeTensorTypes.TryParse("f32", out _));
        Assert.False(SafeTensorTypes.TryParse(null, out _));
        Assert.Contains("ComplexFloat32", Assert.Throws<ArgumentException>(() => ScalarType.ComplexFloat32.ToSafeTensorType()).Message);
    }
}
