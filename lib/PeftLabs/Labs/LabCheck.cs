using System.Globalization;
using PeftLabs.Memory;

namespace PeftLabs.Labs;

/// <summary>Says of an exercise's answer whether it is right.</summary>
public static class LabCheck
{
    /// <summary>A number of bytes, right within a share of the expected one.</summary>
    public static string Bytes(long answer, long expected, double within = 0.02, string hint = "")
    {
        if (Math.Abs(answer - (double)expected) <= within * expected)
            return $"Right: {ByteSize.Format(expected)}.";
        return answer == 0 ? $"No answer yet. {hint}" : $"Not yet: {ByteSize.Format(answer)} is too {(answer > expected ? "much" : "little")}. {hint}";
    }

    /// <summary>A number, right within a share of the expected one.</summary>
    public static string Number(double answer, double expected, double within = 0.001, string hint = "")
    {
        if (Math.Abs(answer - expected) <= within * Math.Abs(expected))
            return string.Create(CultureInfo.InvariantCulture, $"Right: {expected:0.####}.");
        return answer == 0 ? $"No answer yet. {hint}"
            : string.Create(CultureInfo.InvariantCulture, $"Not yet: {answer:0.####} is too {(answer > expected ? "large" : "small")}. {hint}");
    }
}
