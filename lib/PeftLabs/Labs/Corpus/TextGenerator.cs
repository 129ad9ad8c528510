namespace PeftLabs.Labs;

/// <summary>
/// English-like text without end to train small models on: short stories, questions with answers, small tables, simple code and
/// databases, records, letters, lists. It is written by a grammar from a seed, the same on every platform. What can be learned from it is
/// real: a story's characters and things stay the same through it, sums are right, what is said about a table is true, and queries give
/// what stands behind them.
/// </summary>
public static class TextGenerator
{
    // Another stream of documents than any that a small seed gives.
    private const ulong HeldOutStream = 0x48656C642D4F7574;

    /// <summary>The documents of a seed, one after the other, without end. Each is plain text of 10 to 200 words.</summary>
    public static IEnumerable<string> Documents(ulong seed)
    {
        for (var index = 0UL; ; index++)
            yield return Document(seed, index);
    }

    /// <summary>Documents of the same kind that none of another seed's stream is likely to be: to measure on, and never to train on.</summary>
    public static IEnumerable<string> HeldOut(ulong seed) => Documents(seed ^ HeldOutStream);

    /// <summary>The document that stands at <paramref name="index"/> in the stream of <paramref name="seed"/>.</summary>
    public static string Document(ulong seed, ulong index)
    {
        var random = SplitMix64.Stream(seed, index);
        var text = random.Below(100) switch
        {
            < 46 => new TextGeneratorStory(random).Write(),
            < 58 => TextGeneratorQuestions.Write(random),
            < 68 => TextGeneratorTable.Write(random),
            < 76 => TextGeneratorCode.Write(random),
            < 83 => TextGeneratorDatabase.Write(random),
            < 89 => TextGeneratorRecord.Write(random),
            < 94 => TextGeneratorLetter.Write(random),
            _ => TextGeneratorList.Write(random),
        };
        return text.ReplaceLineEndings("\n"); // some come from source files, which may lie on disk with other ends
    }
}
