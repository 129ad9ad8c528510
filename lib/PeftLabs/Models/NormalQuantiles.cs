using System.Runtime.InteropServices;

namespace PeftLabs.Models;

/// <summary>
/// The magnitude that a normal number exceeds with a given chance, from a table of straight lines: 256 for each halving of the chance,
/// so that the tail is as fine as the middle. The table is computed with the four operations alone, which IEEE 754 fixes to the bit.
/// </summary>
internal static unsafe class NormalQuantiles
{
    private const int Octaves = 31;
    private const int StepBits = 8;
    private const int FirstBits = 127 << StepBits; // of the number 1

    private static readonly (float Start, float Slope)* s_lines = Create();

    /// <summary>z with P(|Z| &gt; z) = chance · 2⁻³¹, for a whole chance from 1 to 2³¹; at most 6.3.</summary>
    public static float Magnitude(float chance)
    {
        var (start, slope) = s_lines[(BitConverter.SingleToInt32Bits(chance) >> (23 - StepBits)) - FirstBits];
        var rise = slope * chance;
        return start + rise;
    }

    private static (float Start, float Slope)* Create()
    {
        var steps = Octaves << StepBits;
        var lines = ((float Start, float Slope)*)NativeMemory.AlignedAlloc((nuint)(steps + 1) * 8, 64);
        // From a chance of 1 (z = 0) down; each z is a start for the next one.
        var (last, z) = ((double)(1L << Octaves), 0.0);
        lines[steps] = (0, 0);
        for (var i = steps - 1; i >= 0; i--)
        {
            var chance = Edge(i);
            var next = Solve(chance / (1L << Octaves), z);
            var slope = (next - z) / (chance - last);
            lines[i] = ((float)(next - slope * chance), (float)slope);
            (last, z) = (chance, next);
        }
        return lines;
    }

    private static double Edge(int i) => BitConverter.Int32BitsToSingle((i + FirstBits) << (23 - StepBits));

    // Newton's method on P(|Z| > z) = chance; the derivative is −2φ(z).
    private static double Solve(double chance, double z)
    {
        for (var i = 0; i < 30; i++)
        {
            var step = (Tail(z) - chance) / (2 * Density(z));
            z += step;
            if (Math.Abs(step) < 1e-13)
                break;
        }
        return z;
    }

    // 1 − 2φ(z)·(z + z³/3 + z⁵/15 + …) near the middle, and the continued fraction 2φ(z)/(z + 1/(z + 2/(z + …))) beyond.
    private static double Tail(double z)
    {
        if (z < 3)
        {
            var (term, sum) = (z, z);
            for (var k = 3; term > 1e-18 * sum; k += 2)
                sum += term *= z * z / k;
            return 1 - 2 * Density(z) * sum;
        }
        var fraction = z;
        for (var k = 80; k > 0; k--)
            fraction = z + k / fraction;
        return 2 * Density(z) / fraction;
    }

    // φ(z) = e^(−z²/2) / √(2π)
    private static double Density(double z) => 0.3989422804014326779 * Exp(-z * z / 2);

    // e^x = (e^(x/64))^64, the inner one by its series.
    private static double Exp(double x)
    {
        var (term, sum) = (1.0, 1.0);
        for (var k = 1; k < 20; k++)
            sum += term *= x / 64 / k;
        for (var i = 0; i < 6; i++)
            sum *= sum;
        return sum;
    }
}
