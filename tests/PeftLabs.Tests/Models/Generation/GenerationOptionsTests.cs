using PeftLabs.Models.Generation;

namespace PeftLabs.Tests.Models.Generation;

public class GenerationOptionsTests
{
    public static TheoryData<string, Func<GenerationOptions>> Wrong => new()
    {
        { "MaxNewTokens is 0", () => new() { MaxNewTokens = 0 } },
        { "Temperature is -0.1", () => new() { Temperature = -0.1 } },
        { "Temperature is NaN", () => new() { Temperature = double.NaN } },
        { "TopK is -1", () => new() { TopK = -1 } },
        { "TopP is 0", () => new() { TopP = 0 } },
        { "TopP is 1.5", () => new() { TopP = 1.5 } },
        { "MinP is 2", () => new() { MinP = 2 } },
        { "RepetitionPenalty is 0", () => new() { RepetitionPenalty = 0 } },
        { "A stop string is empty", () => new() { StopStrings = ["a", ""] } },
        { "A stop token is -3", () => new() { StopTokens = [1, -3] } },
        { "BatchSize is 0", () => new() { BatchSize = 0 } },
    };

    [Theory, MemberData(nameof(Wrong))]
    public void A_wrong_value_is_named_with_what_would_be_right(string message, Func<GenerationOptions> make) =>
        Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(make).Message);

    [Fact]
    public void Without_options_the_most_likely_token_is_taken()
    {
        Assert.True(new GenerationOptions().IsGreedy);
        Assert.False(new GenerationOptions { Temperature = 0.7 }.IsGreedy);
    }
}
