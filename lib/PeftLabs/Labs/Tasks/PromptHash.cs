namespace PeftLabs.Labs;

/// <summary>What follows from a prompt alone: the split that it belongs to, and the seed of what its answers are tried on.</summary>
internal static class PromptHash
{
    private const int EvaluatedOneIn = 10;

    /// <summary>Nine prompts of ten are to train on; the rest is parted between validation and held-out.</summary>
    public static TaskSplit Split(string prompt)
    {
        var high = Of(prompt) >> 32;
        return high % EvaluatedOneIn != 0 ? TaskSplit.Train : high / EvaluatedOneIn % 2 == 0 ? TaskSplit.HeldOut : TaskSplit.Validation;
    }

    /// <summary>FNV-1a over UTF-16: .NET's own string hashes differ from run to run.</summary>
    public static ulong Of(ReadOnlySpan<char> text)
    {
        var hash = 0xCBF29CE484222325;
        foreach (var c in text)
            hash = (hash ^ c) * 0x100000001B3;
        return hash;
    }
}
