namespace PeftLabs.Labs;

/// <summary>Whole numbers in words.</summary>
internal static class TextGeneratorNumbers
{
    private static readonly string[] Small = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        + "fifteen sixteen seventeen eighteen nineteen").Split(' ');

    private static readonly string[] Tens = "- - twenty thirty forty fifty sixty seventy eighty ninety".Split(' ');

    /// <summary>The words of a number from 0 to 99.</summary>
    public static string Words(int number) => number < 20 ? Small[number]
        : Tens[number / 10] + (number % 10 == 0 ? "" : "-" + Small[number % 10]);
}
