using PeftLabs.Quantization;

namespace PeftLabs.Tests.Quantization;

public class DynamicMapTests
{
    [Fact]
    public void Levels_equal_the_fixture()
    {
        var fixture = QuantizationFixture.Expected();
        Weights.EqualBits(fixture.Tensor<float>("dynamic8.code_signed"), DynamicMap.Signed);
        Weights.EqualBits(fixture.Tensor<float>("dynamic8.code_unsigned"), DynamicMap.Unsigned);
    }
}
